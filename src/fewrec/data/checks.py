"""Row checks: each rejects some rows with what was found and what was expected; the first reason given to a row is the one reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fewrec.data.raw import RawTable, shorten
from fewrec.data.timestamps import parse_timestamps
from fewrec.types import BadRow, ReadSummary

Mask = NDArray[np.bool_]


class RowChecks:
    """Collects what is wrong with the rows of one table. Column arguments are names in ``table.frame``."""

    def __init__(self, table: RawTable) -> None:
        self.table = table
        self.good: Mask = np.ones(table.frame.height, bool)
        self.bad = list(table.bad)
        self.notes = list(table.notes)

    def reject(self, wrong: pl.Series | Mask, found: Callable[[int], str], expected: str) -> None:
        """Drop the rows where ``wrong`` (rows,) holds; ``found(row)`` words each."""
        mask = wrong.fill_null(value=False).to_numpy() if isinstance(wrong, pl.Series) else wrong
        for row in np.flatnonzero(mask & self.good):
            self.bad.append(BadRow(self.table.file, int(self.table.lines[row]), found(int(row)), expected))
        self.good &= ~mask

    def column(self, name: str) -> pl.Series:
        """(rows,) the column, all null where the table lacks it."""
        frame = self.table.frame
        return frame[name] if name in frame.columns else pl.Series(name, [None] * frame.height, dtype=pl.String)

    def present(self, name: str, expected: str) -> pl.Series:
        """A value in every row; white space alone is none."""
        column = self.column(name)
        self.reject(column.is_null() | (column.str.strip_chars() == ""), lambda _: f"no {name}", expected)
        return column

    def ids(self, name: str) -> pl.Series:
        """An id in every row, unchanged: white space around it stays, with a note."""
        column = self.present(name, f"{name}: any text that is not empty")
        n_spaced = (column != column.str.strip_chars()).sum()
        if n_spaced:
            self.notes.append(f"{self.table.file}: {n_spaced} values of {name} begin or end with white space, and are kept so")
        self.undamaged(name)
        return column

    def undamaged(self, name: str) -> None:
        """Refuse rows whose ``name`` lost bytes in decoding; in other columns a lost byte costs a character, not the row."""
        if self.table.damaged_lines:
            column = self.column(name)
            hit = np.isin(self.table.lines, list(self.table.damaged_lines)) & _mask(column.str.contains("\ufffd", literal=True))
            self.reject(
                hit, lambda row: f"bytes that cannot be decoded in {name} {shorten(column[row])}", "one encoding throughout"
            )

    def unique(self, names: tuple[str, ...], label: str) -> None:
        """The first of equal rows stays; rows with a null among ``names`` are not compared."""
        lines = pl.Series("line", self.table.lines)
        keys = pl.DataFrame([self.column(name).alias(str(place)) for place, name in enumerate(names)])
        frame = keys.with_columns(lines, pl.Series("row", np.arange(len(lines)))).filter(pl.Series(self.good)).drop_nulls()
        by = [str(place) for place in range(len(names))]
        again = frame.with_columns(pl.col("line").first().over(by).alias("first"), pl.int_range(pl.len()).over(by).alias("nth"))
        again = again.filter(pl.col("nth") > 0)
        first = dict(zip(again["row"], again["first"], strict=True))
        wrong = np.zeros(len(lines), bool)
        wrong[list(first)] = True
        column = self.column(label)
        self.reject(
            wrong, lambda row: f"{label} {shorten(column[row])} again (first on line {first[row]})", f"each {label} once"
        )

    def numbers(self, name: str) -> pl.Series:
        """(rows,) float or null."""
        column = self.column(name)
        values = column.str.strip_chars().cast(pl.Float64, strict=False)
        unusable = column.is_not_null() & ~values.is_finite().fill_null(value=False)
        self.reject(unusable, lambda row: f"{name} {shorten(column[row])}", "a finite number such as 4 or 3.5, or nothing")
        return values

    def times(self, name: str) -> pl.Series:
        """(rows,) float or null, as :func:`parse_timestamps` has it."""
        column = self.column(name)
        values = parse_timestamps(column)
        unusable = column.is_not_null() & ~values.is_finite().fill_null(value=False)
        expected = "ISO-8601 such as 2024-05-01 or 2024-05-01T18:30:00+08:00, a number, or nothing"
        self.reject(unusable, lambda row: f"{name} {shorten(column[row])}", expected)
        return values

    def result(self, columns: dict[str, pl.Series]) -> tuple[pl.DataFrame, ReadSummary]:
        """The rows that passed, and the summary; bad rows in the order of the file."""
        series: list[Any] = [column.alias(name) for name, column in columns.items()]
        frame = pl.DataFrame(series).filter(pl.Series(self.good))
        if not frame.height:
            self.notes.append(
                f"{self.table.file}: no row could be read" if self.bad else f"{self.table.file}: a header and no rows"
            )
        bad = tuple(sorted(self.bad, key=lambda row: row.line))
        return frame, ReadSummary(self.table.file, frame.height, bad, tuple(self.notes))


def _mask(series: pl.Series) -> Mask:
    return np.asarray(series.fill_null(value=False).to_numpy(), dtype=bool)
