"""How alike items are by their text: the part of the kernel that needs no interaction data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.types import Catalogue, Matrix, Vector


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
    dense: Matrix
    """(m, d) centred unit rows."""
    lexical: sparse.csr_matrix
    """(m, v) unit rows."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> TextSpace:
        """Centre the catalogue's vectors (once per catalogue)."""
        return catalogue.derived("text space", lambda: cls._make(catalogue))

    @classmethod
    def _make(cls, catalogue: Catalogue) -> TextSpace:
        has_text = np.abs(catalogue.vectors).sum(axis=1) > 0
        centre: Vector = np.zeros(catalogue.vectors.shape[1], dtype=np.float32)
        if has_text.sum() > 1:
            centre = catalogue.vectors[has_text].mean(axis=0, dtype=np.float32)
        return cls(centre, cls._centred(catalogue.vectors, centre), catalogue.lexical.tocsr())

    @staticmethod
    def _centred(vectors: Matrix, centre: Vector) -> Matrix:
        has_text = np.abs(vectors).sum(axis=1, keepdims=True) > 0
        return unit_rows(np.where(has_text, vectors - centre, 0).astype(np.float32))

    def place(self, vectors: Matrix) -> Matrix:
        """(k, d) vectors of E -> (k, d) centred unit rows of this space."""
        return self._centred(vectors, self.centre)

    def neighbours(self, n_neighbours: int, lexical_share: float, *, block: int = 1024) -> sparse.csr_matrix:
        """(m, m) each item's nearest other items, row weights summing to 1 (an empty row where there is no text)."""
        m = len(self.dense)
        n_kept = min(n_neighbours, m - 1)
        if n_kept < 1:
            return sparse.csr_matrix((m, m), dtype=np.float32)
        words = self.lexical.T.tocsr()
        parts = []
        for start in range(0, m, block):
            stop = min(start + block, m)
            alike = (1 - lexical_share) * np.maximum(self.dense[start:stop] @ self.dense.T, 0)
            if self.lexical.nnz:
                alike += lexical_share * (self.lexical[start:stop] @ words).toarray()
            alike[np.arange(stop - start), np.arange(start, stop)] = 0
            parts.append(nearest(alike, n_kept))
        return sparse.vstack(parts, format="csr")


def nearest(alike: Matrix, n_kept: int) -> sparse.csr_matrix:
    """(r, m) similarities >= 0 -> sparse (r, m): the n_kept largest of a row, squared (nearer counts more), summing to 1."""
    n_rows, m = alike.shape
    n_kept = min(n_kept, m)
    columns = np.argpartition(-alike, n_kept - 1, axis=1)[:, :n_kept]
    weights = np.take_along_axis(alike, columns, axis=1) ** 2
    total = weights.sum(axis=1, keepdims=True)
    weights = np.divide(weights, total, out=np.zeros_like(weights), where=total > 1e-12)
    starts = np.arange(0, n_rows * n_kept + 1, n_kept)
    matrix = sparse.csr_matrix((weights.ravel().astype(np.float32), columns.ravel(), starts), shape=(n_rows, m))
    matrix.eliminate_zeros()
    return matrix
