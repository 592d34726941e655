"""Scores to a more varied order than that of the scores alone."""

from __future__ import annotations

import numpy as np

from fewrec.types import Matrix, Rows, Vector


def diversified(scores: Vector, rows: Rows, vectors: Matrix, k: int, diversity: float) -> Rows:
    """K of ``rows`` (c,), greedily by (1 - diversity) * score - diversity * greatest similarity to those already taken.

    Maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998); scores are scaled to [0, 1] over the candidates. ``scores`` (m,),
    ``vectors`` (m, d) unit rows, ``diversity`` in [0, 1]: 0 keeps the order of the scores.
    """
    if len(rows) == 0:
        return rows
    relevance = scores[rows].astype(np.float64)
    spread = float(relevance.max() - relevance.min())
    relevance = (relevance - relevance.min()) / spread if spread > 0 else np.ones(len(rows))
    nearest = np.zeros(len(rows))
    taken: list[int] = []
    left = np.ones(len(rows), dtype=bool)
    for _ in range(min(k, len(rows))):
        value = np.where(left, (1 - diversity) * relevance - diversity * nearest, -np.inf)
        best = int(np.argmax(value))
        taken.append(best)
        left[best] = False
        nearest = np.maximum(nearest, vectors[rows] @ vectors[rows[best]])
    return np.asarray(rows[taken], dtype=np.int64)
