"""What the scorer sees of a user's examples and an item: numbers from E's vectors, and which items they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fewrec.types import Catalogue, Examples, Matrix, Rows

_TOGETHER = 256
"""Pairs whose cosines are taken at a time: their vectors stay in the processor's cache."""


@dataclass(frozen=True)
class PairFeatures:
    """Two blocks, since they are shrunk apart."""

    dense: NDArray[np.float64]
    """(p, 4 + 4 + 5 r) counts, cosines, and in r principal directions the item, the likes, the dislikes and the products of the former with
    each of the latter."""
    which: sparse.csr_matrix
    """(p, 3 m) the item asked about, the mean of the likes, the mean of the dislikes, one column an item."""


@dataclass(frozen=True)
class Space:
    """Principal directions of a catalogue's vectors."""

    centre: Matrix
    """(d,)"""
    directions: Matrix
    """(d, r)"""

    @classmethod
    def of(cls, catalogue: Catalogue, rank: int) -> Space:
        """From the items that have text."""
        vectors = catalogue.vectors[np.abs(catalogue.vectors).sum(axis=1) > 0]
        if not len(vectors):
            d = catalogue.vectors.shape[1]
            return cls(np.zeros(d, dtype=np.float32), np.zeros((d, 1), dtype=np.float32))
        centre = vectors.mean(axis=0)
        _, _, axes = np.linalg.svd(vectors - centre, full_matrices=False)
        directions = axes[:rank].T.astype(np.float32)
        spread = (vectors - centre) @ directions
        scale = float(np.sqrt(np.square(spread).sum(axis=1).mean())) or 1.0
        return cls(centre.astype(np.float32), np.ascontiguousarray(directions / np.float32(scale)))

    def place(self, vectors: Matrix) -> Matrix:
        """(n, d) -> (n, r)."""
        placed: Matrix = ((vectors - self.centre) @ self.directions).astype(np.float32)
        return placed


def pair_features(
    space: Space, vectors: Matrix, columns: Rows, n_columns: int, examples: Sequence[Examples], rows: Rows
) -> PairFeatures:
    """Of pairs (``examples[p]``, ``rows[p]``); ``vectors`` (m, d) of the catalogue, ``columns`` (m,) its items' columns, -1 for unknown ones."""
    placed: NDArray[np.float64] = space.place(vectors).astype(np.float64)
    users, place_of = _distinct(examples)
    likes = [one.rows[(one.utility > 0) & (one.rows >= 0)] for one in users]
    dislikes = [one.rows[(one.utility <= 0) & (one.rows >= 0)] for one in users]
    liked, n_liked = _means(likes, len(vectors))
    disliked, n_disliked = _means(dislikes, len(vectors))
    at = np.array(place_of, dtype=np.int64)
    item = placed[rows]
    good, bad = np.asarray(liked @ placed)[at], np.asarray(disliked @ placed)[at]
    dense = np.concatenate(
        [
            _counts(n_liked, n_disliked)[at],
            _cosines(vectors, rows, likes, at),
            _cosines(vectors, rows, dislikes, at),
            item,
            good,
            bad,
            item * good * np.sqrt(placed.shape[1]),
            item * bad * np.sqrt(placed.shape[1]),
        ],
        axis=1,
    ).astype(np.float64)
    ids = _column_matrix(columns, n_columns)
    which = sparse.hstack([ids[rows], (liked @ ids)[at], (disliked @ ids)[at]]).tocsr()
    return PairFeatures(dense, which)


def _distinct(examples: Sequence[Examples]) -> tuple[list[Examples], list[int]]:
    known: dict[int, int] = {}
    users: list[Examples] = []
    for one in examples:
        if id(one) not in known:
            known[id(one)] = len(users)
            users.append(one)
    return users, [known[id(one)] for one in examples]


def _means(lists: Sequence[Rows], n_items: int) -> tuple[sparse.csr_matrix, NDArray[np.float64]]:
    """(u, m) rows that average the listed items, and (u,) how many there are."""
    sizes = np.array([len(own) for own in lists], dtype=np.int64)
    items = np.concatenate([np.zeros(0, dtype=np.int64), *lists]).astype(np.int64)
    values = np.repeat(1 / np.maximum(sizes, 1), sizes)
    pointers = np.concatenate([[0], np.cumsum(sizes)])
    return sparse.csr_matrix((values, items, pointers), shape=(len(lists), n_items)), sizes.astype(np.float64)


def _counts(n_liked: NDArray[np.float64], n_disliked: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of likes, shrunk to a half; log odds of it; log numbers of both."""
    share = (n_liked + 1) / (n_liked + n_disliked + 2)
    return np.stack([share - 0.5, np.log(share / (1 - share)), np.log1p(n_liked) - 1, np.log1p(n_disliked) - 1], axis=1)


def _cosines(vectors: Matrix, rows: Rows, lists: Sequence[Rows], at: Rows) -> NDArray[np.float64]:
    """(p, 2) mean and largest cosine of the item with the listed ones; 0 where there are none."""
    sizes = np.array([len(own) for own in lists], dtype=np.int64)[at]
    found = np.zeros((len(rows), 2))
    some = np.flatnonzero(sizes)
    for start in range(0, len(some), _TOGETHER):
        part = some[start : start + _TOGETHER]
        items = np.concatenate([lists[user] for user in at[part]])
        cosines = np.einsum("nd,nd->n", vectors[items], vectors[np.repeat(rows[part], sizes[part])])
        firsts = np.concatenate([[0], np.cumsum(sizes[part])[:-1]])
        found[part, 0] = np.add.reduceat(cosines, firsts) / sizes[part]
        found[part, 1] = np.maximum.reduceat(cosines, firsts)
    return found


def _column_matrix(columns: Rows, n_columns: int) -> sparse.csr_matrix:
    known = np.flatnonzero(columns >= 0)
    ones = np.ones(len(known))
    return sparse.csr_matrix((ones, (known, columns[known])), shape=(len(columns), n_columns))
