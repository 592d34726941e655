"""Events and statements: rows that arrive once however often their file is ingested.

A row's key is its ``event_id`` (within its user) or else its content and how many equal rows came before it in the same ingest. So
the same file again adds nothing, an ingest that was cut short is completed by running it again, and two equal rows of one file both count.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from fewrec.store.conform import conform
from fewrec.store.counts import IngestCounts
from fewrec.store.database import Database
from fewrec.store.items import OnBatch, bump_revision, chunks, next_revision


@dataclass(frozen=True)
class BehaviourTable:
    """How one of the two tables is stored."""

    name: str
    schema: Mapping[str, type[pl.DataType]]
    required: tuple[str, ...]
    id_column: str | None = None

    @property
    def columns(self) -> str:
        """For SQL."""
        return ", ".join(self.schema)


EVENTS = BehaviourTable(
    "events",
    {
        "user_id": pl.String,
        "item_id": pl.String,
        "event": pl.String,
        "value": pl.Float64,
        "timestamp": pl.Float64,
        "text": pl.String,
        "event_id": pl.String,
    },
    ("user_id", "item_id", "event"),
    "event_id",
)
STATEMENTS = BehaviourTable(
    "statements", {"user_id": pl.String, "text": pl.String, "timestamp": pl.Float64}, ("user_id", "text")
)


def add_rows(
    database: Database, table: BehaviourTable, frame: pl.DataFrame, *, batch_rows: int, on_batch: OnBatch | None
) -> IngestCounts:
    """Add rows, a transaction per batch; a row with a known ``event_id`` and another content replaces the old one.

    ``on_batch`` hears the rows on disk so far, after each commit.
    """
    frame = conform(frame, table.schema, required=table.required, table=table.name)
    frame = frame.with_columns(_told(frame, table))
    counts = IngestCounts()
    for batch in frame.iter_slices(batch_rows):
        rows = {}
        n_repeated = 0
        for *content, told in batch.iter_rows():
            key = hashlib.blake2b(told.encode(), digest_size=16).digest()
            n_repeated += key in rows
            rows[key] = tuple(content)
        with database.writing() as connection:
            counts += add_batch(connection, table, rows) + IngestCounts(same=n_repeated)
        if on_batch is not None:
            on_batch(counts.total)
    return counts


def add_batch(
    connection: sqlite3.Connection, table: BehaviourTable, rows: Mapping[bytes, tuple[Any, ...]], *, fresh: bool = False
) -> IngestCounts:
    """Add rows by key within a transaction. ``fresh``: no key has ever been used, so none is looked up."""
    stored = {}
    for chunk in [] if fresh else chunks(list(rows)):
        marks = ", ".join("?" * len(chunk))
        for key, *content in connection.execute(f"SELECT key, {table.columns} FROM {table.name} WHERE key IN ({marks})", chunk):
            stored[key] = tuple(content)
    now, revision = time.time(), next_revision(connection)
    new = [(key, *content, now, revision) for key, content in rows.items() if key not in stored]
    changed = [(*content, now, revision, key) for key, content in rows.items() if key in stored and stored[key] != content]
    marks = ", ".join("?" * (len(table.schema) + 3))
    connection.executemany(f"INSERT INTO {table.name} (key, {table.columns}, received, revision) VALUES ({marks})", new)
    settings = ", ".join(f"{name} = ?" for name in (*table.schema, "received", "revision"))
    connection.executemany(f"UPDATE {table.name} SET {settings} WHERE key = ?", changed)
    if new or changed:
        bump_revision(connection)
    return IngestCounts(len(new), len(changed), len(rows) - len(new) - len(changed))


def _told(frame: pl.DataFrame, table: BehaviourTable) -> pl.Series:
    """(rows,) what is hashed to a row's key: each part with its length before it, so that no two rows tell the same."""
    nth = frame.select(pl.int_range(pl.len()).over(list(table.schema)).cast(pl.String)).to_series()
    parts = frame.select(_bits(frame[name]) if dtype == pl.Float64 else name for name, dtype in table.schema.items())
    measured = [pl.format("{}:{}", pl.col(name).str.len_bytes(), name).fill_null("-") for name in table.schema]
    content = pl.concat_str(pl.lit("content"), nth, *measured, separator=" ")
    if table.id_column is None:
        return parts.select(content.alias("told")).to_series()
    place = list(table.schema).index(table.id_column)
    by_id = pl.concat_str(pl.lit("id"), measured[0], measured[place], separator=" ")
    return parts.select(pl.when(pl.col(table.id_column).is_null()).then(content).otherwise(by_id).alias("told")).to_series()


def _bits(numbers: pl.Series) -> pl.Series:
    """A float's 64 bits as text: no version of any library prints them otherwise. -0.0 is 0.0."""
    bits = (numbers.fill_null(0.0).to_numpy() + 0.0).view(np.int64)
    texts = pl.Series(numbers.name, bits).cast(pl.String)
    return texts.set(numbers.is_null(), None)


def read_rows(connection: sqlite3.Connection, table: BehaviourTable, user_id: str | None = None) -> pl.DataFrame:
    """All rows, or one user's, in order of arrival."""
    where, values = ("", ()) if user_id is None else ("WHERE user_id = ?", (user_id,))
    rows = connection.execute(f"SELECT {table.columns} FROM {table.name} {where} ORDER BY position", values).fetchall()
    cells = zip(*rows, strict=True) if rows else [()] * len(table.schema)
    return pl.DataFrame(dict(zip(table.schema, cells, strict=True)), schema=dict(table.schema))
