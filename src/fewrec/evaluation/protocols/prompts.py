r"""Prompt files of the TALLRec test (Bao et al., RecSys 2023): a JSON list of ``{"instruction", "input", "output"}``.

The input reads ``User Preference: "A", "B"\nUser Unpreference: "C"\nWhether the user will like the target movie "T"?``. Lists may be
empty; titles may hold quotes, commas and `` written by ``; books read ``"Title" written by Author``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fewrec.errors import DataError

_INPUT = re.compile(
    r"\s*User Preference:(?P<liked>.*?)\n\s*User Unpreference:(?P<disliked>.*?)\n"
    r"\s*Whether the user will like the target \w+ (?P<target>\".*)\?\s*",
    re.DOTALL,
)
# A title ends at the first quote that is followed by the next item or by the end, an author in between or not.
_ITEM = re.compile(r'"(?P<title>.*?)"(?P<author> written by [^"]*?)?(?:, (?=")|$)', re.DOTALL)
_ANSWERS = {"yes": True, "no": False}


@dataclass(frozen=True)
class Prompt:
    """One row: rated titles, and whether the user likes the target."""

    liked: tuple[str, ...]
    disliked: tuple[str, ...]
    target: str
    label: bool

    @property
    def question(self) -> tuple[frozenset[str], frozenset[str], str]:
        """What is asked, whatever the order of the lists: two rows with the same question are the same row."""
        return frozenset(self.liked), frozenset(self.disliked), self.target

    @property
    def titles(self) -> tuple[str, ...]:
        """All titles, the target's included."""
        return *self.liked, *self.disliked, self.target


def read_prompts(path: Path) -> list[Prompt]:
    """All rows of a prompt file; a row that does not read as above is an error that names it."""
    rows = _json_list(path, "prompts")
    texts = []
    for number, row in enumerate(rows):
        match = _INPUT.fullmatch(row["input"]) if isinstance(row, dict) and isinstance(row.get("input"), str) else None
        if match is None:
            raise DataError(
                f"{path}, row {number}: found {str(row)[:120]!r}, expected an input with 'User Preference: ...', 'User Unpreference: ...' "
                "and 'Whether the user will like the target movie \"...\"?', a line each",
                hint="TRAIN, VALID and TEST are lists of prompts as TALLRec published them",
            )
        texts.append(match)
    known = {_item(match["target"].strip(), path, number) for number, match in enumerate(texts)}
    prompts = []
    for number, (row, match) in enumerate(zip(rows, texts, strict=True)):
        answer = str(row.get("output", "")).strip().rstrip(".").lower()
        if answer not in _ANSWERS:
            raise DataError(
                f"{path}, row {number}: output is {row.get('output')!r}, expected 'Yes.' or 'No.'",
                hint="the output is the answer to the prompt: mend or remove this row",
            )
        liked, disliked = (_items(match[name].strip(), known, path, number) for name in ("liked", "disliked"))
        prompts.append(Prompt(liked, disliked, _item(match["target"].strip(), path, number), _ANSWERS[answer]))
    if not prompts:
        raise DataError(f"{path} holds no prompt, expected at least one", hint="name a JSON list of prompts")
    return prompts


def read_users(path: Path) -> list[str]:
    """The user of each row of a prompt file, in order."""
    return [str(user) for user in _json_list(path, "users")]


def _json_list(path: Path, what: str) -> list[Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise DataError(f"there is no file {path}", hint=f"expected a JSON list of {what}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is not JSON: {error}", hint=f"expected a JSON list of {what}") from None
    if not isinstance(found, list):
        raise DataError(
            f"{path} holds a {type(found).__name__}, expected a JSON list of {what}",
            hint="put the rows into one list: [..., ...]",
        )
    return found


def _item(text: str, path: Path, number: int) -> str:
    """A single title; nothing in it is a separator."""
    match = re.fullmatch(r'"(?P<title>.*)"(?P<author> written by [^"]*)?', text, re.DOTALL)
    if match is None:
        raise DataError(f"{path}, row {number}: found {text!r}, expected a title in quotes", hint='write it as "Title"')
    return match["title"] + (match["author"] or "")


def _items(text: str, known: set[str], path: Path, number: int) -> tuple[str, ...]:
    """Titles of a list. Where a title itself holds ``", "``, the pieces are joined again if together they are a target's title."""
    items: list[str] = []
    position = 0
    while position < len(text):
        match = _ITEM.match(text, position)
        if match is None:
            raise DataError(
                f"{path}, row {number}: found {text[position:]!r}, expected titles in quotes, separated by commas",
                hint='write them as "One", "Two"',
            )
        items.append(match["title"] + (match["author"] or ""))
        position = match.end()
    return tuple(_rejoined(items, known))


def _rejoined(items: list[str], known: set[str]) -> list[str]:
    joined: list[str] = []
    while items:
        for length in range(len(items), 0, -1):
            whole = '", "'.join(items[:length])
            if length == 1 or whole in known:
                joined.append(whole)
                items = items[length:]
                break
    return joined
