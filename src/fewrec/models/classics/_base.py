"""What the peers share: a prior over the items plus one contribution per example."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy import sparse

from fewrec.errors import DataError, NotFittedError
from fewrec.types import Catalogue, Examples, Explanation, Interactions, Matrix, Rows, Vector

if TYPE_CHECKING:
    from typing_extensions import Self

TIE_BREAK = 1e-5
"""Weight of popularity in models that know nothing at k = 0: too small to reorder evidence, enough to order its absence."""


class Baseline(ABC):
    """A peer: ``fit`` once on training users, then ``score`` users it has never seen, from their examples."""

    name: ClassVar[str]
    _n_items: int | None = None

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Self:
        """Learn from training users, of whom there may be none; settings left open are chosen on these users."""
        if interactions.n_items != len(catalogue):
            raise DataError(
                f"the interactions speak of {interactions.n_items} items, the catalogue holds {len(catalogue)}",
                hint="build both from the same items file",
            )
        self._learn(catalogue, interactions, rng)
        self._n_items = len(catalogue)
        return self

    def score(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m) float32, higher is better; comparable within a row only."""
        n_items = self._fitted()
        if not examples:
            return np.zeros((0, n_items), dtype=np.float32)
        return self._score(examples)

    def _fitted(self) -> int:
        """The number of items, once there is something to score with."""
        if self._n_items is None:
            raise NotFittedError(f"{self.name} was asked for scores before it was fitted", hint="call fit(...) first")
        return self._n_items

    @abstractmethod
    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:
        """Everything ``score`` needs."""

    @abstractmethod
    def _score(self, examples: Sequence[Examples]) -> Matrix:
        """``score`` for a batch of at least one."""


class AdditiveBaseline(Baseline):
    """A peer whose score is ``prior + parts.sum(0)``; ``_learn`` sets ``_prior``."""

    _prior: Vector

    def explain(self, examples: Examples, rows: Rows) -> Explanation:
        """The score at ``rows`` (r,), taken apart: ``prior`` (r,) and ``parts`` (k, r)."""
        self._fitted()
        return Explanation(prior=self._prior[rows], parts=self._parts(examples, rows).astype(np.float32, copy=False))

    def _score(self, examples: Sequence[Examples]) -> Matrix:
        total: Matrix = (self._sums(examples) + self._prior).astype(np.float32, copy=False)
        return total

    @abstractmethod
    def _sums(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m) the contributions of all examples together."""

    @abstractmethod
    def _parts(self, examples: Examples, rows: Rows) -> Matrix:
        """(k, r) the contribution of each example; zero where the model cannot use it."""


def profiles(examples: Sequence[Examples], n_items: int) -> sparse.csr_matrix:
    """(b, m) float32: utility x weight of every example that is an item; statements are left out."""
    lengths = [len(e) for e in examples]
    users = np.repeat(np.arange(len(examples)), lengths)
    rows = np.concatenate([e.rows for e in examples])
    strength = np.concatenate([e.utility * e.weight for e in examples]).astype(np.float32)
    is_item = rows >= 0
    return sparse.csr_matrix((strength[is_item], (users[is_item], rows[is_item])), shape=(len(examples), n_items))


def popularity_tie_break(likes: sparse.csr_matrix) -> Vector:
    """(m,) share of likes relative to the most liked item, times :data:`TIE_BREAK`; all zero without likes."""
    counts = liked_counts(likes)
    scaled: Vector = (TIE_BREAK * counts / max(1.0, float(counts.max(initial=0)))).astype(np.float32)
    return scaled


def popularity_prior(likes: sparse.csr_matrix, weight: float) -> Vector:
    """(m,) ``weight`` x share of training users who like the item, plus the tie break; all zero without likes."""
    share = liked_counts(likes) / max(1, likes.shape[0])
    prior: Vector = (popularity_tie_break(likes) + weight * share).astype(np.float32)
    return prior


def liked_counts(likes: sparse.csr_matrix) -> Vector:
    """(m,) number of users who liked each item."""
    return np.asarray(likes.sum(axis=0), dtype=np.float32).ravel()


def log_popularity(likes: sparse.csr_matrix) -> Vector:
    """(m,) log of the share of users who like the item, half a like added; zero for all where nobody likes anything."""
    counts = liked_counts(likes)
    if not counts.any():
        return np.zeros_like(counts)
    logs: Vector = np.log((counts + 0.5) / (likes.shape[0] + 1)).astype(np.float32)
    return logs


def strongest_per_row(matrix: sparse.csr_matrix, n_kept: int | None) -> sparse.csr_matrix:
    """The ``n_kept`` entries of largest magnitude in every row; all of them for None."""
    if n_kept is None or matrix.nnz == 0 or int(np.diff(matrix.indptr).max()) <= n_kept:
        return matrix
    kept = np.ones(matrix.nnz, dtype=bool)
    magnitude = np.abs(matrix.data)
    for row in np.flatnonzero(np.diff(matrix.indptr) > n_kept):
        start, stop = matrix.indptr[row], matrix.indptr[row + 1]
        n_dropped = stop - start - n_kept
        kept[start + np.argpartition(magnitude[start:stop], n_dropped)[:n_dropped]] = False
    indptr = np.concatenate([[0], np.cumsum(kept)])[matrix.indptr]
    return sparse.csr_matrix((matrix.data[kept], matrix.indices[kept], indptr), shape=matrix.shape)


def most_liked(likes: sparse.csr_matrix, max_items: int | None) -> Rows:
    """Rows of the items with a like, ascending; the ``max_items`` most liked of them."""
    counts = liked_counts(likes)
    items = np.flatnonzero(counts)
    if max_items is not None and len(items) > max_items:
        items = np.sort(np.argsort(-counts, kind="stable")[:max_items])
    return items


def parts_of(weights: Matrix, items: Rows, n_items: int, examples: Examples, rows: Rows) -> Matrix:
    """(k, r) contributions where ``weights`` is a matrix over some ``items`` alone; zero elsewhere."""
    place = np.full(n_items, -1, dtype=np.int64)
    place[items] = np.arange(len(items))
    of_example = np.where(examples.rows >= 0, place[np.maximum(examples.rows, 0)], -1)
    known = (of_example >= 0)[:, None] & (place[rows] >= 0)[None, :]
    parts: Matrix = np.zeros(known.shape, dtype=np.float32)
    if known.any():
        parts = np.where(known, weights[np.maximum(of_example, 0)][:, np.maximum(place[rows], 0)], 0)
    weighted: Matrix = parts * (examples.utility * examples.weight)[:, None]
    return weighted


class PriorOnlyBaseline(AdditiveBaseline):
    """A peer that says the same to everybody; ``_learn`` sets ``_prior`` and that is all."""

    def _sums(self, examples: Sequence[Examples]) -> Matrix:
        return np.zeros((len(examples), len(self._prior)), dtype=np.float32)

    def _parts(self, examples: Examples, rows: Rows) -> Matrix:
        return np.zeros((len(examples), len(rows)), dtype=np.float32)
