"""Whether two phrases say the same in nearly the same words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fewrec.decoders.fields import HAN

_RUNS = re.compile(rf"{HAN.pattern}+")


def stems(words: Sequence[str]) -> frozenset[str]:
    """Words without the endings that make no difference here; Chinese words stay as they are."""
    return frozenset(_stem(word) for word in words)


def _stem(word: str) -> str:
    """English plural, possessive, -ing and -ed off, where at least four letters stay."""
    word = word.replace("’", "'").removesuffix("'s").removesuffix("'")
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 4 and not word.endswith("ss"):
            return word.removesuffix(ending) + instead
    return word


def alike(one: frozenset[str], one_text: str, other: frozenset[str], other_text: str) -> bool:
    """Half of their words are the same, one's words are all the other's, or the Chinese of one stands within the other.

    A name may be told in two scripts: 诺兰 Christopher Nolan is 克里斯托弗·诺兰.
    """
    shared = len(one & other)
    if shared and (shared == min(len(one), len(other)) or 2 * shared >= len(one | other)):
        return True
    if HAN.search(one_text) and HAN.search(other_text):
        return _within(one_text, other_text) or _within(other_text, one_text)
    return False


def _within(one: str, other: str) -> bool:
    """Whether every run of Chinese characters of ``one`` stands in ``other``, and together they are two characters or more."""
    runs = _RUNS.findall(one)
    return (sum(map(len, runs)) > 1 or one == runs[0]) and all(run in other for run in runs)
