"""A store of the sample films, fitted once, copied for every test; and the service over it, in process or as a process."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient

from fewrec.fitting import fit_store
from fewrec.sample import films
from fewrec.serving.app import create_app
from fewrec.settings import ServeSettings
from fewrec.store import Store

MODEL = "taste"
"""Fits in a second; `auto` is met where it matters."""


@pytest.fixture(scope="session")
def fitted_films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fitted store that nobody changes."""
    path = tmp_path_factory.mktemp("films") / "store"
    data = films.load()
    with Store.open(path, create=True) as store:
        store.put_items(data.items)
        store.add_events(data.events)
        store.add_statements(data.statements)
        fit_store(store, encoder="default", model=MODEL)
    return path


@pytest.fixture
def store_path(fitted_films: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    return Path(shutil.copytree(fitted_films, tmp_path / "store"))


@pytest.fixture
def serve(store_path: Path) -> Iterator[Callable[..., TestClient]]:
    """Start the service in this process, with settings."""
    opened: list[TestClient] = []

    def start(path: Path = store_path, **settings: object) -> TestClient:
        given = {"refit_changes": 0, "allowed_hosts": ("testserver",), **settings}
        client = TestClient(create_app(str(path), ServeSettings(**given)), raise_server_exceptions=False)  # type: ignore[arg-type]
        opened.append(client.__enter__())
        return client

    yield start
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def api(serve: Callable[..., TestClient]) -> TestClient:
    """The service with default settings."""
    return serve()


@contextmanager
def listening(path: Path, **settings: object) -> Iterator[str]:
    """The service in a thread, on a real socket; yields its URL."""
    given = {"refit_changes": 0, **settings}
    config = uvicorn.Config(
        create_app(str(path), ServeSettings(**given)), host="127.0.0.1", port=free_port(), log_config=None, access_log=False
    )  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield f"http://127.0.0.1:{config.port}"
    finally:
        server.should_exit = True
        thread.join()


@dataclass
class Service:
    """``fewrec serve`` in a process of its own."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """SIGKILL to the process and, with several workers, to all of them."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and the status it ended with."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    path: Path, *options: str, log: Path, environment: dict[str, str] | None = None, wait: bool = True
) -> Iterator[Service]:
    """Start it, wait until it is ready, and make sure that it is gone at the end."""
    port = free_port()
    command = [sys.executable, "-c", "from fewrec.cli import main; main()", "serve", str(path), "--port", str(port), *options]
    with log.open("ab") as stream:
        process = subprocess.Popen(
            command,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", **(environment or {})},
        )
    service = Service(f"http://127.0.0.1:{port}", process, log)
    try:
        if wait:
            wait_ready(service)
        yield service
    finally:
        if process.poll() is None:
            service.kill()


def wait_ready(service: Service, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert service.process.poll() is None, service.log.read_text()[-2000:]
        try:
            if httpx.get(f"{service.url}/v1/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"not ready after {seconds} s: {service.log.read_text()[-2000:]}")
