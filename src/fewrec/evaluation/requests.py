"""Requests in words: rules that say which items a sentence asks for, and the metrics of its list.

A request is a sentence with the items that answer it, either listed (``relevant``) or given by a rule over the columns
of the items table (``where``). A rule is one JSON object:

* ``{"all": [rule, …]}``, ``{"any": [rule, …]}``, ``{"not": rule}`` combine rules;
* ``{"column": "genres", "has": "Western"}``: one value of a list column (values apart by ``|``, ``,``, ``;``, ``/`` or ``、``), whole,
  case-insensitive; a list of values means any of them;
* ``{"column": "year", ">=": 1980, "<": 1990}``: a number; an empty or unreadable cell does not match;
* ``{"column": "description", "words": "baseball"}``: whole words of a text, case-insensitive, a phrase too; ``robot*`` is a stem, a list
  means any of them, and words in Chinese match as substrings.

``column`` may be a list of columns: the rule holds if it holds in one of them.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fewrec.errors import DataError

Row = Mapping[str, object]
"""One item: column name to cell."""

Rule = Mapping[str, object]
"""One rule of the grammar in the module's docstring."""

_SEPARATORS = re.compile(r"\s*[|,;/、，；]\s*")
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda cell, bound: cell < bound,
    "<=": lambda cell, bound: cell <= bound,
    ">": lambda cell, bound: cell > bound,
    ">=": lambda cell, bound: cell >= bound,
    "=": lambda cell, bound: cell == bound,
}
_CJK = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]")


class RuleError(ValueError):
    """A rule that is not of the grammar."""


def half(text: str) -> str:
    """Return ``development`` or ``test``: the half to which a request belongs, by the SHA-256 digest of its text.

    >>> half("movies about baseball")
    'development'
    """
    return "development" if hashlib.sha256(text.encode()).digest()[0] % 2 == 0 else "test"


def matches(rule: Rule, row: Row) -> bool:
    """Tell whether an item answers a rule.

    Raises:
        RuleError: the rule has an unknown key or names no column.

    >>> film = {"genres": "Western|Comedy", "year": 1952, "description": "Two robots play baseball."}
    >>> matches({"all": [{"column": "genres", "has": "western"}, {"column": "year", "<": 1960}]}, film)
    True
    >>> matches({"not": {"column": "description", "words": ["base", "robot*"]}}, film)
    False
    """
    if "all" in rule:
        return all(matches(part, row) for part in _rules(rule, "all"))
    if "any" in rule:
        return any(matches(part, row) for part in _rules(rule, "any"))
    if "not" in rule:
        inner = rule["not"]
        if len(rule) != 1 or not isinstance(inner, Mapping):
            raise RuleError(f'"not" takes one rule and no other key; found {dict(rule)!r}')
        return not matches(inner, row)
    return any(_cell_matches(rule, row.get(column)) for column in _columns(rule))


def _rules(rule: Rule, key: str) -> Sequence[Rule]:
    parts = rule[key]
    if len(rule) != 1 or not isinstance(parts, list) or not parts or not all(isinstance(part, Mapping) for part in parts):
        raise RuleError(f'"{key}" takes a list of rules and no other key; found {dict(rule)!r}')
    return parts


def _columns(rule: Rule) -> list[str]:
    column = rule.get("column")
    columns = [column] if isinstance(column, str) else column
    if not isinstance(columns, list) or not columns or not all(isinstance(name, str) for name in columns):
        raise RuleError(f'a rule has "all", "any", "not" or "column" (a name or a list of names); found {dict(rule)!r}')
    return columns


def _cell_matches(rule: Rule, cell: object) -> bool:
    tests = [key for key in rule if key != "column"]
    if not tests:
        raise RuleError(f'a rule on a column has "has", "words" or a comparison; found {dict(rule)!r}')
    return all(_one_test(key, rule[key], cell) for key in tests)


def _one_test(key: str, wanted: object, cell: object) -> bool:
    if key == "has":
        values = {value.casefold() for value in _SEPARATORS.split(_text(cell).strip())}
        return any(value.casefold() in values for value in _strings(key, wanted))
    if key == "words":
        return any(_pattern(words).search(_text(cell)) is not None for words in _strings(key, wanted))
    if key in _COMPARISONS:
        if isinstance(wanted, bool) or not isinstance(wanted, int | float):
            raise RuleError(f'"{key}" takes a number; found {wanted!r}')
        number = _number(cell)
        return number is not None and _COMPARISONS[key](number, wanted)
    raise RuleError(f'unknown test "{key}": expected "has", "words", {", ".join(_COMPARISONS)}')


def _strings(key: str, wanted: object) -> list[str]:
    values = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(values, list) or not values or not all(isinstance(value, str) and value for value in values):
        raise RuleError(f'"{key}" takes a string or a list of strings; found {wanted!r}')
    return values


@lru_cache(maxsize=4096)
def _pattern(words: str) -> re.Pattern[str]:
    if _CJK.search(words):
        return re.compile(re.escape(words), re.IGNORECASE)
    stem = words.endswith("*")
    body = re.escape(words.removesuffix("*"))
    return re.compile(rf"(?<!\w){body}" + ("" if stem else r"(?!\w)"), re.IGNORECASE)


def _text(cell: object) -> str:
    return "" if cell is None or (isinstance(cell, float) and math.isnan(cell)) else str(cell)


def _number(cell: object) -> float | None:
    try:
        number = float(_text(cell))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def matching(rule: Rule, rows: Sequence[Row]) -> list[int]:
    """Positions of the items that answer a rule, in the order of ``rows``."""
    return [position for position, row in enumerate(rows) if matches(rule, row)]


# -- requests ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """A sentence, and what answers it: ids of items or a rule, of which exactly one is given."""

    text: str
    relevant: tuple[str, ...] | None = None
    where: Rule | None = None
    excluded: Rule | None = None
    """What the sentence rules out, for ``excluded@10``."""
    lang: str | None = None
    kind: str | None = None
    like: tuple[str, ...] = ()
    """Ids of items that the asker liked; they are not part of the list."""

    @property
    def cluster(self) -> str:
        """The same for several wordings of one request: they are resampled as one."""
        return json.dumps([self.where, self.relevant, self.excluded, self.like], sort_keys=True, ensure_ascii=False)


def read_requests(path: Path) -> list[Request]:
    """A JSONL file: ``{"text", "relevant": [ids] | "where": rule, "excluded"?: rule, "lang"?, "kind"?, "like"?}``; other keys are ignored.

    Raises:
        DataError: there is no such file, or a line is not a request; the message names file and line.
    """
    if not path.is_file():
        raise DataError(f"there is no file {path}", hint='--requests takes JSONL: {"text", "relevant": [ids] | "where": rule}')
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if line.strip():
            try:
                found.append(_request(json.loads(line)))
            except ValueError as error:  # not JSON, or not a request
                raise DataError(
                    f"{path}:{number}: {error}", hint='expected {"text", "relevant": [ids] | "where": rule}'
                ) from error
    if not found:
        raise DataError(f"{path} holds no request")
    return found


def _request(value: object) -> Request:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise ValueError('a request is a JSON object with a string "text"')
    if ("relevant" in value) == ("where" in value):
        raise ValueError('a request has either "relevant" or "where"')
    for key in ("where", "excluded"):
        if key in value and not isinstance(value[key], dict):
            raise ValueError(f'"{key}" is a rule, a JSON object; found {value[key]!r}')
        if key in value:
            matches(value[key], {})  # a rule that is not of the grammar is an error now
    for key in ("relevant", "like"):
        if key in value and not (isinstance(value[key], list) and all(isinstance(each, str) for each in value[key])):
            raise ValueError(f'"{key}" is a list of item ids, which are strings; found {value[key]!r}')
    return Request(
        text=value["text"],
        relevant=tuple(value["relevant"]) if "relevant" in value else None,
        where=value.get("where"),
        excluded=value.get("excluded"),
        lang=None if value.get("lang") is None else str(value["lang"]),
        kind=None if value.get("kind") is None else str(value["kind"]),
        like=tuple(value.get("like", ())),
    )


# -- metrics of one list ----------------------------------------------------------------------------------------------------


def precision(listed: Sequence[int], relevant: Set[int], at: int = 10) -> float:
    """Matching items among the first ``at``, over the most there can be: min(at, matching); NaN where nothing matches.

    >>> precision([1, 2, 3], {1, 3, 8}, at=10)
    0.6666666666666666
    """
    if not relevant:
        return math.nan
    return sum(item in relevant for item in listed[:at]) / min(at, len(relevant))


def graded_ndcg(listed: Sequence[int], relevant: Set[int], likes: Sequence[float], at: int = 10) -> float:
    """NDCG whose gain is match × (1 + log(1 + likes)): 1 for a match nobody liked; NaN where nothing matches.

    ``likes``: how often each item was liked, by position. The discount is 1 / log2(1 + place).
    """
    if not relevant:
        return math.nan
    gains = [1 + math.log1p(likes[item]) if item in relevant else 0.0 for item in listed[:at]]
    ideal = sorted((1 + math.log1p(likes[item]) for item in relevant), reverse=True)[:at]
    return _discounted(gains) / _discounted(ideal)


def binary_ndcg(listed: Sequence[int], relevant: Set[int], at: int = 10) -> float:
    """NDCG whose gain is 1 for a relevant item; NaN where nothing is relevant."""
    if not relevant:
        return math.nan
    return _discounted([float(item in relevant) for item in listed[:at]]) / _discounted([1.0] * min(at, len(relevant)))


def share_within(listed: Sequence[int], other: Set[int], at: int = 10) -> float:
    """Share of the first ``at`` that is in ``other``: ``excluded@10`` and ``unmoved@10``; 0 for an empty list."""
    head = listed[:at]
    return sum(item in other for item in head) / len(head) if head else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(1 + place) for place, gain in enumerate(gains, start=1))
