"""``language``, ``words``, ``sentences`` and ``bound``."""

from __future__ import annotations

import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewrec.errors import SettingError
from fewrec.text import bound, content_words, language, sentences, words

ANY = st.text(st.characters())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我喜欢科幻片", "zh"),
        ("《星际穿越》是Nolan导演的", "zh"),
        ("Interstellar 星际穿越 is my favourite film of all", "en"),
        ("奶茶の味", "zh"),
        ("君の名は。", "ja"),
        ("スター・ウォーズ", "ja"),
        ("기생충", "ko"),
        ("Иди и смотри", "ru"),
        ("مرحبا بالعالم", "ar"),
        ("שלום עולם", "he"),
        ("ต้มยำกุ้ง", "th"),
        ("नमस्ते दुनिया", "hi"),
        ("Amélie", "en"),  # Latin script is treated as English
        ("2049 !!! 😀", "und"),
        ("", "und"),
    ],
)
def test_language(text: str, code: str) -> None:
    assert language(text) == code


def test_words() -> None:
    assert words("The Hobbit's 3 Stories, glasses & buses: 2.5 or 1,000") == [
        *("the", "hobbit", "3", "story", "glasse", "buse", "2.5", "or", "1,000")  # Harman's s-stemmer leaves these e
    ]
    assert words("我喜歡看科幻電影Star Wars") == ["我", "喜欢", "看", "科幻电影", "star", "war"]
    assert words("हिन्दी फ़िल्म") == ["हिन्दी", "फ़िल्म"]  # vowel signs do not cut a word
    assert words("👨\u200d👩\u200d👧 …!") == []
    assert content_words("这是一部非常好的科幻片") == ["科幻片"]
    assert content_words("The Lord of the Rings") == ["lord", "ring"]


def test_sentences() -> None:
    assert sentences("Dr. Who is good. Is it? “Yes.” v1.2 is out") == ["Dr. Who is good.", "Is it?", "“Yes.”", "v1.2 is out"]
    assert sentences("我喜欢。真的！好吗？？」行\n走") == ["我喜欢。", "真的！", "好吗？？」", "行", "走"]
    assert sentences("  ") == []


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("One sentence. Another one here.", 20, "One sentence."),
        ("第一句话。第二句话很长很长很长", 9, "第一句话。"),
        ("word after word after word", 18, "word after word"),
        ("没有标点的一段话没有标点", 6, "没有标点的一"),
        ("ab👨\u200d👩\u200d👧cd", 4, "ab"),
        ("e\u0301e\u0301e\u0301", 3, "e\u0301"),
        ("🇨🇳🇺🇸🇯🇵", 3, "🇨🇳"),
        ("a👍🏽b", 2, "a"),
        ("short", 100, "short"),
        ("short", 0, ""),
    ],
)
def test_bound(text: str, room: int, expected: str) -> None:
    assert bound(text, room) == expected


def test_bound_refuses_negative_room() -> None:
    with pytest.raises(SettingError, match="max_chars is -1"):
        bound("x", -1)


@given(ANY, st.integers(0, 60))
def test_bound_is_a_prefix_within_the_room(text: str, room: int) -> None:
    short = bound(text, room)
    assert len(short) <= room
    assert text.startswith(short)


@given(ANY)
def test_any_text_has_words_sentences_and_a_language(text: str) -> None:
    assert all(words(text))
    assert all(word for word in content_words(text))
    assert all(sentence in text for sentence in sentences(text))
    assert language(text)


@pytest.mark.parametrize("unit", ["a", "星", "a.", "。", " ", "\u0301", "👨\u200d", "🇨", "e\u0301"])
def test_hundred_thousand_characters(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    start = time.perf_counter()
    assert len(bound(text, 500)) <= 500
    bound(text, 99_000)
    assert time.perf_counter() - start < 1  # ordinary: below 30 ms
    words(text)
    language(text)


@pytest.mark.shared
def test_words_of_a_large_catalogue(shared_data: Path) -> None:
    titles = pl.read_csv(shared_data / "games" / "items.csv", infer_schema_length=0)["title"].fill_null("").to_list()
    start = time.perf_counter()
    tokens = [words(title) for title in titles]
    assert time.perf_counter() - start < 10  # measured: 0.3 s for 16,859 titles on an idle core
    assert sum(map(len, tokens)) > 80_000
