"""A vector as a mixture of catalogue items: whose phrases support what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.decoders.decompose import pursue
from fewrec.types import Matrix, Rows, Vector


@dataclass(frozen=True, kw_only=True)
class NeighbourhoodConfig:
    """Settings of :func:`neighbourhood`."""

    n_near: int = 1500
    """Nearest items that are looked at."""
    n_parts: int = 12
    """Most items that the vector is taken apart into."""
    n_kernel: int = 30
    """Nearest items that speak for a vector that is no mixture of known items."""
    n_close: int = 200
    """Nearest items that are named as close by, >= 0."""
    least_part: float = 0.05
    """In [0, 1): items of a smaller weight are left out."""
    bandwidth: float = 0.05
    """Of their weights, exp((cosine - best cosine) / bandwidth)."""


@dataclass(frozen=True)
class Neighbourhood:
    """What a vector is made of, as far as that can be said, and what is near it."""

    parts: Rows
    """(a,) catalogue rows of the non-negative sparse mixture that comes nearest to the vector: the very items that a taste was averaged from."""
    part_weights: Vector
    """(a,) > 0, sum 1."""
    explained: float
    """Share of the vector's square that the mixture reaches, in [0, 1]: about 1 where the vector is made of known items, .5 to .9 for an
    item nobody knows, less for a sentence."""
    near: Rows
    """(b,) the nearest items, nearest first."""
    near_weights: Vector
    """(b,) > 0, sum 1, falling with the distance."""
    close: Rows
    """(c,) more of the nearest items, nearest first."""


def neighbourhood(vector: Vector, items: Matrix, config: NeighbourhoodConfig, allowed: Rows | None = None) -> Neighbourhood:
    """Look for ``vector`` (d,), unit, among ``items`` (m, d), unit rows, of which only ``allowed`` are looked at.

    No item with a cosine above 0 gives empty arrays.
    """
    cosines = items @ vector  # (m,)
    if allowed is not None:
        closed = np.ones(len(items), dtype=bool)
        closed[allowed] = False
        cosines[closed] = -1.0
    n_near = min(config.n_near, len(items))
    near = np.argpartition(-cosines, n_near - 1)[:n_near] if n_near else np.zeros(0, dtype=np.int64)
    near = near[np.lexsort((near, -cosines[near]))]
    near = near[cosines[near] > 0].astype(np.int64)
    if not len(near):
        none = np.zeros(0, dtype=np.float32)
        return Neighbourhood(near, none, 0.0, near, none, near)
    chosen, parts = pursue(items[near], vector, config.n_parts, tolerance=0.02)
    explained = float(np.clip((parts @ items[near[chosen]]) @ vector, 0.0, 1.0))
    kept = parts >= min(config.least_part * float(parts.sum()), float(parts.max(initial=0.0)))
    kept &= parts > 0
    kernel = np.exp((cosines[near[: config.n_kernel]] - cosines[near[0]]) / config.bandwidth)
    return Neighbourhood(
        near[chosen[kept]],
        parts[kept] / max(float(parts[kept].sum()), 1e-12),
        explained,
        near[: config.n_kernel],
        (kernel / kernel.sum()).astype(np.float32),
        near[: config.n_close],
    )
