"""What commands take: the options that several share, and lists written the short way."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from fewrec.errors import SettingError


class Lang(str, Enum):
    """Languages of messages and decoded texts."""

    zh = "zh"
    en = "en"


StoreArgument = Annotated[str, typer.Argument(metavar="STORE", help="A store's directory, or sqlite:///PATH.")]
UserOption = Annotated[str | None, typer.Option("--user", metavar="ID", help="A known user.")]
LikeOption = Annotated[list[str] | None, typer.Option("--like", metavar="ID…", help="Items that are liked.")]
DislikeOption = Annotated[list[str] | None, typer.Option("--dislike", metavar="ID…", help="Items that are disliked.")]
SayOption = Annotated[
    list[str] | None,
    typer.Option("--say", metavar="TEXT…", help="A taste or a request in words, zh or en; its wording tells which."),
]
WantOption = Annotated[
    list[str] | None, typer.Option("--want", metavar="TEXT…", help="A request in words, zh or en: what matches comes first.")
]
FocusOption = Annotated[
    float | None,
    typer.Option("--focus", min=0, max=1, help="How strictly requests hold; if not given, it follows from how much matches."),
]
ItemOption = Annotated[str, typer.Option("--item", metavar="ID", help="An item.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
LangOption = Annotated[Lang | None, typer.Option("--lang", help="Language; messages follow the locale if it is not given.")]
DecoderOption = Annotated[
    str, typer.Option("--decoder", metavar="D", help="What reads a vector as words: phrases, lm:FOLDER, chat, chat:MODEL.")
]
PriorOption = Annotated[
    Path | None, typer.Option("--prior", metavar="FILE", help="What another domain taught; see fewrec learn prior.")
]
ListLength = Annotated[int, typer.Option("-k", min=1, help="How many.")]

_LISTS = frozenset({"--like", "--dislike", "--say", "--want", "--allow", "--deny", "--where", "--texts"})
_FLAGS = frozenset({"--json", "--explain", "--include-seen", "--help"})


def spread(argv: Sequence[str]) -> list[str]:
    """``--like 1 2 3`` becomes ``--like 1 --like 2 --like 3``, once the command and its STORE have been seen."""
    found: list[str] = []
    n_places = 0  # the command, then STORE
    option: str | None = None
    waiting = False  # the option still has no value
    for position, token in enumerate(argv):
        if token == "--" and not waiting:
            return [*found, *argv[position:]]
        if waiting:
            waiting = False
        elif token.startswith("-") and len(token) > 1:
            name, equals, _ = token.partition("=")
            option = name
            waiting = not equals and name not in _FLAGS
        elif option in _LISTS and n_places >= 2:
            found.append(option)
        else:
            n_places += 1
        found.append(token)
    return found


def conditions(where: Sequence[str]) -> dict[str, list[str]]:
    """``["genres=Drama", "genres=Comedy"]`` -> ``{"genres": ["Drama", "Comedy"]}``.

    Raises:
        SettingError: without an equals sign.
    """
    found: dict[str, list[str]] = {}
    for each in where:
        column, equals, value = each.partition("=")
        if not equals or not column.strip():
            raise SettingError(f"--where {each!r} is no condition", hint="write --where column=value, such as genres=Drama")
        found.setdefault(column.strip(), []).append(value)
    return found
