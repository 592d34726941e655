"""Full disks, locks, damage, clocks that jump, clients that are slow or broken, memory: clear answers, and never a wrong acknowledgement."""

from __future__ import annotations

import gc
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from fewrec.errors import DataError, StoreError
from fewrec.serving.engine import Engine
from fewrec.serving.writer import Writer
from fewrec.store import Store, StoreBusyError

from .conftest import listening

EVENT = {"user_id": "ann", "item_id": "wall-e", "event": "like"}


def engine_of(api: TestClient) -> Engine:
    return api.app._app.state.engine  # type: ignore[attr-defined, no-any-return]


def test_a_full_disk_is_507_and_nothing_is_acknowledged(serve: Callable[..., TestClient], store_path: Path) -> None:
    api = serve()
    connection = engine_of(api)._written._database.connection
    connection.execute("PRAGMA max_page_count = 1")  # SQLite says that the disk is full as soon as the file would grow
    acknowledged = 0
    for n in range(400):
        answer = api.post("/v1/events", json=EVENT | {"event_id": f"e{n}", "text": "x" * 2000})
        if answer.status_code == 507:
            break
        assert answer.status_code == 200
        acknowledged += 1
    assert (answer.status_code, answer.json()["type"]) == (507, "urn:fewrec:problem:disk-full")
    assert "free some space" in answer.json()["hint"]
    assert api.get("/v1/users/ann/recommendations").status_code == 200  # reading goes on
    with Store.open(store_path) as store:
        assert store.events_of("ann").height == acknowledged
        store.check()
    connection.execute("PRAGMA max_page_count = 1000000")
    assert api.post("/v1/events", json=EVENT | {"event_id": "later"}).status_code == 200


def test_a_real_full_disk(tmp_path: Path, fitted_films: Path) -> None:
    """On a small file system of its own, where this machine lets us make one."""
    mount = tmp_path / "small"
    mount.mkdir()
    if (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(mount)], capture_output=True, check=False
        ).returncode
        != 0
    ):
        pytest.skip("no permission to mount a small file system here")
    try:
        store = Path(shutil.copytree(fitted_films, mount / "store"))
        acknowledged = 0
        with listening(store, log_requests=False) as url, httpx.Client(base_url=url, timeout=30) as http:
            statuses = []
            for n in range(60):
                events = [EVENT | {"event_id": f"e{n}-{i}", "text": "x" * 15000} for i in range(20)]
                answer = http.post("/v1/events", json={"events": events})
                statuses.append(answer.status_code)
                acknowledged += answer.json()["new"] if answer.status_code == 200 else 0
            assert set(statuses) <= {200, 507, 503}, set(statuses)
            assert statuses[0] == 200
            assert 507 in statuses
        with Store.open(store, read_only=True) as opened:
            assert opened.events_of("ann").height == acknowledged
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=True)


def test_a_locked_store_is_503_and_works_again_afterwards(serve: Callable[..., TestClient], store_path: Path) -> None:
    api = serve(store_timeout_s=0.2)
    with Store.open(store_path) as other, other._database.writing():
        for answer in (api.post("/v1/events", json=EVENT), api.put("/v1/items/x", json={"title": "X"}), api.get("/v1/ready")):
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:fewrec:problem:busy")
            assert answer.headers["retry-after"]
        assert api.get("/v1/users/u01/recommendations").status_code == 200
        assert api.get("/v1/health").status_code == 200
    assert api.get("/v1/ready").status_code == 200
    assert api.get("/v1/users/ann/events").json()["events"] == []
    assert api.post("/v1/events", json=EVENT).json()["new"] == 1


def test_a_damaged_database_is_reported_and_not_written_to(serve: Callable[..., TestClient], store_path: Path) -> None:
    api = serve()
    with Store.open(store_path) as store:
        store.read(lambda connection: None)
        connection = store._database.connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("DROP TABLE events")
    for answer in (
        api.post("/v1/events", json=EVENT),
        api.get("/v1/users/u01/recommendations"),
        api.get("/v1/users/u01/events"),
    ):
        assert answer.status_code == 503, answer.text
        assert "damaged" in answer.json()["detail"]
        assert "backup" in answer.json()["hint"]
    assert api.get("/v1/health").status_code == 200


def test_a_file_that_is_no_database_does_not_start(tmp_path: Path, serve: Callable[..., TestClient]) -> None:
    path = tmp_path / "bad"
    path.mkdir()
    (path / "fewrec.sqlite").write_bytes(b"garbage " * 1000)
    with pytest.raises(StoreError, match="not a SQLite database"):
        serve(path)


def test_a_fit_that_cannot_be_read_is_made_anew_while_events_are_taken(
    serve: Callable[..., TestClient], store_path: Path
) -> None:
    """After an upgrade, or damage: no manual repair."""
    for document in store_path.glob("fits/*/object.json"):
        document.write_text('{"format": 1, "object": {"$object": "fewrec.nothing:Gone", "state": {}}}')
    api = serve(refit_interval_s=1.0)
    assert api.get("/v1/ready").json() == {"status": "ready", "fit": None}
    assert api.post("/v1/events", json=EVENT).json()["new"] == 1
    assert api.get("/v1/users/ann/recommendations").status_code == 503
    deadline = time.monotonic() + 60
    while (answer := api.get("/v1/users/ann/recommendations")).status_code != 200:
        assert time.monotonic() < deadline, api.get("/v1/fits").text
        time.sleep(0.2)
    assert {reason["kind"] for reason in answer.json()["items"][0]["reasons"]} == {"prior", "like"}
    assert api.get("/v1/fits").json()["jobs"][0]["reason"] == "the current fit cannot be read"


def test_the_clock_jumps_and_the_latest_word_still_counts(
    serve: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = serve()
    real = time.time
    for offset, kind in ((0.0, "like"), (86_400.0 * 365, "dislike"), (-86_400.0 * 3650, "like"), (5.0, "dislike")):
        monkeypatch.setattr(time, "time", lambda offset=offset: real() + offset)
        assert (
            api.post("/v1/events", json=EVENT | {"event": kind}, headers={"Idempotency-Key": f"{kind}{offset}"}).status_code
            == 200
        )
        reasons = api.get("/v1/users/ann/recommendations").json()["items"][0]["reasons"]
        assert {reason["kind"] for reason in reasons} == {"prior", kind}
        again = api.post("/v1/events", json=EVENT | {"event": kind}, headers={"Idempotency-Key": f"{kind}{offset}"})
        assert again.headers.get("idempotency-replayed") == "true"
    assert len(api.get("/v1/users/ann/events").json()["events"]) == 4


def test_slow_and_broken_clients_are_let_go_and_others_are_served(store_path: Path) -> None:
    with listening(store_path, body_timeout_s=0.5) as url, httpx.Client(base_url=url) as http:
        host, port = url.removeprefix("http://").split(":")

        def raw(*parts: bytes, pause: float = 0.0) -> bytes:
            with socket.create_connection((host, int(port)), timeout=10) as connection:
                for part in parts:
                    connection.sendall(part)
                    time.sleep(pause)
                return connection.recv(65536)

        head = b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
        slow = raw(head, b'{"user_id":', b'"ann",', pause=0.35)
        assert b"408" in slow.split(b"\r\n")[0]
        assert b"urn:fewrec:problem:slow" in slow
        for broken in (
            b"\x16\x03\x01\x02\x00\x01\x00",
            b"GET / HTTP/9.9\r\n\r\n",
            b"NONSENSE\r\n\r\n",
            b"GET /v1/items HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        ):
            assert b"HTTP/1.1 4" in raw(broken)
        for cut in (head, head + b'{"user_id": "ann"', b"GET /v1/ite"):  # gone in the middle
            with socket.create_connection((host, int(port))) as connection:
                connection.sendall(cut)
        idle = [socket.create_connection((host, int(port))) for _ in range(50)]
        for connection in idle:
            connection.sendall(b"GET /v1/health HTTP/1.1\r\nX-Slow: ")
        assert http.get("/v1/users/u01/recommendations").status_code == 200
        assert http.post("/v1/events", json=EVENT).json()["new"] == 1
        for connection in idle:
            connection.close()
        assert len(http.get("/v1/users/ann/events").json()["events"]) == 1


def test_a_writer_that_fails_tells_everybody_who_waits(store_path: Path) -> None:
    with Store.open(store_path) as store:
        writer = Writer(store)
        entered, leave = threading.Event(), threading.Event()

        def slow(_connection: sqlite3.Connection) -> None:
            entered.set()
            leave.wait(10)

        def bad(_connection: sqlite3.Connection) -> None:
            raise DataError("not this one")

        def broken(_connection: sqlite3.Connection) -> None:
            raise ZeroDivisionError

        first = writer.submit(slow)
        assert entered.wait(10)
        together: list[Future[object]] = [writer.submit(lambda c: c.execute("SELECT 7").fetchone()[0]), writer.submit(bad)]
        assert not first.done()
        leave.set()
        assert together[0].result(10) == 7
        assert isinstance(together[1].exception(10), DataError)
        assert isinstance(writer.submit(broken).exception(10), ZeroDivisionError)
        assert writer.submit(lambda c: 1).result(10) == 1
        writer.close()
        with pytest.raises(StoreBusyError, match="shutting down"):
            writer.submit(bad)


def rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def mixed_load(api: TestClient, n_rounds: int) -> None:
    """Five requests a round, over users, sentences and items that come back."""
    for n in range(n_rounds):
        user = f"m{n % 50}"
        api.post("/v1/events", json={"user_id": user, "item_id": "coco", "event": "view", "event_id": f"e{n % 100}"})
        api.get(f"/v1/users/{user}/recommendations", params={"k": 20})
        api.post("/v1/recommendations", json={"like": ["wall-e"], "say": [f"science fiction {n % 40}"]})
        if n % 5 == 0:
            api.put(f"/v1/items/new{n % 10}", json={"title": f"New {n % 20}"})
        api.get("/v1/nothing")


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_memory_is_steady_under_mixed_load(serve: Callable[..., TestClient]) -> None:
    """An hour scaled down: after a warm-up, twice the load does not take noticeably more memory."""
    api = serve(cache_mb=1, log_requests=False)
    mixed_load(api, 300)
    gc.collect()
    before = rss_mb()
    mixed_load(api, 900)
    gc.collect()
    assert rss_mb() - before < 12  # MiB over 4,000 requests: a leak of their bodies alone would be 20
