"""Which items may be shown: seen ones, allow and deny lists, attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fewrec.columns import columns_of, find_column
from fewrec.errors import SettingError
from fewrec.types import Catalogue, Rows

_DIVIDED = re.compile(r"[,，、;；]")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list may hold. Ids that the catalogue does not have are no error here: they filter nothing."""

    allow: Sequence[str] | None = None
    """Only these item ids; None allows all."""
    deny: Sequence[str] = ()
    """Never these."""
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Column -> accepted values; every column must match. Headers and values are compared without case, values with the whole of the
    column or with one of its parts (lists are divided as :func:`fewrec.columns.columns_of` divides them, and at ``|``)."""
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
        name = find_column(column, columns)
        if name is None:
            raise SettingError(f"no item has a column {column!r}", hint=f"columns to filter by: {', '.join(sorted(columns))}")
        wanted = {value.strip().casefold() for value in accepted}
        texts = [fields.get(name) or "" for fields in catalogue.fields]
        told = columns_of([{name: text} for text in texts], str.strip) if any(map(_DIVIDED.search, texts)) else ()
        lists = told[0].values if told and told[0].role in ("category", "name") else ((),) * len(texts)

        def matches(text: str, values: Sequence[str]) -> bool:
            parts = {part.strip().casefold() for part in (text, *text.split("|"), *values)}
            return bool(parts & wanted)

        found = (matches(text, values) for text, values in zip(texts, lists, strict=True))
        return np.fromiter(found, dtype=bool, count=len(catalogue))
