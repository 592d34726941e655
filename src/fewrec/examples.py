"""A taste's examples: what a user did, liked and said, as observations a model can use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
MAX_COMMENTS = 20
"""The latest reviews of a user that are read."""
MAX_STATEMENTS = 20
"""The latest stored statements of a user that are read."""


@dataclass(frozen=True)
class Taste:
    """What is known of one user, ready to rank with. Made by :meth:`fewrec.Recommender.taste`."""

    user: str | None
    examples: Examples
    """What the model conditions on: items, and the words of reviews."""
    seen: Rows
    """Rows of the items among the examples, liked or not."""
    vector: Vector
    """(d,) unit: where the taste points in E's space, sentences included; what the decoder reads."""
    observations: Examples
    """The examples together with the sentences as points of E's space: what the vector and questions rest on."""
    sentences: tuple[Sentence, ...] = ()
    """Statements and requests as understood; they change scores beside the model (:mod:`fewrec.sentences`)."""


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
        examples = _latest(joined((*parts, *also), catalogue), MAX_EXAMPLES)
        points = [examples]
        if said or want:
            texts = [*said, *want]
            points.append(self.of_sentences(texts, np.full(len(texts), STATEMENT_WEIGHT)))
        observations = _latest(joined(points, catalogue), MAX_EXAMPLES)
        return Taste(
            user,
            examples,
            seen=np.unique(examples.rows[examples.rows >= 0]),
            vector=self.fitted.taste.taste_vector(observations),
            observations=observations,
            sentences=(*understood(self.fitted.words, said), *understood(self.fitted.words, want, role="request")),
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


def _latest(examples: Examples, n: int) -> Examples:
    return examples if len(examples) <= n else examples.take(np.arange(len(examples) - n, len(examples)))
