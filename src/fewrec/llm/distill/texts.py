"""The texts that a student is taught with: a text a line, or two columns that mean the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fewrec.errors import DataError

_FEWEST = 200


@dataclass(frozen=True)
class DistillTexts:
    """Distinct texts, the file each came from first, and which mean the same."""

    texts: tuple[str, ...]
    categories: tuple[str, ...]
    """Names of the files, in order."""
    category: NDArray[np.int32]
    """(n,) row of ``categories``."""
    pairs: NDArray[np.int64]
    """(m, 2) rows of ``texts`` that mean the same in two languages."""
    counts: NDArray[np.int64]
    """(n,) how often each text stood in the files; the vocabulary goes by it, so a word list may repeat what is common."""

    def repeated(self) -> Iterator[str]:
        """Every text as often as it stood in the files."""
        return chain.from_iterable(repeat(text, n) for text, n in zip(self.texts, self.counts.tolist(), strict=True))

    def digest(self) -> str:
        """Tells other texts from these."""
        digest = hashlib.sha256()
        for text in self.texts:
            digest.update(text.encode("utf-8", "replace") + b"\n")
        digest.update(self.pairs.tobytes() + self.counts.tobytes())
        return digest.hexdigest()[:20]


def read_texts(files: Sequence[Path]) -> DistillTexts:
    """Read files of texts (``.txt``, one a line) and of pairs (``.tsv``, two columns, a pair a line). UTF-8. Folders give their files.

    Raises:
        DataError: a file is missing, is not UTF-8, has a line without two columns, or there are too few texts.
    """
    paths = [inner for file in files for inner in (sorted(file.glob("*.t[xs][tv]")) if file.is_dir() else [file])]
    rows: dict[str, int] = {}
    category: list[int] = []
    counts: list[int] = []
    pairs: list[tuple[int, int]] = []

    def add(text: str, which: int) -> int:
        row = rows.setdefault(text, len(rows))
        if row == len(category):
            category.append(which)
            counts.append(0)
        counts[row] += 1
        return row

    for which, path in enumerate(paths):
        for number, line in enumerate(_lines(path), start=1):
            if not line.strip():
                continue
            if path.suffix != ".tsv":
                add(line.strip(), which)
                continue
            sides = [side.strip() for side in line.split("\t")]
            if len(sides) != 2 or not all(sides):
                raise DataError(
                    f"{path}, line {number}: found {len(sides)} columns, expected two texts with a tab between them",
                    hint="single texts belong into a .txt file, a text a line",
                )
            pairs.append((add(sides[0], which), add(sides[1], which)))
    if len(rows) < _FEWEST:
        raise DataError(
            f"found {len(rows)} distinct texts, a student needs at least {_FEWEST}",
            hint="name more files with --texts: word lists, titles, descriptions, in the languages that it is to read",
        )
    return DistillTexts(
        tuple(rows),
        tuple(path.stem for path in paths),
        np.array(category, dtype=np.int32),
        np.array(pairs, dtype=np.int64).reshape(-1, 2),
        np.array(counts, dtype=np.int64),
    )


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}", hint="name existing files of text with --texts") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 (byte {error.start})", hint="save it as UTF-8") from error
