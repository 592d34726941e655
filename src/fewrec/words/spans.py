"""Spans of years and of numbers in words: "before 1960", 「八十年代」, "under 100", 「两百元以内」."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_DECADES = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90,
}  # fmt: skip
_N = r"(\d+(?:[.,]\d+)*k?|[零〇一二两三四五六七八九十百千万]+)"
_Y = r"((?:1[6-9]|20)\d\d|[一二][零〇一二三四五六七八九]{3})"
_YEAR = rf"{_Y}\s*年?"
_CURRENCY = r"(?:\s*(?:元|块钱|块|圆|rmb|yuan|dollars?|bucks|usd|euros?|€|分|stars?|minutes?|分钟|页|pages))?"


@dataclass(frozen=True)
class Span:
    """A span in a text: its place, bounds (low inclusive, high exclusive), and the words before it that may name a column."""

    start: int
    end: int
    low: float | None
    high: float | None
    relative: int = 0
    """-1: "old", 1: "recent"; bounds are then the catalogue's own tenths."""


def number(text: str) -> float:
    """A number in digits or in Chinese.

    >>> number("两百"), number("1,500"), number("一九九四"), number("三千五")
    (200.0, 1500.0, 1994.0, 3500.0)
    """
    if text[0].isascii():
        thousand = text.endswith("k")
        plain = re.sub(r",(?=\d{3}\b)", "", text.rstrip("k")).replace(",", ".")
        if plain.count(".") > 1:
            plain = plain.replace(".", "")
        return float(plain) * (1000 if thousand else 1)
    if all(c in _DIGITS for c in text):
        return float("".join(str(_DIGITS[c]) for c in text))
    total, digit, last = 0, 0, 10
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
            last = 10 if c in "零〇" else last
        else:
            last = _UNITS[c]
            if c == "万":
                total = (total + digit) * last
            else:
                total += (digit or 1) * last
            digit = 0
    return float(total + digit * (last // 10 if last > 10 else 1))


def _decade(text: str) -> tuple[float, float]:
    """Bounds of a decade: "80", "1980", 八十, "eighties"."""
    value = float(_DECADES[text]) if text in _DECADES else number(text)
    if value < 100:
        value += 1900 if value >= 30 else 2000
    return value, value + 10


Bounds = tuple[float | None, float | None]
_TIMES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Bounds]], ...] = (
    (
        re.compile(
            rf"(?:\b(?:between|from)\s+)?(?<!\d){_Y}\s*年?\s*(?:to|until|till|through|and|[-–—~～]|到|至)\s*{_Y}(?:\s*年)?(?:之间|间)?"
        ),
        lambda m: (number(m[1]), number(m[2]) + 1),
    ),
    (
        re.compile(
            r"(?:上世纪|二十世纪|20世纪)?(?<!\d)([1-9]0|[二三四五六七八九]十|(?:1[6-9]|20)\d0)年代(?:以前|之前|前)(?:的)?"
        ),
        lambda m: (None, _decade(m[1])[0]),
    ),
    (
        re.compile(
            r"(?:上世纪|二十世纪|20世纪)?(?<!\d)([1-9]0|[二三四五六七八九]十|(?:1[6-9]|20)\d0)年代(?:以后|之后|以来|后)(?:的)?"
        ),
        lambda m: (_decade(m[1])[1], None),
    ),
    (
        re.compile(r"(?:上世纪|二十世纪|20世纪)?(?<!\d)([1-9]0|[二三四五六七八九]十|(?:1[6-9]|20)\d0)年代"),
        lambda m: _decade(m[1]),
    ),
    (
        re.compile(
            r"\b(?:before|until|pre|prior to|earlier than|older than)[\s-]+(?:the\s+)?(?:year\s+)?((?:1[6-9]|20)\d\d)\b(?!['’]?s)"
        ),
        lambda m: (None, number(m[1])),
    ),
    (
        re.compile(r"\b(?:before|pre|older than)[\s-]+(?:the\s+)?['’]?((?:1[6-9]|20)?\d0)['’]?s\b"),
        lambda m: (None, _decade(m[1])[0]),
    ),
    (re.compile(r"\b(?:after|later than|newer than|post)[\s-]+((?:1[6-9]|20)\d\d)\b"), lambda m: (number(m[1]) + 1, None)),
    (
        re.compile(r"\b(?:since|from|starting)\s+((?:1[6-9]|20)\d\d)\s+(?:on|onwards?|or later|and later)\b"),
        lambda m: (number(m[1]), None),
    ),
    (re.compile(r"\b(?:since)\s+((?:1[6-9]|20)\d\d)\b"), lambda m: (number(m[1]), None)),
    (re.compile(r"\b((?:1[6-9]|20)\d\d)\s+(?:or|and)\s+(?:later|newer)\b"), lambda m: (number(m[1]), None)),
    (re.compile(r"\b((?:1[6-9]|20)\d\d)\s+(?:or|and)\s+(?:earlier|older|before)\b"), lambda m: (None, number(m[1]) + 1)),
    (
        re.compile(r"(?:\b(?:from|in|of|during)\s+)?(?:\bthe\s+)?(?<!\w)['’]?((?:1[6-9]|20)?\d0)['’]?s\b"),
        lambda m: _decade(m[1]),
    ),
    (
        re.compile(rf"(?:\b(?:from|in|of)\s+)?(?:\bthe\s+)?(?:nineteen\s+)?\b({'|'.join(_DECADES)})\b"),
        lambda m: _decade(m[1]),
    ),
    (re.compile(rf"(?<!\d){_YEAR}(?:及)?(?:以前|之前|前)"), lambda m: (None, number(m[1]))),
    (re.compile(rf"(?:早于|不晚于)\s*{_YEAR}"), lambda m: (None, number(m[1]))),
    (re.compile(rf"(?<!\d){_YEAR}(?:及以后|及之后|以来|起|开始)"), lambda m: (number(m[1]), None)),
    (re.compile(rf"(?<!\d){_YEAR}(?:以后|之后|后)"), lambda m: (number(m[1]) + 1, None)),
    (re.compile(rf"(?:晚于)\s*{_YEAR}"), lambda m: (number(m[1]) + 1, None)),
    (
        re.compile(r"\b(?:from|in|of|released in|made in|out in)\s+((?:1[6-9]|20)\d\d)\b"),
        lambda m: (number(m[1]), number(m[1]) + 1),
    ),
    (re.compile(rf"(?<![\d.]){_YEAR}(?!\d)"), lambda m: (number(m[1]), number(m[1]) + 1)),
    (re.compile(r"(?:本世纪|21世纪|二十一世纪|21st century)"), lambda _: (2000.0, None)),
)
_RELATIVE = (
    (re.compile(r"\b(?:recent|newest|latest|brand new|new releases?|modern)\b|最新的?|新出的?|近[几些]?年(?:来)?的?|最近[上出](?:映|的)?"), 1),
    (re.compile(r"\b(?:old|oldest|vintage|classics?|early)(?=\s+(?:films?|movies?|songs?|books?|classics?|ones?)?)\b|老(?=电影|片|歌|书|游戏)|早期的?|(?:古|很|比较)老的|老片"), -1),
)  # fmt: skip
_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Bounds]], ...] = (
    (
        re.compile(rf"(?:\b(?:between|from)\s+)?[$¥￥€]?(?<![\w.]){_N}{_CURRENCY}\s*(?:to|and|[-–~～]|到|至)\s*[$¥￥€]?{_N}{_CURRENCY}(?:之间)?"),
        lambda m: (number(m[1]), number(m[2]) + 1e-6),
    ),
    (
        re.compile(rf"\b(?:under|below|less than|cheaper than|up to|at most|no more than|max(?:imum)?|fewer than|lower than|shorter than|within)\s*[$¥￥€]?\s*{_N}{_CURRENCY}"),
        lambda m: (None, number(m[1])),
    ),
    (
        re.compile(rf"\b(?:over|above|more than|at least|from|min(?:imum)?|higher than|longer than|better than)\s*[$¥￥€]?\s*{_N}{_CURRENCY}"),
        lambda m: (number(m[1]), None),
    ),
    (re.compile(rf"(?:不超过|不到|低于|少于|小于|至多|最多|便宜于)\s*{_N}{_CURRENCY}(?:以内|以下)?"), lambda m: (None, number(m[1]))),
    (re.compile(rf"(?:高于|超过|大于|多于|至少|不低于|贵于)\s*{_N}{_CURRENCY}(?:以上)?"), lambda m: (number(m[1]), None)),
    (re.compile(rf"{_N}{_CURRENCY}\s*(?:以内|以下|之内|之下|内)"), lambda m: (None, number(m[1]) + 1e-6)),
    (re.compile(rf"{_N}{_CURRENCY}\s*(?:以上|之上|起)"), lambda m: (number(m[1]), None)),
)  # fmt: skip


def times(text: str) -> list[Span]:
    """Spans of years in folded text, from left to right, without overlap."""
    return (
        _first(text, _TIMES)
        or [
            Span(found.start(), found.end(), None, None, sign)
            for pattern, sign in _RELATIVE
            for found in pattern.finditer(text)
        ][:1]
    )


def numbers(text: str) -> list[Span]:
    """Spans of numbers in folded text, from left to right, without overlap."""
    return _first(text, _NUMBERS)


def _first(text: str, patterns: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Bounds]], ...]) -> list[Span]:
    spans: list[Span] = []
    for pattern, bounds in patterns:
        for found in pattern.finditer(text):
            if all(found.end() <= span.start or found.start() >= span.end for span in spans):
                spans.append(Span(found.start(), found.end(), *bounds(found)))
    return sorted(spans, key=lambda span: span.start)
