"""The durable store: items, events, statements and fitted models of one catalogue."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import polars as pl

from fewrec.errors import FewrecError, StoreError, UnknownUserError
from fewrec.store import backup, behaviour, fits, items
from fewrec.store.behaviour import EVENTS, STATEMENTS
from fewrec.store.counts import ForgetCounts, IngestCounts, StoreSummary
from fewrec.store.database import Database
from fewrec.store.items import OnBatch
from fewrec.store.location import Location, locate
from fewrec.types import Dataset

T = TypeVar("T")


class Store:
    """A store that is open. Use it as a context manager; threads may share one, processes open their own.

    Whatever a method has returned from, or told ``on_batch``, is on disk and survives a kill. While one process writes, others read
    the last committed state.
    """

    def __init__(self, location: Location, database: Database, *, batch_rows: int = 10_000) -> None:
        self.location = location
        self._database = database
        self._batch_rows = batch_rows

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        create: bool = False,
        read_only: bool = False,
        batch_rows: int = 10_000,
        timeout_s: float = 30.0,
    ) -> Store:
        """Open a directory or ``sqlite:///PATH``; with ``create``, make it where there is none.

        ``batch_rows``: rows a transaction. ``timeout_s``: how long to wait for another process that writes.

        Raises:
            StoreError: nothing there, damaged, in use, not to be written to, another program's database, or a newer version's.
        """
        location = locate(path)
        if create and not read_only:
            try:
                location.database.parent.mkdir(parents=True, exist_ok=True)
                location.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    f"the store {location.shown} cannot be made: {error.strerror}", hint="choose a place you may write to"
                ) from error
        elif not location.database.exists():
            raise StoreError(
                f"there is no store at {location.shown}", hint=f"fewrec ingest {location.shown} --items FILE makes one"
            )
        database = Database(
            location.database, location.shown, create=create and not read_only, read_only=read_only, timeout_s=timeout_s
        )
        store = cls(location, database, batch_rows=batch_rows)
        if not read_only:
            fits.clean(database, location.fits)
        return store

    def close(self) -> None:
        """Close the database; a second call does nothing."""
        self._database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # -- writing -------------------------------------------------------------------------------------------------------------------

    def put_items(self, frame: pl.DataFrame, *, on_batch: OnBatch | None = None) -> IngestCounts:
        """Add items or change them. Columns of the frame replace what is stored, nulls included; columns it lacks stay as they were."""
        return items.put_items(self._database, frame, batch_rows=self._batch_rows, on_batch=on_batch)

    def add_events(self, frame: pl.DataFrame, *, on_batch: OnBatch | None = None) -> IngestCounts:
        """Add events; those that are there already count as ``same`` (see :mod:`fewrec.store.behaviour` for what makes them so).

        Two events without an ``event_id``, equal in every column and from two calls, are one event: give events that come one by
        one a timestamp or an id. Events on items that are not (yet) in the store are kept.
        """
        return behaviour.add_rows(self._database, EVENTS, frame, batch_rows=self._batch_rows, on_batch=on_batch)

    def add_statements(self, frame: pl.DataFrame, *, on_batch: OnBatch | None = None) -> IngestCounts:
        """Add what people said in words, like :meth:`add_events`."""
        return behaviour.add_rows(self._database, STATEMENTS, frame, batch_rows=self._batch_rows, on_batch=on_batch)

    def write_together(self, jobs: Sequence[Callable[[sqlite3.Connection], T]]) -> list[T | FewrecError]:
        """Several writers' work in one transaction, so that they share its wait for the disk; what each returned, or its own error.

        A job that raises a :class:`FewrecError` is undone alone. When this returns, all else is on disk.

        Raises:
            StoreError: nothing of any job was stored.
        """
        outcomes: list[T | FewrecError] = []
        with self._database.writing() as connection:
            for job in jobs:
                connection.execute("SAVEPOINT job")
                try:
                    outcomes.append(job(connection))
                except FewrecError as error:
                    connection.execute("ROLLBACK TO job")
                    outcomes.append(error)
                connection.execute("RELEASE job")
        return outcomes

    def write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """One job alone; see the functions of :mod:`fewrec.store.intake`, ``keys``, ``jobs`` and ``shown``."""
        with self._database.writing() as connection:
            return job(connection)

    def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Look things up in one consistent state; see :mod:`fewrec.store.changes`."""
        with self._database.reading() as connection:
            return query(connection)

    def backup(self, path: str | os.PathLike[str]) -> int:
        """Copy the store into the new directory ``path`` while others read and write; the size in bytes.

        The copy is a store of one moment, with its current fit; vectors of texts are made again when needed.

        Raises:
            StoreError: there is something at ``path``, or it cannot be written.
        """
        return backup.copy_store(self._database, self.location, Path(path))

    def delete_items(self, item_ids: Iterable[str]) -> int:
        """Number of items deleted; ids that are not there are passed over. The items' events stay."""
        return items.delete_items(self._database, item_ids)

    def forget(self, user_id: str) -> ForgetCounts:
        """Erase a user: rows overwritten on disk, fits marked stale, their per-user files removed, the fit before the current one too.

        The vector cache is the encoder's: take the texts from :meth:`events_of` and :meth:`statements_of` first and remove them there.

        Raises:
            UnknownUserError: there is nothing about this user.
        """
        with self._database.writing() as connection:
            n_events, n_statements = (
                connection.execute(f"DELETE FROM {table.name} WHERE user_id = ?", (user_id,)).rowcount
                for table in (EVENTS, STATEMENTS)
            )
            connection.execute("DELETE FROM shown WHERE user_id = ?", (user_id,))
            if not n_events + n_statements:
                raise UnknownUserError(
                    f"nothing is stored about user {user_id!r}", hint="ids are compared exactly, case and spaces included"
                )
            n_stale = fits.mark_stale(connection, "a user was forgotten after this fit")
            items.bump_revision(connection)
        n_removed = fits.clean(self._database, self.location.fits, wait_s=60.0)
        return ForgetCounts(n_events, n_statements, n_stale, n_removed, self._erase_free_space())

    def _erase_free_space(self) -> bool:
        """Rewrite the file, since rows that SQLite moved between pages leave copies behind, and empty the write-ahead log."""
        with self._database.outside_transaction() as connection:
            try:
                connection.execute("VACUUM")
                busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                return False
        return not busy

    # -- reading -------------------------------------------------------------------------------------------------------------------

    def dataset(self) -> Dataset:
        """Everything, as of one moment, in order of arrival."""
        with self._database.reading() as connection:
            events = behaviour.read_rows(connection, EVENTS).drop("event_id")
            return Dataset(items.read_items(connection), events, behaviour.read_rows(connection, STATEMENTS))

    def item(self, item_id: str) -> dict[str, Any] | None:
        """One item's fields, or None."""
        with self._database.reading() as connection:
            return items.read_item(connection, item_id)

    def events_of(self, user_id: str) -> pl.DataFrame:
        """One user's events in order of arrival, ``event_id`` included; no rows for a user nobody knows."""
        with self._database.reading() as connection:
            return behaviour.read_rows(connection, EVENTS, user_id)

    def statements_of(self, user_id: str) -> pl.DataFrame:
        """One user's statements in order of arrival."""
        with self._database.reading() as connection:
            return behaviour.read_rows(connection, STATEMENTS, user_id)

    def user_exists(self, user_id: str) -> bool:
        """Whether there is an event or a statement of this user."""
        query = (
            "SELECT EXISTS (SELECT 1 FROM events WHERE user_id = ?1) OR EXISTS (SELECT 1 FROM statements WHERE user_id = ?1)"
        )
        return bool(self._value(query, (user_id,)))

    @property
    def n_items(self) -> int:
        """Number of items."""
        return int(self._value("SELECT count(*) FROM items"))

    @property
    def revision(self) -> int:
        """Grows with every change of items, events or statements. Keep it in a fit's meta to see later whether data came since."""
        return int(self._value("SELECT value FROM meta WHERE key = 'revision'"))

    def summary(self) -> StoreSummary:
        """Counts and ranges."""
        with self._database.reading() as connection:

            def row(query: str) -> tuple[Any, ...]:
                found: tuple[Any, ...] | None = connection.execute(query).fetchone()
                return found if found is not None else (None, None)

            kinds = connection.execute("SELECT event, count(*) FROM events GROUP BY event ORDER BY 2 DESC, 1").fetchall()
            first, last = row("SELECT min(timestamp), max(timestamp) FROM events")
            fit_id, stale_reason = row("SELECT fit_id, stale_reason FROM fits WHERE current = 1")
            return StoreSummary(
                n_items=row("SELECT count(*) FROM items")[0],
                n_users=row("SELECT count(*) FROM (SELECT user_id FROM events UNION SELECT user_id FROM statements)")[0],
                n_events=sum(count for _, count in kinds),
                n_statements=row("SELECT count(*) FROM statements")[0],
                events_by_kind=dict(kinds),
                first=first,
                last=last,
                size_bytes=row("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")[0],
                fit_id=fit_id,
                stale_reason=stale_reason,
                revision=int(row("SELECT value FROM meta WHERE key = 'revision'")[0]),
            )

    def check(self) -> None:
        """Go through the whole database.

        Raises:
            StoreError: something is damaged.
        """
        found = self._value("PRAGMA integrity_check")
        if found != "ok":
            raise StoreError(
                f"the store {self.location.shown} is damaged: {found}",
                hint="restore it from a backup, or ingest into a new store",
            )

    def _value(self, query: str, values: Sequence[Any] = ()) -> Any:
        with self._database.reading() as connection:
            return connection.execute(query, values).fetchone()[0]

    # -- fits ----------------------------------------------------------------------------------------------------------------------

    def save_fit(self, write: Callable[[Path], None], meta: Mapping[str, Any], *, per_user_files: Sequence[str] = ()) -> str:
        """Save a fit and make it the current one; returns its id. ``write`` fills an empty directory.

        ``meta`` must be JSON. ``per_user_files``: files, relative to the directory, with data per user; they are removed when a user is
        forgotten, so loading must do without them.
        """
        return fits.save_fit(self._database, self.location.fits, write, meta, per_user_files)

    def current_fit(self) -> tuple[Path, dict[str, Any]] | None:
        """Directory and meta of the current fit, with ``fit_id``, ``created`` and ``stale_reason`` in it; None before the first."""
        return fits.current_fit(self._database, self.location.fits)

    @property
    def vector_cache_path(self) -> Path:
        """Where the encoders stage keeps its cache; the file is its own business."""
        return self.location.vector_cache
