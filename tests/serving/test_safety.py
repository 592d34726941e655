"""Keys and scopes, limits, secure defaults, masking: what must not be possible is not possible."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from fewrec.errors import SettingError
from fewrec.serving.access import OPEN, scope_needed
from fewrec.serving.limits import RateLimit
from fewrec.serving.logs import JsonLines
from fewrec.serving.run import check_binding
from fewrec.settings import ServeSettings
from fewrec.store import Store
from fewrec.store.keys import find_key, make_key, revoke_key

EVENT = {"user_id": "ann", "item_id": "wall-e", "event": "like"}


def key_for(path: Path, *scopes: str) -> dict[str, str]:
    with Store.open(path) as store:
        return {"Authorization": f"Bearer {store.write(make_key('test', scopes))}"}


CALLS = {
    "read": [
        ("GET", "/v1/users/ann/recommendations"),
        ("POST", "/v1/recommendations"),
        ("GET", "/v1/items"),
        ("GET", "/metrics"),
        ("GET", "/v1/fits"),
    ],
    "write": [
        ("POST", "/v1/events"),
        ("PUT", "/v1/items/x"),
        ("DELETE", "/v1/items/y"),
        ("POST", "/v1/statements"),
        ("POST", "/v1/items"),
    ],
    "admin": [
        ("DELETE", "/v1/users/nobody"),
        ("GET", "/v1/export"),
        ("GET", "/v1/users"),
        ("GET", "/v1/summary"),
        ("GET", "/v1/quality"),
    ],
}


def test_each_scope_opens_its_routes_and_no_others(serve: Callable[..., TestClient], store_path: Path) -> None:
    headers = {scope: key_for(store_path, scope) for scope in CALLS}
    api = serve()
    for needed, calls in CALLS.items():
        for method, path in calls:
            for held in CALLS:
                answer = api.request(method, path, headers=headers[held], json={} if method in {"POST", "PUT"} else None)
                allowed = held in {needed, "admin"}
                assert (answer.status_code in {401, 403}) != allowed, (method, path, held, answer.text)
            unknown = api.request(method, path, headers={"Authorization": "Bearer fewrec_123456789012_guess"})
            none = api.request(method, path)
            assert (unknown.status_code, none.status_code) == (401, 401)
            assert none.headers["www-authenticate"].startswith("Bearer")
    for path in OPEN - {"/favicon.ico"}:
        assert api.get(path).status_code == 200, path
    token = headers["read"]["Authorization"].removeprefix("Bearer ")
    assert api.get("/v1/items", headers={"X-API-Key": token}).status_code == 200


def test_a_revoked_key_is_refused_from_the_next_request_on(serve: Callable[..., TestClient], store_path: Path) -> None:
    headers, _other = key_for(store_path, "read"), key_for(store_path, "admin")
    api = serve()
    assert api.get("/v1/items", headers=headers).status_code == 200
    with Store.open(store_path) as store:
        key = store.read(find_key(headers["Authorization"].removeprefix("Bearer ")))
        assert key is not None
        store.write(revoke_key(key.key_id))
    assert api.get("/v1/items", headers=headers).status_code == 401


def test_every_route_has_a_scope_that_fits_its_method(api: TestClient) -> None:
    for path, methods in api.get("/openapi.json").json()["paths"].items():
        for method, about in methods.items():
            scope = scope_needed(method.upper(), path)
            assert (scope is None) == (path in OPEN), path
            assert ("security" in about) == (scope is not None)
            if method in {"put", "delete"} or path in {"/v1/events", "/v1/statements"}:
                assert scope in {"write", "admin"}, path
    assert (
        scope_needed("POST", "/v1/invented") == scope_needed("DELETE", "/") or scope_needed("POST", "/v1/invented") == "admin"
    )


def test_it_does_not_listen_to_others_without_a_key(store_path: Path) -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.9.9.9"):
        check_binding(str(store_path), ServeSettings(host=host))
    for host in ("0.0.0.0", "::", "192.168.1.5", "example.org", ""):
        with pytest.raises(SettingError, match="no API key"):
            check_binding(str(store_path), ServeSettings(host=host))
    key_for(store_path, "read")
    check_binding(str(store_path), ServeSettings(host="0.0.0.0"))


def test_elsewhere_than_on_loopback_keys_are_needed_even_if_the_last_was_revoked(serve: Callable[..., TestClient]) -> None:
    api = serve(host="0.0.0.0")
    assert api.get("/v1/items").status_code == 401
    assert api.get("/v1/health").status_code == 200


def test_a_client_that_asks_too_often_waits(serve: Callable[..., TestClient]) -> None:
    api = serve(rate_limit=0.5, rate_burst=3)
    answers = [api.get("/v1/items") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].json()["type"] == "urn:fewrec:problem:rate"
    assert api.get("/v1/health").status_code == 200


def test_the_bucket_fills_again_with_time_and_clients_have_their_own() -> None:
    now = [0.0]
    limit = RateLimit(2.0, 3, clock=lambda: now[0])
    assert [limit.wait_s("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert limit.wait_s("b") == 0
    now[0] = 0.5
    assert [limit.wait_s("a"), limit.wait_s("a")] == [0, 0.5]
    now[0] = 100.0
    assert [limit.wait_s("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert [RateLimit(0, 1).wait_s("a") for _ in range(9)] == [0] * 9


def test_behind_a_trusted_proxy_clients_are_told_apart_and_others_cannot_pretend(serve: Callable[..., TestClient]) -> None:
    behind = serve(rate_limit=0.01, rate_burst=1, trusted_proxies=("testclient",))
    for status in (200, 429):
        for client in ("1.1.1.1", "2.2.2.2"):
            assert behind.get("/v1/items", headers={"X-Forwarded-For": f"9.9.9.9, {client}"}).status_code == status
    alone = serve(rate_limit=0.01, rate_burst=1)
    assert [alone.get("/v1/items", headers={"X-Forwarded-For": f"1.1.1.{n}"}).status_code for n in range(2)] == [200, 429]


def test_sizes_are_bounded(serve: Callable[..., TestClient]) -> None:
    api = serve(max_body_bytes=2048, max_batch=3)
    large = json.dumps(EVENT | {"text": "x" * 4000}).encode()

    def chunks():  # without a Content-Length
        for start in range(0, len(large), 500):
            yield large[start : start + 500]

    for content in (large, chunks()):
        answer = api.post("/v1/events", content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:fewrec:problem:too-large")
    assert api.post("/v1/events", json={"events": [EVENT] * 4}).status_code == 413
    assert api.post("/v1/events", json=EVENT | {"user_id": "x" * 600}).status_code == 422
    assert api.get(f"/v1/users/{'x' * 600}/recommendations").status_code == 422
    assert api.get("/v1/users/ann/recommendations", params={"k": 1000}).status_code == 422
    deep = b"[" * 2000 + b"]" * 2000
    assert api.post("/v1/events", content=deep[:2000], headers={"content-type": "application/json"}).status_code == 422


def test_pages_of_other_sites_cannot_reach_in(serve: Callable[..., TestClient]) -> None:
    api = serve()
    evil = {"Origin": "https://evil.example"}
    assert api.post("/v1/events", json=EVENT, headers=evil).status_code == 403
    assert api.post("/v1/events", json=EVENT, headers={"Origin": "http://testserver"}).status_code == 200
    assert api.post("/v1/events", content=json.dumps(EVENT), headers={"content-type": "text/plain"}).status_code == 415
    assert "access-control-allow-origin" not in api.get("/v1/items", headers=evil).headers
    assert api.get("/v1/items", headers={"Host": "rebound.example"}).status_code == 403
    shop = serve(cors_origins=("https://shop.example",))
    answer = shop.post("/v1/events", json=EVENT, headers={"Origin": "https://shop.example"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "https://shop.example")
    preflight = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    assert shop.options("/v1/events", headers=preflight).status_code == 200
    assert shop.post("/v1/events", json=EVENT, headers=evil).status_code == 403


def test_security_headers_are_on_every_answer(api: TestClient) -> None:
    for path in ("/", "/v1/items", "/v1/nothing", "/openapi.json", "/static/app.js"):
        headers = api.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert ("referrer-policy" in headers) == (not path.startswith("/v1/"))  # pages have links to follow, data has none
        assert "server" not in headers
    assert api.get("/v1/items").headers["cache-control"] == "no-store"
    assert api.get("/v1/items", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"] == "mine-1"
    assert api.get("/v1/items", headers={"X-Request-Id": "a b\t<"}).headers["x-request-id"] != "a b\t<"
    assert api.get("/static/..%2f..%2fsettings.py").status_code == 404


def test_details_are_masked_before_storage_when_asked(serve: Callable[..., TestClient], store_path: Path) -> None:
    said = {"user_id": "ann", "text": "我喜欢科幻，联系我 ann@example.org 或 13812345678"}
    api = serve(mask=True)
    api.post("/v1/statements", json=said)
    api.post("/v1/events", json=EVENT | {"text": "mail me at bob@example.org"})
    with Store.open(store_path) as store:
        assert store.statements_of("ann")["text"].to_list() == ["我喜欢科幻，联系我 [email] 或 [phone]"]
        assert store.events_of("ann")["text"].to_list() == ["mail me at [email]"]
    for file in store_path.glob("fewrec.sqlite*"):
        assert b"example.org" not in file.read_bytes()
    plain = serve()
    plain.post("/v1/statements", json=said | {"user_id": "bob"})
    with Store.open(store_path) as store:
        assert "ann@example.org" in store.statements_of("bob")["text"][0]


def test_the_log_has_neither_keys_nor_ids_nor_texts(
    serve: Callable[..., TestClient], store_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    headers = key_for(store_path, "admin")
    api = serve()
    with caplog.at_level(logging.INFO, logger="fewrec.serving"):
        api.post("/v1/events", json=EVENT | {"user_id": "very-private", "text": "my secret"}, headers=headers)
        api.get("/v1/users/very-private/recommendations", params={"where": "my=secret"}, headers=headers)
        api.get("/v1/items/very-private", headers=headers)
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    requests = [line for line in lines if line["message"] == "request"]
    assert [(line["route"], line["status"]) for line in requests] == [
        ("/v1/events", 200),
        ("/v1/users/{user_id}/recommendations", 422),
        ("/v1/items/{item_id}", 404),
    ]
    written = json.dumps(lines)
    for secret in ("very-private", "secret", headers["Authorization"].rpartition("_")[2]):
        assert secret not in written


def test_what_a_visitor_says_leaves_nothing_on_disk(serve: Callable[..., TestClient], store_path: Path) -> None:
    def contents() -> dict[str, bytes]:
        return {
            str(file): file.read_bytes()
            for file in sorted(store_path.rglob("*"))
            if file.is_file() and file.suffix not in {"", ".sqlite-shm"}
        }

    api = serve()
    api.get("/v1/items")
    before = contents()
    asked = {"say": ["a sentence that nobody has ever said"], "like": ["wall-e"]}
    for path in ("/v1/recommendations", "/v1/profile", "/v1/questions"):
        assert api.post(path, json=asked).status_code == 200
    assert contents() == before
