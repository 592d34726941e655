"""CSV and TSV. The standard library's parser in its strict mode, because it lets every row keep its true line number."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import polars as pl

from fewrec.data.encoding import DecodedText
from fewrec.data.header import check_columns
from fewrec.data.raw import RawTable, shorten
from fewrec.data.schema import TableSpec
from fewrec.errors import DataError
from fewrec.types import BadRow

_CHUNK_ROWS = 20_000
_DELIMITER_NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}


class _Lines:
    """The lines of a file with a position that can be set back, which an unclosed quote needs."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self.lines):
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1]


@contextmanager
def _long_fields() -> Iterator[None]:
    """The parser's limit of 131,072 characters a field is global; raise it while we read."""
    before = csv.field_size_limit()
    csv.field_size_limit(max(before, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _hide_lone_returns(lines: list[str]) -> tuple[list[str], str | None]:
    r"""Lines whose ``\r`` within a line is replaced, and what stands for it: the parser takes no ``\r`` in an unquoted cell."""
    hit = {row for row, line in enumerate(lines) if "\r" in line and "\r" in line.rstrip("\r\n")}
    if not hit:
        return lines, None
    used = set().union(*lines)
    stand_in = next(char for char in map(chr, range(0xE000, 0x10FFFE)) if char not in used)  # private use comes first
    hidden = [re.sub("\r(?!\n?$)", stand_in, line) if row in hit else line for row, line in enumerate(lines)]
    return hidden, stand_in


def read_delimited(text: DecodedText, file: str, spec: TableSpec, delimiter: str) -> RawTable:
    """Rows of the right width, and a report of every other row.

    A quote that is never closed properly costs its own line alone: reading goes on at the next one.

    Raises:
        DataError: no header, or one without the required columns.
    """
    with _long_fields():
        return _Reading(text, file, spec, delimiter).table()


class _Reading:
    """One pass over one file."""

    def __init__(self, text: DecodedText, file: str, spec: TableSpec, delimiter: str) -> None:
        self.text, self.file, self.spec = text, file, spec
        lines, self.stand_in = _hide_lone_returns(text.lines)
        self.source = _Lines(lines)
        self.bad: list[BadRow] = []
        self.notes = list(text.notes)
        self.delimiter, header = self._header(delimiter)
        self.columns, notes = check_columns(header, file, spec)
        self.notes += notes
        self.width = len(header)

    def _header(self, claimed: str) -> tuple[str, list[str]]:
        lines = self.text.lines
        first = next((row for row, line in enumerate(lines) if line.strip()), None)
        if first is None:
            raise DataError(
                f"{self.file} is empty",
                hint=f"{self.spec.name} need a header with {', '.join(self.spec.required)}, then a row a line",
            )
        if lines[first].lstrip().startswith(("{", "[")):
            raise DataError(f"{self.file} looks like JSON, not like a table", hint="name it .jsonl, with one object a line")
        found: list[str] = []
        for delimiter in (claimed, *(other for other in _DELIMITER_NAMES if other != claimed)):
            self.source.at = first
            try:
                header = next(csv.reader(self.source, delimiter=delimiter, strict=True))
            except csv.Error as error:
                raise DataError(
                    f"{self.file}:{first + 1}: the header cannot be read ({error})", hint="check its quotes"
                ) from None
            found = found or header
            if {name.strip().lower() for name in header} >= set(self.spec.required):
                if delimiter != claimed:
                    self.notes.append(
                        f"{self.file} is separated by {_DELIMITER_NAMES[delimiter]}, not {_DELIMITER_NAMES[claimed]}"
                    )
                return delimiter, header
        return claimed, found  # check_columns says what is missing

    def table(self) -> RawTable:
        rows: list[list[str]] = []
        lines: list[int] = []
        chunks: list[pl.DataFrame] = []
        damaged: set[int] = set()
        for line, row in self._rows():
            rows.append(row)
            lines.append(line)
            if len(rows) == _CHUNK_ROWS:
                chunks.append(self._frame(rows))
                rows = []
            if self.text.damaged and not self.text.damaged.isdisjoint(range(line, self.source.at + 1)):
                damaged.add(line)
        chunks.append(self._frame(rows))
        frame = pl.concat(chunks)
        return RawTable(self.file, frame, np.array(lines, np.int64), tuple(self.bad), tuple(self.notes), frozenset(damaged))

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        source = self.source
        reader = csv.reader(source, delimiter=self.delimiter, strict=True)
        while True:
            start = source.at
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                found = f"a quote that is not closed properly ({error}) in {shorten(self.text.lines[start].rstrip())}"
                self.bad.append(BadRow(self.file, start + 1, found, 'text with quotes in the form "a ""quoted"" word"'))
                source.at = start + 1
                continue
            if len(row) == self.width:
                yield start + 1, row
            elif row:
                span = "" if source.at == start + 1 else f", lines {start + 1} to {source.at}"
                found = f"{len(row)} columns{span}: {shorten(self._shown(row))}"
                self.bad.append(BadRow(self.file, start + 1, found, f"{self.width} columns, as in the header"))

    def _shown(self, row: list[str]) -> str:
        text = self.delimiter.join(row)
        return text if self.stand_in is None else text.replace(self.stand_in, "\r")

    def _frame(self, rows: list[list[str]]) -> pl.DataFrame:
        cells = list(zip(*rows, strict=True)) if rows else [()] * self.width
        named = {name: cells[place] for place, name in self.columns}
        frame = pl.DataFrame(named, schema=dict.fromkeys(named, pl.String))
        if self.stand_in is not None:
            frame = frame.with_columns(pl.all().str.replace_all(self.stand_in, "\r", literal=True))
        return frame.with_columns(pl.when(pl.all() != "").then(pl.all()).name.keep())
