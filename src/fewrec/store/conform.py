"""Frames on their way into the store: the right columns and types, or an error that names the row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from fewrec.errors import DataError


def conform(
    frame: pl.DataFrame, schema: Mapping[str, type[pl.DataType]], *, required: Sequence[str], table: str
) -> pl.DataFrame:
    """The columns of ``schema`` in its order and types; those that are absent and not required are null.

    Raises:
        DataError: a required column is missing or null somewhere, a cell has the wrong type, a number is NaN or infinite.
    """
    if missing := [name for name in required if name not in frame.columns]:
        raise DataError(
            f"the {table} have no column {', '.join(missing)}; columns there: {', '.join(frame.columns) or 'none'}",
            hint=f"expected: {', '.join(schema)}",
        )
    present = [name for name in schema if name in frame.columns]
    try:
        typed = frame.select(pl.col(name).cast(schema[name]) for name in present)
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"the {table} have a cell of the wrong type: {error}", hint="read them with fewrec.data, which reports bad rows"
        ) from error
    for name in required:
        _refuse(typed[name].is_null() | (typed[name] == ""), table, name, "nothing")
    for name in present:
        if schema[name] == pl.Float64:
            _refuse(~typed[name].is_finite(), table, name, "NaN or infinity")
    absent = [pl.lit(None, dtype=dtype()).alias(name) for name, dtype in schema.items() if name not in present]
    return typed.with_columns(absent).select(list(schema))


def _refuse(wrong: pl.Series, table: str, name: str, found: str) -> None:
    where = wrong.fill_null(value=False).arg_true()
    if len(where):
        raise DataError(
            f"row {where[0] + 1} of the {table} has {found} in {name} ({len(where)} rows in all); nothing was stored",
            hint="read the file with fewrec.data, which reports bad rows and keeps the others",
        )
