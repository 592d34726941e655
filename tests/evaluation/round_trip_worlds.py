"""A catalogue of eight films, an encoder E with a known geometry, and a second encoder that shares nothing with it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from fewrec.types import Catalogue, Decoded, Interactions, Phrase

FILMS = (
    ("Star Road", "Sci-Fi", "Ann Lee", "A captain crosses deep space. The deep space is cold."),
    ("Far Planet", "Sci-Fi|War", "Ann Lee", "Soldiers fight in deep space for a planet."),
    ("Two Hearts", "Romance", "Bob Ray", "A true love letter changes a town. A love letter is found."),
    ("The Letter", "Romance|Comedy", "Cid Poe", "A love letter and a practical joke."),
    ("Night House", "Horror", "Cid Poe", "A ghost walks the old house."),
    ("Old House", "Horror|Comedy", "Dee Fox", "The ghost of the old house plays a practical joke."),
    ("Fun Day", "Comedy", "Eve Orr", "One practical joke after another."),
    ("Front Line", "War", "Bob Ray", "Soldiers wait in the trench of a war."),
)
FIELDS = tuple(dict(zip(("title", "genres", "director", "description"), film, strict=True)) for film in FILMS)
TEXTS = tuple(". ".join(film) for film in FILMS)


class HashedWords:
    """Every word a random direction that depends on the seed: two seeds are two encoders that agree on nothing but words."""

    dimensions = 48

    def __init__(self, seed: int) -> None:
        self.name = f"words-{seed}"
        self.fingerprint = f"words-{seed}-48"
        self.n_encoded = 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.n_encoded += len(texts)
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                digest = hashlib.blake2b(f"{self.name} {word}".encode(), digest_size=8).digest()
                rows[row] += np.random.default_rng(int.from_bytes(digest, "little")).normal(size=self.dimensions)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)


def films(first: HashedWords) -> Catalogue:
    ids = tuple(f"f{row}" for row in range(len(FILMS)))
    titles = tuple(film[0] for film in FILMS)
    words = sparse.csr_matrix((len(FILMS), 0), dtype=np.float32)
    return Catalogue(ids, titles, TEXTS, first.encode(TEXTS), words, FIELDS, first.fingerprint)


def likes(rows_of_users: Sequence[Sequence[int]], n_items: int) -> Interactions:
    user = np.repeat(np.arange(len(rows_of_users)), [len(rows) for rows in rows_of_users])
    item = np.asarray([row for rows in rows_of_users for row in rows], dtype=np.int64)
    ones = np.ones(len(item), dtype=np.float32)
    ids = tuple(f"u{number}" for number in range(len(rows_of_users)))
    return Interactions(ids, n_items, user.astype(np.int64), item, ones, ones, np.full(len(item), np.nan))


def everybody() -> Interactions:
    """Twelve users with five likes each."""
    return likes([sorted(np.random.default_rng(user).permutation(8)[:5].tolist()) for user in range(12)], len(FILMS))


def said(*phrases: str) -> Decoded:
    """A text of equally weighty phrases."""
    return Decoded("en", ", ".join(phrases), tuple(Phrase(phrase, 1 / len(phrases)) for phrase in phrases))
