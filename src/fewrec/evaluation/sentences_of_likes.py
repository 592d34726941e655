"""A sentence made of what somebody liked: what the columns of those items have in common, put into a fixed template.

With it the evaluation asks what a sentence is worth: made of one half of a held-out user's likes, judged on the other half.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

Words = Callable[[str], list[str]]

_APART = re.compile(r"\s*[|;、；,，]\s*")
_NOT_FACETS = frozenset({"item_id", "image", "created_at"})
_SHORT = 30
"""Most characters a value: longer ones are prose."""
_LEAST_ITEMS = 3
"""A value of fewer items than this is a detail of one of them."""
_COMMON = 0.5
"""A value of more items than this share says nothing."""


class Facets:
    """The values that several items of a catalogue share, by item: categories, people, decades; words of titles where there are none.

    ``rows``: the items' columns. ``words`` cuts a title into words without stop words.
    """

    def __init__(self, rows: Sequence[Mapping[str, str]], words: Words) -> None:
        values = [self._values(row) for row in rows]
        if not any(self._shared(values).values()):
            values = [set(words(next(iter(row.values()), ""))) for row in rows]
        shared = self._shared(values)
        self._values_of = [{value for value in own if value in shared} for own in values]
        self._share = {value: n / len(rows) for value, n in shared.items()}

    @staticmethod
    def _shared(values: Sequence[set[str]]) -> dict[str, int]:
        count = Counter(value for own in values for value in own)
        return {value: n for value, n in count.items() if _LEAST_ITEMS <= n <= max(_LEAST_ITEMS, _COMMON * len(values))}

    @staticmethod
    def _values(row: Mapping[str, str]) -> set[str]:
        found = set()
        for name, cell in row.items():
            if name in _NOT_FACETS:
                continue
            if re.fullmatch(r"(19|20)\d\d", cell):
                found.add(f"{cell[:3]}0s")
            elif not re.fullmatch(r"[\d.,\s-]+", cell):
                parts = _APART.split(cell)
                if all(0 < len(part) <= _SHORT for part in parts):
                    found.update(part for part in parts if part.casefold() not in {"nan", "n/a", "unknown"})
        return found

    def typical(self, items: Sequence[int], n: int = 3) -> list[str]:
        """The ``n`` values that are most over-represented among ``items``: each of at least two of them, by share × log(lift).

        Ties go in the order of the alphabet; fewer where there are no more, none for fewer than two items.
        """
        count = Counter(value for item in items for value in self._values_of[item])
        scored = []
        for value, found in count.items():
            share = found / len(items)
            weight = share * math.log(share / self._share[value])
            if found >= 2 and weight > 0:
                scored.append((-weight, value))
        return [value for _, value in sorted(scored)[:n]]

    @property
    def language(self) -> str:
        """``zh`` where most shared values hold Chinese characters, else ``en``."""
        chinese = sum(any("一" <= char <= "鿿" for char in value) for value in self._share)
        return "zh" if 2 * chinese > len(self._share) else "en"


def sentence_of(values: Sequence[str], lang: str) -> str | None:
    """The values as one sentence of taste in ``zh`` or ``en``; None where there is nothing to say.

    >>> sentence_of(["Western", "1950s"], "en")
    'I like Western, from the 1950s'
    >>> sentence_of(["西部", "约翰·福特", "1950s"], "zh")
    '我喜欢西部、约翰·福特，1950年代的'
    """
    decades = [value for value in values if re.fullmatch(r"\d{4}s", value)][:1]
    others = [value for value in values if not re.fullmatch(r"\d{4}s", value)]
    if not values:
        return None
    if lang == "zh":
        parts = [f"我喜欢{'、'.join(others)}"] if others else []
        parts += [f"{'' if others else '我喜欢'}{decade[:4]}年代的" for decade in decades]
        return "，".join(parts)
    named = " and ".join([", ".join(others[:-1]), others[-1]] if len(others) > 1 else others)
    parts = [f"I like {named}"] if others else []
    parts += [f"from the {decade}" if others else f"I like what is from the {decade}" for decade in decades]
    return ", ".join(parts)
