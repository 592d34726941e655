"""Errors as problem details (RFC 9457), the same shape on every route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from fewrec.errors import (
    DataError,
    EncoderMismatchError,
    FewrecError,
    MissingExtraError,
    ModelLoadError,
    NotFittedError,
    SettingError,
    StoreError,
    UnknownItemError,
    UnknownUserError,
)
from fewrec.serving.answers import Problem
from fewrec.store import StoreBusyError, StoreFullError
from fewrec.store.intake import RepeatedKeyError

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 20
MAX_SHOWN = 200
"""Characters of a message, so that an answer never mirrors a large request."""

_TITLES = {
    400: "Bad request",
    401: "An API key is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "The request took too long",
    413: "The request is too large",
    415: "Unsupported media type",
    422: "The request cannot be used as it is",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available now",
    507: "No room left on the disk",
}


@dataclass
class ProblemError(Exception):
    """An answer that is an error. ``kind`` names it for programs: it ends the problem's ``type``."""

    status: int
    kind: str
    detail: str
    hint: str | None = None
    errors: Sequence[Mapping[str, Any]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, request_id: str) -> bytes:
        """The JSON document."""
        document: dict[str, Any] = {
            "type": f"urn:fewrec:problem:{self.kind}",
            "title": _TITLES.get(self.status, "Error"),
            "status": self.status,
            "detail": _shown(self.detail),
            "request_id": request_id,
        }
        if self.hint is not None:
            document["hint"] = _shown(self.hint)
        if self.errors:
            document["errors"] = list(self.errors)
        return orjson.dumps(document)


_SOON = {"Retry-After": "2"}
_OF_ERRORS: tuple[tuple[type[FewrecError], int, str, Mapping[str, str]], ...] = (
    (UnknownItemError, 404, "unknown-item", {}),
    (UnknownUserError, 404, "unknown-user", {}),
    (NotFittedError, 503, "not-fitted", _SOON),
    (RepeatedKeyError, 422, "idempotency-key-reused", {}),
    (DataError, 422, "unusable-data", {}),
    (SettingError, 422, "unusable-option", {}),
    (StoreFullError, 507, "disk-full", {}),
    (StoreBusyError, 503, "busy", _SOON),
    (StoreError, 503, "store", {}),
    (ModelLoadError, 503, "model", {}),
    (EncoderMismatchError, 503, "model", {}),
    (MissingExtraError, 503, "model", {}),
)


def problem_of(error: FewrecError) -> ProblemError:
    """The answer to an error of the package."""
    for cls, status, kind, headers in _OF_ERRORS:
        if isinstance(error, cls):
            return ProblemError(status, kind, error.message, error.hint, headers=headers)
    return ProblemError(500, "internal", "the service failed; its log has the details under this request_id")


UNION_TAGS = frozenset({"one", "several"})
"""Names of a union's members in the place of an error; readers know the body without them."""


def problem_of_validation(errors: Sequence[Mapping[str, Any]]) -> ProblemError:
    """What is wrong with a request, entry by entry, from pydantic's ``errors``; the values themselves are not repeated."""
    if errors[0]["loc"][0] == "header":
        return ProblemError(
            400, "idempotency-key", "the Idempotency-Key must be 1 to 200 printable ASCII characters without spaces"
        )
    listed = []
    for each in errors[:MAX_ERRORS]:
        loc = [str(part) for place, part in enumerate(each["loc"]) if not (place == 1 and part in UNION_TAGS)]
        listed.append({"where": _shown("/".join(loc)), "found": _shown(each["msg"])})
    more = f", {len(errors) - MAX_ERRORS} more not listed" if len(errors) > MAX_ERRORS else ""
    where = errors[0]["loc"][0]
    detail = f"{len(errors)} error(s) in the {where}{more}; first: {listed[0]['where']}: {listed[0]['found']}"
    return ProblemError(422, "invalid", detail, hint="nothing was stored; /openapi.json says what is expected", errors=listed)


def _shown(text: str) -> str:
    """Cut, and with what is no character made visible."""
    cut = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
    return cut.encode("utf-8", "backslashreplace").decode()


def _documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Errors as FastAPI's ``responses`` take them."""
    return {status: {"model": Problem, "description": _TITLES[status]} for status in statuses}


PROBLEMS = _documented(400, 401, 403, 422, 429, 503)
"""What any route may answer with."""
NOT_FOUND = _documented(404)
STORING = _documented(408, 413, 415, 507)
"""What routes that store may answer with besides."""
ASKING = _documented(404, 408, 413, 415)
"""What routes that read a body and store nothing may answer with besides."""
