"""Intervals: which of the differences in the table would survive other users, and other training users?

- **One model** (``results``): users are resampled with all that belongs to them, in whatever draws; 95 % percentile interval.
- **Two models** (``comparisons``): paired. Users and draws are resampled independently and the weights multiplied, the *pigeonhole*
  bootstrap (Owen, Annals of Applied Statistics 2007), which is a little too wide and never too narrow. Of D draws, D - 1 are taken with
  replacement, which makes the spread of a mean over few draws unbiased (Rao & Wu, JASA 1988). A single draw is kept: the
  interval is then about users alone.
- **Many cells**: one critical value c for all comparisons of a document, the 95 % point of the largest |t| among them in a replicate
  (Romano & Wolf, Econometrica 2005); an interval is difference -+ c * its bootstrap standard deviation. All intervals hold
  together with 95 % confidence, however the cells depend on each other, since all share the same replicates.

Replicate 0 is the data itself, so an estimate and its replicates come out of the same matrix product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fewrec.evaluation.metrics.ranked import Values
from fewrec.evaluation.outcomes import Block
from fewrec.types import Rows

LEVEL = 0.95
_CHUNK = 4_000_000
"""Weights held as float64 at a time: 32 MB."""


class Resampler:
    """Weights of users and draws, the same for all cells of a document.

    ``users`` (U,) all that any cell speaks of; ``replicates`` B. Rows 0 ... B, row 0 all ones.
    """

    def __init__(self, users: Rows, replicates: int, rng: np.random.Generator) -> None:
        self._users = np.unique(users)
        n_users = len(self._users)
        self._counts = np.ones((replicates + 1, n_users), dtype=np.uint8)
        for row in self._counts[1:]:
            row[:] = np.bincount(rng.integers(n_users, size=n_users), minlength=n_users).clip(max=255)
        self._rng = rng
        self._draws: dict[int, Values] = {}

    @property
    def rows(self) -> int:
        """B + 1."""
        return len(self._counts)

    def user_weights(self, users: Rows, rows: slice = slice(None)) -> Values:
        """(B + 1, len(users)) how often each user was drawn."""
        return self._counts[rows, np.searchsorted(self._users, users)].astype(np.float64)

    def draw_weights(self, n_draws: int) -> Values:
        """(B + 1, n_draws) how often each draw was drawn, in units that sum to n_draws."""
        if n_draws not in self._draws:
            weights = np.ones((self.rows, n_draws))
            if n_draws > 1:
                taken = self._rng.multinomial(n_draws - 1, np.full(n_draws, 1 / n_draws), size=self.rows - 1)
                weights[1:] = taken * (n_draws / (n_draws - 1))
            self._draws[n_draws] = weights
        return self._draws[n_draws]


class Replicates:
    """One model in one cell: numerators and denominators of its metrics by draw, for every replicate."""

    def __init__(self, blocks: Mapping[int, Block], resampler: Resampler, weights_of: WeightsOf) -> None:
        self.blocks = blocks
        self._resampler = resampler
        self._parts = {draw: weights_of.replicate(block) for draw, block in blocks.items()}

    def statistic(self, metric: str, draws: Sequence[int], *, resample_draws: bool) -> Values:
        """(B + 1,) the metric over ``draws``; NaN in a replicate that drew nobody."""
        weights = self._resampler.draw_weights(len(draws)) if resample_draws else np.ones((self._resampler.rows, len(draws)))
        top, bottom = np.zeros(self._resampler.rows), np.zeros(self._resampler.rows)
        for i, draw in enumerate(draws):
            column = self.blocks[draw].metrics.index(metric)
            numerator, denominator = self._parts[draw]
            top += weights[:, i] * numerator[:, column]
            bottom += weights[:, i] * denominator[:, column]
        return top / np.where(bottom > 0, bottom, np.nan)

    def draws_with(self, metric: str) -> list[int]:
        """Draws in which the metric was measured on somebody."""
        return [
            draw
            for draw, block in self.blocks.items()
            if metric in block.metrics and self._parts[draw][1][0, block.metrics.index(metric)] > 0
        ]

    def users_of(self, metric: str, draws: Sequence[int]) -> int:
        """Distinct users behind the metric."""
        found = [block.users_of(block.metrics.index(metric)) for block in (self.blocks[draw] for draw in draws)]
        return len(np.unique(np.concatenate(found))) if found else 0


class WeightsOf:
    """Weights of the users of a block, kept for the next block: all models of a cell are asked about the same users."""

    def __init__(self, resampler: Resampler) -> None:
        self._resampler = resampler
        self._held: dict[bytes, Values] = {}

    def replicate(self, block: Block) -> tuple[Values, Values]:
        """``block.replicate`` for all replicates, in pieces that fit in memory."""
        rows, users = self._resampler.rows, block.users
        if rows * len(users) <= _CHUNK:
            key = users.tobytes()
            if key not in self._held:
                self._held[key] = self._resampler.user_weights(users)
            return block.replicate(self._held[key])
        step = max(1, _CHUNK // len(users))
        pieces = [
            block.replicate(self._resampler.user_weights(users, slice(start, start + step))) for start in range(0, rows, step)
        ]
        return np.concatenate([top for top, _ in pieces]), np.concatenate([bottom for _, bottom in pieces])


def interval(replicates: Values) -> tuple[float, float, float]:
    """(estimate, low, high) of one statistic's (B + 1,) replicates: percentile interval, moved by the bootstrap's own bias.

    Means have none; the calibration error of a resample is larger than that of its sample. No metric is below 0.
    """
    tail, estimate = (1 - LEVEL) / 2, float(replicates[0])
    low, high = np.nanquantile(replicates[1:], [tail, 1 - tail]) - (np.nanmean(replicates[1:]) - estimate)
    return estimate, max(float(low), 0.0), float(high)


def simultaneous(differences: Sequence[Values]) -> tuple[list[tuple[float, float, float]], float]:
    """(estimate, low, high) of J statistics, each (B + 1,), whose intervals hold together; and the critical value of |t|.

    A difference that is the same in every replicate has no spread to judge by: where it is 0 its interval is [0, 0]; where it is not,
    every user differs by the same amount, and the interval is that amount. Such cells take no part in the critical value.
    """
    if not differences:
        return [], float("nan")
    table = np.stack(differences)  # (J, B + 1)
    estimate = table[:, 0]
    spread = np.nanstd(table[:, 1:], axis=1)
    varies = spread > 1e-12
    critical = 0.0
    if varies.any():
        t: NDArray[np.float64] = np.abs(table[varies, 1:] - estimate[varies, None]) / spread[varies, None]
        critical = float(np.quantile(np.nan_to_num(t).max(axis=0), LEVEL))
    reach = np.where(varies, critical * spread, 0.0)
    return [(float(d), float(d - r), float(d + r)) for d, r in zip(estimate, reach, strict=True)], critical
