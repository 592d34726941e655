"""The encoder of the service: one per process and name, with a memory of its own, that leaves nothing on disk.

What a visitor says must not be stored, not even as a vector under a hash; so the store's vector cache is read here and never written.
Fits write it, of what the store holds anyway.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np

from fewrec.encoders import VectorCache, load_encoder
from fewrec.types import Encoder, Matrix, Vector

MAX_TEXTS = 20_000
"""Kept in memory: 40 MB of vectors of 512 numbers."""
_loaded: dict[str, Encoder] = {}
_loading = Lock()


def shared_encoder(name: str) -> Encoder:
    """The encoder of that name, its weights read once for all fits of this process."""
    with _loading:
        if name not in _loaded:
            _loaded[name] = load_encoder(name, progress=False)
        return _loaded[name]


class RememberingEncoder:
    """An encoder with the latest texts in memory and a cache on disk that it only reads."""

    def __init__(self, encoder: Encoder, disk: Path | None) -> None:
        self._encoder = encoder
        self._disk = VectorCache(disk) if disk is not None and disk.exists() else None
        self._kept: OrderedDict[str, Vector] = OrderedDict()
        self._lock = Lock()

    @property
    def name(self) -> str:
        """Of the encoder within."""
        return self._encoder.name

    @property
    def dimensions(self) -> int:
        """Of the encoder within."""
        return self._encoder.dimensions

    @property
    def fingerprint(self) -> str:
        """Of the encoder within."""
        return self._encoder.fingerprint

    def encode(self, texts: Sequence[str]) -> Matrix:
        """(len(texts), d) unit rows."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        missing: dict[str, list[int]] = {}
        with self._lock:
            for row, text in enumerate(texts):
                kept = self._kept.get(text)
                if kept is None:
                    missing.setdefault(text, []).append(row)
                else:
                    vectors[row] = kept
                    self._kept.move_to_end(text)
        if missing:
            new = self._encoded(list(missing))
            with self._lock:
                for vector, (text, rows) in zip(new, missing.items(), strict=True):
                    vectors[rows] = vector
                    self._kept[text] = vector
                while len(self._kept) > MAX_TEXTS:
                    self._kept.popitem(last=False)
        return vectors

    def _encoded(self, texts: list[str]) -> Matrix:
        if self._disk is None:
            return self._encoder.encode(texts)
        vectors, found = self._disk.get(self.fingerprint, texts, self.dimensions)
        rest = np.flatnonzero(~found)
        if len(rest):
            vectors[rest] = self._encoder.encode([texts[row] for row in rest])
        return vectors

    def forget(self) -> None:
        """Keep no text, when a user was forgotten."""
        with self._lock:
            self._kept.clear()

    def close(self) -> None:
        """Close the cache's file."""
        if self._disk is not None:
            self._disk.close()
