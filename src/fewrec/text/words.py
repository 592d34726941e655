"""Words for lexical matching."""

from __future__ import annotations

import re

from fewrec.text.characters import HAN
from fewrec.text.normalise import fold

# Python's \w leaves out vowel signs and other marks, which would cut Hindi, Thai and decomposed text to pieces.
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0d7f"
    "\u0d80-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ecd\u0f18-\u0fbc\u102b-\u109f\u17b4-\u17d3\u200c\u200d"
)
_TOKEN = re.compile(
    rf"(?P<han>[{HAN}]+)"
    rf"|\d+(?:[.,]\d+)+(?![\w{_MARKS}])"  # 2.5 and 1,000 are one number
    rf"|(?![{HAN}_])\w(?:(?![{HAN}_])[\w{_MARKS}])*(?:['’](?:(?![{HAN}_])[\w{_MARKS}])+)*"
)
_APOSTROPHE_S = re.compile(r"['’]s?$")
_MIN_PLURAL = 4

_STOP_WORDS = """
    a about after all also am an and any are as at be been before being but by can could did do does doing for from had has have
    having he her here hers him his how i if in into is it its just like me more most my no nor not of off on once only or other our
    out over own same she should so some such than that the their them then there these they this those through to too up very was
    we were what when where which while who whom why will with would you your
    的 了 是 在 我 有 和 就 不 人 都 一 一个 上 也 很 到 说 要 去 你 会 着 没有 看 好 自己 这 那 个 他 她 它 们 我们 你们 他们 与 及
    或 而 但 但是 因为 所以 如果 被 把 让 给 从 对 为 以 于 之 其 等 吗 呢 吧 啊 呀 哦 嗯 得 地 还 又 再 才 只 能 可以 这个 那个 什么
    怎么 非常 比较 这部 一部 一些 这是 那是 就是 不是 还是 真的
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that say nothing of a taste, Chinese and English, in the form :func:`words` gives them."""


def words(text: str) -> list[str]:
    """Tokens of folded text in their order: Chinese cut by rjieba, every other script by its letters; numbers are kept.

    English loses its plural and possessive ending (Harman's S-stemmer, JASIS 42, 1991) and nothing else: stronger stemming
    merges titles that differ, and the encoder already knows that words are related.
    """
    found: list[str] = []
    for token in _TOKEN.finditer(fold(text)):
        if token.lastgroup == "han":
            found += _segmented(token[0])
        else:
            found.append(_singular(token[0]))
    return found


def content_words(text: str) -> list[str]:
    """:func:`words` without the stop words."""
    return [word for word in words(text) if word not in STOP_WORDS]


def _segmented(run: str) -> list[str]:
    import rjieba  # its dictionary takes a moment to load, and English text never gets here

    return list(rjieba.cut(run))


def _singular(word: str) -> str:
    if not word.endswith(("s", "'", "’")):
        return word
    word = _APOSTROPHE_S.sub("", word)
    if len(word) < _MIN_PLURAL or not (word.isascii() and word.isalpha() and word.endswith("s")):
        return word
    if word.endswith("ies"):
        return word if word.endswith(("eies", "aies")) else word[:-3] + "y"
    if word.endswith(("us", "ss")):
        return word
    return word[:-1]
