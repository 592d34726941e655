"""What a step sees: texts of the same neighbourhood together, so that near ones must be told apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_GROUP = 32
_SAMPLE = 20_000


@dataclass(frozen=True)
class TokenLists:
    """Piece ids of many texts, one after another."""

    ids: NDArray[np.int32]
    begins: NDArray[np.int64]
    """(n + 1,)"""

    def select(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ids and begins of some of the texts."""
        lengths = self.begins[rows + 1] - self.begins[rows]
        begins = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum(lengths, out=begins[1:])
        places = np.arange(begins[-1]) - np.repeat(begins[:-1] - self.begins[rows], lengths)
        return self.ids[places].astype(np.int64), begins


def neighbourhoods(vectors: NDArray[np.floating[Any]], n: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """(len(vectors),) which of ``n`` k-means clusters each unit row belongs to (five rounds on a sample; source: Lloyd, 1982)."""
    sample = vectors[rng.choice(len(vectors), min(_SAMPLE, len(vectors)), replace=False)].astype(np.float32)
    centres = sample[rng.choice(len(sample), min(n, len(sample)), replace=False)]
    for _ in range(5):
        nearest = np.argmax(sample @ centres.T, axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, sample)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(norms > 0, sums / np.maximum(norms, 1e-12), centres)
    parts = [np.argmax(vectors[i : i + 8192].astype(np.float32) @ centres.T, axis=1) for i in range(0, len(vectors), 8192)]
    return np.concatenate(parts).astype(np.int32)


def batches(
    rows: NDArray[np.int64], cluster: NDArray[np.int32], size: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Every row once, ``size`` a batch (the last ones left over are skipped), in groups of neighbours; other groups with every draw."""
    shuffled = rng.permutation(rows)
    ordered = shuffled[np.argsort(cluster[shuffled], kind="stable")]
    group = min(_GROUP, size)
    n_groups = len(ordered) // group
    offset = int(rng.integers(len(ordered) - n_groups * group + 1))
    groups = ordered[offset : offset + n_groups * group].reshape(n_groups, group)[rng.permutation(n_groups)]
    per_batch = size // group
    for first in range(0, n_groups - per_batch + 1, per_batch):
        yield groups[first : first + per_batch].ravel()
