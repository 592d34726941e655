"""What routes that store have in common."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable

from fastapi import Request, Response

from fewrec.serving import answers
from fewrec.serving.engine import Engine
from fewrec.serving.http import idempotency
from fewrec.serving.problems import ProblemError
from fewrec.store import IngestCounts
from fewrec.store.intake import once


def stored(accepted: int, counts: IngestCounts) -> answers.Stored:
    """The body of an acknowledgement."""
    return answers.Stored(accepted=accepted, new=counts.new, changed=counts.changed, same=counts.same)


def check_length(n: int, limit: int) -> None:
    """Refuse batches that are too long.

    Raises:
        ProblemError: 413.
    """
    if n > limit:
        raise ProblemError(
            413, "too-large", f"a batch of {n:,} entries, expected at most {limit:,}", hint="send smaller batches"
        )


async def store_once(
    request: Request,
    response: Response,
    engine: Engine,
    key: str | None,
    accepted: int,
    job: Callable[[sqlite3.Connection], IngestCounts],
    count: Callable[[int], None],
) -> answers.Stored:
    """Do ``job`` once for its Idempotency-Key, and acknowledge it when it is on disk.

    Args:
        request: its path, body and API key say what a repetition must be equal to.
        response: gets the header ``Idempotency-Replayed`` if the job was done before.
        engine: has the store's writer.
        key: the Idempotency-Key; None if there is none.
        accepted: the number of entries, for the acknowledgement.
        job: what is to be stored, within a transaction.
        count: told how many entries were new or changed, unless the job was done before.
    """
    name, digest = await idempotency(request, key)
    work = once(job, name, digest, now=time.time(), keep_s=3600 * engine.settings.idempotency_hours)
    counts, repeated = await asyncio.wrap_future(engine.writer.submit(work))
    if repeated:
        response.headers["Idempotency-Replayed"] = "true"
    else:
        count(counts.new + counts.changed)
    return stored(accepted, counts)
