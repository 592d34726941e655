"""A static student on disk: ``student.json``, ``pieces.model`` (SentencePiece) and ``weights.npz``."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fewrec.errors import ModelLoadError
from fewrec.types import Matrix, Vector

FORMAT_VERSION = 1
DOCUMENT, PIECES, WEIGHTS = "student.json", "pieces.model", "weights.npz"
FILES = (DOCUMENT, PIECES, WEIGHTS)
_ARRAYS = ("rows", "scales", "hidden", "hidden_bias", "out", "skip", "out_bias")


@dataclass(frozen=True, kw_only=True)
class StaticWeights:
    """What a text goes through: its pieces' rows are added up, then one hidden layer with a skip around it.

    ``V`` pieces, ``d`` numbers a row, ``h`` hidden units, ``D`` numbers out.
    """

    rows: NDArray[np.int8]
    """(V, d); a piece's weight is in its scale."""
    scales: Vector
    """(V,) what a step of int8 is worth in each row."""
    hidden: Matrix
    """(d, h)"""
    hidden_bias: Vector
    """(h,)"""
    out: Matrix
    """(h, D)"""
    skip: Matrix
    """(d, D)"""
    out_bias: Vector
    """(D,)"""

    def __post_init__(self) -> None:
        (V, d), (_, h), D = self.rows.shape, self.hidden.shape, len(self.out_bias)
        expected = {"scales": (V,), "hidden": (d, h), "hidden_bias": (h,), "out": (h, D), "skip": (d, D), "out_bias": (D,)}
        for name, shape in expected.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, expected {shape}")


def quantise(rows: Matrix) -> tuple[NDArray[np.int8], Vector]:
    """(V, d) float rows as int8 and the (V,) scales that make them again; zero rows stay zero."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-12) / 127
    return np.rint(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def write_student(folder: Path, weights: StaticWeights, pieces: bytes, about: Mapping[str, Any]) -> None:
    """Write the three files; ``about`` goes into the document. The document comes last, so that half a student is none."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DOCUMENT).unlink(missing_ok=True)
    (folder / PIECES).write_bytes(pieces)
    arrays = {name: getattr(weights, name) for name in _ARRAYS}
    halves = {
        name: array.astype(np.float16) if name != "scales" and array.dtype == np.float32 else array
        for name, array in arrays.items()
    }
    np.savez_compressed(folder / WEIGHTS, **halves)
    document = {"format": FORMAT_VERSION, "pieces": len(weights.rows), "dimensions": len(weights.out_bias), **about}
    (folder / DOCUMENT).write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_document(folder: Path) -> dict[str, Any]:
    """``student.json``.

    Raises:
        ModelLoadError: the folder holds no student, or one of a format that this fewrec does not read.
    """
    path = folder / DOCUMENT
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ModelLoadError(
            f"{folder} is no static student: it lacks {', '.join(missing)}",
            hint="name a folder that `fewrec learn distill --student FOLDER` wrote to the end",
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        version = document["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelLoadError(f"{path} cannot be read: {error!r}", hint="distill the student again") from error
    if version != FORMAT_VERSION:
        raise ModelLoadError(
            f"{path} has format {version}, this fewrec reads format {FORMAT_VERSION}", hint="distill again, or update fewrec"
        )
    return dict(document)


def read_weights(folder: Path) -> StaticWeights:
    """``weights.npz`` in float32, int8 rows as they are.

    Raises:
        ModelLoadError: a file is damaged, incomplete or does not fit the others.
    """
    document = read_document(folder)
    try:
        with (folder / WEIGHTS).open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in _ARRAYS}
        floats = {name: array.astype(np.float32) for name, array in arrays.items() if name != "rows"}
        weights = StaticWeights(rows=arrays["rows"].astype(np.int8), **floats)
        if (len(weights.rows), len(weights.out_bias)) != (document.get("pieces"), document.get("dimensions")):
            raise ValueError(f"{len(weights.rows)} pieces to {len(weights.out_bias)} numbers, {DOCUMENT} says otherwise")
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelLoadError(
            f"{folder / WEIGHTS} is damaged: {error}",
            hint="distill the student again, or reinstall fewrec if it is the one that ships",
        ) from error
    return weights
