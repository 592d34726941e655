"""``fewrec serve`` as real processes: several workers, kills, refits under load, backups, an orderly end."""

from __future__ import annotations

import itertools
import json
import random
import threading
import time
from pathlib import Path

import httpx
import pytest

from fewrec.serving import Client
from fewrec.store import Store

from .conftest import running


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [line["item_id"] for line in answer.json()["items"]]


def test_what_one_worker_acknowledged_every_worker_knows(store_path: Path, tmp_path: Path) -> None:
    """Connections are spread over the workers, so each request goes to whichever the kernel picks."""
    with running(store_path, "--workers", "2", log=tmp_path / "log") as service:
        for n in range(12):
            user = f"u-{n}"
            with httpx.Client(base_url=service.url) as one, httpx.Client(base_url=service.url) as other:
                before = ids(other.get(f"/v1/users/{user}/recommendations"))
                assert one.post("/v1/events", json={"user_id": user, "item_id": before[0], "event": "like"}).status_code == 200
                assert before[0] not in ids(other.get(f"/v1/users/{user}/recommendations"))
                assert one.put(f"/v1/items/new-{n}", json={"title": f"星际宇航员火星任务 {n}"}).status_code == 200
                found = other.post("/v1/recommendations", json={"say": ["星际宇航员火星任务"], "k": 60}).json()
                assert f"new-{n}" in [line["item_id"] for line in found["items"]]
        text = httpx.get(f"{service.url}/metrics").text
        stored = [line for line in text.splitlines() if line.startswith("fewrec_events_stored_total")]
        assert stored == ["fewrec_events_stored_total 12.0"]  # of both workers together
        assert service.stop() in {0, -15}


class Load:
    """Threads that post events, each with a number, and remember which were acknowledged."""

    def __init__(self, url: str, first: int) -> None:
        self.acknowledged: set[str] = set()
        self.wrong: list[str] = []
        self._numbers = itertools.count(first)
        self._stop = threading.Event()
        self._url = url
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(3)]
        for thread in self._threads:
            thread.start()

    def _run(self, n: int) -> None:
        with httpx.Client(base_url=self._url, timeout=20) as http:
            while not self._stop.is_set():
                numbers = [next(self._numbers) for _ in range(1 if n else 20)]
                events = [{"user_id": f"k{i % 7}", "item_id": "wall-e", "event": "view", "event_id": f"e{i}"} for i in numbers]
                try:
                    answer = http.post("/v1/events", json={"events": events})
                    http.get(f"/v1/users/k{numbers[0] % 7}/recommendations", params={"k": 3})
                except httpx.TransportError:
                    return  # killed
                if answer.status_code == 200 and answer.json()["new"] == len(numbers):
                    self.acknowledged |= {f"e{i}" for i in numbers}
                elif answer.status_code != 503:
                    self.wrong.append(answer.text)

    def end(self) -> int:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return next(self._numbers)


def kill_under_load(store_path: Path, tmp_path: Path, n_kills: int, *options: str) -> None:
    """Start, load, kill at a random moment, look into the store; again and again on the same store, without any repair."""
    rng = random.Random(n_kills)
    acknowledged: set[str] = set()
    first = n_loaded = 0
    for _ in range(n_kills):
        with running(store_path, *options, log=tmp_path / "log") as service:
            load = Load(service.url, first)
            deadline, enough = time.monotonic() + 20, rng.randint(1, 60)
            while len(load.acknowledged) < enough and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(rng.uniform(0, 0.05))
            service.kill()
            first = load.end()
        assert load.wrong == []
        n_loaded += bool(load.acknowledged)
        acknowledged |= load.acknowledged
        with Store.open(store_path) as store:
            store.check()
            stored = {event for n in range(7) for event in store.events_of(f"k{n}")["event_id"]}
        assert acknowledged <= stored
        assert len(stored) <= first
    assert n_loaded == n_kills
    with running(store_path, *options, log=tmp_path / "log") as service:
        assert httpx.get(f"{service.url}/v1/users/k1/recommendations", timeout=20).status_code == 200


def test_nothing_acknowledged_is_lost_to_sigkill(store_path: Path, tmp_path: Path) -> None:
    kill_under_load(store_path, tmp_path, 3)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_to_fifty_sigkills(store_path: Path, tmp_path: Path) -> None:
    kill_under_load(store_path, tmp_path, 50)


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_to_sigkill_of_several_workers(store_path: Path, tmp_path: Path) -> None:
    kill_under_load(store_path, tmp_path, 8, "--workers", "2")


def test_a_fit_is_swapped_in_under_load_and_a_backup_taken_meanwhile(store_path: Path, tmp_path: Path) -> None:
    with running(store_path, log=tmp_path / "log") as service, Client(service.url) as client:
        client.put_item("martian", {"title": "火星救援", "description": "一名宇航员被独自留在火星上"})
        old = client.fits()["current"]["fit_id"]
        statuses: list[int] = []
        stop = threading.Event()

        def ask() -> None:
            with httpx.Client(base_url=service.url, timeout=30) as http:
                for n in itertools.count():
                    if stop.is_set():
                        return
                    statuses.append(
                        http.get(f"/v1/users/u{n % 20:02}/recommendations", params={"k": 5, "explain": n % 2}).status_code
                    )
                    statuses.append(
                        http.post("/v1/events", json={"user_id": "load", "item_id": "coco", "event": "view"}).status_code
                    )

        asking = threading.Thread(target=ask)
        asking.start()
        try:
            job = client.fit("new season", wait_s=60)
            assert job["state"] == "done", job
            with Store.open(store_path) as store:
                assert store.backup(tmp_path / "copy") > 0
            deadline = time.monotonic() + 30
            while not (now := client.fits()["current"])["answering"]:
                assert time.monotonic() < deadline
        finally:
            stop.set()
            asking.join()
        assert (now["fit_id"], now["items"]) == (job["fit_id"], 67)
        assert now["fit_id"] != old
        assert set(statuses) == {200}
        assert len(statuses) > 20
        assert "martian" in [item for item, _, _ in client.similar("gravity", k=10)]
        summary = httpx.get(f"{service.url}/v1/summary").json()
        assert summary["newcomers"] == 0
    with running(tmp_path / "copy", log=tmp_path / "log") as restored, Client(restored.url) as client:
        assert client.fits()["current"]["fit_id"] == now["fit_id"]
        assert any(event["item_id"] == "coco" for event in client.events("load"))


def test_one_command_from_a_file_to_a_service_that_ends_in_order(store_path: Path, tmp_path: Path) -> None:
    items = tmp_path / "items.csv"
    rows = [f"i{n},{word} {n}" for n, word in enumerate(["space travel", "love story", "haunted house"] * 5)]
    items.write_text("item_id,title\n" + "\n".join(rows) + "\n")
    (tmp_path / "events.csv").write_text("user_id,item_id,event\nann,i0,like\nbob,i1,like\n")
    options = ("--events", str(tmp_path / "events.csv"), "--model", "taste")
    with running(items, *options, log=tmp_path / "log") as service:
        with Client(service.url) as client:
            assert client.recommend("ann", k=1).items[0].title.startswith("space travel")
            client.like("eve", "i2")
        assert service.stop() in {0, -15}
    log = (tmp_path / "log").read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert "Finished server process" in " ".join(line["message"] for line in lines)
    assert "Traceback" not in log
    with running(items, *options, log=tmp_path / "log") as again, Client(again.url) as client:
        assert [event["item_id"] for event in client.events("eve")] == ["i2"]
        assert client.recommend("eve", k=1).items[0].title.startswith("haunted house")


def test_it_says_why_it_does_not_start(store_path: Path, tmp_path: Path) -> None:
    def said(path: Path | str, *options: str, **environment: str) -> tuple[int, str]:
        log = tmp_path / f"log-{time.monotonic_ns()}"
        with running(path, *options, log=log, wait=False, environment=environment) as service:  # type: ignore[arg-type]
            return service.process.wait(timeout=60), log.read_text()

    status, text = said(store_path, "--host", "0.0.0.0")
    assert (status, "no API key" in text, "hint: make one first" in text) == (1, True, True)
    status, text = said(tmp_path / "nothing")
    assert (status, "there is no store" in text) == (1, True)
    status, text = said(store_path, FEWREC_SERVE_MAX_BATCHES="7")
    assert (status, "did you mean max_batch?" in text) == (1, True)
    status, text = said(store_path, "--events", "x.csv")
    assert (status, "go with a file of items" in text) == (1, True)
