"""Pairs of a vector and what should be said of it: items, mixtures of their columns, users' tastes and behaviour sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fewrec.decoders.sentence import Kind
from fewrec.llm.decoder.clauses import Clause, write
from fewrec.llm.decoder_training.records import Records
from fewrec.text import event_sentence, item_text, mask
from fewrec.types import Catalogue, Interactions, Matrix, Rows

Encode = Callable[[Sequence[str]], Matrix]


@dataclass(frozen=True, kw_only=True)
class PairConfig:
    """Settings of :func:`make_pairs`."""

    n_pairs: int = 12_000
    """Pairs made, >= 1; the items' own records are among them."""
    share_users: float = 0.25
    """In [0, 1]: pairs about a user; the vector is the mean of items she likes."""
    share_sentences: float = 0.1
    """In [0, 1]: pairs about a sentence of behaviour ("Liked Comedy, Drama"), said of a user."""
    mixed: float = 0.5
    """In [0, 1]: the chance that a column of a made-up record comes from another item. What a decoder must learn is to read each
    column in the vector, whatever the others hold; a catalogue's own records are too few to show it that."""
    dropped: float = 0.1
    """In [0, 1]: the chance that a made-up record lacks a column."""
    max_likes: int = 10
    """A user's vector is the mean of 1 to so many items."""


@dataclass(frozen=True)
class Pairs:
    """n vectors (n, d), unit rows, with what they are (user or item) and what should be said."""

    vectors: Matrix
    kinds: tuple[Kind, ...]
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def spoken(self) -> Pairs:
        """Those about which there is something to say."""
        kept = [row for row, text in enumerate(self.texts) if text]
        return Pairs(self.vectors[kept], tuple(self.kinds[r] for r in kept), tuple(self.texts[r] for r in kept))


def item_pairs(catalogue: Catalogue, records: Records, rows: Rows) -> Pairs:
    """The items' own vectors and records."""
    columns = (*records.columns, *records.text_columns)
    texts = [
        write(records.clauses(dict.fromkeys(columns, int(row)), catalogue.texts[row], catalogue.vectors[row]), records.lang)
        for row in rows
    ]
    return _all("item", catalogue.vectors[rows], texts).spoken()


def make_pairs(
    catalogue: Catalogue,
    interactions: Interactions,
    records: Records,
    rows: Rows,
    *,
    encode: Encode,
    rng: np.random.Generator,
    config: PairConfig = PairConfig(),
) -> Pairs:
    """Pairs from the items of ``rows`` alone, in random order."""
    own = item_pairs(catalogue, records, rows)
    n_users, n_sentences = int(config.n_pairs * config.share_users), int(config.n_pairs * config.share_sentences)
    parts = [
        own,
        _users(catalogue, interactions, records, rows, n_users, rng, config),
        _sentences(records, rows, n_sentences, rng, encode),
        _mixed(catalogue, records, rows, max(0, config.n_pairs - n_users - n_sentences - len(own)), rng, encode, config),
    ]
    order = rng.permutation(sum(map(len, parts)))
    kinds = [kind for part in parts for kind in part.kinds]
    texts = [text for part in parts for text in part.texts]
    vectors = np.concatenate([part.vectors for part in parts])[order]
    return Pairs(vectors, tuple(kinds[i] for i in order), tuple(texts[i] for i in order))


def _mixed(
    catalogue: Catalogue, records: Records, rows: Rows, n: int, rng: np.random.Generator, encode: Encode, config: PairConfig
) -> Pairs:
    """Records whose columns come from several items."""
    names = list(dict.fromkeys(name for row in rows for name in catalogue.fields[row]))
    made: list[dict[str, int]] = []
    for _ in range(n):
        base, *others = rng.choice(rows, size=1 + len(names))
        source = {}
        for name, other in zip(names, others, strict=True):
            row = int(other if rng.random() < config.mixed else base)
            if rng.random() >= config.dropped and catalogue.fields[row].get(name):
                source[name] = row
        made.append(source)
    texts = [mask(item_text({name: catalogue.fields[row][name] for name, row in source.items()})).text for source in made]
    vectors = encode(texts) if texts else np.zeros((0, catalogue.vectors.shape[1]), dtype=np.float32)
    said = [
        write(records.clauses(source, text, vector), records.lang)
        for source, text, vector in zip(made, texts, vectors, strict=True)
    ]
    return _all("item", vectors, said).spoken()


def _users(
    catalogue: Catalogue,
    interactions: Interactions,
    records: Records,
    rows: Rows,
    n: int,
    rng: np.random.Generator,
    config: PairConfig,
) -> Pairs:
    """Means of liked items and what those have in common; without users, of items near each other."""
    allowed = np.zeros(len(catalogue), dtype=bool)
    allowed[rows] = True
    likes = [indices[allowed[indices]] for indices in np.split(interactions.likes.indices, interactions.likes.indptr[1:-1])]
    likes = [liked for liked in likes if len(liked)]
    vectors, said = [], []
    for _ in range(n):
        k = int(rng.integers(1, config.max_likes + 1))
        if likes:
            liked = likes[int(rng.integers(len(likes)))]
        else:
            near = catalogue.vectors[rows] @ catalogue.vectors[int(rng.choice(rows))]
            liked = rows[np.argsort(-near, kind="stable")[: 3 * k]]
        chosen = rng.choice(liked, size=min(k, len(liked)), replace=False)
        mean = catalogue.vectors[chosen].sum(axis=0)
        length = float(np.linalg.norm(mean))
        if length > 0:
            vectors.append(mean / length)
            said.append(write(records.shared([int(row) for row in chosen], vectors[-1]), records.lang))
    stacked = np.asarray(vectors, dtype=np.float32).reshape(len(said), catalogue.vectors.shape[1])
    return _all("user", stacked, said).spoken()


def _sentences(records: Records, rows: Rows, n: int, rng: np.random.Generator, encode: Encode) -> Pairs:
    """One to three values, as a sentence of behaviour or bare, as a user's taste."""
    comma = "、" if records.lang == "zh" else ", "
    texts, said = [], []
    for _ in range(n):
        row = int(rng.choice(rows))
        values = [
            (name, value) for name, of_rows in zip(records.columns, records.values, strict=True) for value in of_rows[row]
        ]
        if not values:
            continue
        chosen = sorted(rng.choice(len(values), size=min(len(values), int(rng.integers(1, 4))), replace=False))
        topic = comma.join(values[i][1] for i in chosen)
        texts.append(event_sentence("like", topic, lang=records.lang) if rng.random() < 0.5 else topic)
        clauses = [Clause(name, tuple(values[i][1] for i in chosen if values[i][0] == name)) for name in records.columns]
        said.append(write([clause for clause in clauses if clause.values], records.lang))
    if not texts:
        return Pairs(np.zeros((0, records.vocabulary.vectors.shape[1]), dtype=np.float32), (), ())
    return _all("user", encode(texts), said).spoken()


def _all(kind: Kind, vectors: Matrix, texts: Sequence[str]) -> Pairs:
    return Pairs(vectors, (kind,) * len(texts), tuple(texts))
