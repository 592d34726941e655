"""Does the evidence say what a sentence claims? Sentences that claim more are dropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fewrec.decoders.duplicates import stems
from fewrec.decoders.fields import HAN
from fewrec.decoders.general import general_entries
from fewrec.decoders.stopwords import stopwords

Words = Callable[[str], list[str]]
"""Text -> its folded words (Chinese segmented)."""

_SENTENCES = re.compile(r"(?<=[。！？!?])\s*|(?<=\.)\s+|\n+|(?<=[;；])\s*")
_HAN_RUNS = re.compile(r"[㐀-䶿一-鿿豈-﫿]")


@dataclass(frozen=True)
class Checked:
    """What of a text may be said."""

    kept: tuple[str, ...]
    """Sentences whose every content word the evidence holds."""
    dropped: tuple[tuple[str, tuple[str, ...]], ...]
    """The others, each with the words that nothing supports."""


def check_support(text: str, phrases: Sequence[str], *, words: Words) -> Checked:
    """Check ``text`` sentence by sentence against the evidence ``phrases``.

    A content word is supported if, without the endings that make no difference, it is

    - a word of an evidence phrase, or of another spelling (in either language) of the general vocabulary's entry for that phrase;
    - a Chinese word that stands within an evidence phrase, or is put together from words and characters that do;
    - one of the words of ``carriers.txt``, which carry a sentence and claim nothing ("likes", "taste", 「喜欢」, 「用户」), or a stop word.

    The evidence holds only what speaks for something, so words of negation (``not``, ``never``, 「不」, 「讨厌」) support nothing and are
    supported by nothing. A sentence without any word of the evidence says nothing and is dropped too.
    """
    spoken = _evidence(phrases, words)
    known = stems([word for phrase in spoken for word in words(phrase)])
    characters = "|".join(spoken)
    carriers, claims = _folded("carriers.txt", words), _folded("claims.txt", words)

    def carried(word: str) -> bool:
        return word not in claims and (word in carriers or not any(char.isalnum() for char in word))

    def of_evidence(word: str) -> bool:
        if word in claims or carried(word):
            return False
        if not HAN.search(word):
            return not stems([word]).isdisjoint(known)
        return word in known or (len(word) > 1 and word in characters) or _built(word, known, characters, carriers)

    kept: list[str] = []
    dropped: list[tuple[str, tuple[str, ...]]] = []
    for sentence in (part.strip() for part in _SENTENCES.split(text)):
        if not any(char.isalnum() for char in sentence):
            continue
        said = words(sentence)
        lost = tuple(dict.fromkeys(word for word in said if not (carried(word) or of_evidence(word))))
        if lost:
            dropped.append((sentence, lost))
        elif any(map(of_evidence, said)):
            kept.append(sentence)
        else:
            dropped.append((sentence, ()))
    return Checked(tuple(kept), tuple(dropped))


def _evidence(phrases: Sequence[str], words: Words) -> list[str]:
    """The phrases and their other spellings."""
    spoken = [phrase.casefold() for phrase in phrases]
    wanted = {tuple(words(phrase)) for phrase in phrases}
    for entry in general_entries():
        spellings = (*entry.en, *entry.zh)
        if any(tuple(words(spelling)) in wanted for spelling in spellings):
            spoken += [spelling.casefold() for spelling in spellings]
    return spoken


def _built(word: str, known: frozenset[str], characters: str, carriers: frozenset[str]) -> bool:
    """Whether a Chinese word of several characters is cut into parts of two and more that the evidence holds or that carry it."""
    for cut in range(2, len(word) - 1):
        left, right = word[:cut], word[cut:]
        if (left in known or left in characters) and (right in carriers or right in known or right in characters):
            return True
    return False


@cache
def _folded(name: str, words: Words) -> frozenset[str]:
    """A list of ours as ``words`` folds it, and as it stands."""
    lines = (files(__package__) / name).read_text(encoding="utf-8").splitlines()
    listed = [word for line in lines if not line.startswith("#") for word in line.split()]
    if name == "carriers.txt":
        listed += stopwords()
    return frozenset(listed) | frozenset(folded[0] for folded in map(words, listed) if len(folded) == 1)


__all__ = ["Checked", "check_support"]
