"""Metrics of ranked lists with binary relevance, from hits or from places. NumPy alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fewrec.types import Rows, Vector

Floats = NDArray[np.float64]


def discount_of(places: Rows) -> Floats:
    """What a hit at each 1-based place counts in DCG: 1 / log2(1 + place). Source: Järvelin & Kekäläinen, 2002.

    >>> discount_of(np.array([1, 3])).tolist()
    [1.0, 0.5]
    """
    discount: Floats = 1.0 / np.log2(1.0 + places)
    return discount


def discounts(depth: int) -> Floats:
    """(depth,) what a hit at places 1 ... ``depth`` counts."""
    return discount_of(np.arange(1, depth + 1))


def ideal_dcg(n_relevant: Rows, depth: int) -> Floats:
    """(b,) the best possible DCG at ``depth`` of lists with ``n_relevant`` (b,) >= 1 relevant items."""
    best: Floats = np.cumsum(discounts(depth))[np.minimum(n_relevant, depth) - 1]
    return best


def ndcg_of_hits(hits: NDArray[Any], ideal: NDArray[Any]) -> Vector:
    """(b,) NDCG of the heads of b lists, in [0, 1].

    Args:
        hits: (b, depth) 1 or True where the item at a place is relevant, best place first. Sums are made in its precision.
        ideal: (b,) the best possible DCG (:func:`ideal_dcg`).

    >>> ndcg_of_hits(np.array([[False, False, True]]), np.array([1.0])).tolist()
    [0.5]
    """
    weights = discounts(hits.shape[1])
    if hits.dtype.kind == "f":
        weights = weights.astype(hits.dtype)
    gains: Vector = (hits @ weights / ideal).astype(np.float32)
    return gains


def auc(labels: NDArray[np.bool_], scores: NDArray[np.floating], weights: Floats | None = None) -> Floats:
    """(B,) chance that a liked pair scores above a disliked one, equal scores counting one half; NaN where a class is missing.

    Args:
        labels: (p,) whether each pair was liked.
        scores: (p,)
        weights: (B, p) >= 0, by default 1: B weightings of the pairs, usually bootstrap replicates. One sort serves them all.

    >>> auc(np.array([True, False, True]), np.array([0.9, 0.5, 0.5])).tolist()
    [0.75]
    """
    weights = np.ones((1, len(labels))) if weights is None else weights
    order = np.argsort(scores)
    starts = np.flatnonzero(np.diff(scores[order], prepend=np.nan) != 0)  # first pair of each group of equal scores
    liked = np.add.reduceat(weights[:, order] * labels[order], starts, axis=1)  # (B, groups)
    disliked = np.add.reduceat(weights[:, order] * ~labels[order], starts, axis=1)
    below = np.cumsum(disliked, axis=1) - 0.5 * disliked
    pairs = liked.sum(axis=1) * disliked.sum(axis=1)
    ordered: Floats = (liked * below).sum(axis=1)
    return ordered / np.where(pairs > 0, pairs, np.nan)
