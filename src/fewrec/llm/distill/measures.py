"""How much of the teacher a student keeps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewrec.types import Matrix, Vector

_BLOCK = 1024


def mean_cosine(student: Matrix, teacher: Matrix) -> float:
    """Mean cosine of unit rows (n, D) with the teacher's of the same texts."""
    return float(np.mean(np.sum(student * teacher, axis=1)))


def nearest(vectors: Matrix, k: int) -> NDArray[np.int64]:
    """(n, k) rows of the nearest others of each, by cosine."""
    found = []
    for first in range(0, len(vectors), _BLOCK):
        cosines = vectors[first : first + _BLOCK] @ vectors.T
        cosines[np.arange(len(cosines)), first + np.arange(len(cosines))] = -np.inf
        found.append(np.argpartition(-cosines, k - 1, axis=1)[:, :k])
    return np.concatenate(found)


def shared_neighbours(student: Matrix, teacher: Matrix, k: int = 10) -> Vector:
    """(n,) share of each text's ``k`` nearest others (fewer where there are fewer) that student and teacher agree on."""
    k = min(k, len(student) - 1)
    ours, theirs = nearest(student, k), nearest(teacher, k)
    return np.array([len(np.intersect1d(a, b)) / k for a, b in zip(ours, theirs, strict=True)], dtype=np.float32)


def rank_correlation(student: Matrix, teacher: Matrix, *, n_pairs: int = 100_000, seed: int = 0) -> float:
    """Spearman correlation of the cosines of random pairs of texts."""
    from scipy.stats import spearmanr

    rng = np.random.default_rng(seed)
    one, other = rng.integers(len(student), size=(2, n_pairs))
    kept = one != other
    cosines = [np.sum(vectors[one[kept]] * vectors[other[kept]], axis=1) for vectors in (student, teacher)]
    return float(spearmanr(*cosines).statistic)


def recall_of_pairs(one: Matrix, other: Matrix, k: int) -> float:
    """Share of rows of ``one`` whose partner is among the ``k`` nearest rows of ``other``."""
    cosines = one @ other.T
    own = np.diagonal(cosines)[:, None]
    return float(np.mean(np.sum(cosines > own, axis=1) < k))
