"""Data frames of any kind, through narwhals, and Parquet, to the same table of text that files give."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from fewrec.data.header import check_columns
from fewrec.data.raw import RawTable
from fewrec.data.schema import TableSpec
from fewrec.errors import DataError
from fewrec.types import BadRow


def read_parquet(path: Path, file: str, spec: TableSpec) -> RawTable:
    """A row a row; line numbers are row numbers, from 1."""
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(
            f"{file} cannot be read as Parquet: {error}", hint="write the file again, or export it as CSV"
        ) from error
    return read_frame(frame, file, spec)


def read_frame(source: Any, file: str, spec: TableSpec) -> RawTable:
    """Any frame that narwhals knows: pandas, polars (lazy too), Arrow, ...

    Whole numbers in a float column lose their ``.0`` (pandas turns 7 into 7.0 as soon as one value of the column is missing).
    A NaN of pandas is a missing value; a NaN of polars or Arrow is one only in an id.

    Raises:
        DataError: not a data frame, or without the required columns.
    """
    try:
        frame = nw.from_native(source)
    except TypeError:
        raise DataError(
            f"{spec.name} of type {type(source).__name__} cannot be read",
            hint="pass a path (.csv, .tsv, .jsonl, .parquet) or a pandas, polars or Arrow data frame",
        ) from None
    except nw.exceptions.DuplicateError as error:
        raise DataError(f"{file}: a column stands twice ({error})", hint="rename or drop one of them") from error
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect(backend="polars")
    columns, notes = check_columns([str(name) for name in frame.columns], file, spec)
    native_pandas = frame.implementation.is_pandas_like()
    cells: dict[str, pl.Series] = {}
    n_rows = len(frame)
    broken = np.zeros(n_rows, bool)
    for place, name in columns:
        missing_nan = native_pandas or name not in spec.numbers
        text, unreadable = _text_column(_polars_column(frame[:, place], native_pandas), missing_nan=missing_nan)
        cells[name] = text
        broken |= unreadable
    rows = np.arange(1, n_rows + 1, dtype=np.int64)
    table = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String)).filter(~broken)
    table = table.with_columns(pl.when(pl.all() != "").then(pl.all()).name.keep())
    bad = tuple(
        BadRow(file, int(row), "half of a surrogate pair, which is no character", "Unicode text") for row in rows[broken]
    )
    return RawTable(file, table, rows[~broken], bad, tuple(notes))


def _polars_column(series: Any, native_pandas: bool) -> pl.Series | list[Any]:
    """The column as polars has it, or as a list of Python objects where only Python knows what they are."""
    if not native_pandas:
        column: pl.Series = series.to_polars()
        return column.to_list() if column.dtype.is_nested() or column.dtype == pl.Object else column
    if isinstance(series.dtype, nw.Datetime):
        # A missing time turns the integers into floats, which hold microseconds exactly up to the year 2255.
        stamps = pl.Series(series.dt.timestamp("us").to_list(), dtype=pl.Float64, strict=False).fill_nan(None)
        return pl.from_epoch(stamps.cast(pl.Int64), time_unit="us")
    # Without pyarrow, which the core does not need, polars takes numbers from pandas as NumPy arrays and nothing else.
    if series.dtype.is_numeric() and isinstance(series.to_native().dtype, np.dtype):
        return pl.Series(series.to_numpy())
    return list(series.to_list())


def _text_column(column: pl.Series | list[Any], *, missing_nan: bool) -> tuple[pl.Series, np.ndarray[Any, np.dtype[np.bool_]]]:
    """(rows,) text or null, and (rows,) whether a row's text is no Unicode."""
    if isinstance(column, list):
        texts = [_object_text(value) for value in column]
        given = [value for value, text in zip(column, texts, strict=True) if text is not None]
        whole = all(isinstance(value, float) and value.is_integer() for value in given)
        if whole:
            texts = [text.removesuffix(".0") if text is not None else None for text in texts]
        unreadable = np.array([text is not None and not _encodable(text) for text in texts], bool)
        kept = [None if wrong else text for text, wrong in zip(texts, unreadable, strict=True)]
        return pl.Series(kept, dtype=pl.String), unreadable
    readable = np.zeros(len(column), bool)
    if column.dtype.is_float():
        if missing_nan:
            column = column.fill_nan(None)
        finite = column.filter(column.is_finite())
        nothing_lost = len(finite) == column.len() - column.null_count()
        if nothing_lost and ((finite == finite.round()) & (finite.abs() < 2**53)).all():
            return column.cast(pl.Int64).cast(pl.String), readable
    if isinstance(column.dtype, pl.Datetime):
        aware = column if column.dtype.time_zone else column.dt.replace_time_zone("UTC")
        return aware.dt.convert_time_zone("UTC").dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ"), readable
    try:
        return column.cast(pl.String), readable
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"column {column.name!r} of type {column.dtype} has no reading as text: {error}", hint="make it text or numbers"
        ) from error


def _object_text(value: Any) -> str | None:
    """The text of any Python object that a frame may hold."""
    if isinstance(value, str):
        return value or None
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if isinstance(value, (float, np.floating)) and np.isnan(value):
        return None
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray, pl.Series)):
        parts = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return "|".join(text for part in parts if (text := _object_text(part)) is not None) or None
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
