"""What each column of an items table is, decided once: for item text, phrases, views of the taste model, filters and titles shown.

The header decides where it can (``title``, ``商品名``, ``poster_url``), the values where it cannot. Headers are compared without case,
and blanks and hyphens count as underscores. Two questions are asked of a column:

* of one item at a time, by the header alone: :func:`named_role`, :func:`title_of`, :func:`title_columns`;
* of a whole table, by header and values: :func:`roles_of`, :func:`columns_of`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import Literal

Role = Literal["title", "category", "name", "number", "date", "link", "image", "key", "text"]
"""``category``: short values that many items share; ``name``: short values of few items each (people, brands, places); ``key``: an id."""

TITLE_NAMES = (
    *("title", "name", "标题", "名称", "片名", "书名", "商品名", "商品名称", "标题名称", "產品名稱", "標題", "名稱", "書名"),
    *("产品名", "产品名称", "商品名稱", "歌名", "曲名", "剧名", "游戏名", "游戏名称", "品名", "中文名"),
)
"""Headers of the title, the one that is preferred first."""
_COMPOUND_TITLE = re.compile(
    r"(?:movie|film|book|item|product|track|song|album|game|video|article|news|show|series|app|course|recipe|goods|anime|podcast"
    r"|primary|original|full|display)_?(?:title|name)"
    r"|(?:电影|影片|图书|书籍|商品|产品|宝贝|歌曲|曲目|专辑|游戏|视频|文章|新闻|节目|应用|课程|菜品?|作品|电视剧)(?:名|名称|标题|中文名)"
)
"""Headers that name a title where none of :data:`TITLE_NAMES` is there: ``track_name``, ``product_title``, ``电影名称``."""
CATEGORY_NAMES = frozenset(
    {"genre", "genres", "category", "categories", "tag", "tags", "类型", "类别", "分类", "标签", "题材", "品类"}
)
_PEOPLE = re.compile(
    r"(?:directors?|cast|actors?|actress(?:es)?|starring|stars|authors?|writers?|artists?|singers?|composers?|performers?|creators?"
    r"|producers?|screenwriters?|editors?|narrators?)(?:_names?)?"
    r"|导演|主演|演员|作者|编剧|歌手|艺术家|艺人|作曲|作词|制片人|译者|導演|演員|編劇"
)
SKIPPED_NAMES = frozenset({"item_id", "image", "created_at"})
"""Headers with a meaning of their own in the file contract (``fewrec.data``): never text."""

_KEY_NAME = re.compile(r"(?:.*_)?(?:id|isbn|asin|index)")
_LINK_NAME = re.compile(r"(?:.*_)?(?:url|uri|link)")
_IMAGE_NAME = re.compile(r"(?:.*_)?(?:image|img|poster|cover|picture|photo)")
_DATE_NAME = re.compile(r"(?:.*_)?(?:created_at|updated_at|timestamp)")
_NUMBER_NAME = re.compile(r"(?:.*_)?(?:rating|score|price)")

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_NUMBER_WRITTEN = re.compile(r"[-+]?[\d.,\s]+(?:[eE][-+]?\d+)?%?")
_DATE = re.compile(r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?(?:[ T].*)?")
_IMAGE = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|svg)(?:\?\S*)?", re.IGNORECASE)
_UNSPOKEN = re.compile(r"[\d\s.,:/+%-]*|\S+://\S+|\S*[/\\]\S*\.\w{2,4}")  # numbers, dates, addresses, paths of files
_YEAR_IN_TITLE = re.compile(r"[(（]((?:1[5-9]|20)\d\d)[)）]\s*$")
_FULL_STOP = re.compile(r"[。！？]")
_BARS = re.compile(r"\s*[|；;、]\s*")
_COMMAS = re.compile(r"\s*[|；;、,，]\s*")
MAX_VALUE_CHARS = 40
"""A value of a list column is at most this long in the median; longer ones are running text."""


# -- by the header alone -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def header(name: str) -> str:
    """The form in which headers are compared.

    >>> header(" Product-Title ")
    'product_title'
    """
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def title_columns(names: Iterable[str]) -> list[str]:
    """Which of the headers ``names`` hold titles, in their order; empty where none does.

    >>> title_columns(["track_name", "artist_name"]), title_columns(["Title", "track_name"])
    (['track_name'], ['Title'])
    """
    names = list(names)
    plain = [name for name in names if header(name) in TITLE_NAMES]
    return plain or [name for name in names if _COMPOUND_TITLE.fullmatch(header(name))]


def title_of(columns: Mapping[str, str], item_id: str, clean: Callable[[str], str] = str.strip) -> str:
    """What people are shown for an item: its first title that is not empty, else its id.

    Args:
        columns: header -> value of one item.
        item_id: shown where there is no title.
        clean: applied to the title.
    """
    rank = {name: place for place, name in enumerate(TITLE_NAMES)}
    for name in sorted(title_columns(columns), key=lambda name: rank.get(header(name), len(rank))):
        title = clean(columns[name] or "")
        if title:
            return title
    return item_id


@lru_cache(maxsize=4096)
def named_role(name: str) -> Role | None:
    """What the header alone says; None where the values have to say it. Titles: :func:`title_columns`.

    >>> named_role("poster_url"), named_role("tmdb_id"), named_role("description")
    ('link', 'key', None)
    """
    name = header(name)
    for role, pattern in _NAMED.items():
        if pattern.fullmatch(name):
            return role
    return None


_NAMED: Mapping[Role, re.Pattern[str]] = {
    "key": _KEY_NAME,
    "link": _LINK_NAME,
    "image": _IMAGE_NAME,
    "date": _DATE_NAME,
    "number": _NUMBER_NAME,
}


@lru_cache(maxsize=4096)
def is_people(name: str) -> bool:
    """Whether a header says that the values are people.

    >>> is_people("Director"), is_people("brand")
    (True, False)
    """
    return _PEOPLE.fullmatch(header(name)) is not None


def find_column(name: str, names: Iterable[str]) -> str | None:
    """The header among ``names`` that is meant by ``name``: the very same, else the only one that is the same but for case."""
    names = list(names)
    alike = [each for each in names if header(each) == header(name)]
    return name if name in names else alike[0] if len(alike) == 1 else None


# -- by the values ---------------------------------------------------------------------------------------------------------


def is_number(value: str) -> bool:
    """Whether a value is a plain number: digits, a sign, a decimal point."""
    return _NUMBER.fullmatch(value) is not None


def year_in_title(title: str) -> float | None:
    """The year in brackets at the end of a title.

    >>> year_in_title("Alien (1979)")
    1979.0
    """
    found = _YEAR_IN_TITLE.search(title)
    return float(found[1]) if found else None


@dataclass(frozen=True)
class Column:
    """One column that can be put into words, its role, and for the two list roles the values of every item."""

    name: str
    role: Literal["title", "category", "name", "text"]
    values: tuple[tuple[str, ...], ...]
    """Per item: its list of values, or its one text; empty where the item says nothing."""


def roles_of(fields: Sequence[Mapping[str, str]], clean: Callable[[str], str] = str.strip) -> dict[str, Role]:
    """The role of every column of a table that has any value, in the order in which columns first occur.

    Args:
        fields: header -> value, one mapping per item.
        clean: applied to every value before it is looked at.
    """
    told = {column.name: column for column in columns_of(fields, clean)}
    roles: dict[str, Role] = {}
    for name in dict.fromkeys(name for item in fields for name in item):
        values = [value for item in fields if (value := clean(item.get(name) or "").strip())]
        if values:
            by_name = named_role(name)
            spoken = told.get(name)
            if name in SKIPPED_NAMES:
                roles[name] = by_name or "key"
            elif spoken is not None and (spoken.role == "title" or by_name in (None, "number")):
                roles[name] = spoken.role
            else:
                roles[name] = by_name or _silent_role(values)
    return roles


def _silent_role(values: Sequence[str]) -> Role:
    """Of values that are not words: what most of them are."""
    kinds: Counter[Role] = Counter()
    for value in values:
        if _IMAGE.fullmatch(value):
            kinds["image"] += 1
        elif "://" in value or value.startswith("www."):
            kinds["link"] += 1
        elif _NUMBER_WRITTEN.fullmatch(value) and not _DATE.fullmatch(value):
            kinds["number"] += 1
        elif _DATE.fullmatch(value):
            kinds["date"] += 1
        else:
            kinds["key"] += 1
    return kinds.most_common(1)[0][0]


def columns_of(fields: Sequence[Mapping[str, str]], clean: Callable[[str], str]) -> tuple[Column, ...]:
    """The columns that can be put into words, with their values; numbers, dates, addresses and files are left out.

    Args:
        fields: header -> value, one mapping per item.
        clean: applied to every value.
    """
    names = list(dict.fromkeys(name for item in fields for name in item if name not in SKIPPED_NAMES))
    titles = set(title_columns(names))
    columns = []
    for name in names:
        texts = [clean(item.get(name) or "").strip() for item in fields]
        spoken = [text for text in texts if text and not _UNSPOKEN.fullmatch(text)]
        if len(spoken) < 0.5 * sum(1 for text in texts if text) or not spoken:
            continue
        whole = tuple((text,) if text else () for text in texts)
        if name in titles:
            columns.append(Column(name, "title", whole))
            continue
        columns.append(_list_column(name, texts) or Column(name, "text", whole))
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
    shared = header(name) in CATEGORY_NAMES or (len(flat) >= 5 * len(counts) and len(counts) <= 200)
    return Column(name, "category" if shared else "name", values)
