"""What users do and say: stored before it is acknowledged, and counted from the next answer on."""

from __future__ import annotations

import sqlite3
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from fewrec.data import SignalConfig
from fewrec.serving import answers, schemas
from fewrec.serving.openapi import add
from fewrec.serving.requests import checked, engine_of, json_of
from fewrec.serving.routes.storing import check_length, no_query, repeatable
from fewrec.store import IngestCounts
from fewrec.store.intake import record_events, record_statements
from fewrec.store.shown import record_answers

router = APIRouter()
_SIGNALS = SignalConfig()


async def post_events(request: Request) -> Response:
    """Store an event, or a batch of them, all or none. Acknowledged means on disk."""
    no_query(request)
    value, raw = await json_of(request)
    engine = engine_of(request)
    many = isinstance(value, dict) and "events" in value
    if many and isinstance(value["events"], list):
        check_length(len(value["events"]), engine.settings.max_batch)
    events = checked(schemas.EventBatch, value).events if many else [checked(schemas.Event, value)]
    rows = [event.row(masked=engine.settings.mask, unit=engine.unit) for event in events]
    now = engine.now()
    told = [(row.user_id, row.item_id, _good(row.event, row.value)) for row in rows] if engine.settings.record_shown else []

    def job(connection: sqlite3.Connection) -> IngestCounts:
        counts = record_events(connection, rows, now=now)
        record_answers(connection, told)
        return counts

    return await repeatable(request, raw, len(rows), job, engine.metrics.events.inc)


def _good(kind: str, value: float | None) -> bool:
    """Whether an event is a good sign; a rating from 4 of 5 on."""
    if kind == "rating":
        return value is not None and _SIGNALS.utility_of(_array(value))[0] > 0
    return _SIGNALS.signal_of(kind).sign > 0


def _array(value: float) -> Any:
    import numpy as np

    return np.array([value])


async def post_statements(request: Request) -> Response:
    """Store what a user says of her taste, one sentence or a batch. The same sentence again is there once."""
    no_query(request)
    value, raw = await json_of(request)
    engine = engine_of(request)
    many = isinstance(value, dict) and "statements" in value
    if many and isinstance(value["statements"], list):
        check_length(len(value["statements"]), engine.settings.max_batch)
    told = checked(schemas.StatementBatch, value).statements if many else [checked(schemas.Statement, value)]
    rows = [statement.row(masked=engine.settings.mask, unit=engine.unit) for statement in told]
    return await repeatable(request, raw, len(rows), lambda c: record_statements(c, rows), engine.metrics.statements.inc)


LIKE = {"user_id": "ann", "item_id": "X", "event": "like", "event_id": "e-1"}
add(
    router,
    "POST",
    "/v1/events",
    post_events,
    answer=answers.Stored,
    body=(schemas.Event, schemas.EventBatch),
    repeatable=True,
    tag="behaviour",
    examples={"one": LIKE, "several": {"events": [LIKE, {"user_id": "ann", "item_id": "7", "event": "rating", "value": 2}]}},
)
add(
    router,
    "POST",
    "/v1/statements",
    post_statements,
    answer=answers.Stored,
    body=(schemas.Statement, schemas.StatementBatch),
    repeatable=True,
    tag="behaviour",
    examples={
        "one": {"user_id": "ann", "text": "我对科幻片很感兴趣"},
        "several": {"statements": [{"user_id": "ann", "text": "no horror, please"}]},
    },
)
