"""Finished cells on disk, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.evaluation.outcomes import Cell, Outcome, block_from
from fewrec.types import Catalogue, Interactions

FORMAT = 1
"""Part of every key: raise it when a cell's meaning changes (protocols, metrics), and old cells are left alone."""


@dataclass(frozen=True)
class CellCache:
    """A folder of cells, one npz file each, named by a digest of everything that the cell depends on."""

    folder: Path

    def path(self, model: str, key: Mapping[str, Any]) -> Path:
        """Where the cell of ``key`` (JSON-ready) is or would be."""
        text = json.dumps({"format": FORMAT, **key}, sort_keys=True)
        digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        return self.folder / re.sub(r"[^A-Za-z0-9._-]+", "_", model) / f"{digest}.npz"

    def load(self, path: Path) -> Cell | None:
        """The cell, or None where there is none. A file that cannot be read is a cell that is not there: it is computed again."""
        try:
            # Opened here and not by np.load, which leaves the file open where it holds no archive.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                head = json.loads(str(stored["head"]))
                arrays = {name: stored[name] for name in stored.files}
        except (FileNotFoundError, zipfile.BadZipFile, KeyError, ValueError, EOFError):
            return None
        outcomes = []
        for i, about in enumerate(head.pop("outcomes")):
            own = {name.split("/", 1)[1]: array for name, array in arrays.items() if name.startswith(f"{i}/")}
            block = block_from(own, tuple(about.pop("metrics")))
            outcomes.append(Outcome(**about, block=block))
        return Cell(
            **{**head, "outcomes": tuple(outcomes), "notes": tuple(head["notes"]), "samples": tuple(head.get("samples", ()))}
        )

    def save(self, path: Path, cell: Cell) -> None:
        """Write the whole file under another name first: a kill in the middle leaves no half cell."""
        arrays: dict[str, Any] = {}
        about = []
        for i, outcome in enumerate(cell.outcomes):
            arrays |= {f"{i}/{name}": array for name, array in outcome.block.arrays().items()}
            plain = {"section": outcome.section, "k": outcome.k, "items": outcome.items, "users_per_s": outcome.users_per_s}
            about.append({**plain, "metrics": outcome.block.metrics})
        head = {"model": cell.model, "train_users": cell.train_users, "draw": cell.draw, "fit_s": cell.fit_s}
        words = {"notes": cell.notes, "samples": [dict(sample) for sample in cell.samples]}
        arrays["head"] = np.asarray(json.dumps({**head, **words, "outcomes": about}))
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.partial")
        with partial.open("wb") as file:
            np.savez(file, **arrays)
        partial.replace(path)


def content_hash(*parts: Catalogue | Interactions | str) -> str:
    """A digest of data: the same for equal content, whatever file it came from."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        if isinstance(part, str):
            digest.update(part.encode())
        elif isinstance(part, Catalogue):
            digest.update("\x1f".join((*part.ids, *part.titles, *part.texts, part.fingerprint)).encode())
            for array in (part.vectors, part.lexical.data, part.lexical.indices, part.lexical.indptr):
                digest.update(np.ascontiguousarray(array).tobytes())
        else:
            digest.update("\x1f".join(part.user_ids).encode())
            for array in (part.user, part.item, part.utility, part.weight, part.time):
                digest.update(np.ascontiguousarray(array).tobytes())
        digest.update(b"\x1e")
    return digest.hexdigest()
