"""``clean`` and ``fold``."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewrec.text import clean, fold
from fewrec.text.normalise import simplify

ANY = st.text(st.characters())  # surrogates included
MARKUP = st.lists(
    st.sampled_from(
        [
            "<",
            ">",
            "&",
            ";",
            "amp;",
            "lt;",
            "gt",
            "#38;",
            "#x26;",
            "<b>",
            "</b>",
            "<script>",
            "</script>",
            "<!--",
            "-->",
            "<br/>",
            '<a href="',
            "é",
            "Ã©",
            "â€™",
            "\u200b",
            "\u200d",
            "👨",
            "️",
            "�",
            "�",
            "＜",
            "ｂ",
            "＞",
            "a",
            " ",
            "\n",
            "星",
            "ﬁ",
            "́",
            "\x00",
        ]
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  The   Matrix\n(1999) ", "The Matrix (1999)"),
        ("a < b", "a < b"),
        ("I <3 it", "I <3 it"),
        ("x<y and y>z", "x<y and y>z"),
        ("a <b and b> c", "a <b and b> c"),
        ("the <harmonium> album", "the <harmonium> album"),
        ("<p>One</p><p>Two <b>bo</b>ld</p>", "One Two bold"),
        ("<a href=\"x>y\" title='q'>link</a>", "link"),
        ('cut off <a href="http://exa', "cut off"),
        ("<script>var a = '<b>';</script>Hi<style>p{}</style> there<!-- no -->", "Hi there"),
        ("I love <script> tags", "I love tags"),
        ("Tom &amp; Jerry &amp;amp; Co", "Tom & Jerry & Co"),
        ("&lt;i&gt;twice&lt;/i&gt; &#21517;&#x5B57; &hearts; &nosuch; &copy=1", "twice 名字 ♥ &nosuch; &copy=1"),
        ("ＡＢＣ１２３　《星際穿越》（好看），真的！？", "ABC123 《星際穿越》（好看），真的！？"),
        ("ｶﾞﾝﾀﾞﾑ ﬁlm 𝓗𝓲", "ガンダム film Hi"),
        ("schÃ¶n, itâ€™s", "schön, it's".replace("'", "’")),
        ("æ˜Ÿé™…ç©¿è¶Š", "星际穿越"),
        ("zero\u200bwidth \u202eevil\u202c \ufeffbom soft\u00adhyphen nul\x00", "zerowidth evil bom softhyphen nul"),
        ("👨\u200d👩\u200d👧\u200d👦 ❤\ufe0f 👍🏽 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
        ("می\u200cخواهم", None),  # the joiner that Persian needs
        ("שלום עולם ... مرحبا", None),
        ("café", "café"),
        ("\ud83d\ude00 and \ud800lone", "😀 and lone"),
        ("", ""),
    ],
)
def test_clean(raw: str, expected: str | None) -> None:
    assert clean(raw) == (raw if expected is None else expected)


def test_fold_compares_across_width_case_and_script() -> None:
    assert fold("《星際穿越》ＩＭＡＸ") == fold("《星际穿越》imax") == "《星际穿越》imax"
    assert fold("Straße ①") == "strasse 1"
    assert fold("後來的我們") == "后来的我们"
    assert fold("乾坤") == "乾坤"  # by phrase, where the character alone would become 干
    assert fold("沒有") == "没有"


@given(ANY | MARKUP)
def test_clean_is_idempotent_and_prints(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\n" not in once
    once.encode("utf-8")


@given(ANY | MARKUP)
def test_fold_never_raises_and_simplify_keeps_length(text: str) -> None:
    assert fold(text) == fold(clean(text))
    assert len(simplify(text)) == len(text)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "星際",
        "<",
        "<b>",
        "<script>",
        "<!--",
        "&amp;",
        "&",
        "&#38;#38;",
        '<a href="',
        "é",
        "Ã©",
        " ",
        "\u200d👨",
        "\u0301",
        "\ud800",
    ],
)
def test_hundred_thousand_characters_take_a_moment(unit: str) -> None:
    start = time.perf_counter()
    fold(unit * (100_000 // len(unit)))
    assert time.perf_counter() - start < 5  # ordinary: 1 ms to 0.4 s; far from what a quadratic step would take
