"""What lists lose when ``fast`` encodes the items: ``content`` and ``taste`` on its vectors beside the same on the default encoder's.

``python benchmarks/student_lists.py --items F --events F [--protocol cold-items] [--max-test-users 200] [--seeds 1]``. Both models stand in one
document, asked about the same users in the same draws, so the differences (fast - default) are paired and their 95 % intervals
joint. With one seed the intervals are about users alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from fewrec.data import read_events, read_items
from fewrec.encoders import VectorCache, load_encoder
from fewrec.evaluation import ColdItemsSettings, KShotSettings, Run, evaluate
from fewrec.models.base import Model
from fewrec.models.registry import make_model
from fewrec.preparation import prepare_catalogue
from fewrec.types import Catalogue, Examples, Interactions, Matrix


class OnOtherVectors:
    """A model that sees the catalogue with other vectors."""

    def __init__(self, inner: Model, vectors: Matrix, fingerprint: str) -> None:
        self.inner, self.vectors, self.fingerprint = inner, vectors, fingerprint
        self.name = f"{inner.name}@fast"

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Model:
        other = replace(catalogue, vectors=self.vectors, fingerprint=self.fingerprint, _derived={})
        self.inner = self.inner.fit(other, interactions, rng=rng)
        return self

    def score(self, examples: Sequence[Examples]) -> Matrix:
        return self.inner.score([replace(each, vectors=self.vectors[each.rows]) for each in examples])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=Path, required=True)
    parser.add_argument("--events", type=Path, required=True)
    parser.add_argument("--protocol", choices=["kshot", "cold-items"], default="cold-items")
    parser.add_argument("--models", default="content,taste")
    parser.add_argument("--train-users", default="all")
    parser.add_argument("-k", default="0,1,3,10")
    parser.add_argument("--max-test-users", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--small-draws", type=int, default=1)
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    items, events = read_items(options.items)[0], read_events(options.events)[0]
    cache = VectorCache(options.cache) if options.cache else None
    catalogue = prepare_catalogue(items, load_encoder("default", cache=cache, threads=1))[0]
    student = load_encoder("fast", threads=1)
    vectors = student.encode(catalogue.texts)
    settings = {"kshot": KShotSettings, "cold-items": ColdItemsSettings}[options.protocol](
        k=tuple(int(k) for k in options.k.split(",")),
        train_users=tuple(n if n == "all" else int(n) for n in options.train_users.split(",")),
        max_test_users=options.max_test_users,
        seeds=options.seeds,
        small_draws=options.small_draws,
        metrics=("ndcg@10",),
    )

    def on_student(name: str) -> Callable[[], Model]:
        return lambda: OnOtherVectors(make_model(name), vectors, student.fingerprint)

    for name in options.models.split(","):
        document = evaluate(
            options.protocol,
            {f"{name}@fast": on_student(name), name: lambda name=name: make_model(name)},
            run=Run(progress=False),
            catalogue=catalogue,
            interactions=_interactions(events, catalogue),
            settings=replace(settings, champion=f"{name}@fast"),
        )
        for note in document["notes"]:
            print(f"note: {note}")
        means = {(row["model"], row["train_users"], row["k"], row["items"]): row for row in document["results"]}
        for row in document["comparisons"]:
            cell = (row["train_users"], row["k"], row.get("items", "all"))
            ours, theirs = means[(f"{name}@fast", *cell)], means[(name, *cell)]
            print(
                f"{options.protocol} n={cell[0]} k={cell[1]} {cell[2]}: {name}@fast {ours['mean']:.4f}, {name} {theirs['mean']:.4f}, "
                f"difference {row['difference']:+.4f} [{row['low']:+.4f}, {row['high']:+.4f}]  ({theirs['n_users']} users)",
                flush=True,
            )


def _interactions(events: object, catalogue: Catalogue) -> Interactions:
    from fewrec.data import to_interactions

    return to_interactions(events, catalogue.ids)[0]  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
