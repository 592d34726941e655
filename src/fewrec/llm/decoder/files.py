"""An LM decoder on disk: ``decoder.json`` (settings, whose vectors it reads, format version) and ``adapter.safetensors``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fewrec.errors import MissingExtraError, ModelLoadError
from fewrec.llm.decoder.config import LMDecoderConfig

FORMAT = 1
DOCUMENT, WEIGHTS = "decoder.json", "adapter.safetensors"
_HINT = "train it again with fewrec learn decoder"


@dataclass(frozen=True)
class Head:
    """What a folder says about itself."""

    config: LMDecoderConfig
    encoder: str
    """Name of the encoder whose vectors it was trained on."""
    fingerprint: str
    """... and its fingerprint: vectors of another are refused."""
    n_inputs: int
    """Numbers in such a vector."""
    lang: str
    """The language it speaks."""
    identity: dict[str, Any]
    """Of the language model's weights."""
    trained: dict[str, Any]
    """How the training went: pairs, steps, validation loss, seconds."""


def save(folder: Path, head: Head, state: dict[str, Any]) -> None:
    """Write the folder; weights first, so that a document never stands without them."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file(state, folder / WEIGHTS)
    document = {
        "format": FORMAT,
        "config": head.config.to_json(),
        "encoder": head.encoder,
        "fingerprint": head.fingerprint,
        "n_inputs": head.n_inputs,
        "lang": head.lang,
        "identity": head.identity,
        "trained": head.trained,
    }
    (folder / DOCUMENT).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


def load_head(folder: Path) -> Head:
    """Read ``decoder.json``.

    Raises:
        ModelLoadError: it is absent, damaged or of another format.
    """
    path = folder / DOCUMENT
    if not path.is_file():
        raise ModelLoadError(f"{folder} is not an LM decoder: it has no {DOCUMENT}", hint=f"check the path, or {_HINT}")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise ModelLoadError(f"{path} has format {document['format']}, this fewrec reads format {FORMAT}", hint=_HINT)
        config = LMDecoderConfig.from_json(document["config"])
        names = ("encoder", "fingerprint", "n_inputs", "lang", "identity", "trained")
        return Head(config, **{name: document[name] for name in names})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelLoadError(f"{path} cannot be read as an LM decoder ({error})", hint=_HINT) from error


def load_state(folder: Path, name: str = WEIGHTS) -> dict[str, Any]:
    """The weights.

    Raises:
        ModelLoadError: they are absent or damaged.
        MissingExtraError: safetensors is not installed.
    """
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError as error:
        raise MissingExtraError("an LM decoder", "llm") from error
    try:
        return dict(load_file(folder / name))
    except (OSError, SafetensorError) as error:
        raise ModelLoadError(f"the weights {folder / name} cannot be read ({error})", hint=_HINT) from error
