"""The same title written in two ways: ``Perez Family, The (1995)`` and ``The Perez Family`` of 1995."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_YEAR = re.compile(r"\s*[(（]((?:1[89]|20)\d\d)[)）]\s*$")
_ALIAS = re.compile(r"^(?P<main>.+?)\s*\((?P<alias>[^()]+)\)$")
_ARTICLE_LAST = re.compile(
    r"^(?P<rest>.+), (?P<article>the|a|an|le|la|les|l'|il|lo|el|los|las|der|die|das|ein|eine|un|une|o|os|as|det|den)$"
)


def title_key(title: str) -> tuple[str, int | None]:
    """(words in their spoken order, year or None): case, width and punctuation play no part."""
    text = unicodedata.normalize("NFKC", title).strip().replace("’", "'")
    year = _YEAR.search(text)
    text = _YEAR.sub("", text).casefold()
    if match := _ARTICLE_LAST.match(text):
        text = f"{match['article']} {match['rest']}"
    return " ".join(re.findall(r"[\w']+", text.replace("&", " and "))), int(year.group(1)) if year else None


def spellings(title: str) -> list[str]:
    """The words of a title as it stands, then without its alias in brackets, then of the alias alone: ``Big Blue, The (Grand bleu, Le)``."""
    bare = _YEAR.sub("", unicodedata.normalize("NFKC", title).strip())
    match = _ALIAS.match(bare)
    return [title_key(text)[0] for text in ([bare, match["main"], match["alias"]] if match else [bare])]


def match_titles(titles: Sequence[str], known: Sequence[tuple[str, int | None]]) -> list[int | None]:
    """For each title the index in ``known`` (title, year or None) of the same work, or None.

    Words must agree, and so must the years where both are given, up to one (release dates differ by country). The same words and year
    twice are the same work twice, and the first is taken; between works that fit equally, nothing is matched rather than something wrong.
    """
    by_words: dict[str, list[tuple[int, int | None]]] = {}
    for index, (title, year) in enumerate(known):
        words, own_year = title_key(title)
        by_words.setdefault(words, []).append((index, year if year is not None else own_year))
    return [_match(title, by_words) for title in titles]


def _match(title: str, by_words: dict[str, list[tuple[int, int | None]]]) -> int | None:
    year = title_key(title)[1]
    for words in spellings(title):
        found = by_words.get(words, [])
        if exact := [index for index, other in found if year is not None and other == year]:
            return exact[0]
        near = [index for index, other in found if year is None or other is None or abs(other - year) <= 1]
        if len(near) == 1:
            return near[0]
    return None
