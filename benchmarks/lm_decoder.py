"""How truthful is a language model that is handed a vector and nothing else? Numbers of ``docs/benchmarks.md``, "LM decoder".

    python benchmarks/lm_decoder.py DATA --lm FOLDER_OR_NAME --out FOLDER [--lora 8] [--second ENCODER --judge LM --n-users 750]

DATA holds ``items.csv`` and ``events.csv``. Test items are taken out first: the recommender, its phrases, the training pairs and the
validation items come from the others. The test items are decoded once, at the end.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import torch

from fewrec import Recommender
from fewrec.encoders import load_encoder
from fewrec.llm.decoder import LMDecoder, LMDecoderConfig
from fewrec.llm.decoder.clauses import spans
from fewrec.llm.decoder.loading import load_causal_lm
from fewrec.llm.decoder_training import LearnConfig, PairConfig, learn_decoder
from fewrec.llm.decoder_training.learn import _divided
from fewrec.preparation import text_fields
from fewrec.text import content_words, item_text, words
from fewrec.types import Decoded, Encoder

STARTED = time.monotonic()


def log(text: str) -> None:
    print(f"[{time.monotonic() - STARTED:7.0f} s] {text}", file=sys.stderr, flush=True)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--lm", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--lora", type=int, default=0)
    parser.add_argument("--n-pairs", type=int, default=16_000)
    parser.add_argument("--steps", type=int, default=240)
    parser.add_argument("--eval-every", type=int, default=24)
    parser.add_argument("--batch-size", type=int, default=12)
    parser.add_argument("--n-test", type=int, default=250)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--max-minutes", type=float, default=None)
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--second", help="second encoder, trained independently, such as hf:FOLDER?prefix=query: ")
    parser.add_argument("--judge", help="independent causal LM that perplexity is measured under")
    parser.add_argument("--candidates", type=int, default=1)
    parser.add_argument("--n-phrases", type=int, default=8)
    parser.add_argument("--n-users", type=int, default=0)
    parser.add_argument("--validate", type=int, default=0, help="measure on so many validation items instead of the test items")
    return parser.parse_args()


def split(data: Path, n_test: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Training items, test items, and the events of training items."""
    items = pl.read_csv(data / "items.csv", infer_schema=False)
    events = pl.read_csv(data / "events.csv", infer_schema=False)
    test = items[sorted(np.random.default_rng([seed, 7]).permutation(items.height)[:n_test].tolist())]
    held_out = test["item_id"].to_list()
    return items.filter(~pl.col("item_id").is_in(held_out)), test, events.filter(~pl.col("item_id").is_in(held_out))


def learned(asked: argparse.Namespace, recommender: Recommender) -> None:
    learn_decoder(
        recommender.catalogue,
        recommender.interactions(),
        recommender.decoder.vocabulary,
        recommender.encoder,
        asked.out,
        lang=recommender.language(),
        config=LMDecoderConfig(lm=asked.lm, lora=asked.lora),
        learning=LearnConfig(
            pairs=PairConfig(n_pairs=asked.n_pairs),
            training={
                "n_steps": asked.steps,
                "batch_size": asked.batch_size,
                "eval_every": asked.eval_every,
                "max_minutes": asked.max_minutes,
            },
            max_validation=60,
        ),
        seed=asked.seed,
        progress=log,
    )


def stands_in(phrase: str, record: frozenset[str]) -> bool:
    said = words(phrase)
    return bool(said) and all(word in record for word in said)


def support(found: Sequence[Decoded], records: Sequence[frozenset[str]]) -> dict[str, float]:
    """Share of phrases, and of content words, that stand in the item's own record: its words in any order."""
    phrases = [stands_in(p.text, record) for each, record in zip(found, records, strict=True) for p in each.phrases]
    content = [
        word in record
        for each, record in zip(found, records, strict=True)
        for p in each.phrases
        for word in content_words(p.text)
    ]
    return {"support": float(np.mean(phrases)), "support-words": float(np.mean(content)), "phrases": len(phrases) / len(found)}


def looping(text: str) -> bool:
    """Whether three words, or one value, are said twice."""
    said = words(text)
    threes = [tuple(said[i : i + 3]) for i in range(len(said) - 2)]
    values = [value.text.casefold() for value in spans(text, "en")]
    return len(set(threes)) < len(threes) or len(set(values)) < len(values)


class CrossRecall:
    """Is the item among the nearest to its decoded text, for an encoder that had no part in it?"""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self.encoder = encoder
        vectors = encoder.encode(texts)
        self.centre = vectors.mean(axis=0)
        self.items = self._unit(vectors)

    def _unit(self, vectors: np.ndarray) -> np.ndarray:
        vectors = vectors - self.centre
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def of(self, texts: Sequence[str], rows: Sequence[int]) -> dict[str, float]:
        scores = self._unit(self.encoder.encode(texts)) @ self.items.T  # (b, m)
        own = scores[np.arange(len(rows)), rows]
        rank = (scores > own[:, None]).sum(axis=1)
        return {f"cross-recall@{k}": float((rank < k).mean()) for k in (1, 10)}


def perplexity(folder: str, texts: Sequence[str]) -> dict[str, float]:
    """Under an independent model: per token, and per character so that longer words are no advantage."""
    loaded = load_causal_lm(LMDecoderConfig(lm=folder))
    total, n_tokens, n_chars = 0.0, 0, 0
    begin = [loaded.tokenizer.bos_token_id if loaded.tokenizer.bos_token_id is not None else loaded.tokenizer.eos_token_id]
    for text in texts:
        ids = torch.tensor([begin + loaded.tokenizer(text, add_special_tokens=False)["input_ids"]])
        with torch.inference_mode():
            logits = loaded.model(input_ids=ids).logits[0, :-1].float()
        total += float(torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum"))
        n_tokens, n_chars = n_tokens + ids.shape[1] - 1, n_chars + len(text)
    return {"perplexity": float(np.exp(total / n_tokens)), "nats-per-character": total / n_chars}


def users(recommender: Recommender, n: int, seed: int) -> np.ndarray:
    """(n, d) means of five random likes of random users."""
    likes = recommender.interactions().likes
    rng = np.random.default_rng([seed, 3])
    able = np.flatnonzero(np.diff(likes.indptr) >= 5)
    vectors = []
    for user in rng.choice(able, size=n, replace=n > len(able)):
        liked = likes.indices[likes.indptr[user] : likes.indptr[user + 1]]
        vectors.append(recommender.catalogue.vectors[rng.choice(liked, size=5, replace=False)].sum(axis=0))
    found = np.asarray(vectors, dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def measured(
    asked: argparse.Namespace, recommender: Recommender, rows: pl.DataFrame, cross: CrossRecall, **at_use: int
) -> tuple[dict[str, dict[str, float]], dict[str, list[str]]]:
    """Everything about the items ``rows``, which the recommender does not know."""
    columns = [name for name in rows.columns if name not in ("item_id", "image", "created_at")]
    fields = [text_fields(row) for row in rows.select(columns).iter_rows(named=True)]
    placed = recommender.place(rows["item_id"].to_list(), fields)
    records = [frozenset(words(" ".join(each.values()))) for each in fields]
    places = [asked.row_of[item_id] for item_id in rows["item_id"]]
    ours = LMDecoder.load(asked.out, recommender.encoder, **at_use)
    started = time.monotonic()
    found = ours.decode_all(placed.vectors, lang="en", n_phrases=asked.n_phrases, kind="item")
    seconds = time.monotonic() - started
    phrases = [recommender.decoder.decode(v, lang="en", n_phrases=5, kind="item") for v in placed.vectors]
    stranger = np.roll(np.arange(len(found)), 1)
    texts = {"lm": [each.text for each in found], "phrases": [each.text for each in phrases]}
    results = {
        "lm": {**support(found, records), **cross.of(texts["lm"], places), "s-a-text": seconds / len(found)},
        "lm, a stranger's text": {
            **support([found[i] for i in stranger], records),
            **cross.of([texts["lm"][i] for i in stranger], places),
        },
        "phrases": {**support(phrases, records), **cross.of(texts["phrases"], places)},
    }
    results["lm"]["empty or looping"] = float(np.mean([not f.phrases or looping(f.text) for f in found]))
    return results, texts


def main() -> None:
    asked = options()
    train, test, events = split(asked.data, asked.n_test, asked.seed)
    log(f"{train.height} items to learn from, {test.height} to test on")
    recommender = Recommender(model="popularity", cache=asked.cache, progress=log).fit(train, events)
    if not (asked.out / "decoder.json").exists():
        learned(asked, recommender)
    if asked.second is None:
        return
    everything = pl.concat([train, test])
    asked.row_of = {item_id: row for row, item_id in enumerate(everything["item_id"])}
    fields = [text_fields(row) for row in everything.drop("item_id").iter_rows(named=True)]
    cross = CrossRecall(load_encoder(asked.second, cache=asked.cache), [item_text(each) for each in fields])
    if asked.validate:
        # Choices are made here: on items that were held out of the training, out of those that are no test items.
        _, held_out = _divided(recommender.catalogue, 0.1, asked.seed)
        ids = [recommender.catalogue.ids[row] for row in held_out[: asked.validate]]
        rows, name = train.filter(pl.col("item_id").is_in(ids)), "validation"
    else:
        rows, name = test, "test"
    results, texts = measured(asked, recommender, rows, cross, n_candidates=asked.candidates)
    log(f"{name}, {rows.height} items, {asked.n_phrases} phrases, {asked.candidates} texts a vector")
    for what, numbers in results.items():
        log(f"  {what}: " + ", ".join(f"{key} {value:.3f}" for key, value in numbers.items()))
    if asked.judge:
        for what, said in texts.items():
            results[what] |= perplexity(asked.judge, said)
            log(
                f"  {what}: perplexity {results[what]['perplexity']:.1f}, {results[what]['nats-per-character']:.3f} nats a character"
            )
    _kept(asked, name, results, texts)
    if asked.n_users:
        ours = LMDecoder.load(asked.out, recommender.encoder)
        found = ours.decode_all(
            users(recommender, asked.n_users, asked.seed), lang="en", n_phrases=asked.n_phrases, kind="user"
        )
        bad = [each.text for each in found if not each.phrases or looping(each.text)]
        results["users"] = {"n": len(found), "empty or looping": len(bad) / len(found)}
        texts["users"] = [each.text for each in found]
        log(f"  users: {len(bad)} of {len(found)} texts empty or looping: {bad[:3]}")
        _kept(asked, name, results, texts)
    print(json.dumps(results, indent=1))


def _kept(asked: argparse.Namespace, name: str, results: dict[str, dict[str, float]], texts: dict[str, list[str]]) -> None:
    settings = {key: str(value) for key, value in vars(asked).items() if key != "row_of"}
    (asked.out / f"{name}-{asked.candidates}-{asked.n_phrases}.json").write_text(
        json.dumps({"settings": settings, "results": results, "texts": texts}, ensure_ascii=False, indent=1), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
