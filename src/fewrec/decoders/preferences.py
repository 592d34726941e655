"""Which phrases may be said at all, and which kinds of them are to be preferred."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewrec.columns import CATEGORY_NAMES
from fewrec.decoders.phrase_config import PhraseDecoderConfig
from fewrec.decoders.vocabulary import PhraseVocabulary
from fewrec.types import Vector

Flags = NDArray[np.bool_]


class Preferences:
    """Of every phrase of a vocabulary, by its kind and by the items that hold it.

    Args:
        vocabulary: p phrases.
        holders: (p,) how many items hold each.
        likeness: (p,) how alike these are (:func:`~fewrec.decoders.geometry.likeness`).
        n_items: Items of the catalogue that are known.
        config: Settings.
    """

    def __init__(
        self, vocabulary: PhraseVocabulary, holders: Vector, likeness: Vector, n_items: int, config: PhraseDecoderConfig
    ) -> None:
        kinds = np.asarray(vocabulary.kinds, dtype=object)
        single = np.asarray([len(words) == 1 for words in vocabulary.words], dtype=bool)
        says_more = bool(np.isin(kinds, ["category", "name", "text"]).any())
        word = single & ((kinds == "text") | ((kinds == "title") & says_more))
        self.is_word: Flags = word
        """(p,) single words of running text, and of titles where there is more to say."""
        self.is_name: Flags = np.asarray(kinds == "name", dtype=bool)
        listed = np.isin(kinds, ["category", "era", "name"])
        self.most_common: Vector = np.where(listed, config.cover.most_common, config.cover.most_common_words).astype(np.float32)
        """(p,) share of the catalogue above which a phrase tells users little from each other."""
        genres = np.asarray([column.lower() in CATEGORY_NAMES for column in vocabulary.columns], dtype=bool)
        self.needs_two: Flags = self.is_name | word | ((kinds == "category") & ~genres & bool(genres.any()))
        """(p,) what a taste is not about if only one of its items says it: people, single words, side categories (a language)."""
        titled = np.diff(vocabulary.entitles.indptr) > 0
        self.may_be_said: Flags = (holders >= config.least_items) & ~(word & (likeness < config.least_likeness))
        self.may_be_said &= ~(titled & (holders < config.least_items_of_title))
        rarity = np.log((n_items + 2) / (holders + 1)) / np.log(n_items + 2)  # (p,) in (0, 1]
        self.factor: Vector = (np.maximum(rarity, 0.0) ** config.rarity_power).astype(np.float32)
        """(p,) >= 0: how much a phrase of an item is to be preferred."""
        self.factor[word] *= config.word_preference
        self.factor[self.is_name] *= config.name_preference
        self.factor[self._one_of_many(vocabulary)] *= config.names_preference / config.name_preference
        kind = np.where(word, "word", kinds)
        self.reliability: Vector = np.asarray([config.reliability.get(each, 1.0) for each in kind], dtype=np.float32)
        """(p,) how far a user who likes items with it likes others for it."""
        if not says_more:
            self.reliability[kinds == "title"] = 1.0

    def _one_of_many(self, vocabulary: PhraseVocabulary) -> Flags:
        """(p,) names of a column of which a good part of the items hold several: a cast."""
        found: Flags = np.zeros(len(vocabulary), dtype=bool)
        columns = np.asarray(vocabulary.columns, dtype=object)
        for column in {each for each, named in zip(vocabulary.columns, self.is_name, strict=True) if named}:
            own = np.flatnonzero(self.is_name & (columns == column))
            counts = np.asarray(vocabulary.occurs[own].sum(axis=0)).ravel()
            found[own] = (counts > 1).sum() > 0.1 * (counts > 0).sum()
        return found
