"""Vectors on disk, so that a text is encoded once: one SQLite file, keyed by encoder and text."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from fewrec.errors import StoreError
from fewrec.types import Matrix

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

_APPLICATION_ID = 0x66765643  # "fvVC" in the file header: ours, not somebody's database
_FORMAT = 1
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS encoders (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE)",
    "CREATE TABLE IF NOT EXISTS vectors (encoder INTEGER NOT NULL, key BLOB NOT NULL, vector BLOB NOT NULL,"
    " checksum INTEGER NOT NULL, UNIQUE (encoder, key))",
    "CREATE INDEX IF NOT EXISTS vectors_by_key ON vectors (key)",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_FORMAT}",
)
_KEYS_PER_QUERY = 500  # every SQLite build allows at least 999 parameters
_WAIT_FOR_OTHERS_S = 60.0
_DAMAGE = ("malformed", "not a database", "no such table", "no such column", "decode to UTF-8")


class VectorCache:
    """float32 vectors by (encoder fingerprint, text), exact to the bit.

    Only a hash of each text is kept, never the text. Every row carries a checksum, so a damaged row counts as absent; a file that
    SQLite cannot read is reported in the log, set aside as ``NAME.damaged`` and begun anew. Writes are transactions in a
    write-ahead log: a kill loses at most the batch being written. Several processes and threads may share one file.
    """

    def __init__(self, path: Path | str) -> None:
        """Open the file, or make it.

        Raises:
            StoreError: the place cannot be written to, or the file is another program's database.
        """
        self.path = Path(path)
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._process_id = 0
        self._file_id = (0, 0)
        self._run(lambda _connection: None)

    def get(self, fingerprint: str, texts: Sequence[str], dimensions: int) -> tuple[Matrix, NDArray[np.bool_]]:
        """Vectors (len(texts), dimensions), and (len(texts),) whether each was found; a row that was not found is zero."""
        vectors = np.zeros((len(texts), dimensions), dtype=np.float32)
        found = np.zeros(len(texts), dtype=np.bool_)
        rows_of: dict[bytes, list[int]] = {}
        for row, text in enumerate(texts):
            rows_of.setdefault(_key(text), []).append(row)
        n_damaged = 0
        for key, blob, checksum in self._run(lambda connection: _select(connection, fingerprint, list(rows_of))):
            rows = rows_of.get(key)
            sound = isinstance(blob, bytes) and len(blob) == 4 * dimensions and _checksum(fingerprint, key, blob) == checksum
            if rows is None or not sound:
                n_damaged += 1
                continue
            vectors[rows] = np.frombuffer(blob, dtype="<f4")
            found[rows] = True
        if n_damaged:
            _log.warning("%s: %d damaged vectors left out; they will be encoded again", self.path, n_damaged)
        return vectors, found

    def put(self, fingerprint: str, texts: Sequence[str], vectors: Matrix) -> None:
        """Keep ``vectors`` (len(texts), d) in one transaction: after a kill all of them are there, or none. Replaces older ones."""
        rows = []
        for text, vector in zip(texts, np.ascontiguousarray(vectors, dtype="<f4"), strict=True):
            key, blob = _key(text), vector.tobytes()
            rows.append((key, blob, _checksum(fingerprint, key, blob)))
        self._run(lambda connection: _insert(connection, fingerprint, rows))

    def remove(self, texts: Sequence[str]) -> int:
        """Forget texts, of every encoder; the number of vectors removed. Freed pages are overwritten with zeros."""
        keys = [(_key(text),) for text in texts]
        return self._run(lambda connection: _delete(connection, keys))

    def __len__(self) -> int:
        """Vectors of all encoders together."""
        return int(self._run(lambda connection: connection.execute("SELECT count(*) FROM vectors").fetchone())[0])

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None and self._process_id == os.getpid():
                self._connection.close()
            self._connection = None

    def __enter__(self) -> VectorCache:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "_lock"):
            self.close()

    def _run(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Do ``work``; where the file turns out to be damaged, begin a new one and do it there."""
        with self._lock:
            try:
                return work(self._open())
            except (sqlite3.Error, UnicodeDecodeError) as error:
                if not _is_damage(error):
                    raise self._store_error(error) from error
                self._set_aside(error)
            try:
                return work(self._open())
            except sqlite3.Error as error:
                raise self._store_error(error) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._process_id == os.getpid():
            return self._connection
        if self._connection is not None:
            _inherited.append(self._connection)  # opened before a fork: neither to be used nor closed on this side
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._store_error(error) from error
        connection = sqlite3.connect(self.path, timeout=_WAIT_FOR_OTHERS_S, isolation_level=None, check_same_thread=False)
        try:
            stat = self.path.stat()
            self._file_id = (stat.st_dev, stat.st_ino)
            _prepare(connection, self.path)
        except BaseException:
            connection.close()
            self._connection = None
            raise
        self._connection, self._process_id = connection, os.getpid()
        return connection

    def _set_aside(self, error: Exception) -> None:
        """Move the damaged file away, unless another process has done so already."""
        self.close()
        damaged = self.path.with_name(self.path.name + ".damaged")
        with contextlib.suppress(FileNotFoundError):
            stat = self.path.stat()
            if (stat.st_dev, stat.st_ino) != self._file_id:
                return
            _log.warning(
                "%s is damaged (%s): set aside as %s; its vectors will be encoded again", self.path, error, damaged.name
            )
            self.path.replace(damaged)
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def _store_error(self, error: Exception) -> StoreError:
        return StoreError(
            f"cannot use the vector cache {self.path}: {error}",
            hint="check that the directory exists, can be written to and has free space, or name another place",
        )


_inherited: list[sqlite3.Connection] = []


def _is_damage(error: Exception) -> bool:
    """Whether the file is at fault, not the place it lies in.

    Our statements break no constraint, so one that seems broken is damage too; and where a name inside the file is garbled, Python
    cannot even decode SQLite's message about it.
    """
    if isinstance(error, (sqlite3.IntegrityError, UnicodeDecodeError)):
        return True
    return any(sign in str(error) for sign in _DAMAGE)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _checksum(fingerprint: str, key: bytes, blob: bytes) -> int:
    return zlib.crc32(blob, zlib.crc32(key, zlib.crc32(fingerprint.encode())))


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set the connection up, and make the tables where the file is new."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (n_tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if n_tables and application_id != _APPLICATION_ID:
        raise StoreError(f"{path} is a SQLite database of another program, not a vector cache", hint="name another file")
    if version > _FORMAT:
        raise StoreError(
            f"{path} is a vector cache of format {version}, this fewrec reads format {_FORMAT}",
            hint="upgrade fewrec, or name another file",
        )
    if not n_tables:
        with _transaction(connection):
            for statement in _SCHEMA:
                connection.execute(statement)


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.execute("COMMIT")


def _encoder_id(connection: sqlite3.Connection, fingerprint: str) -> int | None:
    row = connection.execute("SELECT id FROM encoders WHERE fingerprint = ?", (fingerprint,)).fetchone()
    return None if row is None else row[0]


def _select(connection: sqlite3.Connection, fingerprint: str, keys: list[bytes]) -> list[tuple[bytes, bytes, int]]:
    encoder = _encoder_id(connection, fingerprint)
    if encoder is None:
        return []
    rows: list[tuple[bytes, bytes, int]] = []
    for first in range(0, len(keys), _KEYS_PER_QUERY):
        part = keys[first : first + _KEYS_PER_QUERY]
        marks = ",".join("?" * len(part))
        rows += connection.execute(
            f"SELECT key, vector, checksum FROM vectors WHERE encoder = ? AND key IN ({marks})", (encoder, *part)
        )
    return rows


def _insert(connection: sqlite3.Connection, fingerprint: str, rows: list[tuple[bytes, bytes, int]]) -> None:
    with _transaction(connection):
        connection.execute("INSERT OR IGNORE INTO encoders (fingerprint) VALUES (?)", (fingerprint,))
        encoder = _encoder_id(connection, fingerprint)
        if encoder is None:
            raise sqlite3.DatabaseError("malformed: an encoder just written is not there")
        connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", [(encoder, *row) for row in rows])


def _delete(connection: sqlite3.Connection, keys: list[tuple[bytes]]) -> int:
    with _transaction(connection):
        return connection.executemany("DELETE FROM vectors WHERE key = ?", keys).rowcount
