"""A typed client of the service."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import quote

from fewrec.errors import FewrecError, MissingExtraError
from fewrec.types import Matched, Reason, Recommendation, Recommendations, UnderstoodClaim

if TYPE_CHECKING:
    import httpx


class ServiceError(FewrecError):
    """The service said no, or could not be reached (``status`` 0). ``kind`` names the problem for programs."""

    def __init__(self, message: str, *, status: int, kind: str, hint: str | None = None, request_id: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.kind = kind
        self.request_id = request_id


class _EventFields(TypedDict):
    user_id: str
    item_id: str
    event: str


class EventIn(_EventFields, total=False):
    """An event as it is sent."""

    value: float | None
    timestamp: float | str | None
    text: str | None
    event_id: str | None


@dataclass(frozen=True)
class Stored:
    """What is on disk now."""

    accepted: int
    new: int
    changed: int
    same: int


@dataclass(frozen=True)
class Text:
    """A vector in words."""

    lang: str
    text: str
    phrases: tuple[tuple[str, float], ...]


_RETRIED = frozenset({429, 503})


class Client:
    """Calls one service. What may be repeated is repeated on busy answers and broken connections, writes under one Idempotency-Key.

    >>> with Client("http://127.0.0.1:8000") as service:  # doctest: +SKIP
    ...     service.like("ann", "7")
    ...     for line in service.recommend(user="ann", k=3).items:
    ...         print(line.title, line.score)
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout_s: float = 30.0,
        retries: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """``key``: an API key, where the service asks for one. ``transport``: for tests."""
        try:
            import httpx
        except ModuleNotFoundError as error:
            raise MissingExtraError("the client of the service", "serve") from error
        headers = {"Authorization": f"Bearer {key}"} if key is not None else {}
        self._errors = httpx.TransportError
        self._http = httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=timeout_s, transport=transport)
        self._retries = retries

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # -- storing -----------------------------------------------------------------------------------------------------------

    def put_item(self, item_id: str, fields: Mapping[str, Any]) -> Stored:
        """Add an item or replace its columns."""
        return Stored(**self._call("PUT", f"/v1/items/{_part(item_id)}", json=dict(fields)))

    def put_items(self, items: Sequence[Mapping[str, Any]]) -> Stored:
        """The same for many, each with its ``item_id``."""
        return self._store("/v1/items", {"items": list(items)})

    def delete_item(self, item_id: str) -> None:
        """Take an item out of the catalogue."""
        self._call("DELETE", f"/v1/items/{_part(item_id)}")

    def send(self, events: Sequence[EventIn]) -> Stored:
        """Store events; when this returns they are on disk."""
        return self._store("/v1/events", {"events": list(events)})

    def like(self, user: str, item_id: str) -> Stored:
        """One like."""
        return self.send([{"user_id": user, "item_id": item_id, "event": "like"}])

    def dislike(self, user: str, item_id: str) -> Stored:
        """One dislike."""
        return self.send([{"user_id": user, "item_id": item_id, "event": "dislike"}])

    def say(self, user: str, *texts: str) -> Stored:
        """Store a taste in words."""
        return self._store("/v1/statements", {"statements": [{"user_id": user, "text": text} for text in texts]})

    def forget(self, user: str) -> dict[str, Any]:
        """Erase a user."""
        return self._call("DELETE", f"/v1/users/{_part(user)}")

    # -- asking ------------------------------------------------------------------------------------------------------------

    def recommend(
        self,
        user: str | None = None,
        *,
        like: Sequence[str] = (),
        dislike: Sequence[str] = (),
        say: Sequence[str] = (),
        want: Sequence[str] = (),
        k: int = 10,
        **options: Any,
    ) -> Recommendations:
        """The list of a known user, of an anonymous profile, or of both; ``options`` such as ``where`` and ``focus`` are those of the API."""
        asked = {**_profile(like, dislike, say, want), "k": k, **options}
        if user is not None:
            asked["user_id"] = user
        return _recommendations(self._call("POST", "/v1/recommendations", json=asked))

    def profile(
        self,
        user: str | None = None,
        *,
        like: Sequence[str] = (),
        dislike: Sequence[str] = (),
        say: Sequence[str] = (),
        want: Sequence[str] = (),
        lang: str | None = None,
    ) -> Text:
        """A taste in words."""
        if user is not None:
            return _text(self._call("GET", f"/v1/users/{_part(user)}/profile", params={"lang": lang} if lang else {}))
        return _text(self._call("POST", "/v1/profile", json={**_profile(like, dislike, say, want), "lang": lang}))

    def features(self, item_id: str, *, lang: str | None = None) -> Text:
        """An item in words."""
        return _text(self._call("GET", f"/v1/items/{_part(item_id)}/features", params={"lang": lang} if lang else {}))

    def similar(self, item_id: str, *, k: int = 10) -> list[tuple[str, str, float]]:
        """``(item_id, title, score)`` of the items most alike."""
        found = self._call("GET", f"/v1/items/{_part(item_id)}/similar", params={"k": k})
        return [(each["item_id"], each["title"], each["score"]) for each in found["items"]]

    def audience(self, item_id: str, *, k: int = 10) -> list[tuple[str, float]]:
        """``(user_id, score)`` of those whom an item suits."""
        found = self._call("GET", f"/v1/items/{_part(item_id)}/audience", params={"k": k})
        return [(each["user_id"], each["score"]) for each in found["users"]]

    def questions(
        self,
        user: str | None = None,
        *,
        like: Sequence[str] = (),
        dislike: Sequence[str] = (),
        say: Sequence[str] = (),
        want: Sequence[str] = (),
        k: int = 5,
    ) -> list[tuple[str, str]]:
        """``(item_id, title)`` of what to ask."""
        if user is not None:
            found = self._call("GET", f"/v1/users/{_part(user)}/questions", params={"k": k})
        else:
            asked = {**_profile(like, dislike, say, want), "k": k}
            found = self._call("POST", "/v1/questions", json=asked)
        return [(each["item_id"], each["title"]) for each in found["questions"]]

    def item(self, item_id: str) -> dict[str, Any]:
        """An item's columns."""
        return self._call("GET", f"/v1/items/{_part(item_id)}")

    def items(self, search: str = "", *, page_size: int = 200) -> Iterator[dict[str, Any]]:
        """All items, or those that hold a text; pages are fetched as they are needed."""
        return self._pages("/v1/items", "items", page_size, {"q": search} if search else {})

    def events(self, user: str, *, page_size: int = 200) -> Iterator[dict[str, Any]]:
        """A user's events, in order of arrival."""
        return self._pages(f"/v1/users/{_part(user)}/events", "events", page_size, {})

    # -- operations --------------------------------------------------------------------------------------------------------

    def fits(self) -> dict[str, Any]:
        """The current fit and the latest jobs."""
        return self._call("GET", "/v1/fits")

    def fit(self, reason: str = "asked for", *, wait_s: float = 0.0) -> dict[str, Any]:
        """Begin a fit; with ``wait_s``, wait so long for its end, and give the job as it is then."""
        job = self._call("POST", "/v1/fits", json={"reason": reason})
        deadline = time.monotonic() + wait_s
        while job["state"] == "running" and time.monotonic() < deadline:
            time.sleep(0.2)
            job = next(each for each in self.fits()["jobs"] if each["job_id"] == job["job_id"])
        return job

    def ready(self) -> bool:
        """Whether events are accepted."""
        try:
            return bool(self._call("GET", "/v1/ready", retries=0)["status"] == "ready")
        except ServiceError:
            return False

    # -- the wire ----------------------------------------------------------------------------------------------------------

    def _store(self, path: str, body: Mapping[str, Any]) -> Stored:
        return Stored(**self._call("POST", path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex}))

    def _pages(self, path: str, name: str, page_size: int, query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        after: str | None = ""
        while after is not None:
            page = self._call("GET", path, params={**query, "limit": page_size, "after": after})
            yield from page[name]
            after = page["next"]

    def _call(self, method: str, path: str, *, retries: int | None = None, **options: Any) -> dict[str, Any]:
        left = self._retries if retries is None else retries
        pause = 0.1
        while True:
            try:
                answer = self._http.request(method, path, **options)
            except self._errors as error:
                if left <= 0:
                    raise ServiceError(
                        f"the service at {self._http.base_url} cannot be reached: {error}",
                        status=0,
                        kind="unreachable",
                        hint="is it running?",
                    ) from error
            else:
                if answer.is_success:
                    found: dict[str, Any] = answer.json()
                    return found
                if answer.status_code not in _RETRIED or left <= 0:
                    raise _service_error(answer)
                pause = max(pause, min(5.0, float(answer.headers.get("retry-after", "0"))))
            left -= 1
            time.sleep(pause)
            pause *= 2


def _profile(like: Sequence[str], dislike: Sequence[str], say: Sequence[str], want: Sequence[str]) -> dict[str, Any]:
    """An anonymous profile as it is sent."""
    return {"like": list(like), "dislike": list(dislike), "say": list(say), "want": list(want)}


def _part(text: str) -> str:
    """An id as one part of a path; dots alone would be taken for directories."""
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def _service_error(answer: httpx.Response) -> ServiceError:
    try:
        problem = answer.json()
        kind = str(problem["type"]).rpartition(":")[2]
        return ServiceError(
            f"{answer.status_code}: {problem['detail']}",
            status=answer.status_code,
            kind=kind,
            hint=problem.get("hint"),
            request_id=problem["request_id"],
        )
    except (ValueError, KeyError, TypeError):
        return ServiceError(f"{answer.status_code}, without details", status=answer.status_code, kind="http")


def _recommendations(body: Mapping[str, Any]) -> Recommendations:
    lines = []
    for line in body["items"]:
        reasons = tuple(
            Reason(
                each["kind"],
                each["contribution"],
                each.get("item_id"),
                each.get("title"),
                each.get("text"),
                tuple(Matched(why["claim"], why["column"], why["text"]) for why in each.get("matched") or ()),
            )
            for each in line.get("reasons", ())
        )
        lines.append(Recommendation(line["item_id"], line["title"], line["score"], line["uncertainty"], reasons))
    return Recommendations(
        body["user"],
        tuple(lines),
        understood=tuple(
            UnderstoodClaim(each["text"], each["kind"], each["polarity"], each["matched"])
            for each in body.get("understood", ())
        ),
        unmatched=tuple(body.get("unmatched", ())),
        nearest=tuple(body.get("nearest") or ()),
    )


def _text(body: Mapping[str, Any]) -> Text:
    return Text(body["lang"], body["text"], tuple((each["text"], each["weight"]) for each in body["phrases"]))
