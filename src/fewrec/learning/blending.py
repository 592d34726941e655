"""Learning how much each member of an ensemble counts, by direct ascent on the NDCG@10 of episodes.

What is optimised is what is measured: a surrogate that fits the bulk of the catalogue instead of its top loses (docs/decisions/0003).
A step is taken only when its gain exceeds a fraction of its own standard error, so that few episodes leave the prior as it is.
Source of the method: Metzler & Croft, Information Retrieval 10 (2007), coordinate ascent on a rank metric.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fewrec.types import Matrix, Rows, Vector

DEPTH = 10
DISCOUNT = 1 / np.log2(np.arange(2, DEPTH + 2))
KNOTS = (1.0, 10.0)
"""k at which weights are learned; between them they are interpolated in log k, outside they stay."""


@dataclass(frozen=True)
class Weights:
    """Weight of each member at the knots of k."""

    members: tuple[str, ...]
    at_knots: Matrix
    """(2, J) >= 0."""

    def at(self, k: int) -> Vector:
        """(J,) weights for k examples, summing to 1."""
        share = float(np.clip(np.log(max(k, 1) / KNOTS[0]) / np.log(KNOTS[1] / KNOTS[0]), 0, 1))
        mixed = (1 - share) * self.at_knots[0] + share * self.at_knots[1]
        total = mixed.sum()
        scaled: Vector = mixed / total if total > 0 else np.full_like(mixed, 1 / len(mixed))
        return scaled

    def of(self, members: Sequence[str]) -> Weights:
        """The same weights for another list of members; a member not known here counts nothing."""
        known = {name: column for column, name in enumerate(self.members)}
        columns = [self.at_knots[:, known[name]] if name in known else np.zeros(2, dtype=np.float32) for name in members]
        return Weights(tuple(members), _normalised(np.stack(columns, axis=1)))

    @classmethod
    def from_mapping(cls, weights: Mapping[str, Sequence[float]]) -> Weights:
        """From ``{member: [weight at k = 1, weight at k = 10]}``."""
        return cls(tuple(weights), _normalised(np.array(list(weights.values()), dtype=np.float32).T))

    def to_mapping(self) -> dict[str, list[float]]:
        """What :meth:`from_mapping` takes; members that count nothing are left out."""
        columns = zip(self.members, self.at_knots.T.tolist(), strict=True)
        return {name: [round(float(w), 4) for w in column] for name, column in columns if max(column) > 0}


def _normalised(at_knots: Matrix) -> Matrix:
    total = at_knots.sum(axis=1, keepdims=True)
    scaled: Matrix = np.divide(at_knots, total, out=np.full_like(at_knots, 1 / at_knots.shape[1]), where=total > 0)
    return scaled


@dataclass(frozen=True)
class Episodes:
    """Scores of all members on the candidates that any of them puts near the top, for every episode."""

    scores: Matrix
    """(e, J, c) standardised scores; -inf in padding and at revealed items."""
    relevant: Matrix
    """(e, c) 1 where the candidate is to be found."""
    ideal: Vector
    """(e,) the best possible DCG@10."""
    shots: Rows
    """(e,) k."""
    owner: Rows
    """(e,) whose episode it is: errors are clustered by user."""

    def ndcg(self, weights: Weights) -> Vector:
        """(e,) NDCG@10 of the blend."""
        if len(self.shots) == 0:
            return np.zeros(0, dtype=np.float32)
        k, which = np.unique(self.shots, return_inverse=True)
        w = np.stack([weights.at(int(each)) for each in k]).astype(np.float32)[which]  # (e, J)
        return self.ndcg_of((w[:, None] @ self.scores)[:, 0])  # (e, c)

    def ndcg_of(self, blend: Matrix) -> Vector:
        """(e,) NDCG@10 of blended candidate scores (e, c)."""
        depth = min(DEPTH, blend.shape[1])
        top = np.argpartition(-blend, depth - 1, axis=1)[:, :depth]
        order = np.argsort(-np.take_along_axis(blend, top, axis=1), axis=1, kind="stable")
        top = np.take_along_axis(top, order, axis=1)
        gains: Vector = (np.take_along_axis(self.relevant, top, axis=1) * DISCOUNT[:depth]).sum(axis=1) / self.ideal
        return gains


@dataclass(frozen=True, kw_only=True)
class BlendConfig:
    """Settings of the ascent."""

    caution: float = 0.5
    """A step must gain this many of its own standard errors."""
    switch_caution: float = 1.0
    """The same for leaving the prior for a single member or for another start."""
    n_passes: int = 4
    """Rounds over all members, at most."""


def learn_weights(episodes: Episodes, prior: Weights, starts: Sequence[Weights], config: BlendConfig | None = None) -> Weights:
    """Weights for the episodes' members, from ``prior`` or from the start that is clearly better, improved coordinate by coordinate."""
    config = config or BlendConfig()
    if len(episodes.shots) == 0:
        return prior
    judge = _Judge(episodes)
    best, gains = prior, episodes.ndcg(prior)
    for start in starts:
        other = episodes.ndcg(start)
        if judge.is_better(other, gains, config.switch_caution):
            best, gains = start, other
    for _ in range(config.n_passes):
        moved = False
        for member in range(len(prior.members)):
            for knots in ((0, 1), (0,), (1,)):
                options = [(w, episodes.ndcg(w)) for w in _moves(best, member, knots)]
                candidate, candidate_gains = max(options, key=lambda option: judge.mean(option[1]))
                if judge.is_better(candidate_gains, gains, config.caution):
                    best, gains, moved = candidate, candidate_gains, True
        if not moved:
            break
    return _without_idlers(best, gains, episodes, judge)


class _Judge:
    """Compares two settings on the same episodes: every k counts alike, the error is clustered by user."""

    def __init__(self, episodes: Episodes) -> None:
        shots, self._owner = episodes.shots, np.unique(episodes.owner, return_inverse=True)[1]
        per_k = {k: np.sum(shots == k) for k in np.unique(shots)}
        self._share = np.array([1 / (len(per_k) * per_k[k]) for k in shots])  # sums to 1

    def mean(self, gains: Vector) -> float:
        return float(self._share @ gains)

    def is_better(self, new: Vector, old: Vector, caution: float) -> bool:
        difference = self._share * (new - old)
        per_user = np.bincount(self._owner, weights=difference)
        error = float(np.sqrt(np.square(per_user - per_user.mean()).sum()))
        return float(per_user.sum()) > max(caution * error, 1e-6)


def _moves(weights: Weights, member: int, knots: tuple[int, ...]) -> list[Weights]:
    moved = []
    for factor, step in ((0.0, 0.0), (0.5, 0.0), (1.0, 0.03), (1.0, 0.1), (1.0, 0.3), (1.0, 1.0)):
        at_knots = weights.at_knots.copy()
        for knot in knots:
            at_knots[knot, member] = at_knots[knot, member] * factor + step
        if (at_knots.sum(axis=1) > 0).all():
            moved.append(Weights(weights.members, _normalised(at_knots)))
    return moved


def _without_idlers(weights: Weights, gains: Vector, episodes: Episodes, judge: _Judge) -> Weights:
    """Members whose absence costs nothing are dropped, the smallest first."""
    for member in np.argsort(weights.at_knots.sum(axis=0)):
        at_knots = weights.at_knots.copy()
        if at_knots[:, member].sum() == 0:
            continue
        at_knots[:, member] = 0
        if (at_knots.sum(axis=1) == 0).any():
            continue
        leaner = Weights(weights.members, _normalised(at_knots))
        leaner_gains = episodes.ndcg(leaner)
        if judge.mean(leaner_gains) >= judge.mean(gains):
            weights, gains = leaner, leaner_gains
    return weights
