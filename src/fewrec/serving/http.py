"""What all routes share: parameters and dependencies, strict parsing of queries and JSON bodies, and bodies of answers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Annotated, Any, get_origin
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator

from fewrec.serving import answers
from fewrec.serving.engine import Engine
from fewrec.serving.middleware import SLASH_IN_ID
from fewrec.serving.problems import PROBLEMS, ProblemError
from fewrec.types import Decoded, Recommendations

_MAX_PARAMETERS = 2000


async def _engine_of(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


EngineDep = Annotated[Engine, Depends(_engine_of)]
"""The worker's state."""


def with_slashes(text: str) -> str:
    """An id of a matched path, with the slashes that the middleware had hidden from the matching."""
    return text.replace(SLASH_IN_ID, "/")


PathId = Annotated[str, BeforeValidator(with_slashes), Path(min_length=1, max_length=512, pattern=r"^[^\x00]+$")]
"""An id in a path, as the caller wrote it before percent-encoding."""
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="A name of this request: sent again with it, the request is answered as before and not done twice.",
    ),
]


class _JsonRequest(Request):
    """A request whose body :class:`StrictRoute` has parsed."""

    parsed: Any

    async def json(self) -> Any:
        return self.parsed


class StrictRoute(APIRoute):
    """A FastAPI route that refuses what FastAPI passes over or reads loosely.

    Query parameters that the route does not have, and single ones that are repeated, are errors: a misspelt option must not be
    passed over. Bodies must say that they are JSON (415 otherwise) and are read by orjson, which takes neither NaN nor half
    surrogates.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler behind these checks."""
        handle = super().get_route_handler()
        repeatable: dict[str, bool] = {}  # by name
        for field in self.dependant.query_params:
            model = field.field_info.annotation
            assert isinstance(model, type)
            assert issubclass(model, BaseModel), "queries are models"
            repeatable |= {name: get_origin(each.annotation) is list for name, each in model.model_fields.items()}
        has_body = self.body_field is not None
        body_required = self.body_field is not None and self.body_field.field_info.is_required()

        async def checked(request: Request) -> Response:
            if query := request.scope["query_string"]:
                _check_query(query, repeatable)
            if not has_body:
                return await handle(request)
            given = _JsonRequest(request.scope, request.receive)
            body = await given.body()
            if body or body_required:
                given.parsed = _parsed(body, request.headers.get("content-type", ""))
                if given.parsed is None or not body:
                    raise ProblemError(422, "invalid", "the body is null, expected an object")
            return await handle(given)

        return checked


def _check_query(query: bytes, repeatable: dict[str, bool]) -> None:
    """Raise :class:`ProblemError` 400 for a query that cannot be decoded, 422 for unknown and repeated names."""
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS)
    except (UnicodeDecodeError, ValueError) as error:
        raise ProblemError(400, "query", "the query cannot be read", hint="percent-encoded UTF-8, please") from error
    met = set()
    for name, _ in pairs:
        if name not in repeatable:
            known = f"the parameters are {', '.join(repeatable)}" if repeatable else "this route takes no parameters"
            raise ProblemError(422, "invalid", f"there is no query parameter {name[:60]!r}", hint=known)
        if name in met and not repeatable[name]:
            raise ProblemError(422, "invalid", f"{name[:60]} stands in the query twice")
        met.add(name)


def _parsed(body: bytes, content_type: str) -> Any:
    """The JSON value of a body. Raises :class:`ProblemError` 415 if it does not say that it is JSON, 422 if it is not."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise ProblemError(415, "media-type", f"found a body of type {kind[:60] or 'unknown'}, expected application/json")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ProblemError(422, "json", f"the body is not JSON: {error}", hint="UTF-8, no NaN, no half surrogates") from error


def make_router(tag: str) -> APIRouter:
    """A router of strict routes, with the errors that every route may answer with in its documentation."""
    return APIRouter(route_class=StrictRoute, tags=[tag], responses=PROBLEMS)


async def idempotency(request: Request, key: str | None) -> tuple[str | None, bytes]:
    """The key of the request, made the caller's own by their API key, and a digest of what the request asks for."""
    digest = blake2b(f"{request.method} {request.url.path}\n".encode() + await request.body(), digest_size=16).digest()
    if key is None:
        return None, digest
    owner = request.headers.get("authorization") or request.headers.get("x-api-key") or ""
    return f"{blake2b(owner.encode(), digest_size=6).hexdigest()}:{key}", digest


def list_body(found: Recommendations, *, explain: bool) -> bytes:
    """The body of a list; without ``explain`` its lines have no reasons."""
    if not explain:
        found = replace(found, items=tuple(replace(line, reasons=()) for line in found.items))
    document = found.to_dict()
    if not explain:
        for line in document["items"]:
            del line["reasons"]
    return orjson.dumps(document)


def phrases_of(found: Decoded) -> list[answers.PhraseOut]:
    """Phrases of a decoded text, as answers hold them."""
    return [answers.PhraseOut(text=phrase.text, weight=phrase.weight) for phrase in found.phrases]


def position(after: str) -> int:
    """A page's ``after`` as the position that ``next`` was.

    Raises:
        ProblemError: it is no ``next`` of ours.
    """
    if after == "":
        return 0
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise ProblemError(422, "invalid", "after is not the next of a page before")
    return int(after)


def next_of(rows: Sequence[Any], limit: int) -> str | None:
    """``next`` of a page of ``limit + 1`` rows at most, whose first column is the position."""
    return str(rows[limit - 1][0]) if len(rows) > limit else None
