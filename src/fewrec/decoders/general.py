"""The vocabulary that ships with the package: what is said of films, games, music, books, goods and news, in both languages."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Entry:
    """One idea and its spellings. The first spelling of each language is the one shown, the others only recognise it."""

    en: tuple[str, ...]
    zh: tuple[str, ...]

    @property
    def by_language(self) -> dict[str, tuple[str, ...]]:
        """Spellings by reader's language."""
        return {"en": self.en, "zh": self.zh}


@cache
def general_entries() -> tuple[Entry, ...]:
    """The entries of ``general.csv`` (columns ``en``, ``zh``; spellings divided by ``|``), in the file's order."""
    table = (files(__package__) / "general.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(table.splitlines())
    return tuple(Entry(tuple(row["en"].split("|")), tuple(row["zh"].split("|"))) for row in rows)
