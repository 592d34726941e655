"""An encoder that remembers: only texts it has not met are encoded, and an interrupted run goes on where it stopped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.encoders._progress import progress_bar
from fewrec.encoders.cache import VectorCache
from fewrec.types import Encoder, Matrix

_COMMIT_EVERY = 256
"""Texts between two commits: some seconds of work on a slow encoder, and batches still large enough to be fast."""


class CachedEncoder:
    """Any encoder, with a :class:`VectorCache` before it. Same name, same fingerprint, same vectors."""

    def __init__(self, encoder: Encoder, cache: VectorCache, *, progress: bool | None = None) -> None:
        """``progress`` as in :func:`~fewrec.encoders.load_encoder`; the bar counts the texts not met before."""
        self.encoder = encoder
        self.cache = cache
        self.progress = progress

    @property
    def name(self) -> str:
        """Of the encoder within."""
        return self.encoder.name

    @property
    def dimensions(self) -> int:
        """Of the encoder within."""
        return self.encoder.dimensions

    @property
    def fingerprint(self) -> str:
        """Of the encoder within."""
        return self.encoder.fingerprint

    def encode(self, texts: Sequence[str]) -> Matrix:
        """(len(texts), d) unit rows. Texts that occur twice are encoded once; finished batches are on disk at once."""
        distinct = list(dict.fromkeys(texts))
        vectors, found = self.cache.get(self.fingerprint, distinct, self.dimensions)
        # Similar lengths together, long ones first: a shortage of memory shows at the start and the estimate of time errs to the safe side.
        missing = sorted(np.flatnonzero(~found).tolist(), key=lambda row: -len(distinct[row]))
        with progress_bar(len(missing), label="encoding", show=self.progress) as advance:
            for first in range(0, len(missing), _COMMIT_EVERY):
                rows = missing[first : first + _COMMIT_EVERY]
                batch = [distinct[row] for row in rows]
                vectors[rows] = self.encoder.encode(batch)
                self.cache.put(self.fingerprint, batch, vectors[rows])
                advance(len(rows))
        row_of = {text: row for row, text in enumerate(distinct)}
        return vectors[[row_of[text] for text in texts]] if len(distinct) < len(texts) else vectors
