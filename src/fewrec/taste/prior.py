"""The prior of the taste model, the same for all users: what people in general think of every item, and whose counts an item uses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from fewrec.taste.population import PopulationSums
from fewrec.types import Matrix, Vector

BASE_RATE = 0.05
"""Prior probability of a like where nobody has liked anything: only its being the same for all items matters."""


@dataclass(frozen=True)
class PopulationPrior:
    """m and the collaborative part of K, all indexed by catalogue row. One serves every config of equal ``activity`` and ``borrowing``."""

    sums: PopulationSums
    mean: Vector
    """(m,) m(i), the probability of a like by an unknown user."""
    deviation: Vector
    """(m,) s_i."""
    borrow: sparse.csr_matrix
    """(m, m) A: row i says whose counts item i uses, itself mostly; rows sum to 1."""
    borrowed: Vector
    """(m,) A c, the counts of likes after borrowing."""

    @classmethod
    def of(cls, sums: PopulationSums, neighbours: sparse.csr_matrix, borrowing: float) -> PopulationPrior:
        """``neighbours`` (m, m), rows summing to 1 or empty; ``borrowing`` how many likes they count for, >= 0."""
        m = len(sums.likes)
        has_neighbours = np.diff(neighbours.indptr) > 0
        trust = np.ones(m, dtype=np.float32)
        if borrowing > 0:
            trust = np.where(has_neighbours, sums.likes / (sums.likes + borrowing), 1).astype(np.float32)
        borrow = (sparse.diags(trust) + sparse.diags(1 - trust) @ neighbours).tocsr().astype(np.float32)
        borrowed = borrow @ sums.likes
        base_rate = float(np.clip(sums.likes.sum() / ((sums.n + 1) * m), 1e-6, 0.5)) if sums.n > 0 else BASE_RATE
        mean = (borrowed + 0.3 * base_rate) / (sums.n + 1) if sums.n > 0 else np.full(m, BASE_RATE)
        mean = np.minimum(mean, 0.99).astype(np.float32)
        deviation = np.sqrt(mean * (1 - mean) + 0.3 * base_rate / (sums.n + 1)).astype(np.float32)
        return cls(sums, mean, deviation, borrow, borrowed)

    @cached_property
    def covariance(self) -> Matrix:
        """(m, m) A C A' - (A c)(A c)' / n, n times the population's covariance. For small catalogues alone."""
        m = len(self.mean)
        if self.sums.n == 0:
            return np.zeros((m, m), dtype=np.float32)
        once = self.borrow @ self.sums.pairs.toarray()  # A C
        both: Matrix = self.borrow @ np.ascontiguousarray(once.T)  # A C A', as C is symmetric
        both -= np.outer(self.borrowed, self.borrowed / np.float32(self.sums.n))
        return both
