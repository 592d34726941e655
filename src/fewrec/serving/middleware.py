"""The middleware around the application: request ids, limits, API keys, security headers, metrics and the request log."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from starlette.requests import ClientDisconnect

from fewrec.errors import FewrecError
from fewrec.serving.access import Access
from fewrec.serving.limits import RateLimit
from fewrec.serving.logs import LOGGER
from fewrec.serving.metrics import Metrics
from fewrec.serving.problems import MEDIA_TYPE, ProblemError, problem_of
from fewrec.settings import LOOPBACK, ServeSettings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SLASH_IN_ID = "\0"
"""Stands for %2F in a path while routes are matched, so that ids may hold slashes; NUL itself is refused."""
_REQUEST_ID = re.compile(rb"[A-Za-z0-9_.-]{1,64}")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PAGE_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self';"
    b" base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_PAGE_HEADERS = [
    *_HEADERS,
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"content-security-policy", PAGE_POLICY),
]
_API_HEADERS = [*_HEADERS, (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")]


class ServiceMiddleware:
    """ASGI middleware: host and origin checks, rate limit, API keys, body limits, security headers, metrics and the log.

    One class instead of a stack of them, because every layer adds to the time of every request.
    """

    def __init__(self, app: App, settings: ServeSettings, access: Callable[[], Access], metrics: Metrics) -> None:
        self._app = app
        self._settings = settings
        self._access = access
        self._metrics = metrics
        self._under_way = 0
        self._rate = RateLimit(settings.requests_per_s, settings.rate_burst)
        hosts = settings.allowed_hosts or (LOOPBACK if settings.on_loopback else ())
        self._hosts = frozenset(host.lower().encode() for host in hosts)
        self._origins = frozenset(origin.encode() for origin in settings.cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer with a problem if a check fails."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8).encode()
        scope["fewrec.request_id"] = request_id.decode()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                names = {name for name, _ in message["headers"]}
                usual = _API_HEADERS if scope["path"].startswith("/v1/") else _PAGE_HEADERS
                extra = [pair for pair in usual if pair[0] not in names]
                if b"cache-control" not in names:
                    extra.append((b"cache-control", b"no-store"))
                message["headers"] = [*message["headers"], *extra, (b"x-request-id", request_id)]
            await send(message)

        problem: ProblemError | None = None
        self._under_way += 1
        try:
            self._check(scope, headers)
            await self._app(scope, self._bounded(headers, receive), sending)
        except ProblemError as found:
            problem = found
        except FewrecError as error:
            problem = problem_of(error)
        except ClientDisconnect:
            status = status or 499  # nobody is there to answer
        except Exception:
            LOGGER.exception("a request failed", extra={"about": {"request_id": scope["fewrec.request_id"]}})
            problem = ProblemError(500, "internal", "the service failed; its log has the details under this request_id")
        finally:
            self._under_way -= 1
        if problem is not None and status == 0:
            await send_problem(problem, scope["fewrec.request_id"], sending)
        self._note(scope, status, perf_counter() - started)

    def _check(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        if self._under_way > self._settings.max_requests:
            raise ProblemError(503, "busy", "too many requests are under way", hint="try again", headers={"Retry-After": "1"})
        host = headers.get(b"host", b"").lower()
        if self._hosts and _host_alone(host) not in self._hosts:
            raise ProblemError(
                403, "host", "the Host header names a host that this service does not answer for", hint="see allowed_hosts"
            )
        method = scope["method"]
        origin = headers.get(b"origin")
        if (
            origin is not None
            and method not in _SAFE
            and origin not in self._origins
            and urlsplit(origin.decode("latin-1")).netloc.encode("latin-1").lower() != host
        ):
            raise ProblemError(403, "origin", "a page of another origin may not do this", hint="see cors_origins")
        scope["path"] = _split_path(scope.get("raw_path") or scope["path"].encode())
        presented = _presented(headers)
        self._limit(scope, headers, presented)
        self._access().check(method, scope["path"], presented)
        length = headers.get(b"content-length")
        if length is not None and (not length.isdigit() or int(length) > self._settings.max_body_bytes):
            raise self._too_large()

    def _limit(self, scope: Scope, headers: dict[bytes, bytes], presented: str | None) -> None:
        if self._rate.per_s <= 0 or scope["path"] in {"/v1/health", "/v1/ready"}:
            return
        # By key where the key could be one (its public part), so that many clients behind one proxy are told apart.
        client = ":".join(presented.split("_", 2)[:2]) if presented and presented.startswith("fewrec_") else ""
        wait = self._rate.wait_s(f"{self._address(scope, headers)} {client[:40]}")
        if wait > 0:
            after = str(max(1, round(wait)))
            raise ProblemError(
                429,
                "rate",
                f"more than {self._rate.per_s:g} requests a second",
                hint="wait and try again",
                headers={"Retry-After": after},
            )

    def _address(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        address = scope["client"][0] if scope.get("client") else ""
        trusted = self._settings.trusted_proxies
        if address in trusted:
            for hop in reversed(headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")):
                if hop.strip() and hop.strip() not in trusted:
                    return hop.strip()[:64]
        return str(address)

    def _bounded(self, headers: dict[bytes, bytes], receive: Receive) -> Receive:
        """The body, within limits of size and time."""
        if b"content-length" not in headers and b"transfer-encoding" not in headers:
            return receive
        size, done = 0, False
        deadline = perf_counter() + self._settings.body_timeout_s

        async def receiving() -> Message:
            nonlocal size, done
            if done:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), deadline - perf_counter())
            except asyncio.TimeoutError:
                raise ProblemError(
                    408,
                    "slow",
                    f"the body did not come within {self._settings.body_timeout_s:g} s",
                    headers={"Connection": "close"},
                ) from None
            size += len(message.get("body", b""))
            done = not message.get("more_body", False)
            if size > self._settings.max_body_bytes:
                raise self._too_large()
            return message

        return receiving

    def _too_large(self) -> ProblemError:
        limit = self._settings.max_body_bytes
        return ProblemError(
            413,
            "too-large",
            f"the body is larger than {limit:,} bytes",
            hint="send smaller batches",
            headers={"Connection": "close"},
        )

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("route")
        name = getattr(route, "path", "(none)")
        self._metrics.answered(name, scope["method"] if scope["method"] in _METHODS else "other", status, seconds)
        if self._settings.log_requests and LOGGER.isEnabledFor(logging.INFO):
            about = {
                "request_id": scope["fewrec.request_id"],
                "method": scope["method"][:10],
                "route": name,
                "status": status,
                "ms": round(1000 * seconds, 2),
            }
            LOGGER.info("request", extra={"about": about})


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


async def send_problem(problem: ProblemError, request_id: str, send: Send) -> None:
    """Answer with an error."""
    body = problem.body(request_id)
    headers = [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in problem.headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _split_path(raw: bytes) -> str:
    if b"%" not in raw and b"\0" not in raw:
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise ProblemError(400, "path", "the path is not UTF-8") from error
    try:
        parts = [unquote_to_bytes(part).decode() for part in raw.partition(b"?")[0].split(b"/")]
    except UnicodeDecodeError as error:
        raise ProblemError(400, "path", "the path is not UTF-8", hint="ids in paths are UTF-8, percent-encoded") from error
    if any("\0" in part for part in parts):
        raise ProblemError(400, "path", "the path holds a NUL character")
    return "/".join(part.replace("/", SLASH_IN_ID) for part in parts)


def _presented(headers: dict[bytes, bytes]) -> str | None:
    """The key of the request, from either header."""
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer":
        token = headers.get(b"x-api-key", b"")
    return token.strip().decode("latin-1")[:200] or None


def _host_alone(host: bytes) -> bytes:
    if host.startswith(b"["):
        return host[1:].partition(b"]")[0]
    return host.rpartition(b":")[0] if b":" in host else host
