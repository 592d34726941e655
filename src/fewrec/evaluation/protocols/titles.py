"""The same title written in two ways: ``Perez Family, The (1995)`` and ``The Perez Family`` of 1995."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_YEAR = re.compile(r"\s*[(（]((?:1[89]|20)\d\d)[)）]\s*$")
_ARTICLE_LAST = re.compile(
    r"^(?P<rest>.+), (?P<article>the|a|an|le|la|les|l'|il|lo|el|los|las|der|die|das|ein|eine|un|une|o|os|as|det|den)(?P<alias>\s*\(.*\))?$"
)


def title_key(title: str) -> tuple[str, int | None]:
    """(words in their spoken order, year or None): case, accents' encoding, width and punctuation play no part."""
    text = unicodedata.normalize("NFKC", title).strip()
    year = _YEAR.search(text)
    text = _YEAR.sub("", text).casefold()
    if match := _ARTICLE_LAST.match(text):
        text = f"{match['article']} {match['rest']}{match['alias'] or ''}"
    words = " ".join(re.findall(r"[\w']+", text.replace("’", "'").replace("&", " and ")))
    return words, int(year.group(1)) if year else None


def match_titles(titles: Sequence[str], known: Sequence[tuple[str, int | None]]) -> list[int | None]:
    """For each title the index in ``known`` (title, year or None) of the same work, or None.

    Words must agree; so must the years where both are given, up to one year (release dates differ by country). Where more than one
    is left, the exact year decides, and otherwise nothing is matched rather than something wrong.
    """
    by_words: dict[str, list[tuple[int, int | None]]] = {}
    for index, (title, year) in enumerate(known):
        words, own_year = title_key(title)
        by_words.setdefault(words, []).append((index, year if year is not None else own_year))
    return [_best(title_key(title)[1], by_words.get(title_key(title)[0], [])) for title in titles]


def _best(year: int | None, found: list[tuple[int, int | None]]) -> int | None:
    exact = [index for index, other in found if year is not None and other == year]
    near = [index for index, other in found if year is None or other is None or abs(other - year) <= 1]
    for group in (exact, near):
        if len(group) == 1:
            return group[0]
    return None
