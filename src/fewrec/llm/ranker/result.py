"""A finished fine-tuning on disk: ``transfer.json`` (what, from what, how calibrated) and ``weights.safetensors`` (what was learned)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fewrec.errors import ModelLoadError
from fewrec.llm.ranker.calibration import Calibration
from fewrec.llm.ranker.config import TransferConfig

FORMAT_VERSION = 1
DOCUMENT, WEIGHTS = "transfer.json", "weights.safetensors"


@dataclass(frozen=True)
class Result:
    """What ``transfer.json`` says."""

    base: str
    """Name or folder of the base model."""
    identity: str
    """Fingerprint of the base weights; other weights under the same name are refused."""
    kind: str
    """``causal`` or ``cross``."""
    lang: str
    trained: bool
    """False where no checkpoint was better than the untrained model: there are no weights then."""
    config: TransferConfig
    calibration: Calibration
    report: dict[str, Any]

    def write(self, folder: Path) -> None:
        """Last of all: a folder without this document is no result."""
        document = {
            "format": FORMAT_VERSION,
            "task": "like",
            "base": self.base,
            "identity": self.identity,
            "kind": self.kind,
            "lang": self.lang,
            "trained": self.trained,
            "config": self.config.to_dict(),
            "calibration": self.calibration.to_dict(),
            "report": self.report,
        }
        unfinished = folder / (DOCUMENT + ".new")
        unfinished.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        unfinished.replace(folder / DOCUMENT)


def digest_of(name: str, scheme: str = "llm:", document: str = DOCUMENT) -> str:
    """Short digest of the folder that a model name ``…llm:PATH?…`` reads; empty where it is a base model."""
    path = Path(name.partition(scheme)[2].partition("?")[0]).expanduser() / document
    return "+" + hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""


def is_result(path: str) -> bool:
    """Whether ``path`` is a folder with a finished fine-tuning."""
    return (Path(path).expanduser() / DOCUMENT).is_file()


def read_result(folder: Path) -> Result:
    """What :meth:`Result.write` wrote.

    Raises:
        ModelLoadError: absent, damaged, of another task or of a newer format.
    """
    path = folder / DOCUMENT
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT_VERSION:
            raise ModelLoadError(
                f"{path} has format {document['format']}, this fewrec reads format {FORMAT_VERSION}",
                hint="update fewrec, or learn again",
            )
        if document["task"] != "like":
            raise ModelLoadError(
                f"{folder} holds the result of --task {document['task']}, which does not judge items",
                hint=f"use it as an encoder: --encoder hf:{folder}",
            )
        return Result(
            str(document["base"]),
            str(document["identity"]),
            str(document["kind"]),
            str(document["lang"]),
            bool(document["trained"]),
            TransferConfig.from_dict(document["config"]),
            Calibration(**document["calibration"]),
            dict(document["report"]),
        )
    except FileNotFoundError:
        raise ModelLoadError(
            f"{folder} holds no {DOCUMENT}", hint="name a folder that fewrec learn transfer wrote, or a model to learn from"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelLoadError(f"{path} is damaged: {error!r}", hint="learn again, or copy the folder anew") from error
