"""Where the behaviour of known users is looked up: frames in memory, or a store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from fewrec.data import EVENT_SCHEMA, read_events, read_items, read_statements
from fewrec.types import Dataset, ReadSummary


class History(Protocol):
    """What known users did and said."""

    def events_of(self, user_id: str) -> pl.DataFrame:
        """One user's events in order of arrival; no rows for an unknown user."""

    def statements_of(self, user_id: str) -> pl.DataFrame:
        """One user's statements in order of arrival; no rows for an unknown user."""

    def dataset(self) -> Dataset:
        """All tables."""


@dataclass(frozen=True)
class FrameHistory:
    """A :class:`History` that was read from files or data frames."""

    data: Dataset

    def events_of(self, user_id: str) -> pl.DataFrame:
        """One user's events in order of arrival; no rows for an unknown user."""
        return self.data.events.filter(pl.col("user_id") == user_id)

    def statements_of(self, user_id: str) -> pl.DataFrame:
        """One user's statements in order of arrival; no rows for an unknown user."""
        return self.data.statements.filter(pl.col("user_id") == user_id)

    def dataset(self) -> Dataset:
        """All tables."""
        return self.data


_NO_EVENTS = pl.DataFrame(schema={**EVENT_SCHEMA})
_NO_STATEMENTS = pl.DataFrame(schema={"user_id": pl.String, "text": pl.String, "timestamp": pl.Float64})
_EVENTS, _STATEMENTS = "events.parquet", "statements.parquet"


def read_dataset(items: Any, events: Any, statements: Any) -> tuple[Dataset, list[str]]:
    """Tables from paths or data frames, None standing for no rows, and remarks: bad rows, columns that were ignored.

    Raises:
        DataError: an input cannot be used at all.
    """
    notes: list[str] = []

    def read(
        source: Any, reader: Callable[[Any], tuple[pl.DataFrame, ReadSummary]], empty: pl.DataFrame | None
    ) -> pl.DataFrame:
        table, summary = reader(empty if source is None else source)
        if source is not None:
            notes.extend([*map(str, summary.bad), *summary.notes])
        return table

    tables = (
        read(items, read_items, None),
        read(events, read_events, _NO_EVENTS),
        read(statements, read_statements, _NO_STATEMENTS),
    )
    return Dataset(*tables), notes


def write_history(history: History, folder: Path) -> None:
    """Write events and statements into ``folder`` as Parquet."""
    data = history.dataset()
    data.events.write_parquet(folder / _EVENTS)
    data.statements.write_parquet(folder / _STATEMENTS)


def read_history(folder: Path, item_ids: tuple[str, ...]) -> FrameHistory:
    """Read what :func:`write_history` wrote; no rows where nothing was."""
    tables = [
        pl.read_parquet(folder / name) if (folder / name).exists() else empty
        for name, empty in ((_EVENTS, _NO_EVENTS), (_STATEMENTS, _NO_STATEMENTS))
    ]
    return FrameHistory(Dataset(pl.DataFrame({"item_id": list(item_ids)}), *tables))
