"""Where observations and items lie in the space of the taste model's kernel, and what was inferred from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.types import Examples, Matrix, Rows, Vector


@dataclass(frozen=True)
class Points:
    """The k observations as points of the kernel's space."""

    counts: sparse.csr_matrix
    """(k, m) whose counts each uses."""
    spread: Vector
    """(k,) standard deviation of what the text decides."""
    dense: Matrix
    """(k, d) centred."""
    lexical: sparse.csr_matrix
    """(k, v)"""
    rows: Rows
    """(k,) the item that each is, -1 for a statement."""
    mean: Vector
    """(k,) what the prior expects of each."""


@dataclass(frozen=True)
class Projection:
    """n items that are not in the fit, where :meth:`~fewrec.models.taste.gaussian.GaussianTaste.project` put them. Belongs to the fit that made it."""

    points: Points
    near: sparse.csr_matrix
    """(n, m) weights of the fitted items that speak for each; rows sum to 1, or to 0 where there is no text."""
    variance: Vector
    """(n,) K(j, j), prior variance."""

    @property
    def mean(self) -> Vector:
        """(n,) m(j), what the prior expects of each."""
        return self.points.mean

    def __len__(self) -> int:
        return len(self.variance)


@dataclass(frozen=True)
class Posterior:
    """What the examples say: ``alpha`` (k,) is the pull of each, ``mean = m + K(., O) alpha``; ``inverse`` (k, k) is (K + N)^-1."""

    alpha: Vector
    inverse: Matrix


def words_of(examples: Examples, which: Rows, n_terms: int) -> sparse.csr_matrix:
    """(s, v) TF-IDF of some examples; empty rows where their words are not known."""
    if examples.lexical is None or examples.lexical.shape[1] != n_terms:
        return sparse.csr_matrix((len(which), n_terms), dtype=np.float32)
    return examples.lexical.tocsr()[which]
