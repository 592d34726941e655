"""Fitted models in the store: directories that appear whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from fewrec.errors import SettingError, StoreError
from fewrec.store.database import Database, store_error

_LOCK_NAME = ".lock"
_WAIT_FOR_OTHERS_S = 60.0


def save_fit(
    database: Database, folder: Path, write: Callable[[Path], None], meta: Mapping[str, Any], per_user_files: Sequence[str]
) -> str:
    """Have ``write`` fill a new directory, put it on disk, and make it the current fit.

    The one before is kept, for processes that are still loading it; older ones go.
    """
    described = json.dumps(dict(meta), ensure_ascii=False)
    with fits_lock(folder, wait_s=_WAIT_FOR_OTHERS_S):
        fit_id = time.strftime("%Y%m%dT%H%M%S", time.gmtime()) + "-" + uuid.uuid4().hex[:8]
        partial = folder / f"partial-{fit_id}"
        try:
            partial.mkdir()
            write(partial)
            _check_files(partial, per_user_files)
            _sync_tree(partial)
            partial.rename(folder / fit_id)
            _sync_folder(folder)
        except OSError as error:
            raise StoreError(
                f"the fit cannot be saved in {folder}: {error}", hint="check free space and permissions"
            ) from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        with database.writing() as connection:
            connection.execute("DELETE FROM fits WHERE current = 0")
            connection.execute("UPDATE fits SET current = 0")
            connection.execute(
                "INSERT INTO fits (fit_id, created, meta, per_user_files, current) VALUES (?, ?, ?, ?, 1)",
                (fit_id, time.time(), described, json.dumps(list(per_user_files))),
            )
        _remove_unrecorded(database, folder)
    return fit_id


def current_fit(database: Database, folder: Path) -> tuple[Path, dict[str, Any]] | None:
    """The current fit's directory and what was saved with it, plus ``fit_id``, ``created`` and ``stale_reason`` (or None)."""
    with database.reading() as connection:
        row = connection.execute("SELECT fit_id, created, meta, stale_reason FROM fits WHERE current = 1").fetchone()
    if row is None:
        return None
    fit_id, created, meta, stale_reason = row
    path = folder / fit_id
    if not path.is_dir():
        raise StoreError(f"the fit {fit_id} is recorded, but its directory {path} is gone", hint="run fewrec fit again")
    return path, {**json.loads(meta), "fit_id": fit_id, "created": created, "stale_reason": stale_reason}


def mark_stale(connection: sqlite3.Connection, reason: str) -> int:
    """Within the transaction that forgets a user: every fit may hold their data. Returns the number of fits marked."""
    connection.execute("DELETE FROM fits WHERE current = 0")
    return connection.execute("UPDATE fits SET stale_reason = ?, purge = 1", (reason,)).rowcount


def clean(database: Database, folder: Path, *, wait_s: float = 0.0) -> int:
    """Remove half-written directories, and the per-user files of fits that a forgotten user is in. Returns the number of the latter.

    While another process saves a fit nothing is touched, unless ``wait_s`` lets us wait for it.
    """
    if not folder.is_dir():
        return 0
    try:
        with fits_lock(folder, wait_s=wait_s):
            _remove_unrecorded(database, folder)
            return _purge(database, folder)
    except FitsBusyError:
        if wait_s:
            raise
        return 0


class FitsBusyError(StoreError):
    """Another process holds the lock."""


def _purge(database: Database, folder: Path) -> int:
    n_removed = 0
    with database.reading() as connection:
        marked = connection.execute("SELECT fit_id, per_user_files FROM fits WHERE purge = 1").fetchall()
    for fit_id, names in marked:
        for name in json.loads(names):
            path = folder / fit_id / name
            n_removed += path.exists()
            path.unlink(missing_ok=True)
        if (folder / fit_id).is_dir():
            _sync_folder(folder / fit_id)
    if marked:
        with database.writing() as connection:
            connection.execute("UPDATE fits SET purge = 0")
    return n_removed


def _remove_unrecorded(database: Database, folder: Path) -> None:
    with database.reading() as connection:
        recorded = {fit_id for (fit_id,) in connection.execute("SELECT fit_id FROM fits")}
    for path in folder.iterdir():
        if path.is_dir() and path.name not in recorded:
            shutil.rmtree(path, ignore_errors=True)  # what another program holds open goes at the next opening


def _check_files(partial: Path, names: Sequence[str]) -> None:
    for name in names:
        path = (partial / name).resolve()
        if not path.is_file() or partial.resolve() not in path.parents:
            raise SettingError(
                f"per-user file {name!r} is not in the fit", hint="name files that the fit wrote, relative to its directory"
            )


@contextmanager
def fits_lock(folder: Path, *, wait_s: float, name: str = _LOCK_NAME) -> Iterator[None]:
    """One process at a time. An empty SQLite file is the lock: portable, and free as soon as its holder dies."""
    shown = str(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(folder / name, timeout=wait_s, isolation_level=None)
    except OSError as error:
        raise StoreError(f"fits cannot be saved in {shown}: {error.strerror}", hint="check its permissions") from error
    except sqlite3.Error as error:
        raise store_error(error, shown) from error
    with closing(connection):
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise FitsBusyError(f"another process is saving a fit in {shown}", hint="wait for it and try again") from error
            raise store_error(error, shown) from error
        yield


def _sync_tree(root: Path) -> None:
    for path, _, names in os.walk(root):
        for name in names:
            with (Path(path) / name).open("rb+") as file:
                os.fsync(file.fileno())
        _sync_folder(Path(path))


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no handle on a directory to sync
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
