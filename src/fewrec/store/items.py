"""The catalogue's rows: a JSON object of fields per item, so that any columns fit and new ones may come."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import polars as pl

from fewrec.errors import DataError
from fewrec.store.conform import conform
from fewrec.store.counts import IngestCounts
from fewrec.store.database import Database

OnBatch = Callable[[int], None]
_NUMBERS = frozenset({"created_at"})
_T = TypeVar("_T")


def put_items(database: Database, frame: pl.DataFrame, *, batch_rows: int, on_batch: OnBatch | None) -> IngestCounts:
    """Add or change items, a transaction per batch. Columns the frame has replace what was stored, nulls included; others stay.

    ``on_batch`` hears the rows on disk so far, after each commit.
    """
    frame = _conform_items(frame)
    names = frame.columns[1:]
    counts = IngestCounts()
    for batch in frame.iter_slices(batch_rows):
        with database.writing() as connection:
            add_columns(connection, names)
            counts += _put_batch(connection, batch, names)
        if on_batch is not None:
            on_batch(counts.total)
    return counts


def _conform_items(frame: pl.DataFrame) -> pl.DataFrame:
    if wrong := [name for name in frame.columns if frame[name].dtype.is_nested()]:
        raise DataError(
            f"items have lists or structures in {', '.join(wrong)}", hint="read them with fewrec.data, which makes text of them"
        )
    schema = {name: pl.Float64 if name in _NUMBERS else pl.String for name in ["item_id", *frame.columns]}
    return conform(frame, schema, required=["item_id"], table="items")


def _put_batch(connection: sqlite3.Connection, batch: pl.DataFrame, names: Sequence[str]) -> IngestCounts:
    stored = fields_of(connection, batch["item_id"].to_list())
    now = time.time()
    rows: dict[str, tuple[str, str, bytes, float, float, int]] = {}
    revision = next_revision(connection)
    n_new = n_changed = n_same = 0
    for item_id, *values in batch.iter_rows():
        old = stored.get(item_id)
        merged = dict(old or {})
        merged.update(zip(names, values, strict=True))
        merged = {name: value for name, value in merged.items() if value is not None}
        if old == merged:
            n_same += 1
            continue
        n_new += old is None
        n_changed += old is not None
        stored[item_id] = merged
        rows[item_id] = (item_id, json.dumps(merged, ensure_ascii=False), text_hash(merged), now, now, revision)
    store_item_rows(connection, list(rows.values()))
    return IngestCounts(n_new, n_changed, n_same)


def store_item_rows(connection: sqlite3.Connection, rows: Sequence[tuple[str, str, bytes, float, float, int]]) -> None:
    """Insert or replace ``(item_id, fields, text_hash, created, updated, revision)``, and count the change."""
    connection.executemany(
        "INSERT INTO items (item_id, fields, text_hash, created, updated, revision) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (item_id) DO UPDATE SET fields = excluded.fields, text_hash = excluded.text_hash,"
        " updated = excluded.updated, revision = excluded.revision",
        rows,
    )
    connection.executemany("DELETE FROM deleted_items WHERE item_id = ?", [row[:1] for row in rows])
    if rows:
        bump_items_revision(connection)


def delete_items(database: Database, item_ids: Iterable[str]) -> int:
    """Number of items that were there and are gone. Their events stay: an item that returns has its history again."""
    with database.writing() as connection:
        return delete_item_rows(connection, list(item_ids))


def delete_item_rows(connection: sqlite3.Connection, item_ids: Sequence[str]) -> int:
    """The same within a transaction; the ids are remembered as deleted, for readers that hold them from before."""
    revision = next_revision(connection)
    n_deleted = 0
    for chunk in chunks(item_ids):
        gone = connection.execute(f"SELECT item_id FROM items WHERE item_id IN ({_marks(chunk)})", chunk).fetchall()
        connection.executemany("DELETE FROM items WHERE item_id = ?", gone)
        tombs = [(item_id, revision) for (item_id,) in gone]
        connection.executemany("INSERT OR REPLACE INTO deleted_items VALUES (?, ?)", tombs)
        n_deleted += len(gone)
    if n_deleted:
        bump_items_revision(connection)
    return n_deleted


def read_items(connection: sqlite3.Connection) -> pl.DataFrame:
    """All items in order of arrival; columns in the order in which ingests brought them."""
    names = item_columns(connection)
    ids: list[str] = []
    cells: dict[str, list[Any]] = {name: [] for name in names}
    for item_id, text in connection.execute("SELECT item_id, fields FROM items ORDER BY position"):
        fields = json.loads(text)
        ids.append(item_id)
        for name in names:
            cells[name].append(fields.get(name))
    schema = {"item_id": pl.String} | {name: pl.Float64 if name in _NUMBERS else pl.String for name in names}
    return pl.DataFrame({"item_id": ids} | cells, schema=schema)


def read_item(connection: sqlite3.Connection, item_id: str) -> dict[str, Any] | None:
    """One item's fields that are not null, or None where there is no such item."""
    return fields_of(connection, [item_id]).get(item_id)


def item_columns(connection: sqlite3.Connection) -> list[str]:
    """Names of all columns any ingest has brought, ``item_id`` apart."""
    (text,) = connection.execute("SELECT value FROM meta WHERE key = 'item_columns'").fetchone()
    names: list[str] = json.loads(text)
    return names


def text_hash(fields: dict[str, Any]) -> bytes:
    """16 bytes that change with any field."""
    return hashlib.blake2b(json.dumps(fields, sort_keys=True).encode(), digest_size=16).digest()


def bump_revision(connection: sqlite3.Connection) -> None:
    """Say that the data changed, so that a fit can be known to be older than they are."""
    connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'revision'")


def bump_items_revision(connection: sqlite3.Connection) -> None:
    """Say that items changed, which counts as a change of the data too."""
    bump_revision(connection)
    connection.execute("UPDATE meta SET value = (SELECT value FROM meta WHERE key = 'revision') WHERE key = 'items_revision'")


def next_revision(connection: sqlite3.Connection) -> int:
    """What :func:`bump_revision` is going to set within this transaction."""
    (value,) = connection.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()
    return int(value) + 1


def chunks(values: Sequence[_T], size: int = 500) -> Iterator[Sequence[_T]]:
    """Pieces small enough for the parameters of one query."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def fields_of(connection: sqlite3.Connection, item_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Fields by id, of those that are there."""
    found: dict[str, dict[str, Any]] = {}
    for chunk in chunks(item_ids):
        rows = connection.execute(f"SELECT item_id, fields FROM items WHERE item_id IN ({_marks(chunk)})", chunk)
        found.update((item_id, json.loads(fields)) for item_id, fields in rows)
    return found


def add_columns(connection: sqlite3.Connection, names: Sequence[str]) -> None:
    """Remember columns that have not been met before."""
    known = item_columns(connection)
    if added := [name for name in names if name not in known]:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'item_columns'", (json.dumps(known + added),))


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
