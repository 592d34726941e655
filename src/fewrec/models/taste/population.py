"""What the training users did, as sums over users: the only thing the taste model learns from people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.types import Vector


@dataclass(frozen=True)
class PopulationSums:
    """Weighted counts of likes and of pairs of likes. Sums add up, so users can be added, removed exactly, or counted in parallel.

    A user of n_u likes weighs n_u^-activity: somebody who likes everything tells little about which likes belong together.
    (The same idea as degree normalisation in random-walk recommenders, Cooper et al., WWW 2014.)
    """

    n: float
    """Sum of the users' weights, rescaled so that it equals the number of users with a like."""
    likes: Vector
    """(m,) weighted number of users who like an item."""
    pairs: sparse.csr_matrix
    """(m, m) weighted number of users who like both."""

    @classmethod
    def of(cls, likes: sparse.csr_matrix, activity: float) -> PopulationSums:
        """``likes`` (n, m) 0/1; ``activity`` in [0, 1]."""
        n_likes = np.asarray(likes.sum(axis=1)).ravel()
        active = n_likes > 0
        weight = np.zeros(len(n_likes), dtype=np.float64)
        weight[active] = n_likes[active] ** -activity
        if active.any():
            weight *= active.sum() / weight.sum()
        scaled = sparse.diags(np.sqrt(weight).astype(np.float32)) @ likes
        return cls(
            n=float(weight.sum()),
            likes=np.asarray(likes.T @ weight, dtype=np.float32).ravel(),
            pairs=(scaled.T @ scaled).tocsr().astype(np.float32),
        )
