"""Ranks from scores. The order of a file carries no information: equal scores are ordered at random, by seed.

A score and its tie-breaking key are packed into one 64-bit integer, score above, key below. Places are then a matter of comparing
integers that are all different, and no other code has to think of ties.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from fewrec.evaluation.seeds import derived_rng
from fewrec.types import Rows, Vector

Packed = NDArray[np.uint64]

_FEW = 16
"""Up to this many items are placed by comparison with all; sorting pays from about here."""
_BLOCK = 64


class TieBreaker:
    """Random keys for every user's items. All models meet the same keys, so models that know nothing make the same lists."""

    def __init__(self, n_items: int, *seed: int | str) -> None:
        self._seed = "\x1f".join(str(part) for part in seed)
        self._items = derived_rng("ties", *seed).permutation(n_items).astype(np.uint32)

    def keys(self, user_id: str) -> NDArray[np.uint32]:
        """(m,) all different: MurmurHash3's finaliser, a bijection of 32 bits, of item and user."""
        own = hashlib.blake2b(f"{self._seed}\x1f{user_id}".encode(), digest_size=4).digest()
        x = self._items ^ np.frombuffer(own, dtype=np.uint32)
        x = (x ^ (x >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        x = (x ^ (x >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        return x ^ (x >> np.uint32(16))


def packed(scores: Vector, keys: NDArray[np.uint32]) -> Packed:
    """(m,) integers in the order of ``scores`` (m,) float32, infinite ones included, equal ones in the order of ``keys`` (m,); never 0."""
    bits = (scores + np.float32(0)).view(np.uint32)  # + 0 turns -0 into 0, which it equals
    sign = np.uint32(0x80000000)
    ascending = np.where(bits & sign, ~bits, bits | sign)
    return (ascending.astype(np.uint64) << np.uint64(32)) | keys


def ranks_of(order: Packed, relevant: Rows) -> Rows:
    """(r,) 1-based places of the ``relevant`` positions in ``order`` (c,), highest first."""
    own = order[relevant]
    if len(own) <= _FEW:
        return np.asarray([1 + np.count_nonzero(order > value) for value in own], dtype=np.int64)
    ascending = np.sort(order)
    return len(order) - np.searchsorted(ascending, own).astype(np.int64)


def top_of(order: Packed, n: int) -> Rows:
    """The positions of the ``n`` highest of ``order`` (c,), highest first; fewer where only 0 (not in the list) is left.

    The n-th highest of the maxima of blocks is at most the n-th highest of all, and few others reach it.
    """
    maxima = np.maximum.reduceat(order, np.arange(0, len(order), _BLOCK))
    floor = np.partition(maxima, len(maxima) - n)[len(maxima) - n] if n <= len(maxima) else np.uint64(1)
    found = np.flatnonzero(order >= max(floor, np.uint64(1)))
    best: Rows = found[np.argsort(order[found])[::-1][:n]]
    return best
