"""Learning how much each member of an ensemble counts, by direct ascent on the NDCG@10 of episodes.

What is optimised is what is measured: a surrogate that fits the bulk of the catalogue instead of its top loses (docs/decisions/0003).
A step is taken only when its gain exceeds a fraction of its own standard error, so that few episodes leave the prior as it is.
Source of the method: Metzler & Croft, Information Retrieval 10 (2007), coordinate ascent on a rank metric.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fewrec.ops.ranking import ndcg_of_hits
from fewrec.ops.topk import leading_columns
from fewrec.types import Matrix, Rows, Vector

DEPTH = 10
"""Places of a list that count."""
KNOTS = (0, 1, 10)
"""k at which weights are learned. No example at all is a case of its own; from 1 to 10 they are interpolated in log k."""
STEPS = ((0.0, 0.0), (0.5, 0.0), (1.0, 0.03), (1.0, 0.1), (1.0, 0.3), (1.0, 1.0))
"""Moves of one weight w at a knot: to factor x w + step x the sum of the knot's weights."""


@dataclass(frozen=True)
class Weights:
    """Weight of each member at the knots of k."""

    members: tuple[str, ...]
    at_knots: Matrix
    """(len(KNOTS), J) >= 0. Proportions matter, and between two knots the one whose weights sum to more counts more."""

    def at(self, k: int) -> Vector:
        """(J,) weights for k examples, summing to 1."""
        mixed: Vector = knot_shares(k) @ self.at_knots
        total = mixed.sum()
        scaled: Vector = mixed / total if total > 0 else np.full_like(mixed, 1 / len(mixed))
        return scaled

    def of(self, members: Sequence[str]) -> Weights:
        """The same weights for another list of members; a member not known here counts nothing."""
        known = {name: column for column, name in enumerate(self.members)}
        nothing = np.zeros(len(KNOTS), dtype=np.float32)
        columns = [self.at_knots[:, known[name]] if name in known else nothing for name in members]
        return Weights(tuple(members), np.stack(columns, axis=1))

    def passed_on(self, fallbacks: Mapping[str, str]) -> Weights:
        """The weights of members that do not take part go to their fallbacks: ``fallbacks`` maps the former to the latter."""
        moved_to = np.eye(len(self.members), dtype=np.float32)
        for name, fallback in fallbacks.items():
            if name in self.members and fallback in self.members:
                row = self.members.index(name)
                moved_to[row, row], moved_to[row, self.members.index(fallback)] = 0, 1
        return Weights(self.members, self.at_knots @ moved_to)

    @classmethod
    def from_mapping(cls, weights: Mapping[str, Sequence[float]]) -> Weights:
        """From ``{member: [weight at each knot]}``."""
        return cls(tuple(weights), np.array(list(weights.values()), dtype=np.float32).T)

    def to_mapping(self) -> dict[str, list[float]]:
        """What :meth:`from_mapping` takes; members that count nothing are left out."""
        columns = zip(self.members, self.at_knots.T.tolist(), strict=True)
        return {name: [round(float(w), 4) for w in column] for name, column in columns if max(column) > 0}


def knot_shares(k: int) -> Vector:
    """(len(KNOTS),) how much each knot says about k examples, summing to 1."""
    shares = np.zeros(len(KNOTS), dtype=np.float32)
    if k == 0:
        shares[0] = 1
    else:
        place = float(np.interp(np.log(k), np.log(KNOTS[1:]), np.arange(1, len(KNOTS))))
        low = int(place)
        shares[low] = 1 - (place - low)
        if place > low:
            shares[low + 1] = place - low
    return shares


@dataclass(frozen=True)
class Episodes:
    """Scores of all members on the candidates that any of them puts near the top, for every episode."""

    scores: Matrix
    """(e, J, c) standardised scores; -1e6 in padding."""
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
        return self.ndcg_of(self.blend(weights.at_knots), np.arange(len(self.shots)))

    def blend(self, at_knots: Matrix) -> Matrix:
        """(e, c) weighted sums of the members' scores; ``at_knots`` (knots, J)."""
        shares = np.array([knot_shares(int(k)) for k in self.shots], dtype=np.float32).reshape(-1, len(KNOTS))
        blended: Matrix = ((shares @ at_knots.astype(np.float32))[:, None] @ self.scores)[:, 0]
        return blended

    def ndcg_of(self, blend: Matrix, which: Rows) -> Vector:
        """(w,) NDCG@10 of the episodes ``which`` (w,) from their blended scores (w, c)."""
        if len(which) == 0:
            return np.zeros(0, dtype=np.float32)
        depth = min(DEPTH, blend.shape[1])
        hits = np.take_along_axis(self.relevant[which], leading_columns(blend, depth), axis=1)
        return ndcg_of_hits(hits, self.ideal[which])


@dataclass(frozen=True, kw_only=True)
class BlendConfig:
    """Settings of the ascent."""

    caution: float = 0.5
    """A step must gain this many of its own standard errors."""
    switch_caution: float = 1.0
    """The same for leaving the prior for a single member or for another start."""
    unasked_caution: float = 2.0
    """The same for a step at k = 0, where members differ little and popularity is hard to beat."""
    n_passes: int = 4
    """Rounds over all members, at most."""


def learn_weights(episodes: Episodes, prior: Weights, starts: Sequence[Weights], config: BlendConfig | None = None) -> Weights:
    """Weights for the episodes' members, from ``prior`` or from the start that is clearly better, improved coordinate by coordinate."""
    config = config or BlendConfig()
    if len(episodes.shots) == 0:
        return prior
    comparison = _Comparison(episodes)
    best, gains = prior, episodes.ndcg(prior)
    for start in starts:
        candidate = Weights(prior.members, np.concatenate([prior.at_knots[:1], start.at_knots[1:]]))  # k = 0 stays as it is
        other = episodes.ndcg(candidate)
        if comparison.is_better(other - gains, config.switch_caution):
            best, gains = candidate, other
    ascent = _Ascent(episodes, comparison, best.at_knots)
    for _ in range(config.n_passes):
        moved = [
            ascent.move(member, knots, config.unasked_caution if knots == (0,) else config.caution)
            for member in range(len(prior.members))
            for knots in _KNOT_SETS
        ]
        if not any(moved):
            break
    ascent.drop_idlers()
    return Weights(prior.members, ascent.at_knots * (len(KNOTS) / ascent.at_knots.sum()))


_KNOT_SETS = ((0,), tuple(range(1, len(KNOTS))), *((knot,) for knot in range(1, len(KNOTS))))
"""Knots that are moved together."""


class _Comparison:
    """Compares two settings on the same episodes: every k counts alike, the error is clustered by user."""

    def __init__(self, episodes: Episodes) -> None:
        shots, self._owner = episodes.shots, np.unique(episodes.owner, return_inverse=True)[1]
        per_k = {k: np.sum(shots == k) for k in np.unique(shots)}
        self._share = np.array([1 / (len(per_k) * per_k[k]) for k in shots])  # sums to 1

    def gain(self, difference: Vector) -> float:
        """Mean of a difference (e,)."""
        return float(self._share @ difference)

    def is_better(self, difference: Vector, caution: float) -> bool:
        """Whether a difference (e,) exceeds ``caution`` standard errors."""
        per_user = np.bincount(self._owner, weights=self._share * difference)
        error = float(np.sqrt(np.square(per_user - per_user.mean()).sum()))
        return float(per_user.sum()) > max(caution * error, 1e-6)


class _Ascent:
    """The state of the ascent. A move of one weight adds a multiple of one member's scores to a blend that is kept."""

    def __init__(self, episodes: Episodes, comparison: _Comparison, at_knots: Matrix) -> None:
        self._episodes, self._comparison = episodes, comparison
        self.at_knots = at_knots.astype(np.float32)
        self._blend = episodes.blend(self.at_knots)
        self._gains = episodes.ndcg_of(self._blend, np.arange(len(episodes.shots)))
        self._shares = np.array([knot_shares(int(k)) for k in episodes.shots], dtype=np.float32)  # (e, knots)

    def move(self, member: int, knots: tuple[int, ...], caution: float) -> bool:
        """Move a weight to the best of some places, if that is better enough."""
        best: tuple[float, Matrix, Vector] | None = None
        for factor, step in STEPS:
            candidate = self.at_knots.copy()
            for knot in knots:
                candidate[knot, member] = candidate[knot, member] * factor + step * candidate[knot].sum()
            if not (candidate.sum(axis=1) > 0).all() or (candidate == self.at_knots).all():
                continue
            difference = self._difference(candidate, member)
            gain = self._comparison.gain(difference)
            if best is None or gain > best[0]:
                best = gain, candidate, difference
        if best is None or not self._comparison.is_better(best[2], caution):
            return False
        self._take(best[1], best[2], member)
        return True

    def drop_idlers(self) -> None:
        """Members whose absence costs nothing are dropped, the smallest first."""
        for member in np.argsort((self.at_knots / self.at_knots.sum(axis=1, keepdims=True)).sum(axis=0)):
            candidate = self.at_knots.copy()
            candidate[:, member] = 0
            if self.at_knots[:, member].any() and (candidate.sum(axis=1) > 0).all():
                difference = self._difference(candidate, member)
                if self._comparison.gain(difference) >= 0:
                    self._take(candidate, difference, member)

    def _difference(self, candidate: Matrix, member: int) -> Vector:
        """(e,) what the candidate, which differs in one member's weights, gains over the present weights."""
        added = self._shares @ (candidate - self.at_knots)[:, member]  # (e,)
        which = np.flatnonzero(added)
        blend = self._blend[which] + added[which, None] * self._episodes.scores[which, member]
        difference = np.zeros(len(added), dtype=np.float32)
        difference[which] = self._episodes.ndcg_of(blend, which) - self._gains[which]
        return difference

    def _take(self, candidate: Matrix, difference: Vector, member: int) -> None:
        added = self._shares @ (candidate - self.at_knots)[:, member]
        self._blend += added[:, None] * self._episodes.scores[:, member]
        self._gains = self._gains + difference
        self.at_knots = candidate
