"""A table as it stood in its source: every cell text or null, every row with its line number. No meaning yet."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fewrec.types import BadRow


@dataclass(frozen=True)
class RawTable:
    """What a format reader hands to the checks. Rows that the format itself could not make sense of are in ``bad``."""

    file: str
    frame: pl.DataFrame
    """(rows, columns), String or null throughout."""
    lines: NDArray[np.int64]
    """(rows,) the physical line on which a row begins; in frames and Parquet the row's number, from 1."""
    bad: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()
    damaged_lines: frozenset[int] = field(default=frozenset())
    """Rows (by line) in which some bytes could not be decoded; U+FFFD stands in their place."""


def shorten(text: str, limit: int = 60) -> str:
    """A cell as it can be shown within one line of a message."""
    shown = repr(text if len(text) <= limit else text[:limit] + "…")
    return shown if len(text) <= limit else f"{shown} ({len(text)} characters)"
