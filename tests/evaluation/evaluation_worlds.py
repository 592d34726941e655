"""Worlds in which the right answer is obvious, and small models to be judged in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from fewrec.types import Catalogue, Examples, Interactions


def catalogue_of(n_items: int, dimensions: int = 8) -> Catalogue:
    vectors = np.random.default_rng(7).normal(size=(n_items, dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = tuple(f"i{row:03d}" for row in range(n_items))
    return Catalogue(
        ids, ids, ids, vectors, sparse.csr_matrix((n_items, 0), dtype=np.float32), tuple({"title": i} for i in ids), "world"
    )


def block_world(n_users: int = 100, n_items: int = 60, n_events: int = 18, seed: int = 0) -> tuple[Catalogue, Interactions]:
    """Even users like even items and dislike a few odd ones; odd users the other way round. Time is Unix seconds."""
    rng = np.random.default_rng(seed)
    user, item, utility = [], [], []
    for u in range(n_users):
        same = rng.permutation(np.arange(u % 2, n_items, 2))[:n_events]
        other = rng.permutation(np.arange(1 - u % 2, n_items, 2))[:4]
        user += [u] * (len(same) + len(other))
        item += [*same.tolist(), *other.tolist()]
        utility += [1.0] * len(same) + [-1.0] * len(other)
    time = 1.6e9 + rng.permutation(len(user)) * 3600.0
    events = Interactions(
        tuple(f"u{u:03d}" for u in range(n_users)),
        n_items,
        np.asarray(user, dtype=np.int64),
        np.asarray(item, dtype=np.int64),
        np.asarray(utility, dtype=np.float32),
        np.ones(len(user), dtype=np.float32),
        time,
    )
    return catalogue_of(n_items), events


class Constant:
    """Knows nothing and says so."""

    name = "constant"

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Constant:
        self.n_items = len(catalogue)
        return self

    def score(self, examples: Sequence[Examples]) -> np.ndarray:
        return np.zeros((len(examples), self.n_items), dtype=np.float32)


class Random(Constant):
    """Scores drawn anew for every user."""

    name = "random"

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Random:
        self.rng = rng
        return super().fit(catalogue, interactions, rng=rng)  # type: ignore[return-value]

    def score(self, examples: Sequence[Examples]) -> np.ndarray:
        return self.rng.random((len(examples), self.n_items), dtype=np.float32)


class Popularity(Constant):
    name = "popularity"

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Popularity:
        self.likes = np.asarray(interactions.likes.sum(axis=0)).ravel().astype(np.float32)
        return super().fit(catalogue, interactions, rng=rng)  # type: ignore[return-value]

    def score(self, examples: Sequence[Examples]) -> np.ndarray:
        return np.tile(self.likes, (len(examples), 1))


class Parity(Constant):
    """Has found out the rule of the block world."""

    name = "auto"

    def score(self, examples: Sequence[Examples]) -> np.ndarray:
        parity = np.arange(self.n_items) % 2
        side = np.asarray([np.sum(e.utility * (1 - 2 * parity[e.rows])) for e in examples])
        return (np.sign(side)[:, None] * (1 - 2 * parity)).astype(np.float32)


class ParityPredictor(Parity):
    def predict(self, examples: Sequence[Examples], rows: np.ndarray) -> np.ndarray:
        return np.asarray([0.5 + 0.4 * self.score([e])[0, row] for e, row in zip(examples, rows, strict=True)])
