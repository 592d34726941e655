"""Timestamps: ISO-8601 or a number in, a float out; and whether such floats are points in time at all."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

_ISO = (
    r"^(?<year>\d{4})[-/](?<month>\d{1,2})[-/](?<day>\d{1,2})"
    r"(?:[T ]+(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?)?"
    r"\s*(?<zone>[Zz]|[+-]\d{2}(?::?\d{2})?)?$"
)
_YEAR_1990_S, _YEAR_2100_S = 631_152_000.0, 4_102_444_800.0
_UNITS_PER_SECOND = (1.0, 1e3, 1e6, 1e9)


def parse_timestamps(text: pl.Series) -> pl.Series:
    """(rows,) float: unix seconds for ISO-8601 (UTC where no zone is given; midnight where no time is), a number as it is.

    Year first, with ``-`` or ``/``. Null where nothing was given **or** nothing could be made of it; NaN and infinite pass for the
    caller to refuse.
    """
    stripped = text.str.strip_chars()
    numbers = stripped.cast(pl.Float64, strict=False)
    if (numbers.is_null() & text.is_not_null()).sum() == 0:
        return numbers
    parts = stripped.str.extract_groups(_ISO).struct
    pieces = {name: parts.field(name) for name in ("year", "month", "day", "hour", "minute", "second", "fraction", "zone")}
    frame = pl.DataFrame(pieces | {"number": numbers})
    two = {name: pl.col(name).fill_null("00").str.zfill(2) for name in ("month", "day", "hour", "minute", "second")}
    clock = pl.format("{}-{}-{}T{}:{}:{}", "year", *two.values())
    moment = clock.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us").dt.timestamp("us") / 1e6
    fraction = pl.format("0.{}", "fraction").cast(pl.Float64).fill_null(0.0)
    digits = pl.col("zone").str.replace_all(":", "")
    minutes = digits.str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + digits.str.slice(3, 2).str.zfill(2).cast(
        pl.Int64, strict=False
    )
    offset = pl.when(digits.str.starts_with("-")).then(-minutes).otherwise(minutes).fill_null(0)
    return frame.select(pl.coalesce("number", moment + fraction - 60 * offset).alias("timestamp")).to_series()


def units_per_second(timestamps: ArrayLike) -> float | None:
    """1 for unix seconds, 1000 for milliseconds, ...; None where the numbers are not points in time between 1990 and 2100.

    NaN (unknown) is passed over; with nothing known there is no time.
    """
    known = np.asarray(timestamps, dtype=np.float64)
    known = known[~np.isnan(known)]
    if not len(known):
        return None
    for units in _UNITS_PER_SECOND:
        if known.min() >= _YEAR_1990_S * units and known.max() <= _YEAR_2100_S * units:
            return units
    return None


def is_time(timestamps: ArrayLike) -> bool:
    """Whether the numbers are real points in time rather than positions 0, 1, 2, ... Splitting at a point in time needs the former."""
    return units_per_second(timestamps) is not None
