"""From a request to checked values, and from values to an answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar, get_origin
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from fewrec.serving.engine import Engine
from fewrec.serving.gate import SLASH_IN_ID
from fewrec.serving.problems import ProblemError, problem_of_validation
from fewrec.types import Decoded, Recommendations

M = TypeVar("M", bound=BaseModel)
_MAX_PARAMETERS = 2000


def engine_of(request: Request) -> Engine:
    """The worker's state."""
    engine: Engine = request.app.state.engine
    return engine


def path_id(request: Request, name: str) -> str:
    """An id of the path, as the caller wrote it.

    Raises:
        ProblemError: longer than ids may be.
    """
    found = request.path_params[name].replace(SLASH_IN_ID, "/")
    if len(found) > 512:
        raise ProblemError(422, "invalid", f"an id of {len(found)} characters, expected at most 512")
    return str(found)


def query_of(model: type[M], request: Request) -> M:
    """The query, checked.

    Raises:
        ProblemError: 400 or 422.
    """
    found: M = _parsed(model, request.scope["query_string"])  # type: ignore[assignment]
    return found


@lru_cache(maxsize=4096)
def _parsed(model: type[BaseModel], query: bytes) -> BaseModel:
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS)
    except (UnicodeDecodeError, ValueError) as error:
        raise ProblemError(400, "query", "the query cannot be read", hint="percent-encoded UTF-8, please") from error
    values: dict[str, Any] = {}
    for name, value in pairs:
        field = model.model_fields.get(name)
        if field is not None and get_origin(field.annotation) is list:
            values.setdefault(name, []).append(value)
        elif name in values:
            raise ProblemError(422, "invalid", f"{name[:60]} stands in the query twice")
        else:
            values[name] = value
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise problem_of_validation(error, where="query") from error


async def json_of(request: Request) -> tuple[Any, bytes]:
    """The body as JSON, and as it came.

    Raises:
        ProblemError: 415 if it does not say that it is JSON, 422 if it is not.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise ProblemError(415, "media-type", f"found a body of type {kind[:60] or 'unknown'}, expected application/json")
    body = await request.body()
    try:
        return orjson.loads(body), body
    except orjson.JSONDecodeError as error:
        raise ProblemError(422, "json", f"the body is not JSON: {error}", hint="UTF-8, no NaN, no half surrogates") from error


def checked(model: type[M], value: Any) -> M:
    """A part of a body, checked.

    Raises:
        ProblemError: 422, with what is wrong where.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise problem_of_validation(error, where="body") from error


def idempotency_key(request: Request, body: bytes) -> tuple[str | None, bytes]:
    """The key of the request, made the caller's own by the route and the API key, and a digest of what it asks for.

    Raises:
        ProblemError: 400 for a key that is empty, too long or not printable.
    """
    given = request.headers.get("idempotency-key")
    digest = blake2b(f"{request.method} {request.url.path}\n".encode() + body, digest_size=16).digest()
    if given is None:
        return None, digest
    if not 1 <= len(given) <= 200 or not given.isascii() or not given.isprintable() or " " in given:
        raise ProblemError(
            400, "idempotency-key", "the Idempotency-Key must be 1 to 200 printable ASCII characters without spaces"
        )
    owner = request.headers.get("authorization") or request.headers.get("x-api-key") or ""
    return f"{blake2b(owner.encode(), digest_size=6).hexdigest()}:{given}", digest


def json_answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON; a number that is not finite is null."""
    return Response(orjson.dumps(value), status, headers, media_type="application/json")


def list_body(found: Recommendations, *, explain: bool) -> bytes:
    """The body of a list; without ``explain`` its lines have no reasons."""
    if not explain:
        found = replace(found, items=tuple(replace(line, reasons=()) for line in found.items))
    document = found.to_dict()
    if not explain:
        for line in document["items"]:
            del line["reasons"]
    return orjson.dumps(document)


def decoded_body(found: Decoded, **about: str | None) -> dict[str, Any]:
    """The body of a profile (about ``user``) or of features (about ``item_id``)."""
    phrases = [{"text": phrase.text, "weight": phrase.weight} for phrase in found.phrases]
    return {**about, "lang": found.lang, "text": found.text, "phrases": phrases}


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


def finite(value: float) -> float | None:
    """A number that JSON can hold."""
    return value if math.isfinite(value) else None
