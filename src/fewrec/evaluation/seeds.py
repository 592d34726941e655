"""One seed, many independent streams: what a draw means depends on its name, never on the order in which things run."""

from __future__ import annotations

import hashlib

import numpy as np


def derived_rng(*parts: int | str) -> np.random.Generator:
    """A generator that is a function of ``parts`` alone, e.g. ``("reveal", seed, draw, user_id)``.

    Hashing the name, rather than drawing from a shared stream, makes one user's draw independent of who else is tested,
    and lets an interrupted run go on where it stopped. A model's own generator says nothing about the split's.
    """
    digest = hashlib.blake2b("\x1f".join(f"{type(part).__name__}:{part}" for part in parts).encode(), digest_size=32).digest()
    return np.random.default_rng(np.frombuffer(digest, dtype=np.uint32))
