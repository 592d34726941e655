"""Bootstrap over users: how the numbers vary with the sample of users.

Users are resampled with all that belongs to them, in whatever draws, and the same replicates serve all models and cells. One model
(``results``) gets a 95 % percentile interval from them; how two models are compared is in ``comparing``.

Replicate 0 is the data itself, so an estimate and its replicates come out of the same matrix product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

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
        self._multipliers: dict[int, Values] = {}

    @property
    def rows(self) -> int:
        """B + 1."""
        return len(self._counts)

    def user_weights(self, users: Rows, rows: slice = slice(None)) -> Values:
        """(B + 1, len(users)) how often each user was drawn."""
        return self._counts[rows, np.searchsorted(self._users, users)].astype(np.float64)

    def draw_multipliers(self, draws: Sequence[int]) -> Values:
        """(B, draws) standard normal multipliers. A draw has the same ones in every cell, so effects of a draw are shared by all cells.

        Normal rather than counts: three draws can be resampled in ten ways only, and the tails that matter are not among them.
        """
        for draw in draws:
            if draw not in self._multipliers:
                self._multipliers[draw] = self._rng.standard_normal(self.rows - 1)
        return np.stack([self._multipliers[draw] for draw in draws], axis=1)


class Replicates:
    """One model in one cell: numerators and denominators of its metrics by draw, for every replicate."""

    def __init__(self, blocks: Mapping[int, Block], resampler: Resampler, weights_of: WeightsOf) -> None:
        self.blocks = blocks
        self._resampler = resampler
        self._parts = {draw: weights_of.replicate(block) for draw, block in blocks.items()}

    def statistic(self, metric: str, draws: Sequence[int]) -> Values:
        """(B + 1,) the metric over ``draws``; NaN in a replicate that holds no user of the cell."""
        top, bottom = self._columns(metric, draws)
        return _ratio(top.sum(axis=1), bottom.sum(axis=1))

    def deviations(self, metric: str, draws: Sequence[int]) -> Values:
        """(B + 1, draws) how much each draw pulls the metric up or down; they sum to 0. NaN as in :meth:`statistic`.

        The metric is T/B with sums over draws, so that draw d pulls it by (T_d - B_d * T/B) / B.
        """
        top, bottom = self._columns(metric, draws)
        total = bottom.sum(axis=1)
        return _ratio(top - bottom * _ratio(top.sum(axis=1), total)[:, None], total[:, None])

    def _columns(self, metric: str, draws: Sequence[int]) -> tuple[Values, Values]:
        """Numerators and denominators (B + 1, draws)."""
        columns = [self.blocks[draw].metrics.index(metric) for draw in draws]
        parts = [self._parts[draw] for draw in draws]
        top = np.stack([part[0][:, column] for part, column in zip(parts, columns, strict=True)], axis=1)
        return top, np.stack([part[1][:, column] for part, column in zip(parts, columns, strict=True)], axis=1)

    def draws_with(self, metric: str) -> list[int]:
        """Draws in which the metric was measured for at least one user."""
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
    """Weights of the users of a block, cached between blocks: all models of a cell are tested on the same users."""

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


def _ratio(top: Values, bottom: Values) -> Values:
    """``top / bottom``, NaN where there is nothing to divide by."""
    found: Values = top / np.where(bottom > 0, bottom, np.nan)
    return found
