"""From whatever was handed in to a table of text: a path by its suffix, anything else as a data frame."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from typing import Any

from fewrec.data.delimited import read_delimited
from fewrec.data.encoding import decode
from fewrec.data.frames import read_frame, read_parquet
from fewrec.data.jsonlines import read_json_lines
from fewrec.data.raw import RawTable
from fewrec.data.schema import TableSpec
from fewrec.errors import DataError

_DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t"}
_JSON_LINES = {".jsonl", ".ndjson"}
_PARQUET = {".parquet", ".pq"}
_MAGIC = (
    (b"PAR1", "Parquet"),
    (b"PK\x03\x04", "a ZIP archive or Excel workbook"),
    (b"\x1f\x8b", "gzip"),
    (b"SQLite format 3", "SQLite"),
)


def open_source(source: Any, spec: TableSpec, *, file_name: str | None, encoding: str | None) -> RawTable:
    """Read a path (str or PathLike) or a data frame.

    Raises:
        DataError: the file is missing, unreadable, empty, not what its suffix says, or lacks required columns.
    """
    if not isinstance(source, (str, os.PathLike)):
        return read_frame(source, file_name or f"{spec.name} data frame", spec)
    path = Path(source)
    file = file_name or str(path)
    suffixes = [suffix.lower() for suffix in path.suffixes]
    zipped = suffixes[-1:] == [".gz"]
    suffix = (suffixes[-2:-1] if zipped else suffixes[-1:]) or [""]
    kind = suffix[0]
    if kind not in {*_DELIMITERS, *_JSON_LINES, *_PARQUET} or (zipped and kind in _PARQUET):
        raise DataError(
            f"{file}: the suffix {''.join(suffixes[-2:]) or '(none)'} says no format that is read here",
            hint="use .csv, .tsv, .jsonl (each also with .gz) or .parquet",
        )
    data = _bytes(path, file, zipped=zipped)
    if not data.strip():
        raise DataError(f"{file} is empty", hint=f"{spec.name} need the columns {', '.join(spec.required)}")
    if kind in _PARQUET:
        if not data.startswith(b"PAR1"):
            raise DataError(f"{file} is not Parquet", hint="give it the suffix of its real format")
        return read_parquet(path, file, spec)
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise DataError(f"{file} is {name}, not text", hint="give it the suffix of its real format, or export it as CSV")
    text = decode(data, file, encoding)
    if kind in _JSON_LINES:
        return read_json_lines(text, file, spec)
    return read_delimited(text, file, spec, _DELIMITERS[kind])


def _bytes(path: Path, file: str, *, zipped: bool) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{file} does not exist", hint="check the path") from None
    except IsADirectoryError:
        raise DataError(f"{file} is a folder, not a file", hint="name the file itself") from None
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}", hint="check its permissions") from error
    if not zipped:
        return data
    try:
        return gzip.decompress(data)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(
            f"{file} is not a whole gzip file: {error}", hint="compress it again, or drop the .gz from its name"
        ) from error
