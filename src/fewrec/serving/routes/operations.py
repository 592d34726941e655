"""For those who run the service: health, fits, measurements, export."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Annotated, Any

import orjson
from fastapi import Body
from fastapi.responses import PlainTextResponse, Response, StreamingResponse

from fewrec.errors import DataError
from fewrec.serving import answers
from fewrec.serving.engine import Engine
from fewrec.serving.http import EngineDep, make_router
from fewrec.serving.problems import STORING
from fewrec.serving.schemas import FitBody
from fewrec.store.behaviour import EVENTS, STATEMENTS
from fewrec.store.changes import behaviour_page, item_page
from fewrec.store.jobs import FitJob, list_jobs
from fewrec.store.shown import quality_by_day

router = make_router("operations")
_EXPORT_ROWS = 1000


class _JsonLines(StreamingResponse):
    media_type = "application/x-ndjson"


@router.get("/v1/health")
async def health() -> answers.Health:
    """The process is alive."""
    return answers.Health(status="ok")


@router.get("/v1/ready", responses=STORING)
async def ready(engine: EngineDep) -> answers.Ready:
    """Events are accepted: the store can be written to at this moment."""
    await engine.compute(lambda: engine.store.write(_nothing))
    return answers.Ready(status="ready", fit=None if engine.live is None else engine.live.fit_id)


def _nothing(_connection: sqlite3.Connection) -> None:
    """A transaction that changes nothing: it needs the write lock and a database that is whole, and costs no sync."""


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(engine: EngineDep) -> Response:
    """Measurements for Prometheus."""
    return Response(engine.metrics.scraped(), headers={"content-type": engine.metrics.content_type})


def _job(job: FitJob) -> answers.FitJobOut:
    return answers.FitJobOut(**{name: value for name, value in asdict(job).items() if name != "owner"})


@router.get("/v1/fits")
async def get_fits(engine: EngineDep) -> answers.Fits:
    """The current fit, and what became of those that were asked for."""

    def work() -> answers.Fits:
        fit = engine.store.current_fit()
        jobs = [_job(job) for job in engine.store.read(list_jobs(20))]
        return answers.Fits(current=None if fit is None else _now(engine, fit[1]), jobs=jobs)

    return await engine.compute(work)


def _now(engine: Engine, meta: dict[str, Any]) -> answers.FitNow:
    live = engine.live
    return answers.FitNow(
        fit_id=meta["fit_id"],
        created=meta["created"],
        model=str(meta.get("model", "")),
        encoder=str(meta.get("encoder", "")),
        items=len(live.fitted.catalogue) if live is not None else 0,
        users=live.fitted.n_users if live is not None else 0,
        writes_since=engine.store.revision - int(meta.get("revision", 0)),
        stale_reason=meta["stale_reason"],
        answering=live is not None and live.fit_id == meta["fit_id"],
    )


_NO_REASON = FitBody()
_WHY = {"now": {"value": {"reason": "new season"}}}


@router.post("/v1/fits", status_code=202, responses=STORING)
async def post_fits(engine: EngineDep, body: Annotated[FitBody, Body(openapi_examples=_WHY)] = _NO_REASON) -> answers.FitJobOut:
    """Begin a fit in the background, unless one is under way; the answers go on meanwhile."""

    def work() -> FitJob:
        if engine.store.n_items == 0:
            raise DataError("the store holds no items to fit", hint="PUT some first")
        return engine.refitter.start(body.reason)[0]

    return _job(await engine.compute(work))


@router.get("/v1/export", response_class=_JsonLines)
async def export(engine: EngineDep) -> StreamingResponse:
    """Everything, a JSON object a line: items, then events, then statements, each with its `type`."""
    return _JsonLines(_lines(engine))


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


@router.get("/v1/summary")
async def summary(engine: EngineDep) -> answers.Summary:
    """What the store holds."""
    found = await engine.compute(engine.store.summary)
    live = engine.live
    return answers.Summary(
        items=found.n_items,
        users=found.n_users,
        events=found.n_events,
        statements=found.n_statements,
        events_by_kind=dict(found.events_by_kind),
        size_bytes=found.size_bytes,
        newcomers=0 if live is None or live.new_items is None else len(live.new_items),
        time=time.time(),
    )


@router.get("/v1/quality")
async def quality(engine: EngineDep) -> answers.Quality:
    """Hit rate of what known users were shown, by day."""
    days = await engine.compute(lambda: engine.store.read(quality_by_day))
    listed = [
        answers.QualityDay(
            day=day.day,
            users=day.n_users,
            shown=day.n_shown,
            met=day.n_met,
            liked=day.n_liked,
            hit_rate=day.n_met / day.n_shown,
            liked_rate=day.n_liked / day.n_shown,
        )
        for day in days
    ]
    return answers.Quality(days=listed)
