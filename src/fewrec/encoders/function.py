"""Any function from texts to vectors as an encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import blake2b

import numpy as np

from fewrec.errors import SettingError
from fewrec.types import Encoder, Matrix

PROBE = ("fewrec", "科幻电影", "a red dress for summer")
"""Texts whose vectors stand for the function: its fingerprint changes when they do."""


class FunctionEncoder:
    """An encoder made of ``function``: texts (n,) -> numbers (n, d) of any length, which are scaled to unit rows here."""

    def __init__(self, function: Callable[[Sequence[str]], Matrix], name: str | None = None) -> None:
        self._function = function
        self.name = (
            name or f"{getattr(function, '__module__', '?')}.{getattr(function, '__qualname__', type(function).__name__)}"
        )

    @cached_property
    def _probe(self) -> Matrix:
        return self.encode(PROBE)

    @property
    def dimensions(self) -> int:
        """Numbers in a vector, d."""
        return int(self._probe.shape[1])

    @property
    def fingerprint(self) -> str:
        """Digest of the vectors of :data:`PROBE`, rounded to four digits."""
        return f"function:{blake2b(np.round(self._probe, 4).tobytes(), digest_size=8).hexdigest()}"

    def encode(self, texts: Sequence[str]) -> Matrix:
        """(len(texts), d) float32 unit rows; blank texts give zero rows.

        Raises:
            SettingError: the function's answer is no matrix with one row per text.
        """
        if not len(texts):
            return np.zeros((0, self.dimensions), dtype=np.float32)
        found = np.asarray(self._function(list(texts)), dtype=np.float32)
        if found.ndim != 2 or len(found) != len(texts):
            raise SettingError(
                f"the encoder {self.name} gave an array of shape {found.shape} for {len(texts)} texts",
                hint=f"it must give ({len(texts)}, d) numbers, one row per text",
            )
        length = np.linalg.norm(found, axis=1, keepdims=True)
        unit: Matrix = (found / np.where(length > 0, length, 1)).astype(np.float32)
        unit[[not text.strip() for text in texts]] = 0
        return unit


def as_encoder(given: Encoder | Callable[[Sequence[str]], Matrix]) -> Encoder:
    """An encoder as it is; any other callable as a :class:`FunctionEncoder`.

    Raises:
        SettingError: neither.
    """
    if isinstance(given, Encoder):
        return given
    if not callable(given):
        raise SettingError(
            f"the encoder is a {type(given).__name__}, expected a name, an encoder or a function from texts to vectors",
            hint="an encoder has name, dimensions, fingerprint and encode(texts)",
        )
    return FunctionEncoder(given)
