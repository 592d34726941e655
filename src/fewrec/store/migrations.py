"""The tables, as the list of steps that made them what they are. Released steps are never edited; new ones are added."""

from __future__ import annotations

import sqlite3
import time

from fewrec.errors import StoreError

APPLICATION_ID = 0x66775354  # "fwST" in the file's header: a fewrec store, not somebody's database

_FIRST = (
    "CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied REAL NOT NULL)",
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    # position keeps the order of arrival, which is the row order of the catalogue and settles ties between events
    "CREATE TABLE items (position INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT NOT NULL UNIQUE, fields TEXT NOT NULL,"
    " text_hash BLOB NOT NULL, created REAL NOT NULL, updated REAL NOT NULL)",
    "CREATE TABLE events (position INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, user_id TEXT NOT NULL,"
    " item_id TEXT NOT NULL, event TEXT NOT NULL, value REAL, timestamp REAL, text TEXT, event_id TEXT, received REAL NOT NULL)",
    "CREATE INDEX events_by_user ON events (user_id)",
    "CREATE TABLE statements (position INTEGER PRIMARY KEY AUTOINCREMENT, key BLOB NOT NULL UNIQUE, user_id TEXT NOT NULL,"
    " text TEXT NOT NULL, timestamp REAL, received REAL NOT NULL)",
    "CREATE INDEX statements_by_user ON statements (user_id)",
    "CREATE TABLE fits (fit_id TEXT PRIMARY KEY, created REAL NOT NULL, meta TEXT NOT NULL, per_user_files TEXT NOT NULL,"
    " current INTEGER NOT NULL, stale_reason TEXT, purge INTEGER NOT NULL DEFAULT 0)",
    "INSERT INTO meta VALUES ('item_columns', '[]'), ('revision', '0')",
)
_SERVICE = (
    # revision: the value of meta.revision when the row came or changed, so that a reader can ask what is new since it looked
    "ALTER TABLE items ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE events ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE statements ADD COLUMN revision INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX items_by_revision ON items (revision)",
    "DROP INDEX events_by_user",
    "CREATE INDEX events_by_user ON events (user_id, revision)",
    "DROP INDEX statements_by_user",
    "CREATE INDEX statements_by_user ON statements (user_id, revision)",
    "CREATE TABLE deleted_items (item_id TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE requests (key TEXT PRIMARY KEY, digest BLOB NOT NULL, answer TEXT NOT NULL, received REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE api_keys (key_id TEXT PRIMARY KEY, name TEXT NOT NULL, digest BLOB NOT NULL, scopes TEXT NOT NULL,"
    " created REAL NOT NULL, revoked REAL) WITHOUT ROWID",
    # what was shown to known users, and what came of it: answer is null, 'met' or 'liked'
    "CREATE TABLE shown (user_id TEXT NOT NULL, item_id TEXT NOT NULL, place INTEGER NOT NULL, day TEXT NOT NULL, answer TEXT,"
    " PRIMARY KEY (user_id, item_id)) WITHOUT ROWID",
    "CREATE TABLE fit_jobs (job_id TEXT PRIMARY KEY, state TEXT NOT NULL, stage TEXT NOT NULL, reason TEXT NOT NULL,"
    " requested REAL NOT NULL, ended REAL, fit_id TEXT, error TEXT, owner TEXT NOT NULL) WITHOUT ROWID",
    "INSERT INTO meta VALUES ('items_revision', '0')",
)
MIGRATIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("items, events, statements, fits", _FIRST),
    ("what a service needs: revisions per row, keys, repeated requests, what was shown, fits under way", _SERVICE),
)


def migrate(connection: sqlite3.Connection, shown: str, *, create: bool, read_only: bool) -> None:
    """Bring the database to the newest version.

    Raises:
        StoreError: another program's database, a version newer than this program, or nothing there and ``create`` is False.
    """
    version = _version(connection, shown)
    if version == len(MIGRATIONS):
        return
    if version == 0 and not create:
        raise StoreError(f"{shown} holds no store yet", hint=f"fewrec ingest {shown} --items FILE makes one")
    if read_only:
        raise StoreError(
            f"{shown} has tables of version {version}, this program those of {len(MIGRATIONS)}", hint="open it once for writing"
        )
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection, shown)  # another process may have been first
        for number, (name, statements) in enumerate(MIGRATIONS[version:], version + 1):
            for statement in statements:
                connection.execute(statement)
            connection.execute("INSERT INTO migrations VALUES (?, ?, ?)", (number, name, time.time()))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, shown: str) -> int:
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (n_tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if owner != APPLICATION_ID and (owner or version or n_tables):
        raise StoreError(
            f"{shown} is another program's database", hint="name another place for the store; nothing was changed there"
        )
    if version > len(MIGRATIONS):
        raise StoreError(
            f"{shown} was made by a newer fewrec (tables of version {version}; this one knows {len(MIGRATIONS)})",
            hint="upgrade fewrec",
        )
    return int(version)
