"""What was read, in a few lines that people can check against what they meant to hand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

import polars as pl

from fewrec.data.timestamps import units_per_second
from fewrec.types import Dataset, ReadSummary


@dataclass(frozen=True)
class DataSummary:
    """Counts and ranges of a data set; ``str()`` gives the lines."""

    n_items: int
    item_columns: tuple[str, ...]
    n_users: int
    n_events: int
    n_statements: int
    events_by_kind: Mapping[str, int]
    first: float | None
    last: float | None
    """First and last timestamp of events, in the data's own unit."""
    is_time: bool

    def lines(self) -> list[str]:
        """The summary, a fact a line."""
        shown = [f"{self.n_items:,} items with {', '.join(self.item_columns) or 'no further columns'}"]
        shown.append(f"{self.n_users:,} users, {self.n_events:,} events, {self.n_statements:,} statements")
        if self.events_by_kind:
            shown.append("events: " + ", ".join(f"{count:,} {kind}" for kind, count in self.events_by_kind.items()))
        if self.first is not None and self.last is not None:
            if self.is_time:
                shown.append(f"from {_day(self.first)} to {_day(self.last)}")
            else:
                shown.append(f"timestamps {self.first:g} to {self.last:g} are positions, not times")
        return shown

    def __str__(self) -> str:
        return "\n".join(self.lines())


def summarise(dataset: Dataset) -> DataSummary:
    """Count what a data set holds. Users are those with an event or a statement."""
    events = dataset.events
    users = pl.concat([events["user_id"], dataset.statements["user_id"]]).n_unique()
    kinds = events.group_by("event").len().sort(["len", "event"], descending=[True, False])
    times = events["timestamp"].drop_nulls().to_numpy()
    return DataSummary(
        n_items=dataset.items.height,
        item_columns=tuple(name for name in dataset.items.columns if name != "item_id"),
        n_users=users,
        n_events=events.height,
        n_statements=dataset.statements.height,
        events_by_kind=dict(kinds.iter_rows()),
        first=float(times.min()) if len(times) else None,
        last=float(times.max()) if len(times) else None,
        is_time=units_per_second(times) is not None,
    )


def report_lines(summary: ReadSummary, *, max_bad: int = 10) -> list[str]:
    """A file's summary for people: rows, the first bad rows and how many more, notes."""
    lines = [f"{summary.file}: {summary.n_rows:,} good rows, {len(summary.bad):,} bad left out"]
    lines += [str(row) for row in summary.bad[:max_bad]]
    if len(summary.bad) > max_bad:
        lines.append(f"… and {len(summary.bad) - max_bad:,} more bad rows")
    return [*lines, *(f"note: {note}" for note in summary.notes)]


def _day(time: float) -> str:
    seconds = time / (units_per_second([time]) or 1.0)
    return datetime.fromtimestamp(seconds, tz=timezone.utc).strftime("%Y-%m-%d")
