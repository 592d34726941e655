"""What store operations report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class IngestCounts:
    """Rows that were not there, rows that replaced an older version, rows that were there already."""

    new: int = 0
    changed: int = 0
    same: int = 0

    @property
    def total(self) -> int:
        """Rows handled; each is now in the store."""
        return self.new + self.changed + self.same

    def __add__(self, other: IngestCounts) -> IngestCounts:
        return IngestCounts(self.new + other.new, self.changed + other.changed, self.same + other.same)


@dataclass(frozen=True)
class ForgetCounts:
    """What went when a user was forgotten."""

    n_events: int
    n_statements: int
    n_fits_stale: int
    """Fits that were learned with the user's data among others: they should be made anew."""
    n_files_removed: int
    """Files of fits with data per user, removed."""
    erased_from_disk: bool
    """False while another process was reading: old pages then stay in the write-ahead log until the next checkpoint."""


@dataclass(frozen=True)
class StoreSummary:
    """What a store holds."""

    n_items: int
    n_users: int
    """With at least one event or statement."""
    n_events: int
    n_statements: int
    events_by_kind: Mapping[str, int]
    first: float | None
    last: float | None
    """Range of the events' timestamps, in their own unit."""
    size_bytes: int
    fit_id: str | None
    stale_reason: str | None
    """Why the current fit should be made anew; None if nothing is known against it."""
    revision: int
    """Grows with every change of items, events or statements."""
