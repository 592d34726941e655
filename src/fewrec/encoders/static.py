"""The static student: pieces' vectors added up and one small layer, in the space of its teacher. NumPy only, tens of times faster."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from fewrec.encoders._progress import progress_bar
from fewrec.encoders.fingerprint import hash_files, make_fingerprint
from fewrec.encoders.static_files import FILES, PIECES, StaticWeights, read_document, read_weights
from fewrec.encoders.static_pieces import Pieces
from fewrec.errors import ModelLoadError, SettingError
from fewrec.types import Matrix

STATIC_SCHEME = "static:"
SHIPPED = Path(__file__).parent / "fast"
"""The student that comes with the package, made by ``fewrec learn distill``; its licence notes stand beside it."""
_CHUNK = 512
_CHARACTERS_PER_TOKEN = 16


@dataclass(frozen=True, kw_only=True)
class StaticConfig:
    """Settings for :class:`StaticEncoder`."""

    folder: Path | str | None = None
    """What ``fewrec learn distill`` wrote; None is the student that comes with the package."""
    max_tokens: int = 512
    """Pieces read of a text, >= 1; the rest is left out."""
    threads: int | None = None
    """BLAS threads; None leaves the choice to BLAS, which respects ``OMP_NUM_THREADS``."""

    def __post_init__(self) -> None:
        if self.max_tokens < 1 or (self.threads is not None and self.threads < 1):
            raise SettingError(f"max_tokens and threads must be at least 1, found {self.max_tokens} and {self.threads}")


class StaticEncoder:
    """Text -> unit row in the space of the teacher that the student was distilled from (512 numbers for the one that ships).

    A text is cut into pieces, the pieces' vectors (int8, weights learned with them) are added up and divided by the length of the
    sum, and one hidden layer with a skip around it takes the result to the teacher's space. The order of words plays no part.
    Sources: Reimers & Gurevych, EMNLP 2020 (students in their teacher's space, across languages); Tulkens & van Dongen, Model2Vec, 2024 (static
    students of sentence encoders); Arora, Liang & Ma, ICLR 2017 (weighted sums of word vectors as sentence vectors).
    """

    def __init__(self, config: StaticConfig = StaticConfig(), *, progress: bool | None = None) -> None:
        """Read the student's document, not yet its weights.

        Raises:
            ModelLoadError: the folder holds no student.
        """
        self.config = config
        self.progress = progress
        self.folder = SHIPPED if config.folder is None else Path(config.folder)
        self.name = "fast" if config.folder is None else f"{STATIC_SCHEME}{config.folder}"
        self.about = read_document(self.folder)
        self.dimensions = int(self.about["dimensions"])

    @cached_property
    def fingerprint(self) -> str:
        """Of the student's files and the settings that change vectors, not of where they are."""
        files = hash_files([self.folder / name for name in FILES[1:]])
        return make_fingerprint("static-student", {**files, "max_tokens": self.config.max_tokens})

    def encode(self, texts: Sequence[str]) -> Matrix:
        """(len(texts), dimensions) float32 unit rows; blank texts give zero rows."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        limits = threadpool_limits(self.config.threads) if self.config.threads is not None else nullcontext()
        with limits, progress_bar(len(texts), label="encoding", show=self.progress) as advance:
            for first in range(0, len(texts), _CHUNK):
                chunk = texts[first : first + _CHUNK]
                vectors[first : first + len(chunk)] = self._encode_chunk(chunk)
                advance(len(chunk))
        return vectors

    def _encode_chunk(self, texts: Sequence[str]) -> Matrix:
        longest = self.config.max_tokens * _CHARACTERS_PER_TOKEN
        # A lone surrogate (half an emoji, as JSON may hold) is no character; "?" is what UTF-8 encoders put for it.
        ids, begins = self._pieces.flat(
            [text[:longest].encode("utf-8", "replace").decode() for text in texts], self.config.max_tokens
        )
        shape = (len(texts), len(self._table))
        counts = sparse.csr_matrix((np.ones(len(ids), dtype=np.float32), ids, begins), shape=shape)
        sums: Matrix = counts @ self._table  # (n, d)
        vectors = project(sums, self._weights)
        vectors[begins[1:] == begins[:-1]] = 0
        return vectors

    @cached_property
    def _pieces(self) -> Pieces:
        pieces = Pieces(self.folder / PIECES)
        if len(pieces) != len(self._table):
            raise ModelLoadError(
                f"{self.folder} is damaged: {len(pieces)} pieces in {PIECES}, {len(self._table)} rows of weights",
                hint="distill the student again",
            )
        return pieces

    @cached_property
    def _weights(self) -> StaticWeights:
        return read_weights(self.folder)

    @cached_property
    def _table(self) -> Matrix:
        """(V, d) the rows in float32, so that a chunk is one sparse product."""
        return self._weights.rows.astype(np.float32) * self._weights.scales[:, None]


def project(sums: Matrix, weights: StaticWeights) -> Matrix:
    """(n, d) sums of rows -> (n, D) unit rows: root-mean-square norm, hidden layer (ReLU) and skip, unit norm."""
    x = sums / np.sqrt(np.mean(sums * sums, axis=1, keepdims=True) + 1e-6)
    hidden = x @ weights.hidden
    hidden += weights.hidden_bias
    np.maximum(hidden, 0, out=hidden)
    out = hidden @ weights.out
    out += x @ weights.skip
    out += weights.out_bias
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
    return np.asarray(out, dtype=np.float32)
