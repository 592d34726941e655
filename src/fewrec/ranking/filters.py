"""Which items may be shown: seen ones, allow and deny lists, attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fewrec.errors import SettingError
from fewrec.types import Catalogue, Rows


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list may hold. Ids that the catalogue does not have are no error here: they filter nothing."""

    allow: Sequence[str] | None = None
    """Only these item ids; None allows all."""
    deny: Sequence[str] = ()
    """Never these."""
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Column -> accepted values, compared without case against the column's parts (split at ``|``); every column must match."""
    include_seen: bool = False
    """Whether items among the examples may be shown again."""

    def admitted(self, catalogue: Catalogue, seen: Rows) -> NDArray[np.bool_]:
        """(m,) True where an item may be shown.

        Raises:
            SettingError: ``where`` names a column that no item has.
        """
        admitted = np.ones(len(catalogue), dtype=bool)
        if self.allow is not None:
            admitted[:] = False
            admitted[self._rows(catalogue, self.allow)] = True
        for column, accepted in self.where.items():
            admitted &= self._matching(catalogue, column, accepted)
        admitted[self._rows(catalogue, self.deny)] = False
        if not self.include_seen:
            admitted[seen] = False
        return admitted

    @staticmethod
    def _rows(catalogue: Catalogue, ids: Sequence[str]) -> list[int]:
        return [catalogue.row_of[item_id] for item_id in ids if item_id in catalogue.row_of]

    @staticmethod
    def _matching(catalogue: Catalogue, column: str, accepted: Sequence[str]) -> NDArray[np.bool_]:
        columns = {name for fields in catalogue.fields for name in fields}
        if column not in columns:
            raise SettingError(f"no item has a column {column!r}", hint=f"columns to filter by: {', '.join(sorted(columns))}")
        wanted = {value.strip().casefold() for value in accepted}

        def matches(fields: Mapping[str, str]) -> bool:
            value = fields.get(column) or ""
            parts = {part.strip().casefold() for part in value.split("|")} | {value.strip().casefold()}
            return bool(parts & wanted)

        return np.fromiter((matches(fields) for fields in catalogue.fields), dtype=bool, count=len(catalogue))
