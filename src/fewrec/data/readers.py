"""The three readers of the file contract: items, events, statements."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from fewrec.data.checks import RowChecks
from fewrec.data.raw import RawTable, shorten
from fewrec.data.schema import EVENTS, ITEMS, STATEMENTS
from fewrec.data.sources import open_source
from fewrec.types import ReadSummary


def read_items(source: Any, *, file_name: str | None = None, encoding: str | None = None) -> tuple[pl.DataFrame, ReadSummary]:
    """``item_id`` (unique), then the other columns in the order of the source, as text; ``created_at``, if there, as float seconds.

    ``source``: a path (CSV, TSV, JSONL, Parquet by suffix; text formats also with ``.gz``) or a data frame. ``file_name`` is what
    messages call it. Of rows with the same ``item_id`` the first is kept.

    Raises:
        DataError: the source cannot be used at all. Single bad rows are in the summary.
    """
    table = open_source(source, ITEMS, file_name=file_name, encoding=encoding)
    checks = RowChecks(table)
    columns = {"item_id": checks.ids("item_id")}
    for name in table.frame.columns:
        if name == "created_at":
            columns[name] = checks.times(name)
        elif name != "item_id":
            columns[name] = checks.column(name)
    checks.unique(("item_id",), "item_id")
    return checks.result(columns)


def read_events(source: Any, *, file_name: str | None = None, encoding: str | None = None) -> tuple[pl.DataFrame, ReadSummary]:
    """``user_id, item_id, event, value, timestamp, text``, and ``event_id`` where the source has it.

    Without an ``event`` column every row is a ``rating`` if there is a ``value`` (or ``rating``) column, and a ``view`` if not; the
    summary says so. Event names lose case and outer white space. A rating needs a value; any other event's value is a count, >= 0.
    ``source`` and errors as in :func:`read_items`.
    """
    table = _rating_column(open_source(source, EVENTS, file_name=file_name, encoding=encoding))
    checks = RowChecks(table)
    users, items = checks.ids("user_id"), checks.ids("item_id")
    values = checks.numbers("value")
    if "event" in table.frame.columns:
        kinds = checks.present("event", "rating, like, dislike, purchase, view or another kind of event")
        checks.undamaged("event")
        kinds = kinds.str.strip_chars().str.to_lowercase()
    else:
        kind = "rating" if "value" in table.frame.columns else "view"
        why = "there are values" if kind == "rating" else "there are no values either"
        checks.notes.append(f"{table.file}: no column event; every row is a {kind}, because {why}")
        kinds = pl.Series("event", [kind] * table.frame.height, dtype=pl.String)
    rating = kinds == "rating"
    checks.reject(rating & values.is_null(), lambda _: "a rating without a value", "a number, such as 4")
    negative = ~rating & (values < 0)
    checks.reject(negative, lambda row: f"{shorten(kinds[row])} with value {values[row]:g}", "a count, 0 or more")
    columns = {"user_id": users, "item_id": items, "event": kinds, "value": values, "timestamp": checks.times("timestamp")}
    columns["text"] = checks.column("text")
    if "event_id" in table.frame.columns:
        columns["event_id"] = checks.column("event_id")
        checks.undamaged("event_id")
        checks.unique(("user_id", "event_id"), "event_id")
    _note_ignored(checks, EVENTS.known)
    return checks.result(columns)


def read_statements(
    source: Any, *, file_name: str | None = None, encoding: str | None = None
) -> tuple[pl.DataFrame, ReadSummary]:
    """``user_id, text, timestamp``: what people said in words. ``source`` and errors as in :func:`read_items`."""
    table = open_source(source, STATEMENTS, file_name=file_name, encoding=encoding)
    checks = RowChecks(table)
    columns = {
        "user_id": checks.ids("user_id"),
        "text": checks.present("text", "a sentence"),
        "timestamp": checks.times("timestamp"),
    }
    _note_ignored(checks, STATEMENTS.known)
    return checks.result(columns)


def _rating_column(table: RawTable) -> RawTable:
    """``user_id, item_id, rating`` is how most rating files look: the column is the value of a rating."""
    names = table.frame.columns
    if "rating" not in names or "value" in names or "event" in names:
        return table
    note = f"{table.file}: column 'rating' is read as 'value'"
    return replace(table, frame=table.frame.rename({"rating": "value"}), notes=(*table.notes, note))


def _note_ignored(checks: RowChecks, known: tuple[str, ...]) -> None:
    if others := [name for name in checks.table.frame.columns if name not in known]:
        checks.notes.append(f"{checks.table.file}: columns without a meaning here are left out: {', '.join(others)}")
