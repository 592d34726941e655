"""From settings to listening processes."""

from __future__ import annotations

import ipaddress
import json
import os
import tempfile
from typing import Any

import uvicorn

from fewrec.errors import SettingError
from fewrec.serving import logs
from fewrec.serving.app import create_app
from fewrec.serving.metrics import MULTIPROCESS_VARIABLE
from fewrec.serving.middleware import App
from fewrec.settings import ServeSettings
from fewrec.store import Store
from fewrec.store.keys import any_key

_HANDED_OVER = "_FEWREC_SERVING"


def check_binding(store: str, settings: ServeSettings) -> None:
    """Refuse to listen where others can reach the service before there is a key.

    Raises:
        SettingError: not loopback, and no key in the store.
    """
    if settings.on_loopback or (_is_address(settings.host) and ipaddress.ip_address(settings.host).is_loopback):
        return
    with Store.open(store) as opened:
        if not opened.read(any_key):
            raise SettingError(
                f"{settings.host} can be reached by others, and the store has no API key",
                hint=f"make one first: fewrec keys {store} --create NAME --scope admin; or listen on 127.0.0.1",
            )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def run(store: str, settings: ServeSettings) -> None:
    """Serve until told to stop. Does not return an error status for SIGTERM and SIGINT: they are how services end."""
    check_binding(store, settings)
    options: dict[str, Any] = {
        "host": settings.host,
        "port": settings.port,
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "timeout_keep_alive": settings.keep_alive_s,
        "timeout_graceful_shutdown": settings.shutdown_s,
        "backlog": 2048,
        "h11_max_incomplete_event_size": 64 * 1024,
        "proxy_headers": False,
    }
    logs.set_up()
    if settings.workers == 1:
        uvicorn.run(create_app(store, settings), **options)
        return
    with tempfile.TemporaryDirectory(prefix="fewrec-metrics-") as folder:
        os.environ[MULTIPROCESS_VARIABLE] = folder
        os.environ[_HANDED_OVER] = json.dumps({"store": store, "settings": settings.model_dump(mode="json")})
        uvicorn.run("fewrec.serving.run:worker", factory=True, workers=settings.workers, **options)


def worker() -> App:
    """The application of one of several processes, from what :func:`run` left in the environment."""
    logs.set_up()
    handed = json.loads(os.environ[_HANDED_OVER])
    return create_app(handed["store"], ServeSettings(**handed["settings"]))
