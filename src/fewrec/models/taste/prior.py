"""The prior of the taste model, the same for all users: what people in general think of every item, and whose counts an item uses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.special import gammaln

from fewrec.models.taste.population import PopulationSums
from fewrec.types import Matrix, Vector

BASE_RATE = 0.05
"""Prior probability of a like where nobody has liked anything: only its being the same for all items matters."""

ENOUGH = 0.95
"""Trust in its own likes above which an item borrows nothing: the last twentieth would cost twenty times the reading."""


SHAPES = np.geomspace(0.02, 20, 31)
"""Shapes of the gamma distribution that are tried."""


def likely_counts(likes: Vector, expected: Vector) -> Vector:
    """(m,) empirical-Bayes means of the likes (m,) >= 0 that as many other users would give, around those ``expected`` (m,) by the text.

    Likes are Poisson with mean g x expected, g ~ Gamma(a, a): the posterior mean is expected (likes + a) / (expected + a), with a by
    maximum marginal likelihood (a negative binomial). One like among thirty users says little in a catalogue of thousands, where
    some item had to get it, and much where the text had promised one. Source: Robbins 1956; Clayton & Kaldor, Biometrics 1987.
    """
    known = expected > 0
    c, e = likes[known].astype(np.float64), np.maximum(expected[known].astype(np.float64), 1e-9)
    if not len(c):
        return likes
    a = max(
        SHAPES, key=lambda a: float((gammaln(c + a) - gammaln(a) + a * np.log(a / (e + a)) + c * np.log(e / (e + a))).sum())
    )
    found = likes.astype(np.float64)
    found[known] = e * (c + a) / (e + a)
    likely: Vector = found.astype(np.float32)
    return likely


@dataclass(frozen=True)
class PopulationPrior:
    """m and the collaborative part of K, all indexed by catalogue row. One serves every config of equal ``activity`` and ``borrowing``."""

    sums: PopulationSums
    mean: Vector
    """(m,) m(i), the probability of a like by an unknown user."""
    deviation: Vector
    """(m,) s_i."""
    borrow: sparse.csr_matrix
    """(m, m) A: row i says whose counts item i uses, itself mostly."""
    borrowed: Vector
    """(m,) A c, the counts of likes after borrowing."""

    @classmethod
    def of(cls, sums: PopulationSums, expected: Vector, neighbours: sparse.csr_matrix, borrowing: float) -> PopulationPrior:
        """``expected`` (m,) likes by the items' text; ``neighbours`` (m, m), rows summing to 1 or empty.

        ``borrowing`` >= 0 is how many likes both count for. Borrowed counts are scaled to the likes that are expected of the item: a
        film that should be liked by fifty has the covariances of a film that is, though its neighbours are liked by five.
        """
        m = len(sums.likes)
        trust = np.ones(m, dtype=np.float32)
        if borrowing > 0:
            has_neighbours = np.diff(neighbours.indptr) > 0
            trust = np.where(has_neighbours, sums.likes / (sums.likes + borrowing), 1).astype(np.float32)
            trust[trust > ENOUGH] = 1
        scale = (expected + 1) / (neighbours @ sums.likes + 1)
        borrow = (sparse.diags(trust) + sparse.diags((1 - trust) * scale) @ neighbours).tocsr().astype(np.float32)
        borrow.eliminate_zeros()
        base_rate = float(np.clip(sums.likes.sum() / ((sums.n + 1) * m), 1e-6, 0.5)) if sums.n > 0 else BASE_RATE
        # More likes than expected are believed as far as counts spread. Fewer may also mean that the item is new.
        believed = trust * sums.likes + (1 - trust) * expected
        likely = np.where(sums.likes > expected, likely_counts(sums.likes, expected), believed)
        mean = (likely + 0.3 * base_rate) / (sums.n + 1) if sums.n > 0 else np.full(m, BASE_RATE)
        mean = np.minimum(mean, 0.99).astype(np.float32)
        deviation = np.sqrt(mean * (1 - mean) + 0.3 * base_rate / (sums.n + 1)).astype(np.float32)
        return cls(sums, mean, deviation, borrow, borrow @ sums.likes)

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
