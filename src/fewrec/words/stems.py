"""Words as they are compared: lower case, without English endings, Chinese as characters and pairs of characters."""

from __future__ import annotations

import re
from functools import lru_cache

from fewrec.text.characters import HAN
from fewrec.text.normalise import fold

TOKEN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:['’&][^\W_{HAN}]+)*")
_HAN = re.compile(f"[{HAN}]")
_IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "mice": "mouse", "wolves": "wolf", "wives": "wife", "knives": "knife",
    "thieves": "thief", "lives": "life", "feet": "foot", "teeth": "tooth", "people": "person", "geese": "goose", "elves": "elf",
    "dwarves": "dwarf", "movies": "movie", "series": "series", "species": "species", "eyelashes": "eyelash", "pokémon": "pokemon",
}  # fmt: skip
_VOWEL = re.compile("[aeiouy]")


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return _HAN.search(text) is not None


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """An English word, in lower case, without its plural, *-ing* and *-ed*.

    >>> [stem(word) for word in ("comedies", "comedy", "dancing", "dance", "boxes", "men's")]
    ['comedi', 'comedi', 'danc', 'danc', 'box', 'man']
    """
    word = word.replace("’", "'").removesuffix("'s").rstrip("'").replace("'", "")
    word = _IRREGULAR.get(word, word)
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        if word.endswith("ies") and len(word) > 4:
            word = word[:-3] + "y"
        elif word.endswith(("xes", "shes", "ches", "sses", "zzes")):
            word = word[:-2]
        else:
            word = word[:-1]
    for ending in ("ing", "ed"):
        base = word[: -len(ending)]
        if word.endswith(ending) and len(base) >= 3 and _VOWEL.search(base):
            word = base[:-1] if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz" else base
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


def tokens(text: str) -> list[tuple[str, int, int]]:
    """``(token, start, end)`` of folded text: stems of words, and runs of Chinese as they are."""
    return [(found[0] if has_han(found[0]) else stem(found[0]), found.start(), found.end()) for found in TOKEN.finditer(text)]


def index_terms(text: str) -> list[str]:
    """The terms under which folded text is found: stems; of Chinese every character and pair of neighbours."""
    terms: list[str] = []
    for token, _, _ in tokens(text):
        if has_han(token):
            terms.extend(token)
            terms.extend(token[i : i + 2] for i in range(len(token) - 1))
        else:
            terms.append(token)
    return terms


def key(text: str) -> str:
    """Text as one comparable string of stems, blanks between; Chinese without blanks or dots.

    >>> key("Romantic Comedies"), key("汤姆·汉克斯")
    ('romantic comedi', '汤姆汉克斯')
    """
    found = [token for token, _, _ in tokens(fold(text))]
    return "".join(found) if any(has_han(token) for token in found) else " ".join(found)
