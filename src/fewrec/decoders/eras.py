"""Decades, from a column of years or dates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fewrec.columns import TITLE_NAMES

_YEAR = re.compile(r"\s*(1[5-9]\d\d|20\d\d)(?:\.0)?(?:[-/.年]\s*\d.*)?\s*年?\s*")
_IN_TITLE = re.compile(r"\(((?:19|20)\d\d)\)\s*$")
_NAMED = re.compile(r"year|date|release|publi|年|日期|上映|发行|出版", re.IGNORECASE)
_SKIPPED = frozenset({"created_at", "updated_at"})


def years_of(fields: Sequence[Mapping[str, str]]) -> list[int | None]:
    """Per item the year it is from: the first column that is called so and holds years or dates, or else a title's (1994)."""
    names = dict.fromkeys(name for item in fields for name in item if name not in _SKIPPED and _NAMED.search(name))
    for name in names:
        values = [str(item.get(name) or "") for item in fields]
        found = [_YEAR.fullmatch(value) for value in values]
        if sum(each is not None for each in found) >= max(0.8 * sum(1 for value in values if value.strip()), 1):
            return [int(each[1]) if each else None for each in found]
    titles = next((name for item in fields for name in item if name.lower() in TITLE_NAMES), None)
    if titles is not None:
        found = [_IN_TITLE.search(str(item.get(titles) or "")) for item in fields]
        if 2 * sum(each is not None for each in found) >= len(fields):
            return [int(each[1]) if each else None for each in found]
    return [None] * len(fields)


def decade(year: int, lang: str) -> str:
    """A year's decade as it is said.

    >>> decade(1994, "en"), decade(1994, "zh")
    ('1990s', '1990年代')
    """
    start = year // 10 * 10
    return f"{start}年代" if lang == "zh" else f"{start}s"
