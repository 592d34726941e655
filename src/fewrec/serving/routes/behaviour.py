"""What users do and say: stored before it is acknowledged, and counted from the next answer on."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import numpy as np
from fastapi import Body, Request, Response

from fewrec.data import SignalConfig, detect_rating_scale
from fewrec.serving import answers
from fewrec.serving.http import EngineDep, IdempotencyKey, make_router
from fewrec.serving.problems import STORING
from fewrec.serving.routes.storing import check_length, store_once
from fewrec.serving.schemas import EventBatch, OneOrManyEvents, OneOrManyStatements, StatementBatch
from fewrec.store import IngestCounts
from fewrec.store.intake import EventRow, record_events, record_statements
from fewrec.store.shown import latest_ratings, record_answers

router = make_router("behaviour")
_LIKE = {"user_id": "ann", "item_id": "X", "event": "like", "event_id": "e-1"}
_EVENTS = {
    "one": {"value": _LIKE},
    "several": {"value": {"events": [_LIKE, {"user_id": "ann", "item_id": "7", "event": "rating", "value": 2}]}},
}
_STATEMENTS = {
    "one": {"value": {"user_id": "ann", "text": "我对科幻片很感兴趣"}},
    "several": {"value": {"statements": [{"user_id": "ann", "text": "no horror, please"}]}},
}


@router.post("/v1/events", responses=STORING)
async def post_events(
    body: Annotated[OneOrManyEvents, Body(openapi_examples=_EVENTS)],
    request: Request,
    response: Response,
    engine: EngineDep,
    key: IdempotencyKey = None,
) -> answers.Stored:
    """Store an event, or a batch of them, all or none. Acknowledged means on disk."""
    events = body.events if isinstance(body, EventBatch) else [body]
    check_length(len(events), engine.settings.max_batch)
    rows = [event.row(masked=engine.settings.mask, unit=engine.unit) for event in events]
    now, signals = engine.now(), engine.signals

    def job(connection: sqlite3.Connection) -> IngestCounts:
        counts = record_events(connection, rows, now=now)
        if engine.settings.record_shown:
            good = _positive(rows, signals, connection)
            record_answers(connection, [(row.user_id, row.item_id, liked) for row, liked in zip(rows, good, strict=True)])
        return counts

    return await store_once(request, response, engine, key, len(rows), job, engine.metrics.events.inc)


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


@router.post("/v1/statements", responses=STORING)
async def post_statements(
    body: Annotated[OneOrManyStatements, Body(openapi_examples=_STATEMENTS)],
    request: Request,
    response: Response,
    engine: EngineDep,
    key: IdempotencyKey = None,
) -> answers.Stored:
    """Store what a user says of their taste, one sentence or a batch. The same sentence again is there once."""
    told = body.statements if isinstance(body, StatementBatch) else [body]
    check_length(len(told), engine.settings.max_batch)
    rows = [statement.row(masked=engine.settings.mask, unit=engine.unit) for statement in told]

    def job(connection: sqlite3.Connection) -> IngestCounts:
        return record_statements(connection, rows)

    return await store_once(request, response, engine, key, len(rows), job, engine.metrics.statements.inc)
