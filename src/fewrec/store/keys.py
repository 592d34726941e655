"""API keys: made once, shown once, kept as a hash.

A key is ``fewrec_ID_SECRET`` with 256 random bits of secret. Against guessing that is enough by itself, so one fast hash suffices
(slow ones protect passwords, which people choose); what is on disk cannot be used to call the service.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from fewrec.errors import SettingError

SCOPES = ("read", "write", "admin")
"""``admin`` includes the other two, which do not include each other."""
_PREFIX = "fewrec"


@dataclass(frozen=True)
class ApiKey:
    """What is known of a key; not the key."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    created: float
    revoked: float | None = None

    def allows(self, scope: str) -> bool:
        """Whether the key may do what needs ``scope``."""
        return self.revoked is None and (scope in self.scopes or "admin" in self.scopes)


def make_key(name: str, scopes: Collection[str]) -> Callable[[sqlite3.Connection], str]:
    """Make a key; the text returned is the only time that it is seen.

    Raises:
        SettingError: no scope, or one that there is not.
    """
    if not scopes or (wrong := sorted(set(scopes) - set(SCOPES))):
        found = ", ".join(wrong) if scopes else "none"
        raise SettingError(f"the scopes of a key are {', '.join(SCOPES)}; found {found}", hint="name one or more of them")
    if not name.strip() or len(name) > 100:
        raise SettingError("a key needs a name of 1 to 100 characters", hint="say who is going to use it")
    kept = tuple(scope for scope in SCOPES if scope in scopes)

    def job(connection: sqlite3.Connection) -> str:
        key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        connection.execute(
            "INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, NULL)", (key_id, name, _digest(secret), ",".join(kept), time.time())
        )
        return f"{_PREFIX}_{key_id}_{secret}"

    return job


def revoke_key(key_id: str) -> Callable[[sqlite3.Connection], None]:
    """The key is refused from the next request on.

    Raises:
        SettingError: there is no such key, or it was revoked before.
    """

    def job(connection: sqlite3.Connection) -> None:
        changed = connection.execute(
            "UPDATE api_keys SET revoked = ? WHERE key_id = ? AND revoked IS NULL", (time.time(), key_id)
        ).rowcount
        if not changed:
            raise SettingError(f"there is no key {key_id!r} in use", hint="fewrec keys STORE lists them")

    return job


def list_keys(connection: sqlite3.Connection) -> list[ApiKey]:
    """All keys, the oldest first."""
    rows = connection.execute("SELECT key_id, name, scopes, created, revoked FROM api_keys ORDER BY created, key_id")
    return [_key(row) for row in rows]


def any_key(connection: sqlite3.Connection) -> bool:
    """Whether a key is in use."""
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM api_keys WHERE revoked IS NULL)").fetchone()[0])


def find_key(presented: str) -> Callable[[sqlite3.Connection], ApiKey | None]:
    """The key that was presented, or None; the comparison takes the same time whatever differs."""
    parts = presented.split("_", 2)

    def query(connection: sqlite3.Connection) -> ApiKey | None:
        if len(parts) != 3 or parts[0] != _PREFIX:
            return None
        row = connection.execute(
            "SELECT key_id, name, scopes, created, revoked, digest FROM api_keys WHERE key_id = ?", (parts[1],)
        ).fetchone()
        if row is None or not hmac.compare_digest(row[5], _digest(parts[2])):
            return None
        return _key(row)

    return query


def _key(row: Sequence[object]) -> ApiKey:
    key_id, name, scopes, created, revoked = row[:5]
    assert isinstance(scopes, str)
    assert isinstance(created, float)
    assert revoked is None or isinstance(revoked, float)
    return ApiKey(str(key_id), str(name), tuple(scopes.split(",")), created, revoked)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
