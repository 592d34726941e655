"""Episodes made from training users: reveal k likes, rank the rest. What every model that chooses settings or weights chooses them on.

Users are cut in folds; what is revealed and predicted belongs to one fold, the statistics come from the others. Sits below the stages, so
that taste, peers and ensembles get the same kind of search and none is beaten for want of tuning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fewrec.ops.ranking import ideal_dcg, ndcg_of_hits
from fewrec.ops.topk import top_columns
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector

Setting = TypeVar("Setting")
Statistics = TypeVar("Statistics")


@dataclass(frozen=True, kw_only=True)
class TuningConfig:
    """How many episodes are made, and from whom."""

    shots: tuple[int, ...] = (1, 3, 5, 10)
    """Numbers of likes revealed."""
    n_folds: int = 5
    """Folds where there are few users; one fold with ``max_users`` users held out where there are many."""
    max_users: int = 300
    """Users held out in all, at most."""
    every_shot: bool = False
    """Hold out ``max_users`` users for every k where there are many users, instead of in all: those who can show ten likes and more are
    rare in a sparse catalogue, and few of them would judge the longest histories."""
    min_users: int = 20
    """Below this many users with two likes or more nothing is chosen: defaults are safer than noise."""
    n_repeats: int = 3
    """Different reveals per user and k while the folds hold 100 users or fewer."""
    max_cells: int = 10_000_000
    """Episodes x items of a fold, at most: bounds memory and time on large catalogues."""
    min_rest: int = 1
    """Likes that must remain to be predicted."""


@dataclass(frozen=True)
class Fold:
    """Users to learn from, and episodes of other users to be judged by."""

    interactions: Interactions
    examples: tuple[Examples, ...]
    relevant: tuple[Rows, ...]
    """Catalogue rows that are to be found, per episode; disjoint from the rows revealed."""
    shots: Rows
    """k of every episode."""

    @cached_property
    def is_shown(self) -> NDArray[np.bool_]:
        """(b, m) whether the item was revealed."""
        return self._marked([e.rows[e.rows >= 0] for e in self.examples])

    @cached_property
    def is_relevant(self) -> NDArray[np.bool_]:
        """(b, m) whether the item is to be found."""
        return self._marked(self.relevant)

    def _marked(self, rows: Sequence[Rows]) -> NDArray[np.bool_]:
        marked = np.zeros((len(rows), self.interactions.n_items), dtype=np.bool_)
        marked[np.repeat(np.arange(len(rows)), [len(each) for each in rows]), np.concatenate(rows)] = True
        return marked


def make_folds(
    catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator, config: TuningConfig | None = None
) -> list[Fold]:
    """Folds with at least one episode each; an empty list where there are too few users to choose anything."""
    config = config or TuningConfig()
    likes = interactions.likes
    n_likes = np.diff(likes.indptr)
    usable = np.flatnonzero(n_likes >= 1 + config.min_rest)
    if len(usable) < config.min_users:
        return []
    able = {k: n_likes >= k + config.min_rest for k in config.shots}
    usable = rng.permutation(usable)
    n_folds = config.n_folds
    if len(usable) > 2 * config.max_users:
        if config.every_shot:
            chosen = {k: usable[able[k][usable]][: config.max_users] for k in config.shots}
            if all(4 * len(users) <= able[k].sum() for k, users in chosen.items()):
                n_folds = 1
            able = {k: np.isin(np.arange(interactions.n_users), users) for k, users in chosen.items()}
            usable = usable[np.any([able[k][usable] for k in config.shots], axis=0)]
        else:
            usable, n_folds = usable[: config.max_users], 1
    n_repeats = config.n_repeats if len(usable) <= 100 else 1
    per_fold = max(len(config.shots), config.max_cells // max(1, len(catalogue)))
    folds = []
    for held_out in np.array_split(usable, n_folds):
        episodes = [
            (k, order[:k], order[k:])
            for k in config.shots
            for user in held_out
            if able[k][user]
            for _ in range(n_repeats)
            for order in [rng.permutation(likes.indices[likes.indptr[user] : likes.indptr[user + 1]]).astype(np.int64)]
        ]
        if len(episodes) > per_fold:
            episodes = [episodes[i] for i in np.sort(rng.permutation(len(episodes))[:per_fold])]
        if not episodes:
            continue
        others = np.setdiff1d(np.arange(interactions.n_users), held_out)
        folds.append(
            Fold(
                interactions=interactions.of_users(others),
                examples=tuple(Examples.of_likes(catalogue, shown) for _, shown, _ in episodes),
                relevant=tuple(rest for _, _, rest in episodes),
                shots=np.array([k for k, _, _ in episodes], dtype=np.int64),
            )
        )
    return folds


def choose(
    settings: Sequence[Setting],
    folds: Sequence[Fold],
    prepare: Callable[[Interactions], Statistics],
    score: Callable[[Statistics, Setting, Sequence[Examples]], Matrix],
) -> Setting:
    """The setting with the best mean NDCG@10, every k counting alike; the first one unless another is clearly better.

    "Clearly" is half a standard error of the paired difference, so that few episodes move little from the default, and many move freely.
    ``prepare`` is called once per fold, ``score`` once per fold and setting with a (b, m) result.
    """
    if not folds or len(settings) == 1:
        return settings[0]
    shots = np.concatenate([fold.shots for fold in folds])
    gains = np.zeros((len(settings), len(shots)))
    start = 0
    for fold in folds:
        statistics = prepare(fold.interactions)
        for row, setting in enumerate(settings):
            gains[row, start : start + len(fold.shots)] = fold_ndcg(score(statistics, setting, fold.examples), fold)
        start += len(fold.shots)
    means = np.mean([gains[:, shots == k].mean(axis=1) for k in np.unique(shots)], axis=0)
    best = int(np.argmax(means))
    standard_error = (gains[best] - gains[0]).std() / np.sqrt(len(shots))
    return settings[best if means[best] - means[0] > standard_error / 2 else 0]


def choose_by_turns(
    start: Setting,
    turns: Mapping[str, Sequence[object]],
    folds: Sequence[Fold],
    prepare: Callable[[Interactions], Statistics],
    score: Callable[[Statistics, Setting, Sequence[Examples]], Matrix],
) -> Setting:
    """One field of the (frozen dataclass) setting after the other, each with the others at the best found so far."""
    best = start
    for name, values in turns.items():
        others = [value for value in values if value != getattr(best, name)]
        best = choose([best, *(replace(best, **{name: value}) for value in others)], folds, prepare, score)  # type: ignore[type-var]
    return best


def fold_ndcg(scores: Matrix, fold: Fold, *, depth: int = 10) -> Vector:
    """(b,) NDCG at ``depth`` of every episode of a fold, the revealed items left out of the list.

    Binary gains, discount 1 / log2(rank + 1), ideal list of min(depth, number of relevant items). Source: Järvelin & Kekäläinen, 2002.
    """
    depth = min(depth, scores.shape[1])
    top = top_columns(np.where(fold.is_shown, -np.inf, scores), depth)
    hits = np.take_along_axis(fold.is_relevant, top, axis=1)  # (b, depth)
    n_relevant = np.array([len(rest) for rest in fold.relevant], dtype=np.int64)
    return ndcg_of_hits(hits, ideal_dcg(n_relevant, depth))
