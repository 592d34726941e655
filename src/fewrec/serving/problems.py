"""Errors as problem details (RFC 9457), the same shape on every route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from pydantic import ValidationError

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


def problem_of_validation(error: ValidationError, *, where: str) -> ProblemError:
    """What is wrong with a body or a query, entry by entry; the values themselves are not repeated."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    listed = [
        {"where": _shown("/".join([where, *map(str, each["loc"])])), "found": _shown(each["msg"])}
        for each in found[:MAX_ERRORS]
    ]
    more = f", {len(found) - MAX_ERRORS} more not listed" if len(found) > MAX_ERRORS else ""
    detail = f"{len(found)} error(s) in the {where}{more}; first: {listed[0]['where']}: {listed[0]['found']}"
    return ProblemError(422, "invalid", detail, hint="nothing was stored; /openapi.json says what is expected", errors=listed)


def _shown(text: str) -> str:
    """Cut, and with what is no character made visible."""
    cut = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
    return cut.encode("utf-8", "backslashreplace").decode()
