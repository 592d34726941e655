"""For those who run the service: health, fits, measurements, export."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from fewrec.errors import DataError
from fewrec.serving import answers, schemas
from fewrec.serving.engine import Engine
from fewrec.serving.openapi import add
from fewrec.serving.requests import checked, engine_of, json_answer, json_of
from fewrec.serving.routes.storing import no_query
from fewrec.store.behaviour import EVENTS, STATEMENTS
from fewrec.store.changes import behaviour_page, item_page
from fewrec.store.jobs import FitJob, list_jobs
from fewrec.store.shown import quality_by_day

router = APIRouter()
_EXPORT_ROWS = 1000


async def health(request: Request) -> Response:
    """The process is alive."""
    no_query(request)
    return json_answer({"status": "ok"})


async def ready(request: Request) -> Response:
    """Events are accepted: the store can be written to at this moment."""
    no_query(request)
    engine = engine_of(request)
    await engine.compute(lambda: engine.store.write(_nothing))
    return json_answer({"status": "ready", "fit": None if engine.live is None else engine.live.fit_id})


def _nothing(_connection: sqlite3.Connection) -> None:
    """A transaction that changes nothing: it needs the write lock and a database that is whole, and costs no sync."""


async def metrics(request: Request) -> Response:
    """Measurements for Prometheus."""
    no_query(request)
    measured = engine_of(request).metrics
    return Response(measured.scraped(), headers={"content-type": measured.content_type})


def _job(job: FitJob) -> dict[str, Any]:
    return {name: value for name, value in asdict(job).items() if name != "owner"}


async def get_fits(request: Request) -> Response:
    """The current fit, and what became of those that were asked for."""
    no_query(request)
    engine = engine_of(request)

    def work() -> dict[str, Any]:
        fit = engine.store.current_fit()
        jobs = [_job(job) for job in engine.store.read(list_jobs(20))]
        return {"current": None if fit is None else _now(engine, fit[1]), "jobs": jobs}

    return json_answer(await engine.compute(work))


def _now(engine: Engine, meta: dict[str, Any]) -> dict[str, Any]:
    live = engine.live
    return {
        "fit_id": meta["fit_id"],
        "created": meta["created"],
        "model": str(meta.get("model", "")),
        "encoder": str(meta.get("encoder", "")),
        "items": len(live.fitted.catalogue) if live is not None else 0,
        "users": live.fitted.n_users if live is not None else 0,
        "writes_since": engine.store.revision - int(meta.get("revision", 0)),
        "stale_reason": meta["stale_reason"],
        "answering": live is not None and live.fit_id == meta["fit_id"],
    }


async def post_fits(request: Request) -> Response:
    """Begin a fit in the background, unless one is under way; the answers go on meanwhile."""
    no_query(request)
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    body = checked(schemas.FitBody, (await json_of(request))[0]) if has_body else schemas.FitBody()
    engine = engine_of(request)

    def work() -> FitJob:
        if engine.store.n_items == 0:
            raise DataError("the store holds no items to fit", hint="PUT some first")
        return engine.refitter.start(body.reason)[0]

    return json_answer(_job(await engine.compute(work)), 202)


async def export(request: Request) -> Response:
    """Everything, a JSON object a line: items, then events, then statements, each with its `type`."""
    no_query(request)
    engine = engine_of(request)
    return StreamingResponse(_lines(engine), media_type="application/x-ndjson")


def _lines(engine: Engine) -> Iterator[bytes]:
    def pages(
        kind: str, page: Callable[[int], Callable[[sqlite3.Connection], list[tuple[int, dict[str, Any]]]]]
    ) -> Iterator[bytes]:
        after = 0
        while rows := engine.store.read(page(after)):
            yield b"".join(orjson.dumps({**row, "type": kind}) + b"\n" for _, row in rows)
            after = rows[-1][0]

    def items(after: int) -> Callable[[sqlite3.Connection], list[tuple[int, dict[str, Any]]]]:
        look = item_page(after, _EXPORT_ROWS)
        return lambda connection: [(place, {**fields, "item_id": item_id}) for place, item_id, fields in look(connection)]

    yield from pages("item", items)
    yield from pages("event", lambda after: behaviour_page(EVENTS, after, _EXPORT_ROWS))
    yield from pages("statement", lambda after: behaviour_page(STATEMENTS, after, _EXPORT_ROWS))


async def summary(request: Request) -> Response:
    """What the store holds."""
    no_query(request)
    engine = engine_of(request)
    found = await engine.compute(engine.store.summary)
    live = engine.live
    return json_answer(
        {
            "items": found.n_items,
            "users": found.n_users,
            "events": found.n_events,
            "statements": found.n_statements,
            "events_by_kind": dict(found.events_by_kind),
            "size_bytes": found.size_bytes,
            "newcomers": 0 if live is None or live.newcomers is None else len(live.newcomers),
            "time": time.time(),
        }
    )


async def quality(request: Request) -> Response:
    """Hit rate of what known users were shown, by day."""
    no_query(request)
    engine = engine_of(request)
    days = await engine.compute(lambda: engine.store.read(quality_by_day))
    listed = [
        {
            "day": day.day,
            "users": day.n_users,
            "shown": day.n_shown,
            "met": day.n_met,
            "liked": day.n_liked,
            "hit_rate": day.n_met / day.n_shown,
            "liked_rate": day.n_liked / day.n_shown,
        }
        for day in days
    ]
    return json_answer({"days": listed})


add(router, "GET", "/v1/health", health, answer=answers.Health, tag="operations")
add(router, "GET", "/v1/ready", ready, answer=answers.Ready, tag="operations", errors=(507,))
add(router, "GET", "/metrics", metrics, answer="text/plain", tag="operations")
add(router, "GET", "/v1/fits", get_fits, answer=answers.Fits, tag="operations")
add(
    router,
    "POST",
    "/v1/fits",
    post_fits,
    answer=answers.FitJobOut,
    status=202,
    body=(schemas.FitBody,),
    body_required=False,
    examples={"now": {"reason": "new season"}},
    tag="operations",
)
add(router, "GET", "/v1/export", export, answer="application/x-ndjson", tag="operations")
add(router, "GET", "/v1/summary", summary, answer=answers.Summary, tag="operations")
add(router, "GET", "/v1/quality", quality, answer=answers.Quality, tag="operations")
