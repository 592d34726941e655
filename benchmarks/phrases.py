"""What decoded phrases say beyond names: echo, support and recall of items, lift and coverage of users.

python benchmarks/phrases.py FOLDER [--lang zh] [--second-encoder e5] [--items 300] [--users 500] [--cache DIR] [--show 10]
FOLDER holds items.csv and events.csv. Items and users are of the development half alone: ids with an even first byte of their BLAKE2b digest.
Controls of the users: the phrases of the ten most liked items, and another user's phrases. Intervals: 95 %, bootstrap of users or items.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
from fewrec.evaluation.round_trip import DEFAULT_SECOND, Ground

from fewrec.data import read_events, read_items, to_interactions
from fewrec.decoders import PhraseDecoder, Records, mine_phrases
from fewrec.encoders import load_encoder
from fewrec.evaluation.metrics.decoded import chance_in_first
from fewrec.evaluation.metrics.shared_phrases import coverage, echo, frequencies
from fewrec.preparation import prepare_catalogue
from fewrec.text import clean, fold, words
from fewrec.types import Catalogue, Decoded

N_LIKES = 5
MIN_HIDDEN = 5
N_POPULAR = 10
ITEM_PHRASES, USER_PHRASES = 5, 8


def is_development(identifier: str) -> bool:
    return hashlib.blake2b(identifier.encode(), digest_size=2).digest()[0] % 2 == 0


def interval(values: Sequence[Sequence[float]], of: Callable[[np.ndarray], float]) -> str:
    """A figure with its 95 % interval: ``of`` a sample (n, columns) of units, bootstrapped."""
    rows = np.asarray(values, dtype=np.float64)
    rng = np.random.default_rng(0)
    drawn = [of(rows[rng.integers(len(rows), size=len(rows))]) for _ in range(1000)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{of(rows):.3f} [{low:.3f}, {high:.3f}]"


def mean(rows: np.ndarray) -> float:
    return float(rows[:, 0].mean())


def ratio(rows: np.ndarray) -> float:
    return float(rows[:, 0].sum() / rows[:, 1].sum())


def examine_items(catalogue: Catalogue, decoder: PhraseDecoder, records: Records, asked: argparse.Namespace, lang: str) -> None:
    rng = np.random.default_rng(asked.seed)
    readable = [row for row in np.flatnonzero(catalogue.vectors.any(axis=1)) if is_development(catalogue.ids[row])]
    rows = rng.permutation(readable)[: asked.items]
    started = perf_counter()
    decoded = [decoder.decode(catalogue.vectors[row], lang=lang, n_phrases=ITEM_PHRASES, kind="item") for row in rows]
    print(f"{1000 * (perf_counter() - started) / len(rows):.1f} ms an item, at most {ITEM_PHRASES} phrases")
    per_item = []
    for row, each in zip(rows.tolist(), decoded, strict=True):
        said = [phrase.text for phrase in each.phrases]
        own = [fold(text) == fold(catalogue.titles[row]) for text in said]
        supported = float(np.mean([records.supports(text, row) for text in said])) if said else 0.0
        per_item.append([echo([records.holders(text) for text in said], own), supported, float(len(said))])
    for place, name in enumerate(("echo", "support", "phrases")):
        print(f"  {name:16s} {interval([[each[place]] for each in per_item], mean)}")
    if asked.second_encoder:
        second = load_encoder(asked.second_encoder, cache=asked.cache / "vectors.sqlite" if asked.cache else None)
        known = rng.permutation(np.setdiff1d(readable, rows))[: max(asked.among - len(rows), 0)] if asked.among else None
        pool = np.arange(len(catalogue)) if known is None else np.concatenate([rows, known])
        items = second.encode([catalogue.texts[row] for row in pool])
        own = np.asarray([int(np.flatnonzero(pool == row)[0]) for row in rows])
        read = second.encode([each.text if each.phrases else "" for each in decoded])
        for at in (1, 10):
            found = chance_in_first(read @ items.T, own, at)
            print(f"  cross-recall@{at:<3d} {interval(found[:, None].tolist(), mean)} among {len(pool)}")
    for row, each in list(zip(rows.tolist(), decoded, strict=True))[: asked.show]:
        print(f"    {catalogue.titles[row]} -> {each.text}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lang", default=None)
    parser.add_argument("--second-encoder", default=DEFAULT_SECOND, help="empty: no cross-recall")
    parser.add_argument("--cache", type=Path, default=None)
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--among", type=int, default=0, help="items that the second encoder finds its way among; 0: all")
    parser.add_argument("--users", type=int, default=500)
    parser.add_argument("--show", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()

    items, _ = read_items(asked.folder / "items.csv")
    events, _ = read_events(asked.folder / "events.csv")
    encoder = load_encoder("default", cache=asked.cache / "vectors.sqlite" if asked.cache else None)
    catalogue, _ = prepare_catalogue(items, encoder)
    interactions, _ = to_interactions(events, catalogue.ids)
    lang = asked.lang or Ground(catalogue, encoder).language
    vocabulary = mine_phrases(catalogue.fields, words=words, encode=encoder.encode, items=catalogue.vectors, clean=clean)
    decoder, records = PhraseDecoder(vocabulary, catalogue.vectors), Records(catalogue.fields, words=words, fold=fold)
    examine_items(catalogue, decoder, records, asked, lang)

    rng = np.random.default_rng(asked.seed)
    likes = interactions.likes.tocsr()
    counts = np.diff(likes.indptr)
    able = np.flatnonzero(counts >= N_LIKES + MIN_HIDDEN)
    able = np.asarray([user for user in able if is_development(interactions.user_ids[user])])
    people = [
        rng.permutation(likes.indices[likes.indptr[u] : likes.indptr[u + 1]]) for u in rng.permutation(able)[: asked.users]
    ]

    def told(rows: np.ndarray) -> Decoded:
        return decoder.decode(catalogue.vectors[rows].mean(axis=0), lang=lang, n_phrases=USER_PHRASES)

    started = perf_counter()
    own = [told(each[:N_LIKES]) for each in people]
    print(
        f"{len(people)} users, {1000 * (perf_counter() - started) / len(people):.1f} ms a user, at most {USER_PHRASES} phrases"
    )
    most_liked = np.argsort(-np.asarray(likes.sum(axis=0)).ravel())[:N_POPULAR]
    told_of = {"own": own, "most liked": [told(most_liked)] * len(people), "another user": own[1:] + own[:1]}
    marks = {}
    for name, decoded in told_of.items():
        marks[name] = [
            [*frequencies(holders, each[N_LIKES:], len(catalogue)), coverage(holders, each[N_LIKES:]), float(len(holders))]
            for each, text in zip(people, decoded, strict=True)
            for holders in [[records.holders(phrase.text) for phrase in text.phrases]]
        ]
        lifts = interval([each[:2] for each in marks[name]], ratio)
        covered = interval([[each[2]] for each in marks[name]], mean)
        of_each = np.nanmean([each[0] / each[1] if each[1] else np.nan for each in marks[name]])
        print(
            f"  {name:13s} lift {lifts} (mean of users' {of_each:.2f}) coverage {covered} phrases {np.mean([e[3] for e in marks[name]]):.1f}"
        )
    for name in ("most liked", "another user"):
        pairs = [[*one[:3], *other[:3]] for one, other in zip(marks["own"], marks[name], strict=True)]
        lifts = interval(pairs, lambda rows: float(rows[:, 0].sum() / rows[:, 1].sum() - rows[:, 3].sum() / rows[:, 4].sum()))
        covered = interval(pairs, lambda rows: float((rows[:, 2] - rows[:, 5]).mean()))
        print(f"  own - {name}: lift {lifts} coverage {covered}")
    for each, text in list(zip(people, own, strict=True))[: asked.show]:
        print(f"    {' · '.join(catalogue.titles[row] for row in each[:N_LIKES])} -> {text.text}")


if __name__ == "__main__":
    main()
