"""A catalogue of films small enough to see through, with an encoder whose geometry is known: one axis a topic."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from fewrec.types import Matrix

TOPICS = (
    ("space", "science fiction", "sci", "fi", "太空", "科幻", "星", "宇宙"),
    ("love", "romance", "爱情", "恋"),
    ("ghost", "horror", "恐怖", "鬼"),
    ("joke", "comedy", "喜剧", "笑"),
    ("war", "soldier", "战争", "士兵"),
)
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


class TopicEncoder:
    """Counts topic words on one axis each; what is left of a text is a small hash of its words on sixteen further axes."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        rows = np.zeros((len(texts), len(TOPICS) + 16), dtype=np.float32)
        for row, text in enumerate(texts):
            folded = text.lower()
            for topic, spellings in enumerate(TOPICS):
                rows[row, topic] = 2.0 * sum(spelling in folded for spelling in spellings)
            for word in re.findall(r"\w+", folded):
                rows[row, len(TOPICS) + sum(map(ord, word)) % 16] += 0.3
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.divide(rows, lengths, out=rows, where=lengths > 0)


def words(text: str) -> list[str]:
    """Lower-case words; Chinese by the character."""
    return re.findall(r"[一-鿿]|[a-z0-9']+", text.lower())
