"""The service does what its OpenAPI document says, and answers nonsense with an error of the client's."""

from __future__ import annotations

import random
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import schemathesis
import schemathesis.specs.openapi.schemas  # imported here: within a test the stack is too deep for CPython 3.11's parser
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from fewrec.serving.app import create_app
from fewrec.settings import ServeSettings

from .conftest import listening

EXCLUDED = "/v1/fits"
"""Starting fits is tested by itself: here it would start hundreds of processes."""


def examples(document: dict) -> list[tuple[str, str, object]]:
    found = []
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            content = about.get("requestBody", {}).get("content", {}).get("application/json", {})
            found += [(method, path, each["value"]) for each in content.get("examples", {}).values()]
    return found


def test_the_examples_of_the_document_work(api: TestClient) -> None:
    document = api.get("/openapi.json").json()
    shown = examples(document)
    assert len(shown) >= 9
    for method, path, value in sorted(shown, key=lambda each: "items" not in each[1]):
        if path != EXCLUDED:
            answer = api.request(method, path.replace("{item_id}", "X"), json=value)
            assert answer.status_code == 200, (path, answer.text)
    for path, methods in document["paths"].items():
        for method, about in methods.items():
            if "{" in path:
                assert any(each["in"] == "path" for each in about["parameters"])
            assert about["summary"]
            assert (method in {"post", "put"}) == ("requestBody" in about)


POSITIVE, NEGATIVE = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE


def check_schema(document: dict, url: str, n_examples: int, modes: tuple[schemathesis.GenerationMode, ...]) -> None:
    """Each operation with ``n_examples`` requests, right and wrong ones."""
    n_checked = 0
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = result.ok()
        for mode in modes if operation.path not in {EXCLUDED, "/metrics", "/v1/export"} else ():
            n_checked += run_operation(operation, url, mode, n_examples)
    assert n_checked >= 20 * len(modes) - 10


def run_operation(operation, url: str, mode: schemathesis.GenerationMode, n_examples: int) -> bool:
    """Whether there was anything to try: of a route without parameters no request is wrong."""

    @settings(
        max_examples=n_examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case) -> None:
        answer = case.call(base_url=url)
        assert answer.status_code < 500 or answer.status_code == 503, (case.method, case.path, answer.text)
        case.validate_response(answer, checks=[status_code_conformance, content_type_conformance, response_schema_conformance])

    try:
        run()
    except Unsatisfiable:
        assert mode == NEGATIVE, operation.path
        return False
    return True


def test_schemathesis(store_path: Path) -> None:
    with listening(store_path) as url:
        check_schema(httpx.get(f"{url}/openapi.json").json(), url, 3, (POSITIVE,))


@pytest.mark.slow
def test_schemathesis_at_length(store_path: Path) -> None:
    with listening(store_path) as url:
        check_schema(httpx.get(f"{url}/openapi.json").json(), url, 60, (POSITIVE, NEGATIVE))


NASTY = (
    "",
    " ",
    ".",
    "..",
    "../../etc/passwd",
    "a/b",
    "%",
    "%00",
    "\x01",
    "\n",
    "'; DROP TABLE events; --",
    '"',
    "\\",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "😀" * 20,
    "\u202e\u200b",
    "ﷺ" * 30,
    "x" * 513,
    "NULL",
    "0",
    "-1",
    "1e999",
    "é",
    "e\u0301",
    "我对科幻片很感兴趣",
    "𝒳",
    "\ufffe",
    "$where",
    "__proto__",
)
VALUES: tuple[object, ...] = (None, True, 0, -1, 1e308, 10**30, 2**63, [], {}, [[]], {"a": 1}, *NASTY)
PATHS = (
    "/v1/items/{}",
    "/v1/items/{}/similar",
    "/v1/items/{}/features",
    "/v1/items/{}/audience",
    "/v1/users/{}/recommendations",
    "/v1/users/{}/events",
    "/v1/users/{}/profile",
    "/v1/users/{}/questions",
    "/v1/users/{}",
    "/v1/items",
    "/v1/events",
    "/v1/statements",
    "/v1/recommendations",
    "/v1/profile",
    "/v1/questions",
    "/v1/users",
    "/v1/export",
    "/v1/quality",
    "/v1/{}",
    "/static/{}",
    "/{}",
)
NAMES = (
    "user_id",
    "item_id",
    "event",
    "value",
    "timestamp",
    "text",
    "event_id",
    "events",
    "statements",
    "items",
    "like",
    "dislike",
    "say",
    "k",
    "where",
    "allow",
    "deny",
    "lang",
    "title",
    "created_at",
    "limit",
    "after",
    "q",
    "explain",
    "diversity",
    "exploration",
    "include_seen",
    "nonsense",
)


TEMPLATES: tuple[tuple[str, dict[str, object]], ...] = (
    (
        "/v1/events",
        {"user_id": "u01", "item_id": "wall-e", "event": "like", "value": 1, "timestamp": 5, "text": "good", "event_id": "e"},
    ),
    ("/v1/statements", {"user_id": "u01", "text": "我对科幻片很感兴趣"}),
    (
        "/v1/recommendations",
        {
            "like": ["wall-e"],
            "dislike": ["ring"],
            "say": ["science fiction"],
            "k": 3,
            "where": {"genres": "科幻"},
            "deny": ["coco"],
        },
    ),
    ("/v1/profile", {"like": ["wall-e"], "say": ["no horror"], "lang": "en"}),
    ("/v1/questions", {"like": ["wall-e"], "k": 3}),
    ("/v1/items", {"items": [{"item_id": "new", "title": "New"}]}),
)


def fuzz(api: TestClient, n_requests: int, seed: int) -> dict[int, int]:
    rng = random.Random(seed)
    statuses: dict[int, int] = {}

    def value(depth: int = 0) -> object:
        if depth < 3 and rng.random() < 0.25:
            return [value(depth + 1) for _ in range(rng.randint(0, 3))]
        if depth < 3 and rng.random() < 0.25:
            return {rng.choice(NAMES): value(depth + 1) for _ in range(rng.randint(0, 4))}
        return rng.choice(["u01", "wall-e", "like", "rating", 3, *VALUES])

    for _ in range(n_requests):
        path = rng.choice(PATHS).replace(
            "{}", quote(rng.choice(["u01", "wall-e", *NASTY]), safe="" if rng.random() < 0.8 else "/")
        )
        method = rng.choice(["GET", "GET", "POST", "POST", "PUT", "DELETE", "PATCH", "HEAD"])
        query = [(rng.choice(NAMES), str(rng.choice(VALUES))) for _ in range(rng.choice([0, 0, 1, 2]))]
        options: dict[str, object] = {"params": query} if query else {}
        kind = rng.random()
        if method in {"POST", "PUT"}:
            if kind < 0.7:
                options["json"] = {rng.choice(NAMES): value() for _ in range(rng.randint(0, 5))} if kind < 0.6 else value()
            else:
                options["content"] = bytes(rng.getrandbits(8) for _ in range(rng.randint(0, 80)))
                options["headers"] = {"content-type": rng.choice(["application/json", "text/plain", "application/x+json", ""])}
        if rng.random() < 0.1:
            options["headers"] = {
                **options.get("headers", {}),
                rng.choice(["Idempotency-Key", "X-Request-Id", "Authorization", "X-API-Key"]): "x" * rng.randint(1, 300),
            }  # type: ignore[dict-item]
        if rng.random() < 0.3:  # a good request, with a few things wrong
            path, body = rng.choice(TEMPLATES)
            wrong = {rng.choice(list(body)): value() for _ in range(rng.choice([0, 1, 1, 2]))}
            method, options = "POST", {"json": body | wrong}
        answer = api.request(method, path, **options)  # type: ignore[arg-type]
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, (method, path, options, answer.text)
        if answer.status_code >= 400 and method != "HEAD":
            assert answer.headers["content-type"] == "application/problem+json", (method, path, answer.text)
    return statuses


def test_a_fuzzer_finds_no_500(api: TestClient) -> None:
    statuses = fuzz(api, 600, seed=0)
    assert statuses[200] > 50


@pytest.mark.slow
def test_a_fuzzer_finds_no_500_in_ten_thousand_requests(store_path: Path) -> None:
    with TestClient(
        create_app(str(store_path), ServeSettings(refit_changes=0, allowed_hosts=("testserver",))),
        raise_server_exceptions=False,
    ) as api:
        statuses = fuzz(api, 10_000, seed=1)
    assert sum(statuses.values()) == 10_000
    assert statuses[200] > 1000
