"""The phrase decoder: a vector read back as a few weighted phrases."""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import copy
from dataclasses import replace

import numpy as np
from scipy.optimize import nnls

from fewrec.columns import CATEGORY_NAMES
from fewrec.decoders.cover import cover
from fewrec.decoders.decompose import pursue
from fewrec.decoders.duplicates import same_phrases, stems
from fewrec.decoders.expectation import Expectation
from fewrec.decoders.geometry import likeness, ranking_metric, unit_vector, usual_cosines
from fewrec.decoders.neighbourhood import Neighbourhood, neighbourhood
from fewrec.decoders.phrase_config import PhraseDecoderConfig
from fewrec.decoders.preferences import Flags, Preferences
from fewrec.decoders.sentence import LANGUAGES, Kind, sentence
from fewrec.decoders.support import chances
from fewrec.decoders.vocabulary import PhraseVocabulary
from fewrec.errors import EncoderMismatchError, SettingError
from fewrec.types import Decoded, Matrix, Phrase, Rows, Vector

Chosen = tuple[Rows, Vector]
"""Numbers of phrases, and their weights, weightiest first."""


class PhraseDecoder:
    """Reads a vector as weighted phrases, each of which holds for several items.

    First question: which items is the vector made of (:mod:`~fewrec.decoders.neighbourhood`)? Only their phrases may be said, and
    none that is the title of one of them. Second: which few phrases? Of a *user*, those that hold for most of these items and of
    those around, and for little else of the catalogue (:mod:`~fewrec.decoders.cover`). Of an *item*, those that add up to its
    vector (non-negative orthogonal matching pursuit), where a phrase stands for the item expected to hold it
    (:mod:`~fewrec.decoders.expectation`) and for its own vector, and an error counts by what it does to the items' scores
    as well as by its length.

    Implements :class:`fewrec.types.Decoder`. Knows the catalogue, is handed nothing but the vector.
    """

    def __init__(
        self,
        vocabulary: PhraseVocabulary,
        items: Matrix,
        config: PhraseDecoderConfig | None = None,
        *,
        rows: Rows | None = None,
    ) -> None:
        """Over ``items`` (m, d) unit rows, the catalogue's vectors, in the row order of ``vocabulary.occurs``.

        Only the items of ``rows``, where given, are known to the decoder.
        """
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
        config = config or PhraseDecoderConfig()
        self.vocabulary = vocabulary
        self.config = config
        self._items = items
        self._rows = rows
        known = items if rows is None else items[rows]
        everything = np.arange(len(vocabulary))
        self._holds = vocabulary.occurs.T.tocsr()  # (m, p)
        self._own = vocabulary.vectors.reshape(len(vocabulary), items.shape[1])  # (p, d)
        self._expectation = Expectation(vocabulary, items, centre=known.mean(axis=0) if len(known) else None)
        self._metric = ranking_metric(known, config.ranking_share)  # (d, d)
        self._expected = self._expectation.of(everything, prior_items=config.prior_items) @ self._metric  # (p, d)
        self._number = {key: number for number, key in enumerate(zip(vocabulary.langs, vocabulary.texts, strict=True))}
        self._of_language = {lang: np.asarray([own == lang for own in vocabulary.langs], dtype=bool) for lang in LANGUAGES}
        leads = [column.lower() in CATEGORY_NAMES for column in vocabulary.columns]
        self._may_lead = np.asarray(leads if any(leads) else [bool(column) for column in vocabulary.columns], dtype=bool)
        self._is_general = np.asarray([kind == "general" for kind in vocabulary.kinds], dtype=bool)
        holders = np.asarray(vocabulary.occurs.sum(axis=1), dtype=np.float32).ravel()  # (p,)
        self._holders = holders
        self._n_known = len(known)
        self._commonness = ((holders + 1) / (len(known) + 2)).astype(np.float32)  # (p,) in (0, 1)
        self._preferences = Preferences(vocabulary, holders, likeness(vocabulary.occurs, items, known), len(known), config)
        self._entitled = vocabulary.entitles.T.tocsr()  # (m, p)
        self._usual, self._spread = usual_cosines(self._own, known)  # (p,) each
        self._stems = [stems(words) for words in vocabulary.words]
        self._saying: dict[str, list[int]] = {}
        """Folded word -> the phrases that hold it."""
        for number, said in enumerate(vocabulary.words):
            for word in said:
                self._saying.setdefault(word, []).append(number)
        self._open: Flags = self._preferences.may_be_said.copy()  # (p,)

    def decode(
        self, vector: Vector, *, lang: str, n_phrases: int = 5, kind: Kind = "user", dislikes: Vector | None = None
    ) -> Decoded:
        """Read a vector as phrases.

        Args:
            vector: (d,) of any length. The zero vector, about which nothing is known, gives no phrases and a text that says so.
            lang: ``zh`` or ``en``.
            n_phrases: The most phrases, >= 1, weightiest first; of dislikes as many again.
            kind: What the vector is of; chooses how phrases are picked and how the text begins.
            dislikes: (d,) vector of what a user does not like. What likes and dislikes share is said of neither of the dislikes.

        Returns:
            Phrases whose weights are > 0 and sum to 1.

        Raises:
            SettingError: an unknown language, fewer phrases than one, or a vector with NaN.
            EncoderMismatchError: a vector of another shape.
        """
        if lang not in LANGUAGES:
            raise SettingError(
                f"found language {lang!r}, expected one of {', '.join(LANGUAGES)}", hint="pass lang='zh' or 'en'"
            )
        if n_phrases < 1:
            raise SettingError(f"found n_phrases={n_phrases}, expected at least 1")
        unit = unit_vector(vector, self._items.shape[1])
        liked = self._decompose(unit, lang, n_phrases, kind) if unit is not None else ()
        against = unit_vector(dislikes, self._items.shape[1]) if dislikes is not None else None
        disliked = self._disliked(against, unit, liked, lang, n_phrases) if against is not None else ()
        said, unsaid = ([phrase.text for phrase in phrases] for phrases in (liked, disliked))
        return Decoded(lang, sentence(said, lang=lang, kind=kind, dislikes=unsaid), liked, disliked=disliked)

    def read(self, decoded: Decoded) -> Vector:
        """(d,) unit: where the phrases alone point, to a reader who knows the catalogue; all zero without phrases.

        The weighted sum of the items expected behind the phrases. Nothing of the decoded vector is used.
        """
        numbers = []
        for phrase in decoded.phrases:
            number = self._number.get((decoded.lang, phrase.text))
            if number is None:
                raise SettingError(
                    f"the phrase {phrase.text!r} is not in this vocabulary", hint="read with the decoder that decoded"
                )
            numbers.append(number)
        if not numbers:
            return np.zeros(self._items.shape[1], dtype=np.float32)
        weights = np.asarray([phrase.weight for phrase in decoded.phrases], dtype=np.float32)
        total: Vector = weights @ self._expectation.of(np.asarray(numbers), prior_items=self.config.reading_prior_items)
        length = float(np.linalg.norm(total))
        return total / length if length > 0 else total

    def without_items(self, rows: Collection[int]) -> PhraseDecoder:
        """A decoder that never saw these items: they are nobody's neighbours, hold no phrase and form no expectation.

        Costs as much as making a decoder, so hold a whole test set out at once.
        """
        known = np.setdiff1d(
            np.arange(len(self._items)) if self._rows is None else self._rows, np.asarray(sorted(rows), dtype=np.int64)
        )
        keep = np.zeros(len(self._items), dtype=np.float32)
        keep[known] = 1.0
        occurs = self.vocabulary.occurs.multiply(keep[None, :]).tocsr()
        occurs.eliminate_zeros()
        vectors = self.vocabulary.vectors.copy()
        borrowed = slice(self.vocabulary.n_encoded, None)  # means of items: now of those that are still known
        means = occurs[borrowed] @ self._items
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        vectors[borrowed] = np.divide(means, lengths, out=np.zeros_like(means), where=lengths > 0)
        entitles = self.vocabulary.entitles.multiply(keep[None, :]).tocsr()
        vocabulary = replace(self.vocabulary, occurs=occurs, vectors=vectors, entitles=entitles)
        other = PhraseDecoder(vocabulary, self._items, self.config, rows=known)
        other._open &= self._open
        return other

    def without_words(self, banned: Collection[str]) -> PhraseDecoder:
        """A decoder that must not say any of these folded words: the control of the round trip."""
        other = copy(self)
        other._open = self._open.copy()
        for word in banned:
            other._open[self._saying.get(word, [])] = False
        return other

    def _support(self, vector: Vector, around: Neighbourhood) -> tuple[Vector, float]:
        """(p,) in [0, 1]: how likely each phrase stands in the record behind the vector; and how far it is made of known items, in [0, 1]."""
        config = self.config.support
        trust = config.trust(around.explained)
        support = self._share(around.parts, around.part_weights * trust)
        if trust < 1:
            share = self._share(around.near, around.near_weights)
            some = np.flatnonzero(share)
            likely = chances(share[some], self._excess(some, vector), self._commonness[some], config)
            support[some] += (1 - trust) * likely
        return support, trust

    def _share(self, rows: Rows, weights: Vector) -> Vector:
        """(p,) the summed weights of those of the items ``rows`` that hold each phrase."""
        share = np.zeros(len(self.vocabulary), dtype=np.float32)
        for row, weight in zip(rows, weights, strict=True):
            share[self._holds.indices[self._holds.indptr[row] : self._holds.indptr[row + 1]]] += weight
        return share

    def _decompose(self, vector: Vector, lang: str, n_phrases: int, kind: Kind) -> tuple[Phrase, ...]:
        """Phrases of a unit vector, weightiest first."""
        around = neighbourhood(vector, self._items, self.config.neighbourhood, self._rows)
        support, trust = self._support(vector, around)
        closed = np.unique(self._entitled[around.parts].indices)
        preference = self._preference(vector, support, lang, trust, closed)
        if kind == "user":
            phrases = self._covering(around, trust, preference, n_phrases)
            weights = _shares(self._as_read(phrases, vector)) + _shares(support[phrases])
        else:
            phrases, weights = self._telling(vector, support, preference, n_phrases)
        mean = float(weights[weights > 0].mean()) if (weights > 0).any() else 1.0
        weights = np.maximum(weights, self.config.least_weight * mean)
        order = np.lexsort((np.arange(len(weights)), -weights))
        return self._phrases(phrases[order], _shares(weights[order]))

    def _phrases(self, numbers: Rows, weights: Vector) -> tuple[Phrase, ...]:
        texts = self.vocabulary.texts
        return tuple(Phrase(texts[number], float(weight)) for number, weight in zip(numbers, weights, strict=True))

    def _covering(
        self, around: Neighbourhood, trust: float, preference: Vector, n_phrases: int, against: Vector | None = None
    ) -> Rows:
        """Phrases that cover the neighbourhood; ``against`` (p,) in [0, 1] is what they cost besides."""
        config = self.config.cover
        n_parts = len(around.parts)
        candidates = np.flatnonzero(preference > 0)
        if not len(candidates):
            return candidates
        of_parts = self._held(around.parts, candidates)  # (parts, c)
        if trust > 0 and n_parts > 1:  # one item's cast and words are not what a taste is about
            kept = ~self._preferences.needs_two[candidates] | (of_parts.sum(axis=0) > 1)
            if kept.sum() >= config.least:
                candidates, of_parts = candidates[kept], of_parts[:, kept]
        near = around.close[: config.n_near]
        of_near = self._held(near, candidates)
        share = trust * config.parts_share
        near_weights = np.full(len(near), (1 - share) / max(len(near), 1), dtype=np.float32)
        weights: Vector = np.concatenate([around.part_weights * share, near_weights])
        base: Vector = (self._holders[candidates] / max(self._n_known, 1)).astype(np.float32)
        common = (base > self._preferences.most_common[candidates]) & (around.part_weights @ of_parts < 0.99)
        cost: Vector = base + common.astype(np.float32)
        if against is not None:
            cost = cost + against[candidates]
        chosen = cover(
            np.concatenate([of_parts, of_near]),
            weights,
            base,
            cost,
            self._preferences.reliability[candidates],
            n_phrases,
            config,
            block=self._blocker(candidates),
        )
        return candidates[chosen]

    def _held(self, rows: Rows, phrases: Rows) -> Flags:
        """(len(rows), len(phrases)) which of the items hold which of the phrases."""
        return np.asarray(self._holds[rows][:, phrases].toarray() > 0)

    def _disliked(
        self, against: Vector, vector: Vector | None, liked: tuple[Phrase, ...], lang: str, n_phrases: int
    ) -> tuple[Phrase, ...]:
        """Phrases of the dislikes that hold for none, or few, of the likes."""
        around = neighbourhood(against, self._items, self.config.neighbourhood, self._rows)
        support, trust = self._support(against, around)
        closed = np.unique(self._entitled[around.parts].indices)
        preference = self._preference(against, support, lang, trust, closed)
        of_likes = np.zeros_like(support)
        if vector is not None:
            likes = neighbourhood(vector, self._items, self.config.neighbourhood, self._rows)
            of_likes, _ = self._support(vector, likes)
            preference[of_likes >= np.maximum(0.5 * support, 0.05)] = 0.0
        said = [self._number[lang, phrase.text] for phrase in liked]
        if said:  # nothing is liked and not liked at once, in whichever words
            everything = np.flatnonzero(preference > 0)
            numbers = np.concatenate([everything, np.asarray(said, dtype=np.int64)])
            block = self._blocker(numbers)
            for place in range(len(everything), len(numbers)):
                preference[everything[block(place)[: len(everything)]]] = 0.0
        phrases = self._covering(around, trust, preference, n_phrases, of_likes)
        weights = _shares(np.maximum(support[phrases], 1e-3))
        order = np.lexsort((np.arange(len(weights)), -weights))
        return self._phrases(phrases[order], weights[order])

    def _telling(self, vector: Vector, support: Vector, preference: Vector, n_phrases: int) -> Chosen:
        """Phrases that add up to an item's vector, its leading category among them."""
        candidates, leading = self._candidates(vector, support, preference)
        if not len(candidates):
            return candidates, np.zeros(0, dtype=np.float32)
        block = self._blocker(candidates)
        first = np.flatnonzero(candidates == leading) if n_phrases >= 3 else None
        chosen, weights = pursue(
            self._atoms(candidates),
            self._target(vector),
            n_phrases,
            preference=preference[candidates],
            first=first,
            block=block,
        )
        chosen, weights = chosen[weights > 0], weights[weights > 0]
        more = self._more(chosen, block, support[candidates], n_phrases)
        if len(chosen) + len(more) < self.config.cover.least:  # little is known of it: what nearly follows is said as well
            block = self._blocker(candidates, max_shared=1.0)
            chosen, more = np.concatenate([chosen, more]), more[:0]
            more = self._more(chosen, block, support[candidates], min(n_phrases, self.config.cover.least))
        phrases = candidates[np.concatenate([chosen, more])]
        weights = np.concatenate([weights, np.zeros(len(phrases) - len(more) - len(weights), dtype=np.float32)])
        weights = np.concatenate([weights, np.zeros(len(more), dtype=np.float32)])
        if leading is not None:  # what the neighbourhood shares is worth its share, whatever else explains
            mean = float(weights[weights > 0].mean()) if (weights > 0).any() else 1.0
            weights = np.where(phrases == leading, np.maximum(weights, support[leading] * mean), weights)
        return phrases, weights

    def _as_read(self, phrases: Rows, vector: Vector) -> Vector:
        """(len,) >= 0: the weights with which a reader of these phrases comes nearest to the scores that the vector gives (:meth:`read`)."""
        if not len(phrases):
            return np.zeros(0, dtype=np.float32)
        expected = self._expectation.of(phrases, prior_items=self.config.reading_prior_items) @ self._metric  # (len, d)
        weights, _ = nnls(expected.T.astype(np.float64), (vector @ self._metric).astype(np.float64))
        found: Vector = weights.astype(np.float32)
        return found

    def _preference(self, vector: Vector, support: Vector, lang: str, trust: float, closed: Rows) -> Vector:
        """(p,) >= 0, 0 for what must not be said: no support, another language, a title of the items behind the vector (``closed``)."""
        config = self.config
        power = trust * config.support_power + (1 - trust) * config.guess_power
        preference: Vector = np.where(support >= (1 - trust) * config.least_chance, support, np.float32(0)) ** np.float32(power)
        preference *= (
            self._preferences.factor**trust
        )  # which kinds of phrases tell more is a matter of taste where all are true
        preference[~(self._open & self._of_language[lang])] = 0.0
        preference[closed] = 0.0
        near = np.flatnonzero((preference > 0) & self._is_general)
        preference[near] *= self._z(near, vector) > config.least_z
        return preference

    def _candidates(self, vector: Vector, support: Vector, preference: Vector) -> tuple[Rows, int | None]:
        """Phrases that may enter the pursuit, those of most gain first, and the leading category."""
        config = self.config
        leading: int | None = int(np.where(self._may_lead, support * (preference > 0), 0.0).argmax()) if len(support) else None
        if leading is not None and not (self._may_lead[leading] and preference[leading] > 0 and support[leading] >= 0.3):
            leading = None
        some = np.flatnonzero(preference > 0)
        atoms = self._atoms(some)  # (some, 2d)
        lengths = np.maximum(np.linalg.norm(atoms, axis=1), 1e-12)
        gain = preference[some] * (atoms @ self._target(vector)) / lengths
        gain[some == leading] = np.inf
        order = np.lexsort((some, -gain))[: config.n_candidates]
        order = order[gain[order] > 0]
        return some[order], leading

    def _atoms(self, phrases: Rows) -> Matrix:
        """(len, 2d): the item expected behind each phrase, in the ranking metric, and beside it the phrase's own vector."""
        return np.hstack([self._expected[phrases], self.config.own_share * self._own[phrases]])

    def _target(self, vector: Vector) -> Vector:
        """(2d,) what the atoms are to add up to."""
        return np.concatenate([vector @ self._metric, self.config.own_share * vector])

    def _z(self, phrases: Rows, vector: Vector) -> Vector:
        """(len,) how near the vector lies to each phrase, in standard deviations above the mean item."""
        excess: Vector = self._own[phrases] @ vector - self._usual[phrases]
        return np.divide(excess, self._spread[phrases], out=np.zeros_like(excess), where=self._spread[phrases] > 0)

    def _excess(self, phrases: Rows, vector: Vector) -> Vector:
        """(len,) the same above what all phrases have on average, in units of their spread where that is wider.

        A sentence lies nearer to every phrase than an item's long text does, which says nothing of what it is about.
        """
        own = self._z(phrases, vector)
        if not self.vocabulary.n_encoded:
            return own
        everything = self._z(np.arange(self.vocabulary.n_encoded), vector)
        excess: Vector = (own - everything.mean()) / max(float(everything.std()), 1.0)
        return excess

    def _blocker(self, candidates: Rows, max_shared: float | None = None) -> Callable[[int], Flags]:
        """Which candidates a chosen one rules out as saying the same."""
        limits = (self.config.max_cosine, self.config.max_shared if max_shared is None else max_shared)
        return same_phrases(self.vocabulary, candidates, self._stems, *limits)

    def _more(self, chosen: Rows, block: Callable[[int], Flags], support: Vector, n_phrases: int) -> Rows:
        """Candidates that a good part of the neighbourhood holds, best first, to fill up what the pursuit left empty."""
        free = support >= 0.15
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


def _shares(weights: Vector) -> Vector:
    """The same, summing to 1 where any is above 0."""
    shares: Vector = weights / max(float(weights.sum()), 1e-12)
    return shares
