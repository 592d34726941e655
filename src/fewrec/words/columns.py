"""The columns of a catalogue by what stands in them: categories, people, brands, places, languages, years, numbers, texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

import numpy as np
import numpy.typing as npt

from fewrec.text.normalise import clean
from fewrec.words import lexicon
from fewrec.words.stems import has_han, key

Role = Literal["category", "person", "brand", "place", "language", "time", "number", "text", "title"]
_BARS = re.compile(r"\s*[|；;、/]\s*")
_COMMAS = re.compile(r"\s*[|；;、,，/]\s*")
_DATE = re.compile(r"\s*((?:1[0-9]|20)\d\d)(?:[-/.年]\d{1,2}.*|\.0+)?\s*")
_NUMBER = re.compile(r"\s*[$¥￥€]?\s*(-?\d[\d,]*(?:\.\d+)?)\s*(?:元|美元|usd|rmb)?\s*", re.IGNORECASE)
_SKIPPED = re.compile(
    r"(?:.*[_\s])?(?:id|uuid|url|link|image|img|cover|poster|asin|isbn|sku|编号|图片|链接|封面|created_at|updated_at)",
    re.IGNORECASE,
)
_HINTS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("person", re.compile(r"director|cast|actors?|actress|stars?|writers?|authors?|artists?|singers?|performers?|composers?|creators?|people|导演|演员|主演|编剧|作者|歌手|艺人|作曲|作词|演唱者?|嘉宾|译者", re.IGNORECASE)),
    ("brand", re.compile(r"brands?|manufacturer|maker|publisher|developer|studio|label|vendor|seller|品牌|厂商|厂家|出版社|开发商|发行商|店铺|商家", re.IGNORECASE)),
    ("place", re.compile(r"countr(?:y|ies)|region|place|nation|location|origin|city|国家|地区|产地|制片国家.*|城市|国家/地区", re.IGNORECASE)),
    ("language", re.compile(r"languages?|lang|语言|语种", re.IGNORECASE)),
    ("category", re.compile(r"genres?|categor(?:y|ies)|tags?|types?|styles?|moods?|platforms?|类型|类别|分类|标签|题材|品类|风格|流派|情绪|平台|颜色|colou?r", re.IGNORECASE)),
)  # fmt: skip
_TEXT_HINT = re.compile(
    r"description|summary|plot|overview|content|text|lyrics|简介|描述|剧情|内容|详情|介绍|歌词", re.IGNORECASE
)
_TITLE_HINT = re.compile(r"(?:.*[_\s])?(?:title|name)(?:[_\s].*)?|.*(?:标题|片名|书名|歌名|译名|原名|名称)", re.IGNORECASE)
_MAX_VALUE_CHARS = 40


@dataclass(frozen=True, eq=False)
class Column:
    """One column of m items.

    ``values``: per item its values (list roles) or its one text; ``numbers``: (m,) float64, NaN where there is none.
    """

    name: str
    role: Role
    values: tuple[tuple[str, ...], ...] = ()
    numbers: npt.NDArray[np.float64] | None = None


def columns_of(fields: Sequence[Mapping[str, str]], titles: Sequence[str]) -> tuple[Column, ...]:
    """Tell every column's role by its values, with its name as a hint; the title's column, keys and addresses are left out."""
    names = list(dict.fromkeys(name for item in fields for name in item))
    found = []
    for name in names:
        texts = [str(item.get(name) or "").strip() for item in fields]
        filled = [text for text in texts if text]
        if not filled or _SKIPPED.fullmatch(name):
            continue
        if sum(text == title.strip() for text, title in zip(texts, titles, strict=True)) > 0.8 * len(filled):
            continue
        if _TITLE_HINT.fullmatch(name) and median(map(len, filled)) <= 80 and len(set(filled)) > 0.6 * len(filled):
            found.append(Column(name, "title", tuple((clean(text),) if text else () for text in texts)))
            continue
        column = _numeric(name, texts, filled) or _listed(name, texts, filled)
        if column is None and not re.match(r"https?://|/|\{|\[", filled[0]):
            column = Column(name, "text", tuple((clean(text),) if text else () for text in texts))
        if column is not None:
            found.append(column)
    return tuple(found)


def columns_like(fields: Sequence[Mapping[str, str]], known: Sequence[Column]) -> tuple[Column, ...]:
    """The same columns, with the same roles, of other items: of those that came after the index was built."""
    found = []
    for column in known:
        texts = [str(item.get(column.name) or "").strip() for item in fields]
        if column.role in {"time", "number"}:
            pattern = _DATE if column.role == "time" else _NUMBER
            read = [pattern.fullmatch(text) for text in texts]
            numbers = np.array([float(match[1].replace(",", "")) if match else np.nan for match in read], dtype=np.float64)
            found.append(Column(column.name, column.role, numbers=numbers))
        elif column.role in {"text", "title"}:
            found.append(Column(column.name, column.role, tuple((clean(text),) if text else () for text in texts)))
        else:
            bars = any("," in value for row in column.values[:1000] for value in row)
            divider = _BARS if bars or any("|" in text for text in texts) else _COMMAS
            rows = tuple(tuple(dict.fromkeys(v for v in divider.split(clean(text)) if v)) for text in texts)
            found.append(Column(column.name, column.role, rows))
    return tuple(found)


def _numeric(name: str, texts: Sequence[str], filled: Sequence[str]) -> Column | None:
    dates = [_DATE.fullmatch(text) for text in texts]
    if sum(found is not None for found in dates) >= 0.9 * len(filled):
        years = np.array([float(found[1]) if found else np.nan for found in dates])
        return Column(name, "time", numbers=years)
    plain = [_NUMBER.fullmatch(text) for text in texts]
    if sum(found is not None for found in plain) < 0.9 * len(filled):
        return None
    return Column(name, "number", numbers=np.array([float(found[1].replace(",", "")) if found else np.nan for found in plain]))


def _listed(name: str, texts: Sequence[str], filled: Sequence[str]) -> Column | None:
    if _TEXT_HINT.fullmatch(name) or sum(bool(re.search(r"[。！？!?]|[a-z]{3}\. [A-Z]", text)) for text in filled) > 0.2 * len(
        filled
    ):
        return None
    divider = _BARS if sum("|" in text for text in filled) > 0.05 * len(filled) else _COMMAS
    values = tuple(tuple(dict.fromkeys(v for v in divider.split(clean(text)) if v)) for text in texts)
    flat = [value for row in values for value in row]
    if not flat or median(map(len, flat)) > _MAX_VALUE_CHARS or median(len(value.split()) for value in flat) > 4:
        return None
    hint = next((role for role, pattern in _HINTS if pattern.fullmatch(name)), None)
    counts = Counter(flat)
    role = hint or _role_by_values(counts, len(flat), sum(bool(row) for row in values))
    return None if role is None else Column(name, role, values)


def _role_by_values(counts: Counter[str], total: int, n_rows: int) -> Role | None:
    common = [value for value, _ in counts.most_common(30)]
    known = [lexicon.place_or_language(key(value)) for value in common]
    for role in ("place", "language"):
        if sum(found == role for found in known) >= 0.6 * len(common):
            return role
    if total >= 5 * len(counts) and len(counts) <= 400:
        return "category"
    if sum(_looks_like_person(value) for value in common) >= 0.7 * len(common):
        return "person"
    if len(counts) > 0.8 * total and total < 1.2 * n_rows:
        return None  # one value of its own for nearly every item: a text, or a key
    return "brand" if total < 1.2 * n_rows else "category"


def _looks_like_person(value: str) -> bool:
    if has_han(value):
        return "·" in value or 2 <= len(value) <= 4
    words = value.split()
    return 2 <= len(words) <= 4 and all(word[0].isupper() for word in words)
