"""What every encoder promises. A member's test class inherits this suite, gives it an encoder and the same one with other settings."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from fewrec.encoders import check_same_encoder
from fewrec.errors import EncoderMismatchError
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


class EncoderContract:
    """Inherit, and define the fixtures ``encoder`` (Encoder) and ``again`` (makes it again) and ``changed`` (an other setting)."""

    @pytest.fixture
    def again(self) -> Callable[[], Encoder]:
        raise NotImplementedError

    @pytest.fixture
    def changed(self) -> Encoder:
        raise NotImplementedError

    def test_is_an_encoder(self, encoder: Encoder) -> None:
        assert isinstance(encoder, Encoder)

    def test_rows_are_unit_float32_of_the_size_it_says(self, encoder: Encoder) -> None:
        vectors = encoder.encode(SENTENCES)
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(SENTENCES), encoder.dimensions)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_no_texts_give_no_rows(self, encoder: Encoder) -> None:
        assert encoder.encode([]).shape == (0, encoder.dimensions)

    @pytest.mark.parametrize("blank", ["", " ", "\n\t ", "\u3000"])
    def test_a_blank_text_gives_a_zero_row_among_others(self, encoder: Encoder, blank: str) -> None:
        vectors = encoder.encode(["before", blank, "after"])
        assert not vectors[1].any()
        np.testing.assert_allclose(np.linalg.norm(vectors[[0, 2]], axis=1), 1, atol=1e-5)

    def test_emoji_right_to_left_and_broken_text_give_finite_unit_rows(self, encoder: Encoder) -> None:
        np.testing.assert_allclose(np.linalg.norm(encoder.encode(HARD), axis=1), 1, atol=1e-5)

    def test_a_text_of_100_000_characters_takes_bounded_time(self, encoder: Encoder) -> None:
        encoder.encode(["warm"])
        start = time.process_time()
        vectors = encoder.encode(["x" * 100_000, "word " * 20_000, "科幻" * 50_000])
        assert time.process_time() - start < 20
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_the_same_again_is_the_same_to_the_bit(self, encoder: Encoder) -> None:
        np.testing.assert_array_equal(encoder.encode(SENTENCES), encoder.encode(SENTENCES))

    def test_a_batch_equals_one_by_one_in_any_order(self, encoder: Encoder) -> None:
        texts = SENTENCES + HARD + [""]
        together = encoder.encode(texts)
        singly = np.concatenate([encoder.encode([text]) for text in texts])
        np.testing.assert_allclose(together, singly, atol=1e-5)
        np.testing.assert_allclose(encoder.encode(texts[::-1])[::-1], together, atol=1e-5)

    def test_the_fingerprint_is_stable_and_tells_settings_apart(
        self, encoder: Encoder, again: Callable[[], Encoder], changed: Encoder
    ) -> None:
        assert again().fingerprint == encoder.fingerprint
        assert changed.fingerprint != encoder.fingerprint
        check_same_encoder(encoder.fingerprint, again())
        with pytest.raises(EncoderMismatchError, match="cannot be compared") as caught:
            check_same_encoder(encoder.fingerprint, changed)
        assert changed.fingerprint in caught.value.message
        assert "fewrec fit" in str(caught.value.hint)

    def test_its_name_makes_it_again(self, encoder: Encoder) -> None:
        from fewrec.encoders import load_encoder

        assert load_encoder(encoder.name).fingerprint == encoder.fingerprint
