"""What every encoder promises, as a suite to inherit."""

from __future__ import annotations

import time
from typing import ClassVar, cast

import numpy as np

from fewrec.encoders import check_same_encoder, load_encoder
from fewrec.errors import EncoderMismatchError
from fewrec.testing.suite import Contract, raised
from fewrec.types import Encoder

SENTENCES = [
    "我对科幻片很感兴趣",
    "I love science fiction films",
    "Interstellar",
    "不喜欢恐怖片",
    "a slow drama about an old couple, told with patience and without a single loud scene",
    "e",
    "四月物語 スクール",
]
"""Ordinary texts in three languages."""
HARD = [
    "🎬🍿" * 5,
    "👩‍👩‍👧‍👦",
    "أحب أفلام الخيال العلمي",
    "שלום עולם",
    "e\u0301" * 40,
    "a\x07bell",
    "half an emoji: \ud83d",
    "𠀀𠀁",
    "a\tb\nc",
]
"""Texts that break tokenizers."""
BLANK = ["", " ", "\n\t ", "\u3000"]
"""Texts without a word."""


class EncoderContract(Contract):
    """Inherit, and say in :meth:`make` how the encoder is made."""

    named: ClassVar[bool] = True
    """Whether ``load_encoder(encoder.name)`` makes it again: it is registered, or its name is ``module:Class``."""
    seconds_for_long_texts: ClassVar[float] = 20.0
    """Processor time that three texts of 100,000 characters may take."""

    def make(self) -> Encoder:
        """The encoder."""
        raise NotImplementedError

    def make_changed(self) -> Encoder | None:
        """The encoder with a setting that gives other vectors; None where it has none."""
        return None

    @property
    def subject(self) -> Encoder:
        """Made once for each class."""
        return cast(Encoder, self.once("encoder", self.make))

    def test_is_an_encoder(self) -> None:
        """It has ``name``, ``dimensions``, ``fingerprint`` and ``encode``."""
        assert isinstance(self.subject, Encoder)

    def test_rows_are_unit_float32_of_the_size_it_says(self) -> None:
        """(texts, dimensions), all of length 1."""
        vectors = self.subject.encode(SENTENCES)
        assert vectors.dtype == np.float32, f"found vectors of type {vectors.dtype}, expected float32"
        assert vectors.shape == (len(SENTENCES), self.subject.dimensions)
        _unit(vectors)

    def test_no_texts_give_no_rows(self) -> None:
        """(0, dimensions)."""
        assert self.subject.encode([]).shape == (0, self.subject.dimensions)

    def test_a_blank_text_gives_a_zero_row_among_others(self) -> None:
        """Nothing said is no direction."""
        for blank in BLANK:
            vectors = self.subject.encode(["before", blank, "after"])
            assert not vectors[1].any(), f"expected a zero row for {blank!r}"
            _unit(vectors[[0, 2]])

    def test_emoji_right_to_left_and_broken_text_give_finite_unit_rows(self) -> None:
        """Whatever people write."""
        _unit(self.subject.encode(HARD))

    def test_a_text_of_100_000_characters_takes_bounded_time(self) -> None:
        """It is cut, or read quickly."""
        self.subject.encode(["warm"])
        start = time.process_time()
        vectors = self.subject.encode(["x" * 100_000, "word " * 20_000, "科幻" * 50_000])
        assert time.process_time() - start < self.seconds_for_long_texts
        _unit(vectors)

    def test_the_same_again_is_the_same_to_the_bit(self) -> None:
        """No randomness."""
        np.testing.assert_array_equal(self.subject.encode(SENTENCES), self.subject.encode(SENTENCES))

    def test_a_batch_equals_one_by_one_in_any_order(self) -> None:
        """What else is encoded changes nothing."""
        texts = [*SENTENCES, *HARD, ""]
        together = self.subject.encode(texts)
        singly = np.concatenate([self.subject.encode([text]) for text in texts])
        np.testing.assert_allclose(together, singly, atol=1e-5)
        np.testing.assert_allclose(self.subject.encode(texts[::-1])[::-1], together, atol=1e-5)

    def test_the_fingerprint_is_stable_and_tells_settings_apart(self) -> None:
        """Equal for an encoder made again, other for other vectors."""
        again, changed = self.make(), self.make_changed()
        assert again.fingerprint == self.subject.fingerprint
        check_same_encoder(self.subject.fingerprint, again)
        if changed is None:
            return
        assert changed.fingerprint != self.subject.fingerprint
        caught = raised(EncoderMismatchError, lambda: check_same_encoder(self.subject.fingerprint, changed))
        assert changed.fingerprint in caught.message
        assert "fewrec fit" in str(caught.hint)

    def test_its_name_makes_it_again(self) -> None:
        """So that a saved fit finds its encoder."""
        if self.named:
            assert load_encoder(self.subject.name).fingerprint == self.subject.fingerprint


def _unit(vectors: np.ndarray) -> None:
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
