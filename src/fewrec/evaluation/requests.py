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

import hashlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

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
