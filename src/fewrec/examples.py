"""A taste's examples: what a user did, liked and said, as observations a model can use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from fewrec.data import observations_of_user
from fewrec.errors import SettingError
from fewrec.fitted import Fitted
from fewrec.history import History
from fewrec.preparation import prepare_statements
from fewrec.sentences import Sentence, understood
from fewrec.types import Catalogue, Encoder, Examples, Interactions, Rows, Vector

MAX_EXAMPLES = 300
"""The latest observations of a user that are used: the cost of a taste grows with their cube."""
COMMENT_WEIGHT = 0.3
"""Weight of a review's words beside the rating it came with, in units of a plain like."""
STATEMENT_WEIGHT = 10.0
"""Weight of a sentence: it says outright what is wanted, where a like is one case of it."""
ANSWERS = 0.9
"""Share of the best relevance from which an item counts as answering a sentence."""
MIN_RELEVANCE = 0.35
"""Relevance below which an item answers nothing: likeness of vectors alone."""
REQUEST_WEIGHT = 0.001
"""Weight of a request: it says what is wanted now, so it moves the decoder's vector and not the model's idea of the taste."""
TOPIC_SHARE = 0.35
"""Weight of the words' own vector beside that of the items that answer them."""
MAX_COMMENTS = 20
"""The latest reviews of a user that are read."""
MAX_STATEMENTS = 20
"""The latest stored statements of a user that are read."""


@dataclass(frozen=True)
class Taste:
    """What is known of one user, ready to rank with. Made by :meth:`fewrec.Recommender.taste`."""

    user: str | None
    examples: Examples
    """What the model conditions on, oldest first: items, the words of reviews, and at last the sentences as points of E's space."""
    seen: Rows
    """Rows of the items among the examples, liked or not."""
    vector: Vector
    """(d,) unit: where the taste points in E's space; what the decoder reads."""
    dislikes: Vector | None = None
    """(d,) unit mean of what is disliked, weighted as the examples are; None where nothing is."""
    sentences: tuple[Sentence, ...] = ()
    """Statements and requests as understood; they add to the model's scores (:mod:`fewrec.sentences`)."""
    anchors: tuple[int, ...] = ()
    """For each sentence the first of the examples that stand for it, -1 where it says nothing: its contribution is counted there."""


@dataclass(frozen=True)
class ExampleMaker:
    """Turns a user's history, likes and sentences into :class:`~fewrec.types.Examples` of one fit."""

    fitted: Fitted
    encoder: Encoder
    history: History | None

    def taste(
        self,
        user: str | None,
        like: Sequence[str],
        dislike: Sequence[str],
        say: Sequence[str],
        want: Sequence[str],
        also: Sequence[Examples],
    ) -> Taste:
        """The examples of :meth:`fewrec.Recommender.taste`, oldest first; of two about one item the later stands."""
        both = set(like) & set(dislike)
        if both:
            raise SettingError(f"both liked and disliked: {', '.join(sorted(both))}", hint="say one of the two")
        parts = [] if user is None else self.of_user(user)
        if like or dislike:
            parts.append(self.of_judged(like, dislike))
        said = ([] if user is None else self._statements_of(user)) + list(say)
        catalogue = self.fitted.catalogue
        index = self.fitted.words
        sentences = (*understood(index, said), *understood(index, want, role="request"))
        points = [self.of_understood(each) for each in sentences]
        examples = _latest(joined((*parts, *also, *points), catalogue), MAX_EXAMPLES)
        ends = np.cumsum([0, *map(len, points)])
        first = len(examples) - ends[-1] + ends[:-1]
        return Taste(
            user,
            examples,
            seen=np.unique(examples.rows[examples.rows >= 0]),
            vector=self.fitted.taste.taste_vector(examples),
            dislikes=_disliked(examples),
            sentences=sentences,
            anchors=tuple(int(place) if len(each) else -1 for place, each in zip(first, points, strict=True)),
        )

    def of_judged(self, like: Sequence[str], dislike: Sequence[str]) -> Examples:
        """Plain likes, then plain dislikes, by item id."""
        rows = [self.fitted.row(item_id) for item_id in (*like, *dislike)]
        likes = Examples.of_likes(self.fitted.catalogue, rows)
        sign = np.array([1.0] * len(like) + [-1.0] * len(dislike), dtype=np.float32)
        kinds = ("like",) * len(like) + ("dislike",) * len(dislike)
        return Examples(likes.rows, likes.vectors, sign, likes.weight, kinds, likes.labels)

    def of_user(self, user: str) -> list[Examples]:
        """A known user's events and the words of their reviews."""
        assert self.history is not None
        catalogue = self.fitted.catalogue
        events = self.history.events_of(user)
        known = [item_id in catalogue.row_of for item_id in events["item_id"]]
        events = events.filter(pl.Series(known, dtype=pl.Boolean))
        seen = observations_of_user(events, self.fitted.signals)
        rows = np.array([catalogue.row_of[item_id] for item_id in seen.item_ids], dtype=np.int64)
        parts = [Examples(rows, catalogue.vectors[rows], seen.utility, seen.weight, seen.kinds, seen.item_ids)]
        utility = {item_id: float(u) for item_id, u in zip(seen.item_ids, seen.utility, strict=True)}
        comments = [
            (text, utility[item_id])
            for item_id, text in events.select("item_id", "text").iter_rows()
            if text and text.strip() and item_id in utility
        ][-MAX_COMMENTS:]
        if comments:
            # A review's point is its words; whether they speak for or against is what the event beside them says.
            sign = np.sign([utility for _, utility in comments]).astype(np.float32)
            weight = np.full(len(comments), COMMENT_WEIGHT)
            parts.append(self.of_sentences([text for text, _ in comments], weight, polarity=sign))
        return parts

    def _statements_of(self, user: str) -> list[str]:
        assert self.history is not None
        found: list[str] = self.history.statements_of(user)["text"].to_list()
        return found[-MAX_STATEMENTS:]

    def of_understood(self, sentence: Sentence) -> Examples:
        """A sentence as points of E's space, one for what it asks for and one for what it rules out; none where it says nothing.

        A point lies between the vectors of the words and those of the items that answer: what a genre means in this catalogue is as much
        in its items as in its name. A statement of taste counts as ten likes, a request, which is no taste, as next to nothing, and words
        alone, where no item answers, as one.
        """
        evidence, catalogue = sentence.evidence, self.fitted.catalogue
        text = sentence.understood.text
        answering = np.where(evidence.excluded, 0, evidence.relevance)
        best = float(answering.max(initial=0.0))
        answering = np.where(answering >= max(ANSWERS * best, MIN_RELEVANCE), answering, 0)
        if not (answering.any() or evidence.excluded.any() or sentence.understood.claims or sentence.understood.unmatched):
            return Examples.none(catalogue.vectors.shape[1])  # 「我喜欢看电影」 among films: the carrier alone
        words = self.of_sentences([text], np.ones(1))
        scale = 1.0 if sentence.kind == "statement" else REQUEST_WEIGHT
        found = []
        for sign, share in ((1.0, answering), (-1.0, evidence.excluded)):
            if share.any():
                items = share.astype(np.float32) @ catalogue.vectors
                topics = words.vectors[np.sign(words.utility) == sign].sum(axis=0, dtype=np.float32)
                found.append((sign, _unit(_unit(items) + TOPIC_SHARE * _unit(topics))))
        if not found:
            return replace(
                words, kinds=(sentence.kind,) * len(words), labels=(text,) * len(words), weight=words.weight * np.float32(scale)
            )
        return Examples(
            rows=np.full(len(found), -1, dtype=np.int64),
            vectors=np.stack([vector for _, vector in found]),
            utility=np.array([sign for sign, _ in found], dtype=np.float32),
            weight=np.full(len(found), STATEMENT_WEIGHT if sentence.kind == "statement" else REQUEST_WEIGHT, dtype=np.float32),
            kinds=(sentence.kind,) * len(found),
            labels=(text,) * len(found),
        )

    def of_sentences(self, texts: Sequence[str], weight: NDArray[np.float64], polarity: Vector | None = None) -> Examples:
        """The claims of ``texts`` (t,) as points of E's space. ``weight`` (t,) > 0; ``polarity`` (t,) in [-1, 1] overrides the wording."""
        said = prepare_statements(texts, self.encoder, self.fitted.lexical)
        source = np.array(said.source, dtype=np.int64)
        return Examples(
            rows=np.full(len(source), -1, dtype=np.int64),
            vectors=said.vectors,
            utility=said.polarity if polarity is None else polarity[source],
            weight=np.asarray(weight, dtype=np.float32)[source],
            kinds=("statement",) * len(source),
            labels=said.labels,
            lexical=said.lexical,
        )


def joined(parts: Sequence[Examples], catalogue: Catalogue) -> Examples:
    """Examples one after the other; of two about the same item the later one stands."""
    if not parts:
        return Examples.none(catalogue.vectors.shape[1])
    v = catalogue.lexical.shape[1]
    lexical = sparse.vstack(
        [p.lexical if p.lexical is not None else sparse.csr_matrix((len(p), v), dtype=np.float32) for p in parts]
    ).tocsr()
    rows = np.concatenate([p.rows for p in parts])
    last = {int(row): place for place, row in enumerate(rows) if row >= 0}
    kept = np.array([place for place, row in enumerate(rows) if row < 0 or last[int(row)] == place], dtype=np.int64)
    whole = Examples(
        rows,
        np.concatenate([p.vectors for p in parts]),
        np.concatenate([p.utility for p in parts]),
        np.concatenate([p.weight for p in parts]),
        tuple(kind for p in parts for kind in p.kinds),
        tuple(label for p in parts for label in p.labels),
        lexical,
    )
    return whole.take(kept)


def of_interactions(interactions: Interactions, user: int, catalogue: Catalogue) -> Examples:
    """The latest entries of the user in row ``user`` of ``interactions``."""
    return Examples.of_entries(catalogue, interactions, np.flatnonzero(interactions.user == user)[-MAX_EXAMPLES:])


def _unit(vector: NDArray[np.floating[Any]]) -> Vector:
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length > 0 else vector, dtype=np.float32)


def _disliked(examples: Examples) -> Vector | None:
    against = np.minimum(examples.utility * examples.weight, 0) @ examples.vectors if len(examples) else np.zeros(1)
    return _unit(-against) if np.linalg.norm(against) > 1e-6 else None


def _latest(examples: Examples, n: int) -> Examples:
    return examples if len(examples) <= n else examples.take(np.arange(len(examples) - n, len(examples)))
