"""Where the behaviour of known users is looked up: frames in memory, or a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import polars as pl

from fewrec.types import Dataset


class History(Protocol):
    """What known users did and said."""

    def events_of(self, user_id: str) -> pl.DataFrame:
        """One user's events in order of arrival; no rows for an unknown user."""

    def statements_of(self, user_id: str) -> pl.DataFrame:
        """One user's statements in order of arrival; no rows for an unknown user."""

    def dataset(self) -> Dataset:
        """All tables."""


@dataclass(frozen=True)
class FrameHistory:
    """A :class:`History` that was read from files or data frames."""

    data: Dataset

    def events_of(self, user_id: str) -> pl.DataFrame:
        """One user's events in order of arrival; no rows for an unknown user."""
        return self.data.events.filter(pl.col("user_id") == user_id)

    def statements_of(self, user_id: str) -> pl.DataFrame:
        """One user's statements in order of arrival; no rows for an unknown user."""
        return self.data.statements.filter(pl.col("user_id") == user_id)

    def dataset(self) -> Dataset:
        """All tables."""
        return self.data
