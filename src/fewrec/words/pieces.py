"""Vectors of titles and of the sentences of texts, centred; above a size in fewer dimensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from fewrec.encoders.registry import load_encoder
from fewrec.text.sentences import sentences
from fewrec.types import Encoder

LARGE = 30_000
"""Above so many items only titles have vectors (51 MB for 100,000 items)."""
MANY = 8_000
"""Above so many pieces their vectors have 128 numbers instead of the encoder's 512 (principal components)."""
_SMALL_DIMENSIONS = 128
_MAX_SENTENCES = 12
_SAMPLE = 20_000


@cache
def encoder() -> Encoder:
    """The encoder that comes with the package: bilingual, the same for every catalogue, so that a sentence is encoded once."""
    return load_encoder("fast")


class Pieces:
    """Unit vectors of p distinct pieces of text and the items they belong to."""

    def __init__(self, titles: Sequence[str], texts: Sequence[str], progress: Callable[[float], None] | None = None) -> None:
        large = len(titles) > LARGE
        self.texts: list[str] = []
        numbers: dict[str, int] = {}
        pieces, items = [], []
        for item, (title, text) in enumerate(zip(titles, texts, strict=True)):
            own = [title] if large or not text else [title, *sentences(text)[:_MAX_SENTENCES]]
            for piece in own:
                if piece.strip():
                    if piece not in numbers:
                        numbers[piece] = len(self.texts)
                        self.texts.append(piece)
                    pieces.append(numbers[piece])
                    items.append(item)
        self.n_items = len(titles)
        order = np.argsort(np.array(items, dtype=np.int64), kind="stable")
        self.piece = np.array(pieces, dtype=np.int32)[order]
        self.starts = np.searchsorted(np.array(items, dtype=np.int64)[order], np.arange(self.n_items)).astype(np.int64)
        self.sizes = np.bincount(np.array(items, dtype=np.int64), minlength=self.n_items).astype(np.int64)
        vectors = np.zeros((len(self.texts), encoder().dimensions), dtype=np.float32)
        for first in range(0, len(self.texts), 4096):
            vectors[first : first + 4096] = encoder().encode(self.texts[first : first + 4096])
            if progress is not None:
                progress(min(1.0, (first + 4096) / max(1, len(self.texts))))
        self.mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], dtype=np.float32)
        self.basis: npt.NDArray[np.float32] | None = None
        if len(self.texts) > MANY:
            sample = vectors[:: max(1, len(vectors) // _SAMPLE)] - self.mean
            values, basis = np.linalg.eigh(sample.T @ sample)
            self.basis = np.ascontiguousarray(basis[:, np.argsort(-values)[:_SMALL_DIMENSIONS]], dtype=np.float32)
        self.vectors = self._centred(vectors)

    def _centred(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        vectors = vectors - self.mean
        if self.basis is not None:
            vectors = vectors @ self.basis
        unit: npt.NDArray[np.float32] = (vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)).astype(
            np.float32
        )
        return unit

    def similarity(self, text: str) -> npt.NDArray[np.float32]:
        """(m,) the largest centred cosine of a text with one of the item's pieces; 0 for items without any."""
        return self._largest(self._centred(encoder().encode([text]))[0])

    def similarity_to(self, rows: Sequence[int]) -> npt.NDArray[np.float32]:
        """(m,) the same for the mean of the pieces of some items."""
        own = [self.piece[self.starts[row] : self.starts[row] + self.sizes[row]] for row in rows if self.sizes[row]]
        if not own:
            return np.zeros(self.n_items, dtype=np.float32)
        mean = self.vectors[np.concatenate(own)].mean(axis=0)
        return self._largest((mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32))

    def _largest(self, query: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        found = np.zeros(self.n_items, dtype=np.float32)
        filled = self.sizes > 0
        if filled.any():
            cosines = self.vectors @ query
            found[filled] = np.maximum.reduceat(cosines[self.piece], self.starts[filled])
        return found

    def best_piece(self, text: str, row: int) -> str:
        """The item's piece that is nearest to a text; empty for an item without any."""
        own = self.piece[self.starts[row] : self.starts[row] + self.sizes[row]]
        if not len(own):
            return ""
        return self.texts[int(own[int(np.argmax(self.vectors[own] @ self._centred(encoder().encode([text]))[0]))])]
