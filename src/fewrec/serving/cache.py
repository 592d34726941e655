"""Response cache: bodies of answers, invalidated by the revision of what they depend on, bounded by their size in bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

_OVERHEAD_BYTES = 400


class ResponseCache:
    """Key -> (version, bytes); the least recently used goes first. An entry of another version is a miss."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[Hashable, bytes]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, version: Hashable) -> bytes | None:
        """The cached body; None if there is none or its version is another."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found[0] != version:
                return None
            self._kept.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, version: Hashable, answer: bytes) -> None:
        """Cache a body in place of an older one; one that is larger than the cache is not kept."""
        size = len(answer) + _OVERHEAD_BYTES
        if size > self._max_bytes:
            return
        with self._lock:
            self._remove(key)
            self._kept[key] = (version, answer)
            self._size += size
            while self._size > self._max_bytes:
                self._remove(next(iter(self._kept)))

    def clear(self) -> None:
        """Drop everything, when a user was forgotten."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def _remove(self, key: Hashable) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self._size -= len(old[1]) + _OVERHEAD_BYTES

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)
