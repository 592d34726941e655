"""The columns of the three tables: what must be there, what may be there, and the types they have once read."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class TableSpec:
    """One of the three tables of the file contract."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    ids: tuple[str, ...]
    """Columns that hold ids: never null, a scalar, kept as they are."""
    numbers: tuple[str, ...]
    """Columns of which a NaN in a data frame is an error, not text."""

    @property
    def known(self) -> tuple[str, ...]:
        """Every column with a meaning of its own."""
        return self.required + self.optional


ITEMS = TableSpec("items", ("item_id",), ("image", "created_at"), ("item_id",), ("created_at",))
EVENTS = TableSpec(
    "events",
    ("user_id", "item_id"),
    ("event", "value", "timestamp", "text", "event_id"),
    ("user_id", "item_id", "event_id"),
    ("value", "timestamp"),
)
STATEMENTS = TableSpec("statements", ("user_id", "text"), ("timestamp",), ("user_id",), ("timestamp",))

EVENT_SCHEMA: dict[str, type[pl.DataType]] = {
    "user_id": pl.String,
    "item_id": pl.String,
    "event": pl.String,
    "value": pl.Float64,
    "timestamp": pl.Float64,
    "text": pl.String,
}
STATEMENT_SCHEMA: dict[str, type[pl.DataType]] = {"user_id": pl.String, "text": pl.String, "timestamp": pl.Float64}


def empty_events() -> pl.DataFrame:
    """No events, with the columns that events have."""
    return pl.DataFrame(schema=EVENT_SCHEMA)


def empty_statements() -> pl.DataFrame:
    """No statements, with the columns that statements have."""
    return pl.DataFrame(schema=STATEMENT_SCHEMA)
