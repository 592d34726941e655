"""Whether two phrases say the same in nearly the same words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from fewrec.decoders.fields import HAN
from fewrec.decoders.vocabulary import PhraseVocabulary
from fewrec.types import Rows

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


def same_phrases(
    vocabulary: PhraseVocabulary,
    candidates: Rows,
    stems_of: Sequence[frozenset[str]],
    max_cosine: float,
    max_shared: float,
) -> Callable[[int], NDArray[np.bool_]]:
    """A function that tells which of c candidates say much the same as one of them.

    Their own vectors lie near each other (borrowed ones are no evidence of that), their words are alike, or nearly all items that hold
    the rarer one hold the other as well.

    Args:
        vocabulary: All p phrases.
        candidates: (c,) numbers of phrases.
        stems_of: The stems of each of the p phrases.
        max_cosine: Cosine above which two phrases are the same.
        max_shared: Share of the rarer one's items above which they are.

    Returns:
        Number in [0, c) -> (c,) flags.
    """
    vectors = vocabulary.vectors[candidates]
    borrowed = candidates >= vocabulary.n_encoded
    stemmed = [stems_of[each] for each in candidates]
    texts = [vocabulary.texts[each] for each in candidates]
    holds = vocabulary.occurs[candidates]  # (c, m)
    holders = np.maximum(np.diff(holds.indptr), 1)
    together = np.asarray((holds @ holds.T).toarray())  # (c, c)
    sharing: NDArray[np.bool_] = together > max_shared * np.minimum(holders[:, None], holders[None, :])

    def block(number: int) -> NDArray[np.bool_]:
        near: NDArray[np.bool_] = (vectors @ vectors[number] > max_cosine) & ~(borrowed | borrowed[number])
        said = [alike(stemmed[number], texts[number], other, text) for other, text in zip(stemmed, texts, strict=True)]
        near |= np.asarray(said, dtype=bool)
        near |= sharing[number]
        return near

    return block
