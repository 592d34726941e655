"""The phrase decoder: a vector read back as a few weighted phrases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fewrec.decoders.decompose import pursue
from fewrec.decoders.duplicates import alike, stems
from fewrec.decoders.expectation import expected_items
from fewrec.decoders.neighbourhood import NeighbourhoodConfig, mixture
from fewrec.decoders.sentence import LANGUAGES, Kind, sentence
from fewrec.decoders.vocabulary import PhraseVocabulary
from fewrec.errors import EncoderMismatchError, SettingError
from fewrec.types import Decoded, Matrix, Phrase, Rows, Vector


@dataclass(frozen=True, kw_only=True)
class PhraseDecoderConfig:
    """Settings of :class:`PhraseDecoder`."""

    ranking_share: float = 0.5
    """In [0, 1]: how much the phrases should give the items the scores the vector gives them, rather than lie near the vector."""
    own_share: float = 0.5
    """>= 0: weight of the phrases' own vectors adding up to the vector, beside 1 for the items that they stand for."""
    prior_items: float = 2.0
    """> 0: how many items holding a phrase outweigh what is expected of the phrase from its own vector, when it is chosen."""
    reading_prior_items: float = 1.0
    """The same when phrases are read back."""
    support_power: float = 0.5
    """Preference grows with this power of the share of the neighbourhood that holds a phrase."""
    rarity_power: float = 0.5
    """... and with this power of log(m / items that hold it)."""
    title_preference: float = 0.6
    """Factor > 0 on parts of titles: a taste told in titles says little that is new."""
    name_preference: float = 0.8
    """... on names of people and other values of one's own."""
    word_preference: float = 0.6
    """... on single words of running text, which tell less than two or three."""
    least_z: float = 0.5
    """A phrase of the general vocabulary must lie nearer to the vector than to this many standard deviations above the mean
    item: a spelling that occurs in another sense is not said."""
    max_cosine: float = 0.75
    """Two phrases of one text lie at most this near each other."""
    n_candidates: int = 300
    """Phrases that enter the pursuit."""
    neighbourhood: NeighbourhoodConfig = field(default_factory=NeighbourhoodConfig)


class PhraseDecoder:
    """Reads a vector as weighted phrases.

    Two questions are asked of the vector. Which items is it made of (:mod:`~fewrec.decoders.neighbourhood`)? Only their
    phrases may be said, those of many of them rather than of one, and rare phrases rather than common ones. Which few of
    these add up to it? Non-negative orthogonal matching pursuit, where a phrase stands for the item expected to hold it
    (:mod:`~fewrec.decoders.expectation`) and for its own vector, and an error counts by what it does to the items' scores
    as well as by its length. Where no neighbour holds a phrase in the reader's language, every phrase of it may be said.

    Implements :class:`fewrec.types.Decoder`. Knows the catalogue, is handed nothing but the vector.
    """

    def __init__(
        self, vocabulary: PhraseVocabulary, items: Matrix, config: PhraseDecoderConfig = PhraseDecoderConfig()
    ) -> None:
        """``items`` (m, d) unit rows, the catalogue's vectors, in the row order of ``vocabulary.occurs``."""
        if vocabulary.occurs.shape[1] != len(items):
            raise SettingError(
                f"the vocabulary was mined from {vocabulary.occurs.shape[1]} items, the catalogue has {len(items)}",
                hint="mine the phrases again from this catalogue",
            )
        if len(vocabulary) and vocabulary.vectors.shape[1] != items.shape[1]:
            raise EncoderMismatchError(
                f"phrases have {vocabulary.vectors.shape[1]} dimensions, items {items.shape[1]}",
                hint="encode both with the same encoder",
            )
        self.vocabulary = vocabulary
        self.config = config
        self._items = items
        self._holds = vocabulary.occurs.T.tocsr()  # (m, p)
        if len(vocabulary):
            expected = expected_items(vocabulary, items, prior_items=config.prior_items)  # (p, d)
            self._read = expected_items(vocabulary, items, prior_items=config.reading_prior_items)  # (p, d)
        else:
            expected = self._read = np.zeros((0, items.shape[1]), dtype=np.float32)
        own = config.own_share * np.eye(items.shape[1], dtype=np.float32)
        self._metric = np.hstack([_metric(items, config.ranking_share), own])  # (d, 2d)
        own_vectors = vocabulary.vectors if len(vocabulary) else expected
        self._atoms = np.hstack([expected @ self._metric[:, : items.shape[1]], config.own_share * own_vectors])  # (p, 2d)
        self._lengths = np.linalg.norm(self._atoms, axis=1)  # (p,)
        self._number = {key: number for number, key in enumerate(zip(vocabulary.langs, vocabulary.texts, strict=True))}
        self._of_language = {lang: np.asarray([own == lang for own in vocabulary.langs], dtype=bool) for lang in LANGUAGES}
        holders = np.asarray(vocabulary.occurs.sum(axis=1), dtype=np.float32).ravel()  # (p,)
        self._rarity = np.log((len(items) + 2) / (holders + 1)) / max(np.log(len(items) + 2), 1.0)  # (p,) in (0, 1]
        self._factor = self._rarity**config.rarity_power * _by_kind(vocabulary, config)  # (p,)
        self._is_general = np.asarray([kind == "general" for kind in vocabulary.kinds], dtype=bool)
        scores = own_vectors @ _metric(items, 1.0) / np.sqrt(items.shape[1])  # (p, d)
        self._mean = own_vectors @ items.mean(axis=0) if len(items) else np.zeros(len(vocabulary), dtype=np.float32)  # (p,)
        self._spread = np.linalg.norm(scores, axis=1) * _spread(items)  # (p,) standard deviation of the items' cosines
        self._is_category = np.asarray([kind == "category" for kind in vocabulary.kinds], dtype=bool)
        self._stems = [stems(words) for words in vocabulary.words]
        self._open: NDArray[np.bool_] = np.ones(len(vocabulary), dtype=bool)  # (p,)
        self._rows: Rows | None = None  # items that may be neighbours, None = all

    def decode(self, vector: Vector, *, lang: str, n_phrases: int = 5, kind: Kind = "user") -> Decoded:
        """Read ``vector`` (d,), of any length, as at most ``n_phrases`` >= 1 phrases in ``lang`` (``zh`` or ``en``), weightiest first.

        Weights are > 0 and sum to 1. The zero vector, about which nothing is known, gives no phrases and a text that says so.
        ``kind`` chooses how the text begins.
        """
        if lang not in LANGUAGES:
            raise SettingError(
                f"found language {lang!r}, expected one of {', '.join(LANGUAGES)}", hint="pass lang='zh' or 'en'"
            )
        if n_phrases < 1:
            raise SettingError(f"found n_phrases={n_phrases}, expected at least 1")
        vector = np.asarray(vector, dtype=np.float32)
        if vector.shape != (self._items.shape[1],):
            raise EncoderMismatchError(
                f"found a vector of shape {vector.shape}, expected ({self._items.shape[1]},)",
                hint="decode vectors of the encoder that encoded the catalogue",
            )
        if not np.isfinite(vector).all():
            raise SettingError("the vector to decode holds NaN or infinity", hint="check how it was computed")
        length = float(np.linalg.norm(vector))
        chosen, weights = self._decompose(vector / length, lang, n_phrases) if length > 0 else ([], np.zeros(0))
        phrases = tuple(
            Phrase(self.vocabulary.texts[phrase], float(weight)) for phrase, weight in zip(chosen, weights, strict=True)
        )
        return Decoded(lang, sentence([phrase.text for phrase in phrases], lang=lang, kind=kind), phrases)

    def read(self, decoded: Decoded) -> Vector:
        """(d,) unit: where the phrases alone point, to a reader who knows the catalogue; all zero without phrases.

        The weighted sum of the items expected behind the phrases. Nothing of the decoded vector is used.
        """
        total = np.zeros(self._items.shape[1], dtype=np.float32)
        for phrase in decoded.phrases:
            number = self._number.get((decoded.lang, phrase.text))
            if number is None:
                raise SettingError(
                    f"the phrase {phrase.text!r} is not in this vocabulary", hint="read with the decoder that decoded"
                )
            total += phrase.weight * self._read[number]
        length = float(np.linalg.norm(total))
        return total / length if length > 0 else total

    def without_items(self, rows: Collection[int]) -> PhraseDecoder:
        """A decoder that never saw these items: they are nobody's neighbours, and phrases found in no other item are gone."""
        kept = np.setdiff1d(np.arange(len(self._items)), np.asarray(sorted(rows), dtype=np.int64))
        held = np.asarray(self._holds[kept].sum(axis=0)).ravel() > 0
        general = np.asarray([own == "general" for own in self.vocabulary.kinds], dtype=bool)
        return self._restricted(self._open & (held | general), kept if self._rows is None else np.intersect1d(kept, self._rows))

    def without_words(self, banned: Collection[str]) -> PhraseDecoder:
        """A decoder that must not say any of these folded words: the control of the round trip."""
        banned = frozenset(banned)
        kept = np.asarray([banned.isdisjoint(words) for words in self.vocabulary.words], dtype=bool)
        return self._restricted(self._open & kept, self._rows)

    def _restricted(self, open_: NDArray[np.bool_], rows: Rows | None) -> PhraseDecoder:
        other = copy(self)
        other._open = open_
        other._rows = rows
        return other

    def _support(self, vector: Vector) -> Vector:
        """(p,) in [0, 1]: share of the vector's neighbourhood that holds each phrase."""
        rows, weights = mixture(vector, self._items, self.config.neighbourhood, self._rows)
        support = np.zeros(len(self.vocabulary), dtype=np.float32)
        for row, weight in zip(rows, weights, strict=True):
            support[self._holds.indices[self._holds.indptr[row] : self._holds.indptr[row + 1]]] += weight
        return support

    def _decompose(self, vector: Vector, lang: str, n_phrases: int) -> tuple[Sequence[int], Vector]:
        """Phrase numbers and their weights, weightiest first."""
        config = self.config
        support = self._support(vector)
        target = vector @ self._metric  # (2d,)
        sayable = self._open & self._of_language[lang]  # (p,)
        cosines = self.vocabulary.vectors @ vector if len(self.vocabulary) else support  # (p,)
        sayable &= ~self._is_general | (cosines > self._mean + config.least_z * self._spread)
        preference = support**config.support_power * self._factor  # (p,)
        if not (preference[sayable] > 0).any():
            preference = np.ones_like(support)
        preference[~sayable] = 0.0
        gain = np.divide(self._atoms @ target, self._lengths, out=np.zeros_like(self._lengths), where=self._lengths > 0)
        gain *= preference
        leading = self._leading(support, preference > 0) if n_phrases >= 3 else None
        if leading is not None:
            gain[leading] = max(float(gain[leading]), 2.0)  # it is sure to be among the candidates
        n_candidates = min(config.n_candidates, int((gain > 0).sum()))
        candidates = np.lexsort((np.arange(len(gain)), -gain))[:n_candidates]
        first = np.flatnonzero(candidates == leading) if leading is not None else None
        vectors = self.vocabulary.vectors[candidates]
        named = [self._stems[c] for c in candidates]
        texts = [self.vocabulary.texts[c] for c in candidates]

        def block(atom: int) -> NDArray[np.bool_]:
            near: NDArray[np.bool_] = vectors @ vectors[atom] > config.max_cosine
            said = [alike(named[atom], texts[atom], other, text) for other, text in zip(named, texts, strict=True)]
            near |= np.asarray(said, dtype=bool)
            return near

        chosen, weights = pursue(
            self._atoms[candidates], target, n_phrases, preference=preference[candidates], first=first, block=block
        )
        mean = float(weights[weights > 0].mean()) if (weights > 0).any() else 1.0
        kept = weights > 0
        if leading is not None:
            at = candidates[chosen] == leading
            kept |= at
            weights = np.where(at, np.maximum(weights, support[leading] * mean), weights)
        chosen, weights = chosen[kept], weights[kept]
        more = self._more(chosen, block, support[candidates], n_phrases)
        chosen = np.concatenate([chosen, more])
        weights = np.maximum(np.concatenate([weights, np.zeros(len(more), dtype=np.float32)]), 0.25 * mean)
        order = np.lexsort((np.arange(len(weights)), -weights))
        return [int(candidates[c]) for c in chosen[order]], weights[order] / max(float(weights.sum()), 1e-12)

    def _more(self, chosen: Rows, block: Callable[[int], NDArray[np.bool_]], support: Vector, n_phrases: int) -> Rows:
        """Candidates that half of the neighbourhood holds, best first, to fill up what the pursuit left empty.

        One phrase can explain a vector nearly alone (a title); what else is true of it is worth saying too.
        """
        free = support >= 0.5
        for atom in chosen:
            free &= ~block(int(atom))
            free[atom] = False
        more: list[int] = []
        while len(chosen) + len(more) < n_phrases and free.any():
            atom = int(free.argmax())  # candidates stand in order of their gain
            more.append(atom)
            free[atom] = False
            free &= ~block(atom)
        return np.asarray(more, dtype=np.int64)

    def _leading(self, support: Vector, allowed: NDArray[np.bool_]) -> int | None:
        """The category that most of the neighbourhood shares, if half of it does."""
        shares = np.where(self._is_category & allowed, support, 0.0)
        if not len(shares) or shares.max() < 0.3:
            return None
        return int(shares.argmax())


def _by_kind(vocabulary: PhraseVocabulary, config: PhraseDecoderConfig) -> Vector:
    """(p,) the factor of each phrase's kind."""
    of = {"title": config.title_preference, "name": config.name_preference}
    single = {"text": config.word_preference}
    factors = [
        of.get(kind, 1.0) * (single.get(kind, 1.0) if len(words) == 1 else 1.0)
        for kind, words in zip(vocabulary.kinds, vocabulary.words, strict=True)
    ]
    return np.asarray(factors, dtype=np.float32)


def _spread(items: Matrix) -> float:
    """Square root of the items' mean squared distance from their mean."""
    return float(np.sqrt(items.var(axis=0).sum())) if len(items) else 0.0


def _metric(items: Matrix, ranking_share: float) -> Matrix:
    """(d, d) S with |vS|² = (1 - share) |v|² + share · d · (mean square of the centred item scores of v), S symmetric.

    The second term counts what an error in v does to the ranking of the items; a shift of all scores alike costs nothing.
    Both terms have the trace d, so that the share weighs like with like.
    """
    d = items.shape[1]
    centred = items - items.mean(axis=0) if len(items) else items
    scatter = centred.T.astype(np.float64) @ centred  # (d, d)
    trace = float(np.trace(scatter))
    if trace <= 0:
        return np.eye(d, dtype=np.float32)
    values, axes = np.linalg.eigh(scatter * (d / trace))
    root = np.sqrt((1 - ranking_share) + ranking_share * np.maximum(values, 0.0))
    return np.asarray((axes * root) @ axes.T, dtype=np.float32)
