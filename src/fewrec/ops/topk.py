"""The highest of many scores, exactly, without sorting them all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewrec.types import Matrix, Rows, Vector


def top_k(scores: Vector, admitted: NDArray[np.bool_], k: int) -> Rows:
    """Rows of the k best admitted items, best first; equal scores in row order. Fewer than k where fewer are admitted."""
    rows = np.flatnonzero(admitted)
    if len(rows) > k:
        # Everything that ties with the k-th stays in, so that the stable sort below decides and not the partition.
        threshold = np.partition(scores[rows], len(rows) - k)[len(rows) - k]
        rows = rows[scores[rows] >= threshold]
    best: Rows = rows[np.argsort(-scores[rows], kind="stable")][:k].astype(np.int64)
    return best


def top_columns(scores: Matrix, depth: int) -> Rows:
    """(b, depth) columns of the highest scores of every row, best first; equal scores in an arbitrary but fixed order.

    Files are often sorted by popularity, and ties must not profit from it. The depth-th highest of the maxima of groups of
    columns bounds the depth-th highest score from below: two passes over the scores, and a selection among the few that reach the bound.
    """
    n_rows, n_items = scores.shape
    place = np.random.default_rng(0).permutation(n_items)  # of each column among equals
    width = min(max(n_items // (8 * depth), 1), 64)
    n_groups = n_items // width
    bound = np.full(n_rows, -np.inf, dtype=scores.dtype)
    if n_groups >= depth:
        highest = scores[:, : n_groups * width].reshape(n_rows, n_groups, width).max(axis=2)
        bound = np.partition(highest, n_groups - depth, axis=1)[:, n_groups - depth]
    is_above = scores > bound[:, None]
    top = np.empty((n_rows, depth), dtype=np.int64)
    for row in range(n_rows):
        columns = np.flatnonzero(is_above[row])
        if len(columns) < depth:  # the last places go to equals of the bound: the first of them in the fixed order
            tied = np.flatnonzero(scores[row] == bound[row])
            n_free = depth - len(columns)
            columns = np.concatenate([columns, tied[np.argpartition(place[tied], n_free - 1)[:n_free]]])
        top[row] = columns[np.lexsort((place[columns], -scores[row, columns]))[:depth]]
    return top


def leading_columns(scores: Matrix, depth: int) -> Rows:
    """(b, depth) columns of the highest scores of every row, best first, where equal scores may come in any order.

    One partition a row: for matrices of few columns; :func:`top_columns` is for whole catalogues.
    """
    top = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
    order = np.argsort(-np.take_along_axis(scores, top, axis=1), axis=1, kind="stable")
    best: Rows = np.take_along_axis(top, order, axis=1)
    return best
