"""Scorers of ``round-trip``: what a text alone says about its item or user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from fewrec.evaluation.decoder_api import TextScoring
from fewrec.evaluation.metrics.decoded import chance_in_first, overlap
from fewrec.evaluation.metrics.ranked import Ranked, Values, ndcg
from fewrec.evaluation.metrics.shared_phrases import echo, frequencies
from fewrec.evaluation.ordering import TieBreaker, packed, ranks_of, top_of
from fewrec.evaluation.outcomes import PerUnit
from fewrec.evaluation.settings import OF_ITEMS, OF_USERS
from fewrec.text import fold
from fewrec.types import Catalogue, Decoded, Matrix, Rows

TOP = 10


@dataclass(frozen=True)
class DecodedUser:
    """A test user: the likes whose mean vector is decoded, and the hidden ones to be found."""

    row: int
    user_id: str
    liked: Rows
    """(k,) catalogue rows."""
    hidden: Rows


class ItemScorer:
    """Does a text find its item through the second encoder, and do its phrases stand in the item's record?"""

    def __init__(self, scoring: TextScoring, titles: Sequence[str]) -> None:
        self._scoring, self._titles = scoring, titles

    def score(self, rows: Rows, decoded: Sequence[Decoded]) -> PerUnit:
        """``decoded[i]`` is the text about the item of row ``rows[i]``. A text without phrases supports nothing."""
        scoring = self._scoring
        read = scoring.second.encode([each.text if each.phrases else "" for each in decoded])  # (b, d2)
        similarities = read @ self._items.T  # (b, m)
        support = [
            np.mean([scoring.supported(phrase.text, row) for phrase in each.phrases]) if each.phrases else 0.0
            for row, each in zip(rows.tolist(), decoded, strict=True)
        ]
        columns = [chance_in_first(similarities, rows, 1), chance_in_first(similarities, rows, TOP)]
        columns += [np.asarray(support), _said(decoded), self._echo(rows, decoded)]
        return _means(rows, OF_ITEMS, columns)

    def _echo(self, rows: Rows, decoded: Sequence[Decoded]) -> Values:
        shares = []
        for row, each in zip(rows.tolist(), decoded, strict=True):
            said, title = [phrase.text for phrase in each.phrases], fold(self._titles[row])
            shares.append(echo([self._scoring.holders(text) for text in said], [fold(text) == title for text in said]))
        return np.asarray(shares, dtype=np.float64)

    @cached_property
    def _items(self) -> Matrix:
        return self._scoring.second.encode(list(self._scoring.item_texts))


class UserScorer:
    """Does the list made from a text alone resemble the list made from the vector, and is what it says true of the likes?"""

    def __init__(self, scoring: TextScoring, catalogue: Catalogue, ties: TieBreaker) -> None:
        self._scoring, self._catalogue, self._ties = scoring, catalogue, ties
        self._centre = catalogue.vectors.mean(axis=0)  # (d,)
        self._items = _unit(catalogue.vectors - self._centre)  # (m, d)

    def vectors(self, users: Sequence[DecodedUser]) -> Matrix:
        """(b, d) unit: mean vectors of the likes."""
        return _unit(np.stack([self._catalogue.vectors[user.liked].mean(axis=0) for user in users]))

    def score(self, users: Sequence[DecodedUser], vectors: Matrix, decoded: Sequence[Decoded]) -> PerUnit:
        """``decoded[i]`` is the text about ``users[i]``, whose mean vector is ``vectors[i]``."""
        scoring = self._scoring
        best, best_top = self._ranked(users, vectors)
        from_text, top = self._ranked(users, scoring.read(decoded))
        plain = scoring.first.encode([each.text if each.phrases else "" for each in decoded])
        from_plain, plain_top = self._ranked(users, plain)
        ones = np.ones(len(users))
        columns = {
            "ndcg-kept": (from_text, best),
            f"overlap@{TOP}": (overlap(top, best_top), ones),
            "plain-ndcg-kept": (from_plain, best),
            f"plain-overlap@{TOP}": (overlap(plain_top, best_top), ones),
            "genre-named": (self._genre_named(users, decoded), ones),
            "own-phrases": (self._own_phrases(users, decoded), ones),
            "phrases-said": (_said(decoded), ones),
            "lift": self._lift(users, decoded),
        }
        units = np.asarray([len(self._catalogue) + user.row for user in users])  # items are the units below
        values, sizes = (np.stack([columns[metric][part] for metric in OF_USERS], axis=1) for part in (0, 1))
        return PerUnit(units, OF_USERS, values, sizes)

    def _ranked(self, users: Sequence[DecodedUser], vectors: Matrix) -> tuple[Values, Rows]:
        """NDCG (b,) and the head (b, N) of the lists by cosine with ``vectors`` (b, d), around the catalogue's mean; likes are left out.

        An empty text has the zero vector, so that its list is in random order.
        """
        silent = ~vectors.any(axis=1)
        asked = _unit(_unit(vectors) - self._centre)
        asked[silent] = 0.0
        ranks, n_candidates, heads = [], [], []
        for user, scores in zip(users, asked @ self._items.T, strict=True):
            order = packed(scores.astype(np.float32), self._ties.keys(user.user_id))
            order[user.liked] = 0
            ranks.append(ranks_of(order, user.hidden))
            n_candidates.append(len(order) - len(user.liked))
            head = np.full(TOP, -1, dtype=np.int64)
            found = top_of(order, TOP)
            head[: len(found)] = found
            heads.append(head)
        owner = np.repeat(np.arange(len(users)), [len(each) for each in ranks])
        top = np.asarray(heads)
        return ndcg(Ranked(np.concatenate(ranks), owner, np.asarray(n_candidates), top), TOP), top

    def _genre_named(self, users: Sequence[DecodedUser], decoded: Sequence[Decoded]) -> Values:
        """(b,) 1 where a genre that most of the likes have is named, one of them where several are as frequent; NaN without genres."""
        genres = self._scoring.genres
        found = np.full(len(users), np.nan)
        for place, (user, each) in enumerate(zip(users, decoded, strict=True)):
            counts = Counter(genre for row in user.liked.tolist() for genre in (genres[row] if genres is not None else ()))
            if counts:
                leading = [genre for genre, count in counts.items() if count == max(counts.values())]
                said = [phrase.text for phrase in each.phrases]
                found[place] = any(self._scoring.names_genre(phrase, genre) for phrase in said for genre in leading)
        return found

    def _lift(self, users: Sequence[DecodedUser], decoded: Sequence[Decoded]) -> tuple[Values, Values]:
        """(b,) frequencies of the phrases, summed, among the hidden likes and in the catalogue."""
        pairs = [
            frequencies([self._scoring.holders(phrase.text) for phrase in each.phrases], user.hidden, len(self._catalogue))
            for user, each in zip(users, decoded, strict=True)
        ]
        among, usual = np.asarray(pairs, dtype=np.float64).T
        return among, usual

    def _own_phrases(self, users: Sequence[DecodedUser], decoded: Sequence[Decoded]) -> Values:
        """(b,) share of the phrases that occur in the record of one of the likes; 0 for an empty text."""
        supported = self._scoring.supported
        shares = [
            np.mean([any(supported(phrase.text, row) for row in user.liked.tolist()) for phrase in each.phrases])
            if each.phrases
            else 0.0
            for user, each in zip(users, decoded, strict=True)
        ]
        return np.asarray(shares, dtype=np.float64)


def _said(decoded: Sequence[Decoded]) -> Values:
    return np.asarray([len(each.phrases) for each in decoded], dtype=np.float64)


def _means(units: Rows, metrics: tuple[str, ...], columns: Sequence[Values]) -> PerUnit:
    values = np.stack(columns, axis=1)
    return PerUnit(units, metrics, values, np.ones_like(values))


def _unit(vectors: Matrix) -> Matrix:
    """Rows of length 1; an all-zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Matrix = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit
