"""A vector as a mixture of catalogue items: whose phrases support what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.decoders.decompose import pursue
from fewrec.types import Matrix, Rows, Vector


@dataclass(frozen=True, kw_only=True)
class NeighbourhoodConfig:
    """Settings of :func:`mixture`."""

    n_near: int = 1500
    """Nearest items that are looked at."""
    n_parts: int = 12
    """Most items that the vector is taken apart into."""
    n_kernel: int = 20
    """Nearest items that speak for what the mixture leaves unexplained."""
    least_part: float = 0.05
    """In [0, 1): items of a smaller weight are left out."""
    bandwidth: float = 0.05
    """Of their weights, exp((cosine - best cosine) / bandwidth)."""


def mixture(vector: Vector, items: Matrix, config: NeighbourhoodConfig, allowed: Rows | None = None) -> tuple[Rows, Vector]:
    """Catalogue rows and their weights (> 0, sum 1) that stand for ``vector`` (d,), unit.

    The non-negative sparse mixture of items that comes nearest to the vector finds the very items a taste was averaged from;
    what it leaves unexplained (an unknown item, a sentence) is spoken for by the nearest items. ``items`` (m, d) unit rows,
    of which only ``allowed`` are looked at. No item with a cosine above 0 gives empty arrays.
    """
    cosines = items @ vector  # (m,)
    if allowed is not None:
        closed = np.ones(len(items), dtype=bool)
        closed[allowed] = False
        cosines[closed] = -1.0
    n_near = min(config.n_near, len(items))
    near = np.argpartition(-cosines, n_near - 1)[:n_near] if n_near else np.zeros(0, dtype=np.int64)
    near = near[np.lexsort((near, -cosines[near]))]
    near = near[cosines[near] > 0]
    if not len(near):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    chosen, parts = pursue(items[near], vector, config.n_parts, tolerance=0.02)
    explained = float(np.clip((parts @ items[near[chosen]]) @ vector, 0.0, 1.0))  # share of the vector's square
    weights = np.zeros(len(near), dtype=np.float32)
    if len(parts) and parts.sum() > 0:
        weights[chosen] = explained * parts / parts.sum()
    kernel = np.exp((cosines[near[: config.n_kernel]] - cosines[near[0]]) / config.bandwidth)
    weights[: config.n_kernel] += (1.0 - explained) * kernel / kernel.sum()
    weights /= weights.sum()
    weights[weights < min(config.least_part, float(weights.max()))] = 0.0
    weights /= weights.sum()
    return near[weights > 0].astype(np.int64), weights[weights > 0]
