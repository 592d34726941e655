"""What routes that store have in common."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fewrec.serving import schemas
from fewrec.serving.problems import ProblemError
from fewrec.serving.requests import engine_of, idempotency_key, json_answer, query_of
from fewrec.store import IngestCounts
from fewrec.store.intake import once


def no_query(request: Request) -> None:
    """Refuse query parameters where there are none: a misspelt option must not be passed over."""
    query_of(schemas.NoQuery, request)


def stored(accepted: int, counts: IngestCounts) -> dict[str, Any]:
    """The body of an acknowledgement."""
    return {"accepted": accepted, "new": counts.new, "changed": counts.changed, "same": counts.same}


def check_length(n: int, limit: int) -> None:
    """Refuse batches that are too long.

    Raises:
        ProblemError: 413.
    """
    if n > limit:
        raise ProblemError(
            413, "too-large", f"a batch of {n:,} entries, expected at most {limit:,}", hint="send smaller batches"
        )


async def repeatable(
    request: Request,
    raw: bytes,
    accepted: int,
    job: Callable[[sqlite3.Connection], IngestCounts],
    count: Callable[[int], None],
) -> Response:
    """Do ``job`` once for its Idempotency-Key, and acknowledge it when it is on disk."""
    engine = engine_of(request)
    key, digest = idempotency_key(request, raw)
    keep_s = 3600 * engine.settings.idempotency_hours
    work = once(job, key, digest, now=time.time(), keep_s=keep_s)
    counts, repeated = await asyncio.wrap_future(engine.writer.submit(work))
    if not repeated:
        count(counts.new + counts.changed)
    return json_answer(stored(accepted, counts), headers={"Idempotency-Replayed": "true"} if repeated else None)
