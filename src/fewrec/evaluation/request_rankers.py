"""What the protocol ``requests`` compares: recommenders that are told a sentence, and baselines that only match its words.

A ranker is fitted on some users, then lists items for a sentence (or for none), with or without likes.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fewrec.encoders import LexicalSpace
from fewrec.evaluation.ordering import TieBreaker
from fewrec.text import words
from fewrec.types import Catalogue, Encoder, Interactions

NO_TEXT = ":no-text"
"""``auto:no-text`` is ``auto`` that does not hear the sentence: the control for what a sentence is worth."""
DEFAULT_RANKERS = f"auto,auto{NO_TEXT},content,tfidf,bm25,cosine,popularity,random"
BASELINES: Mapping[str, str] = {
    "tfidf": "cosine of the sentence's words with the item's, TF-IDF",
    "bm25": "Okapi BM25 of the sentence's words in the item's text",
    "cosine": "cosine of the sentence with the item's vector",
    "popularity": "likes of the training users, whatever was said",
    "random": "any order",
}
_K1, _B = 1.2, 0.75


class Ranker(Protocol):
    """One way to answer a sentence."""

    def fit(self, train: Interactions) -> None:
        """Learn from the training users; the catalogue is known already."""

    def rank(self, text: str | None, likes: Sequence[int], n: int, *, statement: bool = False) -> list[int]:
        """Catalogue rows of the ``n`` best items for a sentence (None: nothing was said) and some liked rows, which are left out.

        ``statement``: the sentence says what its author likes in general, rather than what is wanted now.
        """


class Recommending(Protocol):
    """The part of :class:`~fewrec.recommender.Recommender` that is used here."""

    def taste(self, **examples: Any) -> Any:
        """A taste from likes and sentences."""

    def recommend(self, taste: Any, *, k: int) -> Any:
        """The list."""


FitRecommender = Callable[[str, Sequence[str]], Recommending]
"""(model name, ids of the training users) -> a recommender fitted on their events."""


def told(recommender: Recommending, text: str | None, likes: Sequence[str], *, statement: bool) -> Any:
    """The taste of somebody who says ``text`` and liked ``likes``; the one place where the protocol speaks to a recommender.

    A sentence is a request (``want``) where the recommender takes requests, else, and where it is a ``statement`` of taste, it is ``say``.
    """
    if text is None:
        return recommender.taste(like=list(likes))
    if not statement and "want" in inspect.signature(recommender.taste).parameters:
        return recommender.taste(like=list(likes), want=text)
    return recommender.taste(like=list(likes), say=[text])


@dataclass(frozen=True)
class Material:
    """What all rankers of one evaluation share. ``fits`` keeps recommenders, so that ``auto`` and ``auto:no-text`` are fitted once."""

    catalogue: Catalogue
    encoder: Encoder
    fit_recommender: FitRecommender
    fits: dict[tuple[str, tuple[str, ...]], Recommending]
    seed: int = 0

    @cached_property
    def tokens(self) -> list[list[str]]:
        """(m,) words of every item's columns."""
        return [words(" ".join(fields.values())) for fields in self.catalogue.fields]

    @cached_property
    def ties(self) -> TieBreaker:
        """Equal scores are ordered at random."""
        return TieBreaker(len(self.catalogue), "requests", self.seed)


class RecommenderRanker:
    """A :class:`~fewrec.recommender.Recommender` with a model of that name."""

    def __init__(self, material: Material, model: str, *, hears: bool) -> None:
        self._material, self._model, self._hears = material, model, hears
        self._recommender: Recommending | None = None

    def fit(self, train: Interactions) -> None:
        """Fit once per model and set of users."""
        key = (self._model, train.user_ids)
        if key not in self._material.fits:
            self._material.fits[key] = self._material.fit_recommender(self._model, train.user_ids)
        self._recommender = self._material.fits[key]

    def rank(self, text: str | None, likes: Sequence[int], n: int, *, statement: bool = False) -> list[int]:
        """The recommender's list."""
        assert self._recommender is not None
        catalogue = self._material.catalogue
        liked = [catalogue.ids[row] for row in likes]
        taste = told(self._recommender, text if self._hears else None, liked, statement=statement)
        return [catalogue.row_of[one.item_id] for one in self._recommender.recommend(taste, k=n).items]


class ScoreRanker:
    """A baseline: a score for every item from the sentence alone, equal scores in random order."""

    def __init__(self, material: Material, score: Callable[[str], NDArray[Any]] | None = None) -> None:
        self._material, self._score = material, score
        self._prior = np.zeros(len(material.catalogue))

    def fit(self, train: Interactions) -> None:
        """Nothing to learn, unless there is no score: then the likes are it."""
        if self._score is None:
            self._prior = np.asarray(train.likes.sum(axis=0), dtype=np.float64).ravel()

    def rank(self, text: str | None, likes: Sequence[int], n: int, *, statement: bool = False) -> list[int]:  # noqa: ARG002 - words are matched whatever they are meant for
        """Highest score first."""
        scores = self._prior if self._score is None or text is None else np.asarray(self._score(text), dtype=np.float64)
        order = np.lexsort((self._material.ties.keys("" if self._score is None or text is None else text), -scores))
        left_out = set(likes)
        head: list[int] = order[: n + len(left_out)].tolist()
        return [row for row in head if row not in left_out][:n]


def tfidf(material: Material) -> Callable[[str], NDArray[Any]]:
    """Cosine of TF-IDF rows, the stop words included: inverse document frequency is what makes them weigh little."""
    space = LexicalSpace.fit(material.tokens)
    items = space.transform(material.tokens)
    return lambda text: np.asarray((items @ space.transform([words(text)]).T).todense()).ravel()


def bm25_matrix(token_lists: Sequence[Sequence[str]], column_of: Mapping[str, int]) -> sparse.csc_matrix:
    """(m, v) what each word in each document adds to its BM25 score, k1 = 1.2, b = 0.75.

    idf · tf (k1 + 1) / (tf + k1 (1 - b + b · length / mean length)), idf = ln(1 + (m - df + .5) / (df + .5))
    (Robertson & Zaragoza, The Probabilistic Relevance Framework, 2009).
    """
    rows, columns, counts = [], [], []
    for row, tokens in enumerate(token_lists):
        for token, count in Counter(tokens).items():
            rows.append(row)
            columns.append(column_of[token])
            counts.append(float(count))
    m = len(token_lists)
    row, column, tf = np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64), np.array(counts)
    df = np.bincount(column, minlength=len(column_of))
    idf = np.log1p((m - df + 0.5) / (df + 0.5))
    length = np.bincount(row, weights=tf, minlength=m)
    norm = _K1 * (1 - _B + _B * length / max(float(length.mean()), 1e-9))
    values = idf[column] * tf * (_K1 + 1) / (tf + norm[row])
    return sparse.csc_matrix((values, (row, column)), shape=(m, len(column_of)))


def bm25(material: Material) -> Callable[[str], NDArray[Any]]:
    """The sum over the sentence's distinct words."""
    terms = sorted({token for tokens in material.tokens for token in tokens})
    column_of = {term: column for column, term in enumerate(terms)}
    matrix = bm25_matrix(material.tokens, column_of)

    def score(text: str) -> NDArray[Any]:
        columns = sorted({column_of[word] for word in words(text) if word in column_of})
        return np.asarray(matrix[:, columns].sum(axis=1)).ravel()

    return score


def cosine(material: Material) -> Callable[[str], NDArray[Any]]:
    """Of the encoder's vectors."""
    return lambda text: material.catalogue.vectors @ material.encoder.encode([text])[0]


def make_ranker(name: str, material: Material) -> Ranker:
    """A ranker by name: a baseline of :data:`BASELINES`, or a model of ``fewrec models``, ``:no-text`` behind it for the control."""
    if name == "popularity":
        return ScoreRanker(material)
    if name == "random":
        return ScoreRanker(material, lambda _: np.zeros(len(material.catalogue)))
    scores = {"tfidf": tfidf, "bm25": bm25, "cosine": cosine}
    if name in scores:
        return ScoreRanker(material, scores[name](material))
    return RecommenderRanker(material, name.removesuffix(NO_TEXT), hears=not name.endswith(NO_TEXT))


def rankers(names: Sequence[str], material: Material) -> dict[str, Callable[[], Ranker]]:
    """Factories by name, as ``evaluate`` takes them."""
    return {name: partial(make_ranker, name, material) for name in names}
