"""Events and statements that come one by one or in small batches, from people who wait for the answer.

The rows and keys are those of :mod:`fewrec.store.behaviour`; no data frame is made on the way. Each function works within a
transaction that the caller has begun (:meth:`fewrec.store.Store.write_together`).
"""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
import struct
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from fewrec.errors import DataError
from fewrec.store.behaviour import EVENTS, STATEMENTS, add_batch
from fewrec.store.counts import IngestCounts
from fewrec.store.items import add_columns, delete_item_rows, fields_of, next_revision, store_item_rows, text_hash


class EventRow(NamedTuple):
    """One event, its columns in the order of the table. ``event_id`` None: an event of its own, whatever else is equal to it."""

    user_id: str
    item_id: str
    event: str
    value: float | None = None
    timestamp: float | None = None
    text: str | None = None
    event_id: str | None = None


class StatementRow(NamedTuple):
    """One sentence."""

    user_id: str
    text: str
    timestamp: float | None = None


class RepeatedKeyError(DataError):
    """An idempotency key came back with another request."""


def record_events(connection: sqlite3.Connection, rows: Sequence[EventRow], *, now: float) -> IngestCounts:
    """Add events; one without a timestamp gets ``now``, in the unit of the store's timestamps.

    Or just after the user's latest event, if the clock says less: what arrives later stands later, whatever the clock did.
    """
    latest: dict[str, float | None] = {}
    given: dict[bytes, tuple[Any, ...]] = {}
    fresh: dict[bytes, tuple[Any, ...]] = {}
    n_repeated = 0
    together = uuid.uuid4().hex
    for row in rows:
        when = row.timestamp
        if when is None:
            when = latest[row.user_id] = _after(_latest(connection, row.user_id, latest), now)
        if row.event_id is None:
            event_id = f"{together}-{len(fresh)}"
            fresh[_event_key(row.user_id, event_id)] = (*row[:4], when, row.text, event_id)
            continue
        key = _event_key(row.user_id, row.event_id)
        n_repeated += key in given
        if row.timestamp is None:
            when = _stored_time(connection, key, when)
        given[key] = (*row[:4], when, row.text, row.event_id)
    counts = IngestCounts(same=n_repeated)
    if given:
        counts += add_batch(connection, EVENTS, given)
    if fresh:
        counts += add_batch(connection, EVENTS, fresh, fresh=True)
    return counts


def _latest(connection: sqlite3.Connection, user_id: str, known: dict[str, float | None]) -> float | None:
    if user_id not in known:
        query = "SELECT max(timestamp) FROM events WHERE user_id = ?"
        known[user_id] = connection.execute(query, (user_id,)).fetchone()[0]
    return known[user_id]


def _after(latest: float | None, now: float) -> float:
    return now if latest is None or latest < now else math.nextafter(latest, math.inf)


def _stored_time(connection: sqlite3.Connection, key: bytes, otherwise: float) -> float:
    """An event that is sent again without a time keeps the one it was given first: it is the same event."""
    row = connection.execute("SELECT timestamp FROM events WHERE key = ?", (key,)).fetchone()
    return float(row[0]) if row is not None and row[0] is not None else otherwise


def record_statements(connection: sqlite3.Connection, rows: Sequence[StatementRow]) -> IngestCounts:
    """Add sentences; the same one of the same user and time is there once."""
    keyed = {_statement_key(row): tuple(row) for row in rows}
    return add_batch(connection, STATEMENTS, keyed) + IngestCounts(same=len(rows) - len(keyed))


def _event_key(user_id: str, event_id: str) -> bytes:
    return _hashed(f"id {_measured(user_id)} {_measured(event_id)}")


def _statement_key(row: StatementRow) -> bytes:
    bits = None if row.timestamp is None else str(struct.unpack("<q", struct.pack("<d", row.timestamp + 0.0))[0])
    return _hashed(f"content 0 {_measured(row.user_id)} {_measured(row.text)} {_measured(bits)}")


def _measured(part: str | None) -> str:
    return "-" if part is None else f"{len(part.encode())}:{part}"


def _hashed(told: str) -> bytes:
    return hashlib.blake2b(told.encode(), digest_size=16).digest()


def record_items(connection: sqlite3.Connection, items: Sequence[tuple[str, dict[str, Any]]]) -> IngestCounts:
    """Put items whole: the fields given replace those that were there."""
    wanted = dict(items)
    stored = fields_of(connection, list(wanted))
    now, revision = time.time(), next_revision(connection)
    changed = {item_id: fields for item_id, fields in wanted.items() if stored.get(item_id) != fields}
    add_columns(connection, list(dict.fromkeys(name for fields in wanted.values() for name in fields)))
    rows = [
        (item_id, json.dumps(fields, ensure_ascii=False), text_hash(fields), now, now, revision)
        for item_id, fields in changed.items()
    ]
    store_item_rows(connection, rows)
    n_new = sum(item_id not in stored for item_id in changed)
    return IngestCounts(n_new, len(changed) - n_new, len(items) - len(changed))


def remove_items(connection: sqlite3.Connection, item_ids: Sequence[str]) -> int:
    """Number of items that were there and are gone."""
    return delete_item_rows(connection, item_ids)


def once(
    job: Callable[[sqlite3.Connection], IngestCounts], key: str | None, digest: bytes, *, now: float, keep_s: float
) -> Callable[[sqlite3.Connection], tuple[IngestCounts, bool]]:
    """``job``, done once for an idempotency key; again it is not done, and answers as it did. The flag says that it was a repetition.

    The key is kept in the transaction of the job itself, so the two cannot come apart. Keys older than ``keep_s`` go.

    Raises:
        RepeatedKeyError: the key was used for a request with another ``digest``.
    """

    def done(connection: sqlite3.Connection) -> tuple[IngestCounts, bool]:
        if key is None:
            return job(connection), False
        row = connection.execute("SELECT digest, answer FROM requests WHERE key = ?", (key,)).fetchone()
        if row is not None:
            if row[0] != digest:
                raise RepeatedKeyError(
                    "this Idempotency-Key was used for another request", hint="a new key for every new request, please"
                )
            return IngestCounts(**json.loads(row[1])), True
        counts = job(connection)
        connection.execute("DELETE FROM requests WHERE received < ?", (now - keep_s,))
        connection.execute("INSERT INTO requests VALUES (?, ?, ?, ?)", (key, digest, json.dumps(asdict(counts)), now))
        return counts, False

    return done


__all__ = [
    "EventRow",
    "RepeatedKeyError",
    "StatementRow",
    "once",
    "record_events",
    "record_items",
    "record_statements",
    "remove_items",
]
