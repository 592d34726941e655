"""How truthful is a language model that is handed a vector and nothing else? Numbers of ``docs/benchmarks.md``, "LM decoder".

    python benchmarks/lm_decoder.py DATA --lm FOLDER_OR_NAME --out FOLDER [--lora 8]

DATA holds ``items.csv`` and ``events.csv``. Test items are taken out first: the recommender, its phrases, the training pairs and the
validation items come from the others. The test items are decoded once, at the end.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from fewrec import Recommender
from fewrec.data import to_interactions
from fewrec.decoders.lm.config import LMDecoderConfig
from fewrec.learning.decoder.learn import LearnConfig, learn_decoder
from fewrec.learning.decoder.pairs import PairConfig

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
    return parser.parse_args()


def split(data: Path, n_test: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Training items, test items, and the events of training items."""
    items = pl.read_csv(data / "items.csv", infer_schema=False)
    events = pl.read_csv(data / "events.csv", infer_schema=False)
    test = items[sorted(np.random.default_rng([seed, 7]).permutation(items.height)[:n_test].tolist())]
    held_out = test["item_id"].to_list()
    return items.filter(~pl.col("item_id").is_in(held_out)), test, events.filter(~pl.col("item_id").is_in(held_out))


def learned(asked: argparse.Namespace, recommender: Recommender) -> None:
    catalogue = recommender.catalogue
    assert recommender._history is not None
    interactions, _ = to_interactions(recommender._history.dataset().events, catalogue.ids, recommender.signals)
    learn_decoder(
        catalogue,
        interactions,
        recommender.decoder.vocabulary,
        recommender._encoder,
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


def main() -> None:
    asked = options()
    train, test, events = split(asked.data, asked.n_test, asked.seed)
    log(f"{train.height} items to learn from, {test.height} to test on")
    recommender = Recommender(model="popularity", cache=asked.cache, progress=log).fit(train, events)
    if not (asked.out / "decoder.json").exists():
        learned(asked, recommender)


if __name__ == "__main__":
    main()
