"""One SQLite connection with the settings durability needs, and SQLite's errors in our words."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fewrec.errors import StoreError
from fewrec.store.migrations import migrate

_ADVICE = (
    ("locked", "is in use by another process that is writing", "wait for it to finish and try again"),
    (
        "readonly",
        "cannot be written to",
        "check the permissions of the directory and its files, and that the disk is not read-only",
    ),
    (
        "read-only",
        "cannot be written to",
        "check the permissions of the directory and its files, and that the disk is not read-only",
    ),
    ("not a database", "is not a SQLite database", "restore it from a backup, or ingest into a new store"),
    ("malformed", "is damaged", "restore it from a backup, or ingest into a new store"),
    ("no such table", "is damaged: a table is missing", "restore it from a backup, or ingest into a new store"),
    ("no such column", "is damaged: a column is missing", "restore it from a backup, or ingest into a new store"),
    ("disk is full", "cannot grow: the disk is full", "free some space; what was acknowledged is safe"),
    ("unable to open", "cannot be opened", "check that the directory exists and that you may read and write there"),
    ("disk i/o", "cannot be read or written: the disk reports an error", "check the disk"),
)


class Database:
    """Transactions on one file. Threads may share it; they take turns.

    WAL, so that readers see a whole state while one process writes. ``synchronous=FULL``: a commit is on disk before it is
    acknowledged, power cuts included; with batches of thousands of rows a transaction that costs nothing to speak of.
    ``secure_delete``: what is deleted is overwritten.
    """

    def __init__(self, path: Path, shown: str, *, create: bool, read_only: bool, timeout_s: float) -> None:
        self.path = path
        self.shown = shown
        self._lock = threading.RLock()
        mode = "ro" if read_only else "rwc" if create else "rw"
        with self._translated():
            self.connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=timeout_s,
                isolation_level=None,
                check_same_thread=False,
            )
        try:
            with self._translated():
                self._prepare(create=create, read_only=read_only)
        except BaseException:
            self.connection.close()
            raise

    def _prepare(self, *, create: bool, read_only: bool) -> None:
        execute = self.connection.execute
        execute("PRAGMA secure_delete = ON")
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA cache_size = -65536")  # 64 MiB: keys arrive in random order, and their index should stay in memory
        migrate(self.connection, self.shown, create=create, read_only=read_only)
        if not read_only:
            execute("PRAGMA journal_mode = WAL")

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        with self._lock:
            self.connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent state for all the queries within."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; on disk when the block is left without an error."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def outside_transaction(self) -> Iterator[sqlite3.Connection]:
        """For checkpoints, checks and VACUUM."""
        with self._lock, self._translated():
            yield self.connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, self._translated():
            self.connection.execute(begin)
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise store_error(error, self.shown) from error
        except UnicodeEncodeError as error:
            raise StoreError(
                f"{error.object[:60]!r} holds half of a surrogate pair, which is no character",
                hint="ids and texts must be Unicode text",
            ) from error


class StoreBusyError(StoreError):
    """Another process is writing; trying again may help."""


class StoreFullError(StoreError):
    """There is no room left on the disk."""


_KINDS: dict[str, type[StoreError]] = {"locked": StoreBusyError, "disk is full": StoreFullError}


def store_error(error: sqlite3.Error, shown: str) -> StoreError:
    """What SQLite said, as what was found and what to do."""
    message = str(error)
    for sign, found, hint in _ADVICE:
        if sign in message.lower():
            return _KINDS.get(sign, StoreError)(f"the store {shown} {found} ({message})", hint=hint)
    return StoreError(f"the store {shown} refused the operation: {message}")
