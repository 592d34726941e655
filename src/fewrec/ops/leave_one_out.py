"""Explanation of any score by leaving examples out, for models that have no summands of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fewrec.types import Examples, Explanation, Matrix, Rows

Score = Callable[[Sequence[Examples]], Matrix]
"""Users' examples -> (b, m) scores."""


def without(examples: Examples, place: int) -> Examples:
    """All examples but the one at ``place``."""
    return examples.take(np.delete(np.arange(len(examples)), place))


def leave_one_out(score: Score, examples: Examples, rows: Rows) -> Explanation:
    """What the score at ``rows`` (r,) loses when each example is taken away; the rest is what holds for anybody.

    Costs k + 1 scorings of the catalogue, k the number of examples. The parts and the prior add up to the score.
    """
    whole = score([examples])[0][rows]
    less = [without(examples, place) for place in range(len(examples))]
    parts = whole[None] - score(less)[:, rows] if less else np.zeros((0, len(rows)), dtype=np.float32)
    return Explanation((whole - parts.sum(axis=0)).astype(np.float32), parts.astype(np.float32))
