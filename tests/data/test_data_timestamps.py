"""Timestamps in, floats out."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fewrec.data import is_time, parse_timestamps, units_per_second


def parse(text: str | None) -> float | None:
    value = parse_timestamps(pl.Series([text, "x"], dtype=pl.String))[0]
    assert value is None or isinstance(value, float)
    return value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2024-05-01", 1714521600.0),
        ("2024-05-01T18:30:00+08:00", 1714559400.0),
        ("2024-05-01 18:30:00+0800", 1714559400.0),
        ("2024-05-01T10:30Z", 1714559400.0),
        ("2024-05-01T10:30:00.25", 1714559400.25),
        ("2024-05-01T05:00:00-05:30", 1714559400.0),
        ("2024/5/1", 1714521600.0),
        ("1969-12-31T23:59:59", -1.0),
        ("881250949", 881250949.0),
        ("-1.5e3", -1500.0),
        (" 7 ", 7.0),
        ("2024-13-01", None),
        ("2023-02-29", None),
        ("01.05.2024", None),
        ("2024-05-01T25:00:00", None),
        (None, None),
    ],
)
def test_worked_out_by_hand(text: str | None, seconds: float | None) -> None:
    assert parse(text) == seconds


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)), st.integers(-14 * 60, 14 * 60))
def test_agrees_with_datetime(naive: datetime, offset: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=offset)))
    # only times of day whose UTC year stays four digits long
    assert parse(moment.isoformat()) == pytest.approx(
        (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds(), abs=1e-4
    )


def test_times_are_told_from_positions() -> None:
    seconds = 881250949.0
    assert is_time([seconds, float("nan"), seconds + 1])
    assert units_per_second([seconds * 1000]) == 1000
    assert not is_time([0, 1, 2])
    assert not is_time([seconds, 3.0])
    assert not is_time([float("nan")])
    assert not is_time([])
