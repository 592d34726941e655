"""Small catalogues whose right answers are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from fewrec.types import Catalogue, Examples, Interactions


def catalogue_of(vectors: np.ndarray, lexical: np.ndarray | None = None) -> Catalogue:
    """Items ``i0``, ``i1``, … with these vectors (m, d), made unit, and words (m, v); no fields."""
    n_items = len(vectors)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = tuple(f"i{row}" for row in range(n_items))
    words = np.zeros((n_items, 0)) if lexical is None else lexical
    return Catalogue(
        ids=ids,
        titles=ids,
        texts=ids,
        vectors=(vectors / np.maximum(norms, 1e-12)).astype(np.float32),
        lexical=sparse.csr_matrix(words.astype(np.float32)),
        fields=tuple({} for _ in ids),
        fingerprint="test",
    )


def interactions_of(utilities: np.ndarray) -> Interactions:
    """``utilities`` (n, m), NaN where the user did nothing."""
    user, item = np.nonzero(~np.isnan(utilities))
    return Interactions(
        user_ids=tuple(f"u{row}" for row in range(len(utilities))),
        n_items=utilities.shape[1],
        user=user.astype(np.int64),
        item=item.astype(np.int64),
        utility=utilities[user, item].astype(np.float32),
        weight=np.ones(len(user), dtype=np.float32),
        time=np.arange(len(user), dtype=np.float64),
    )


def likes_of(matrix: Sequence[Sequence[int]] | np.ndarray) -> Interactions:
    """``matrix`` (n, m), above 0 where the user likes the item."""
    return interactions_of(np.where(np.asarray(matrix) > 0, 1.0, np.nan))


def block_world(n_users: int = 80, n_items: int = 24, seed: int = 0) -> tuple[Catalogue, Interactions]:
    """Even users like even items, odd users odd ones (after implicit's checkerboard); vectors know the parity, with noise."""
    rng = np.random.default_rng(seed)
    parity = np.equal.outer(np.arange(n_users) % 2, np.arange(n_items) % 2)
    utilities = np.where(parity & (rng.random(parity.shape) < 0.7), 1.0, np.nan)
    utilities[~parity & (rng.random(parity.shape) < 0.1)] = -1.0
    even = np.array([1.0, 0.0, 0.0, 0.0])
    odd = np.array([0.0, 1.0, 0.0, 0.0])
    vectors = np.where((np.arange(n_items) % 2 == 0)[:, None], even, odd) + 0.1 * rng.normal(size=(n_items, 4))
    words = np.stack([np.arange(n_items) % 2 == 0, np.arange(n_items) % 2 == 1], axis=1)
    return catalogue_of(vectors, words), interactions_of(utilities)


def statement(vector: np.ndarray, utility: float = 1.0) -> Examples:
    """A sentence at ``vector`` (d,)."""
    return Examples(
        rows=np.array([-1]),
        vectors=np.asarray(vector, dtype=np.float32)[None, :],
        utility=np.array([utility], dtype=np.float32),
        weight=np.ones(1, dtype=np.float32),
        kinds=("statement",),
        labels=("words",),
    )


def joined(*several: Examples) -> Examples:
    """Examples one after another."""
    return Examples(
        rows=np.concatenate([e.rows for e in several]),
        vectors=np.concatenate([e.vectors for e in several]),
        utility=np.concatenate([e.utility for e in several]),
        weight=np.concatenate([e.weight for e in several]),
        kinds=tuple(kind for e in several for kind in e.kinds),
        labels=tuple(label for e in several for label in e.labels),
    )


def disliked(catalogue: Catalogue, rows: Sequence[int]) -> Examples:
    """Plain dislikes of items."""
    likes = Examples.of_likes(catalogue, rows)
    return Examples(likes.rows, likes.vectors, -likes.utility, likes.weight, ("dislike",) * len(rows), likes.labels)


def any_examples(catalogue: Catalogue, rng: np.random.Generator) -> Examples:
    """Up to eight examples at random: items, perhaps more than once, and statements, of any utility and weight."""
    k = int(rng.integers(0, 9))
    rows = rng.integers(-1, len(catalogue), k)
    return Examples(
        rows.astype(np.int64),
        catalogue.vectors[rows],
        rng.uniform(-1, 1, k).astype(np.float32),
        rng.uniform(1 / 16, 8, k).astype(np.float32),
        ("event",) * k,
        ("x",) * k,
    )
