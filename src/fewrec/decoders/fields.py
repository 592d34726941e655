"""What the columns of a catalogue are: titles, lists of short values, running text, or nothing that can be said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0002ffff]")
_BARS = re.compile(r"\s*[|；;、]\s*")
_FULL_STOP = re.compile(r"[。！？]")
_COMMAS = re.compile(r"\s*[|；;、,，]\s*")
_UNSPOKEN = re.compile(r"[\d\s.,:/+%-]*|\S+://\S+|\S*[/\\]\S*\.\w{2,4}")  # numbers, dates, addresses, paths of files

TITLE_NAMES = frozenset({"title", "name", "标题", "名称", "片名", "书名"})
CATEGORY_NAMES = frozenset(
    {"genre", "genres", "category", "categories", "tag", "tags", "类型", "类别", "分类", "标签", "题材", "品类"}
)
SKIPPED_NAMES = frozenset({"item_id", "image", "created_at"})
MAX_VALUE_CHARS = 40
"""A value of a list field is at most this long in the median; longer ones are running text."""

Role = Literal["title", "category", "name", "text"]


@dataclass(frozen=True)
class Column:
    """One column that can be spoken of, its role, and for the two list roles the values of every item."""

    name: str
    role: Role
    values: tuple[tuple[str, ...], ...]
    """Per item: its list of values, or its one text; empty where the item says nothing."""


def script(text: str) -> str:
    """``zh`` where there is a Han character, else ``en``: which reader a phrase is for."""
    return "zh" if HAN.search(text) else "en"


def columns_of(fields: Sequence[Mapping[str, str]], clean: Callable[[str], str]) -> tuple[Column, ...]:
    """Tell the role of every column from its name (titles alone) and its values; numbers and addresses are left out.

    ``clean`` is applied to every value.
    """
    names = list(dict.fromkeys(name for item in fields for name in item if name not in SKIPPED_NAMES))
    columns = []
    for name in names:
        texts = [clean(item.get(name) or "").strip() for item in fields]
        spoken = [text for text in texts if text and not _UNSPOKEN.fullmatch(text)]
        if len(spoken) < 0.5 * sum(1 for text in texts if text) or not spoken:
            continue
        if name.lower() in TITLE_NAMES:
            columns.append(Column(name, "title", tuple((text,) if text else () for text in texts)))
            continue
        columns.append(_list_column(name, texts) or Column(name, "text", tuple((text,) if text else () for text in texts)))
    return tuple(columns)


def _list_column(name: str, texts: Sequence[str]) -> Column | None:
    """The column as lists of short values, or None for running text.

    A category is a value that many items share: at least 5 items a value in the mean, and at most 200 values; or the column
    is called so.
    """
    if sum(bool(_FULL_STOP.search(text)) for text in texts) > 0.2 * sum(1 for text in texts if text):
        return None  # Chinese has no blanks to count words by, but its sentences end
    divided = [text for text in texts if "|" in text]
    divider = _BARS if len(divided) > 0.05 * len(texts) else _COMMAS
    values = tuple(tuple(v for v in divider.split(text) if v and not _UNSPOKEN.fullmatch(v)) for text in texts)
    flat = [value for row in values for value in row]
    if not flat or median(len(text.split()) for text in texts if text) > 20:
        return None
    if median(map(len, flat)) > MAX_VALUE_CHARS or median(len(value.split()) for value in flat) > 4:
        return None
    counts = Counter(flat)
    if len(counts) > 0.8 * len(flat) and len(flat) < 1.2 * len([row for row in values if row]):
        return None  # one value of its own for nearly every item: a text, or a key
    shared = name.lower() in CATEGORY_NAMES or (len(flat) >= 5 * len(counts) and len(counts) <= 200)
    return Column(name, "category" if shared else "name", values)
