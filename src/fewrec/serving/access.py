"""Who may call what: the scope each route needs, and whether the key at hand has it."""

from __future__ import annotations

from time import monotonic

from fewrec.serving.problems import ProblemError
from fewrec.store import Store
from fewrec.store.keys import ApiKey, any_key, find_key

OPEN = frozenset({"/", "/openapi.json", "/favicon.ico", "/v1/health", "/v1/ready"})
_ASKING = frozenset({"/v1/recommendations", "/v1/profile", "/v1/questions"})
_ADMIN_READS = frozenset({"/v1/users", "/v1/export", "/v1/summary", "/v1/quality", "/report"})
_KEYS_KNOWN_FOR_S = 1.0


def scope_needed(method: str, path: str) -> str | None:
    """``read``, ``write`` or ``admin``; None for what is open to all. Whatever is not named needs ``admin``."""
    if path in OPEN or path.startswith("/static/"):
        return None
    if method == "OPTIONS":
        return None
    if method in {"GET", "HEAD"}:
        return "admin" if path in _ADMIN_READS else "read"
    if method == "POST" and path in _ASKING:
        return "read"
    if path.startswith(("/v1/items", "/v1/events", "/v1/statements")):
        return "write"
    return "admin"


class Access:
    """Asks the store's keys at every request, so a revoked key is refused from the next one on, in every process."""

    def __init__(self, store: Store, *, always: bool) -> None:
        """``always``: a key is needed even while the store has none."""
        self._store = store
        self._always = always
        self._needed_until = (False, -1e9)

    def key_needed(self) -> bool:
        """Whether requests need a key: from the first key on."""
        needed, looked = self._needed_until
        now = monotonic()
        if not needed and now - looked > _KEYS_KNOWN_FOR_S:
            needed = self._always or self._store.read(any_key)
            self._needed_until = (needed, now)
        return needed

    def check(self, method: str, path: str, presented: str | None) -> ApiKey | None:
        """The key that was presented, if any was needed.

        Raises:
            ProblemError: 401 without a good key, 403 with one that may not do this.
        """
        scope = scope_needed(method, path)
        if scope is None or not self.key_needed():
            return None
        key = self._store.read(find_key(presented)) if presented else None
        if key is None or key.revoked is not None:
            found = "no API key" if not presented else "an API key that is not known or was revoked"
            raise ProblemError(
                401,
                "unauthenticated",
                f"found {found}; expected Authorization: Bearer KEY",
                hint="`fewrec keys STORE --create NAME --scope read` makes a key",
                headers={"WWW-Authenticate": 'Bearer realm="fewrec"'},
            )
        if not key.allows(scope):
            raise ProblemError(403, "scope", f"this needs the scope {scope}; the key has {', '.join(key.scopes)}")
        return key
