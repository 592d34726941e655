"""What a reader that keeps things in memory asks the store: what is new, and page after page of what is there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from fewrec.store.behaviour import BehaviourTable
from fewrec.store.items import chunks


class Versions(NamedTuple):
    """Two equal values mean that nothing has changed that an answer to this user depends on."""

    items: int
    """Revision of the latest change of an item."""
    fit_id: str | None
    user: tuple[int | None, int | None]
    """Revisions of the user's latest event and statement; None without any."""


class ItemChanges(NamedTuple):
    """Items put and deleted after a revision."""

    put: list[tuple[str, dict[str, Any]]]
    """In order of arrival."""
    deleted: list[str]


_VERSIONS = (
    "SELECT (SELECT value FROM meta WHERE key = 'items_revision'), (SELECT fit_id FROM fits WHERE current = 1),"
    " (SELECT max(revision) FROM events WHERE user_id = ?1), (SELECT max(revision) FROM statements WHERE user_id = ?1)"
)


def versions_of(user_id: str | None) -> Callable[[sqlite3.Connection], Versions]:
    """One query, four look-ups in indexes: cheap enough for every request."""

    def query(connection: sqlite3.Connection) -> Versions:
        items, fit_id, event, statement = connection.execute(_VERSIONS, (user_id,)).fetchone()
        return Versions(int(items), fit_id, (event, statement))

    return query


def item_changes(since: int) -> Callable[[sqlite3.Connection], tuple[int, ItemChanges]]:
    """The revision of the items now, and what happened after revision ``since``."""

    def query(connection: sqlite3.Connection) -> tuple[int, ItemChanges]:
        (now,) = connection.execute("SELECT value FROM meta WHERE key = 'items_revision'").fetchone()
        put = connection.execute("SELECT item_id, fields FROM items WHERE revision > ? ORDER BY position", (since,))
        items = [(item_id, json.loads(fields)) for item_id, fields in put]
        deleted = connection.execute("SELECT item_id FROM deleted_items WHERE revision > ?", (since,))
        return int(now), ItemChanges(items, [item_id for (item_id,) in deleted])

    return query


def item_page(after: int, limit: int) -> Callable[[sqlite3.Connection], list[tuple[int, str, dict[str, Any]]]]:
    """(position, id, fields) of the items behind position ``after``, in order of arrival."""

    def query(connection: sqlite3.Connection) -> list[tuple[int, str, dict[str, Any]]]:
        rows = connection.execute(
            "SELECT position, item_id, fields FROM items WHERE position > ? ORDER BY position LIMIT ?", (after, limit)
        )
        return [(position, item_id, json.loads(fields)) for position, item_id, fields in rows]

    return query


def found_items(text: str, after: int, limit: int) -> Callable[[sqlite3.Connection], list[tuple[int, str, dict[str, Any]]]]:
    """The same for items whose id or fields hold ``text``, without regard to case for ASCII letters."""

    def query(connection: sqlite3.Connection) -> list[tuple[int, str, dict[str, Any]]]:
        pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        quoted = (
            "%" + json.dumps(text, ensure_ascii=False)[1:-1].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        )
        rows = connection.execute(
            "SELECT position, item_id, fields FROM items WHERE position > ?1 AND (item_id LIKE ?2 ESCAPE '\\'"
            " OR EXISTS (SELECT 1 FROM json_each(items.fields) WHERE value LIKE ?2 ESCAPE '\\'))"
            " AND (item_id LIKE ?2 ESCAPE '\\' OR fields LIKE ?3 ESCAPE '\\') ORDER BY position LIMIT ?4",
            (after, pattern, quoted, limit),
        )
        return [(position, item_id, json.loads(fields)) for position, item_id, fields in rows]

    return query


def event_page(user_id: str, after: int, limit: int) -> Callable[[sqlite3.Connection], list[tuple[int, dict[str, Any]]]]:
    """(position, event) of a user behind position ``after``, in order of arrival."""
    names = ("position", "item_id", "event", "value", "timestamp", "text", "event_id")

    def query(connection: sqlite3.Connection) -> list[tuple[int, dict[str, Any]]]:
        rows = connection.execute(
            f"SELECT {', '.join(names)} FROM events WHERE user_id = ? AND position > ? ORDER BY position LIMIT ?",
            (user_id, after, limit),
        )
        return [(row[0], {"user_id": user_id, **dict(zip(names[1:], row[1:], strict=True))}) for row in rows]

    return query


def user_page(after: str, limit: int) -> Callable[[sqlite3.Connection], list[tuple[str, int, int]]]:
    """(user id, events, statements) of the users whose id sorts behind ``after``."""

    def query(connection: sqlite3.Connection) -> list[tuple[str, int, int]]:
        rows = connection.execute(
            "SELECT user_id FROM (SELECT * FROM (SELECT DISTINCT user_id FROM events WHERE user_id > ?1 ORDER BY 1 LIMIT ?2)"
            " UNION SELECT * FROM (SELECT DISTINCT user_id FROM statements WHERE user_id > ?1 ORDER BY 1 LIMIT ?2))"
            " ORDER BY 1 LIMIT ?2",
            (after, limit),
        )
        ids = [user_id for (user_id,) in rows]
        counts = []
        for table in ("events", "statements"):
            counted: dict[str, int] = {}
            for chunk in chunks(ids):
                counted.update(_count(connection, table, chunk))
            counts.append(counted)
        return [(user_id, counts[0].get(user_id, 0), counts[1].get(user_id, 0)) for user_id in ids]

    return query


def _count(connection: sqlite3.Connection, table: str, ids: Sequence[str]) -> list[tuple[str, int]]:
    marks = ", ".join("?" * len(ids))
    found: list[tuple[str, int]] = connection.execute(
        f"SELECT user_id, count(*) FROM {table} WHERE user_id IN ({marks}) GROUP BY user_id", ids
    ).fetchall()
    return found


def latest_timestamp(connection: sqlite3.Connection) -> float | None:
    """The highest timestamp of an event: shows the unit of the store's times."""
    value: float | None = connection.execute("SELECT max(timestamp) FROM events").fetchone()[0]
    return value


def behaviour_page(
    table: BehaviourTable, after: int, limit: int
) -> Callable[[sqlite3.Connection], list[tuple[int, dict[str, Any]]]]:
    """(position, row) of everybody's events or statements behind position ``after``, in order of arrival."""
    names = list(table.schema)

    def query(connection: sqlite3.Connection) -> list[tuple[int, dict[str, Any]]]:
        rows = connection.execute(
            f"SELECT position, {table.columns} FROM {table.name} WHERE position > ? ORDER BY position LIMIT ?", (after, limit)
        )
        return [(row[0], dict(zip(names, row[1:], strict=True))) for row in rows]

    return query
