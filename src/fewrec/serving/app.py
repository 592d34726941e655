"""The application: routes, errors and the middleware around them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from fewrec import __version__
from fewrec.errors import FewrecError
from fewrec.serving import page
from fewrec.serving.engine import Engine
from fewrec.serving.logs import LOGGER
from fewrec.serving.metrics import Metrics
from fewrec.serving.middleware import App, ServiceMiddleware
from fewrec.serving.openapi import openapi_of
from fewrec.serving.problems import MEDIA_TYPE, ProblemError, problem_of, problem_of_validation
from fewrec.serving.routes import behaviour, items, lists, operations, users
from fewrec.settings import ServeSettings

_ABOUT = "Recommends from a handful of examples, in Chinese and English, and says why. What is acknowledged is on disk."


def create_app(store: str, settings: ServeSettings | None = None) -> App:
    """The ASGI application over the store at ``store``, which is made if it is not there.

    One application is one worker; several over the same store see each other's writes at once.
    """
    settings = settings or ServeSettings()
    measured = Metrics()
    engine = Engine(store, settings, measured)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await engine.start()
        try:
            yield
        finally:
            await engine.stop()

    app = FastAPI(
        title="fewrec",
        version=__version__,
        description=_ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,
    )
    app.state.engine = engine
    for routes in (lists, behaviour, items, users, operations, page):  # matched in this order: the busiest first
        app.include_router(routes.router)

    app.openapi = lambda: openapi_of(app)  # type: ignore[method-assign]
    app.add_exception_handler(FewrecError, _on_error)
    app.add_exception_handler(ProblemError, _on_error)
    app.add_exception_handler(HTTPException, _on_error)
    app.add_exception_handler(RequestValidationError, _on_error)
    app.add_exception_handler(Exception, _on_error)
    wrapped: App = ServiceMiddleware(app, settings, lambda: engine.access, measured)
    if settings.cors_origins:
        wrapped = CORSMiddleware(
            wrapped,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id"],
            expose_headers=["X-Request-Id", "Idempotency-Replayed", "Retry-After"],
        )
    return wrapped


async def _on_error(request: Request, error: Exception) -> Response:
    request_id = request.scope["fewrec.request_id"]
    headers: dict[str, str] = {}
    if isinstance(error, FewrecError):
        problem = problem_of(error)
    elif isinstance(error, ProblemError):
        problem = error
    elif isinstance(error, RequestValidationError):
        problem = problem_of_validation(error.errors())
    elif isinstance(error, HTTPException) and error.status_code in {404, 405}:
        kind, detail = (
            ("no-route", "there is nothing at this path") if error.status_code == 404 else ("method", "not this method here")
        )
        problem = ProblemError(
            error.status_code, kind, detail, hint="/openapi.json lists what there is", headers=error.headers or {}
        )
    elif isinstance(error, HTTPException):
        problem = ProblemError(error.status_code, "http", str(error.detail), headers=error.headers or {})
    else:
        problem = ProblemError(500, "internal", "the service failed; its log has the details under this request_id")
    if problem.status >= 500:
        level = logging.ERROR if problem.status == 500 else logging.WARNING
        about = {"request_id": request_id, "kind": problem.kind, "detail": problem.detail}
        LOGGER.log(level, "a request was not served", extra={"about": about})
    headers.update(problem.headers)
    return Response(problem.body(request_id), problem.status, headers, media_type=MEDIA_TYPE)
