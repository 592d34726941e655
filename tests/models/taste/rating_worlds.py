"""Small catalogues and ratings in which the right answer is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from fewrec.encoders import LexicalSpace
from fewrec.text import content_words
from fewrec.types import Catalogue, Examples, Interactions


def catalogue_of(titles: Sequence[str], fields: Sequence[Mapping[str, str]] | None = None, dimensions: int = 4) -> Catalogue:
    """Words as the product counts them; vectors say nothing (they are drawn at random)."""
    vectors = np.random.default_rng(3).normal(size=(len(titles), dimensions)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    tokens = [content_words(title) for title in titles]
    about = fields or [{"title": title} for title in titles]
    return Catalogue(
        tuple(titles), tuple(titles), tuple(titles), vectors, LexicalSpace.fit(tokens).transform(tokens), tuple(about), "test"
    )


def ratings_of(entries: Sequence[tuple[int, int, float]], n_users: int, n_items: int, weight: float = 1.0) -> Interactions:
    """``(user, item, utility)`` each."""
    user, item, utility = (np.array(column) for column in zip(*entries, strict=True)) if entries else (np.zeros(0),) * 3
    ids = tuple(f"u{row}" for row in range(n_users))
    return Interactions(
        ids,
        n_items,
        user.astype(np.int64),
        item.astype(np.int64),
        utility.astype(np.float32),
        np.full(len(entries), weight, dtype=np.float32),
        np.full(len(entries), np.nan),
    )


def examples_of(catalogue: Catalogue, told: Mapping[int, float], weight: float = 1.0) -> Examples:
    """Row -> utility."""
    rows = np.array(list(told), dtype=np.int64)
    utility = np.array(list(told.values()), dtype=np.float32)
    kinds = tuple("like" if value > 0 else "dislike" for value in utility)
    vectors = catalogue.vectors[rows] if len(rows) else np.zeros((0, catalogue.vectors.shape[1]), dtype=np.float32)
    return Examples(
        rows, vectors, utility, np.full(len(rows), weight, dtype=np.float32), kinds, tuple(catalogue.ids[r] for r in rows)
    )


AUTHORS = ("Stephen King", "Jane Austen", "金庸", "余华")


def book_world(n_users: int = 60, n_rated: int = 12, seed: int = 0) -> tuple[Catalogue, Interactions]:
    """Eighty books of four authors; a user likes two of the authors, whatever the book. Half of the titles are Chinese."""
    titles = [f"{'书' if a >= 2 else 'Volume'} {b} written by {AUTHORS[a]}" for a in range(4) for b in range(20)]
    rng = np.random.default_rng(seed)
    entries = []
    for user in range(n_users):
        liked = rng.permutation(4)[:2]
        for item in rng.permutation(80)[:n_rated].tolist():
            entries.append((user, item, 1.0 if item // 20 in liked else -1.0))
    return catalogue_of(titles), ratings_of(entries, n_users, 80)
