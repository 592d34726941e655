"""What an item that says a phrase is like: the bridge from short phrases to the long texts of items."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.decoders.vocabulary import PhraseVocabulary
from fewrec.types import Matrix, Rows, Vector


class Expectation:
    """The vector expected of an item that holds a phrase.

    An encoder puts two words and a paragraph about the same thing far apart, so a phrase's own vector says little of where
    its items lie. The expectation is the mean of the items that hold the phrase, shrunk towards a ridge regression of such
    means on the phrase's own vector (empirical Bayes: Efron & Morris, JASA 1975). A phrase found in no item is the
    regression alone. Phrases are centred by language, which takes the encoder's offset between languages out.
    """

    def __init__(self, vocabulary: PhraseVocabulary, items: Matrix, *, centre: Vector | None, ridge: float = 3.0) -> None:
        """Over ``items`` (m, d) unit rows with mean ``centre`` (d,); ``ridge`` > 0.

        Where no phrase occurs in any item, phrases stand for themselves.
        """
        self._vocabulary = vocabulary
        self._items = items
        self._holders = np.asarray(vocabulary.occurs.sum(axis=1), dtype=np.float32).ravel()  # (p,)
        d = items.shape[1]
        langs = np.asarray(vocabulary.langs)
        self._language = np.zeros(len(vocabulary), dtype=np.int64)
        centres = []
        self._names = np.unique(langs).tolist()
        for number, lang in enumerate(self._names):
            self._language[langs == lang] = number
            centres.append(vocabulary.vectors[langs == lang].mean(axis=0))
        self._offset = np.asarray(centres, dtype=np.float32).reshape(-1, d)  # (languages, d)
        held = np.flatnonzero(self._holders > 0)
        if not len(held) or centre is None:
            self._map = np.eye(d, dtype=np.float32)
            self._centre = np.zeros(d, dtype=np.float32)
            return
        self._centre = centre
        trust = np.minimum(self._holders[held, None] / 5.0, 1.0)  # (held, 1) a mean over few items is noisy
        x = self._own(held)
        y = self._means(held) - self._centre
        gram = (x * trust).T @ x + ridge * np.eye(d, dtype=np.float32)  # (d, d)
        self._map = np.asarray(np.linalg.solve(gram, (x * trust).T @ y), dtype=np.float32)

    @property
    def dimensions(self) -> int:
        """D."""
        return int(self._items.shape[1])

    def of(self, phrases: Rows, *, prior_items: float) -> Matrix:
        """(len(phrases), d); ``prior_items`` > 0: how many items holding a phrase weigh as much as the regression."""
        regression = self._own(phrases) @ self._map + self._centre
        n = self._holders[phrases, None]  # (len, 1)
        expected: Matrix = (n * self._means(phrases) + prior_items * regression) / (n + prior_items)
        return expected

    def of_vectors(self, own: Matrix, lang: str, holders: Sequence[Rows], *, prior_items: float) -> Matrix:
        """The same for any phrases: their own vectors ``own`` (n, d), all in ``lang``, and for each the rows of the items that hold it."""
        numbers = [n for n, each in enumerate(self._names) if each == lang]
        offset = self._offset[numbers[0]] if numbers else self._offset.mean(axis=0) if len(self._offset) else 0.0
        expected: Matrix = (own - offset) @ self._map + self._centre  # (n, d)
        for place, rows in enumerate(holders):
            if len(rows):
                n = len(rows)
                expected[place] = (n * self._items[rows].mean(axis=0) + prior_items * expected[place]) / (n + prior_items)
        return expected

    def _own(self, phrases: Rows) -> Matrix:
        """(len, d) the phrases' own vectors, centred by language."""
        own: Matrix = self._vocabulary.vectors[phrases] - self._offset[self._language[phrases]]
        return own

    def _means(self, phrases: Rows) -> Matrix:
        """(len, d) mean of the items that hold each phrase, zero where none does."""
        sums: Matrix = self._vocabulary.occurs[phrases] @ self._items
        sums /= np.maximum(self._holders[phrases, None], 1.0)
        return sums
