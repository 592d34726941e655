"""How alike items are by their text: the part of the kernel that needs no interaction data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from fewrec.types import Catalogue, Matrix, Vector

SMALL = 3000
"""Items up to which an (m, m) matrix of the kernel is kept (36 MB): one user is then a few of its rows."""
DIRECTIONS = 128
"""Principal directions of the vectors that larger catalogues keep (docs/decisions/0010): a quarter of the reading of 512."""
EVENING = 0.25
"""Power by which the variances of those directions are evened out, in [0, 1]: 0 leaves them, 1 is whitening."""


def unit_rows(vectors: Matrix) -> Matrix:
    """Rows scaled to length 1; an all-zero row stays zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Matrix = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 1e-9).astype(np.float32)
    return scaled


@dataclass(frozen=True)
class TextSpace:
    """The items' text as kernel features: dense meaning (encoder E) beside exact words (TF-IDF).

    Encoders give all texts of one catalogue a common direction ("this is a film"), which says nothing about taste, so the
    catalogue's mean is taken out first (Mu & Viswanath, ICLR 2018).
    """

    centre: Vector
    """(d,) the catalogue's mean vector."""
    directions: Matrix | None
    """(d, DIRECTIONS) orthogonal columns, what is kept of centred vectors and on which scale; None keeps all."""
    dense: Matrix
    """(m, d') centred unit rows."""
    lexical: sparse.csr_matrix
    """(m, v) unit rows."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> TextSpace:
        """Centre the catalogue's vectors (once per catalogue)."""
        return catalogue.derived("text space", lambda: cls._make(catalogue))

    @classmethod
    def _make(cls, catalogue: Catalogue) -> TextSpace:
        vectors = catalogue.vectors
        has_text = np.abs(vectors).sum(axis=1) > 0
        centre: Vector = np.zeros(vectors.shape[1], dtype=np.float32)
        if has_text.sum() > 1:
            centre = vectors[has_text].mean(axis=0, dtype=np.float32)
        directions = None
        if len(vectors) > SMALL and vectors.shape[1] > DIRECTIONS and has_text.sum() > 1:
            centred = np.where(has_text[:, None], vectors - centre, 0).astype(np.float32)
            variances, columns = (part[..., -DIRECTIONS:] for part in np.linalg.eigh(centred.T @ centred))
            scale = np.maximum(variances / max(variances[-1], 1e-12), 1e-6) ** (-EVENING / 2)
            directions = np.ascontiguousarray(columns * scale).astype(np.float32)
        placed = _placed(vectors, centre, directions)
        return cls(centre, directions, placed, catalogue.lexical.tocsr())

    @cached_property
    def items_of_word(self) -> sparse.csr_matrix:
        """(v, m) the words' items, turned once rather than at every request."""
        return self.lexical.T.tocsr()

    def items_saying(self, words: Vector) -> Vector:
        """(m,) dot products of all items' TF-IDF with ``words`` (v,), of which only the few above zero are looked up."""
        turned, terms = self.items_of_word, np.flatnonzero(words)
        starts = turned.indptr[terms]
        lengths = turned.indptr[terms + 1] - starts
        places = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(int(lengths.sum()))
        weights = np.repeat(words[terms], lengths) * turned.data[places]
        found: Vector = np.bincount(turned.indices[places], weights=weights, minlength=len(self.dense)).astype(np.float32)
        return found

    @cached_property
    def grams(self) -> tuple[Matrix, Matrix]:
        """(m, m) each: cosines of meaning and of words. For small catalogues alone."""
        return self.dense @ self.dense.T, (self.lexical @ self.items_of_word).toarray()

    def place(self, vectors: Matrix) -> Matrix:
        """(k, d) vectors of E -> (k, d') centred unit rows of this space."""
        return _placed(vectors, self.centre, self.directions)

    def neighbours(self, n_neighbours: int, lexical_share: float, *, block: int = 512) -> sparse.csr_matrix:
        """(m, m) each item's nearest other items, row weights summing to 1 (an empty row where there is no text)."""
        m = len(self.dense)
        n_kept = min(n_neighbours, m - 1)
        if n_kept < 1:
            return sparse.csr_matrix((m, m), dtype=np.float32)
        parts = []
        for start in range(0, m, block):
            stop = min(start + block, m)
            alike: Matrix = np.maximum(self.dense[start:stop] @ self.dense.T, 0)
            alike *= 1 - lexical_share
            if self.lexical.nnz:
                words = self.lexical[start:stop] @ self.items_of_word
                alike[np.repeat(np.arange(stop - start), np.diff(words.indptr)), words.indices] += lexical_share * words.data
            alike[np.arange(stop - start), np.arange(start, stop)] = 0
            parts.append(nearest(alike, n_kept))
        return sparse.vstack(parts, format="csr")


def _placed(vectors: Matrix, centre: Vector, directions: Matrix | None) -> Matrix:
    has_text = np.abs(vectors).sum(axis=1, keepdims=True) > 0
    centred = np.where(has_text, vectors - centre, 0).astype(np.float32)
    return unit_rows(centred if directions is None else centred @ directions)


def nearest(alike: Matrix, n_kept: int, *, group: int = 32) -> sparse.csr_matrix:
    """(r, m) similarities >= 0 -> sparse (r, m): the n_kept largest of a row, squared (nearer counts more), summing to 1.

    Columns are looked at in groups: the n_kept-th largest of the groups' maxima is a bound that n_kept items reach and few others do,
    so that a row need not be partitioned, which costs eight times as much.
    """
    n_rows, m = alike.shape
    n_kept = min(n_kept, m)
    n_whole = m // group
    bound = np.zeros(n_rows, dtype=alike.dtype)
    if n_whole >= n_kept:
        largest = alike[:, : n_whole * group].reshape(n_rows, n_whole, group).max(axis=2)
        bound = np.partition(largest, n_whole - n_kept, axis=1)[:, n_whole - n_kept]
    rows, columns = np.nonzero(alike >= np.maximum(bound, 1e-12)[:, None])
    values = alike[rows, columns]
    order = np.lexsort((columns, -values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    starts = np.searchsorted(rows, np.arange(n_rows))
    kept = np.arange(len(rows)) - starts[rows] < n_kept
    rows, columns, weights = rows[kept], columns[kept], values[kept].astype(np.float64) ** 2
    total = np.bincount(rows, weights=weights, minlength=n_rows)
    matrix = sparse.csr_matrix(((weights / total[rows]).astype(np.float32), (rows, columns)), shape=(n_rows, m))
    matrix.sort_indices()
    return matrix
