"""Where a command writes: results to stdout, everything else to stderr, in the language of the reader."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fewrec.cli.arguments import Lang
from fewrec.cli.messages import locale_language, message


class Ui:
    """Both streams and the language. ``quiet`` keeps progress away from stderr."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    @classmethod
    def of(cls, ctx: typer.Context, lang: Lang | None = None) -> Ui:
        """``--lang`` of the command, else that before the command, else the locale's."""
        chosen = lang or ctx.obj
        return cls(chosen.value if isinstance(chosen, Lang) else locale_language())

    @cached_property
    def out(self) -> Console:
        """Results."""
        return Console(file=sys.stdout, markup=False, highlight=False, emoji=False)

    @cached_property
    def err(self) -> Console:
        """Progress and notes."""
        return Console(file=sys.stderr, markup=False, highlight=False, emoji=False)

    def text(self, key: str, **values: object) -> str:
        """A message in the reader's language."""
        return message(key, self.lang, **values)

    def say(self, text: str = "", *, style: str | None = None) -> None:
        """A line of results."""
        self.out.print(Text(text, style=style or ""), soft_wrap=True)

    def log(self, text: str) -> None:
        """A line of progress."""
        self.err.print(Text(text, style="dim"), soft_wrap=True)

    def note(self, key: str, **values: object) -> None:
        """Something the reader should know, on stderr."""
        self.err.print(Text(self.text("note", text=self.text(key, **values)), style="yellow"), soft_wrap=True)

    def warn(self, text: str) -> None:
        """The same for a remark that has no message of its own."""
        self.err.print(Text(self.text("note", text=text), style="yellow"), soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[str] = ()) -> None:
        """A table of results; ``columns`` are message keys, those among ``numbers`` are set flush right."""
        table = Table(title=Text(title), title_justify="left", header_style="bold", box=None, pad_edge=False)
        for column in columns:
            right = column in numbers
            table.add_column(self.text(column), justify="right" if right else "left", no_wrap=right, overflow="fold")
        for row in rows:
            table.add_row(*map(Text, row))
        self.out.print(table)

    def json(self, document: Any) -> None:
        """The one document of ``--json``."""
        sys.stdout.write(json_text(document))


def json_text(document: Any) -> str:
    """Strict JSON: a number that is not finite becomes null."""
    return json.dumps(_strict(document), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _strict(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _strict(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_strict(each) for each in value]
    return value
