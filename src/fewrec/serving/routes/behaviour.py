"""What users do and say: stored before it is acknowledged, and counted from the next answer on."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from fewrec.data import SignalConfig, detect_rating_scale
from fewrec.serving import answers, schemas
from fewrec.serving.openapi import add
from fewrec.serving.requests import checked, engine_of, json_of
from fewrec.serving.routes.storing import check_length, no_query, repeatable
from fewrec.store import IngestCounts
from fewrec.store.intake import EventRow, record_events, record_statements
from fewrec.store.shown import latest_ratings, record_answers

router = APIRouter()


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
    now, signals = engine.now(), engine.signals

    def job(connection: sqlite3.Connection) -> IngestCounts:
        counts = record_events(connection, rows, now=now)
        if engine.settings.record_shown:
            good = _positive(rows, signals, connection)
            record_answers(connection, [(row.user_id, row.item_id, liked) for row, liked in zip(rows, good, strict=True)])
        return counts

    return await repeatable(request, raw, len(rows), job, engine.metrics.events.inc)


def _positive(rows: Sequence[EventRow], signals: SignalConfig, connection: sqlite3.Connection) -> list[bool]:
    """Whether each event is a positive sign: its kind's, or for a rating at least 4 fifths of the rating scale.

    ``signals`` is the fit's. If there were no ratings to show the scale when it was made, the latest ratings in the store show it.
    """
    is_rating = [row.event == "rating" and row.value is not None for row in rows]
    if any(is_rating) and signals.rating_scale is None:
        signals = replace(signals, rating_scale=detect_rating_scale(np.array(latest_ratings(connection))))
    utilities = signals.utility_of(np.array([row.value if rated else 0.0 for row, rated in zip(rows, is_rating, strict=True)]))
    return [
        bool(utility > 0) if rated else signals.signal_of(row.event).sign > 0
        for row, rated, utility in zip(rows, is_rating, utilities, strict=True)
    ]


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
