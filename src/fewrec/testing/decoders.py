"""What every decoder promises, as a suite to inherit."""

from __future__ import annotations

from typing import ClassVar, cast

import numpy as np

from fewrec.testing.suite import Contract
from fewrec.types import Decoded, Decoder, Matrix


class DecoderContract(Contract):
    """Inherit, and say in :meth:`make` how the decoder is made and in :meth:`make_vectors` what it may be asked about."""

    langs: ClassVar[tuple[str, ...]] = ("en", "zh")
    """Languages that it writes."""

    def make(self) -> Decoder:
        """The decoder."""
        raise NotImplementedError

    def make_vectors(self) -> Matrix:
        """(b, d) float32 unit rows of the decoder's space, b >= 2."""
        raise NotImplementedError

    @property
    def subject(self) -> Decoder:
        """Made once for each class."""
        return cast(Decoder, self.once("decoder", self.make))

    @property
    def vectors(self) -> Matrix:
        """Made once for each class."""
        return cast(Matrix, self.once("vectors", self.make_vectors))

    def test_is_a_decoder(self) -> None:
        """It has ``decode``."""
        assert isinstance(self.subject, Decoder)

    def test_says_something_in_the_language_asked_for(self) -> None:
        """A text, and phrases with finite positive weights, the heaviest first."""
        for lang in self.langs:
            for vector in self.vectors:
                decoded = self.subject.decode(vector, lang=lang)
                assert isinstance(decoded, Decoded)
                assert decoded.lang == lang
                assert decoded.text.strip()
                weights = [phrase.weight for phrase in decoded.phrases]
                assert np.isfinite(weights).all()
                assert all(weight > 0 for weight in weights)
                assert weights == sorted(weights, reverse=True)
                assert all(phrase.text.strip() for phrase in decoded.phrases)

    def test_says_no_more_phrases_than_asked_for(self) -> None:
        """And none twice."""
        for n_phrases in (1, 3):
            phrases = self.subject.decode(self.vectors[0], lang=self.langs[0], n_phrases=n_phrases).phrases
            assert len(phrases) <= n_phrases
            assert len({phrase.text for phrase in phrases}) == len(phrases)

    def test_a_vector_without_direction_is_answered(self) -> None:
        """A user about whom nothing is known has the zero vector."""
        for lang in self.langs:
            assert isinstance(self.subject.decode(np.zeros_like(self.vectors[0]), lang=lang), Decoded)

    def test_the_same_vector_gives_the_same_words(self) -> None:
        """No randomness, and the vector stays as it was."""
        vector = self.vectors[1].copy()
        first = self.subject.decode(vector, lang=self.langs[0])
        np.testing.assert_array_equal(vector, self.vectors[1])
        assert self.subject.decode(vector, lang=self.langs[0]) == first
