"""The entries of each user, oldest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewrec.types import Catalogue, Examples, Interactions, Rows, Vector


@dataclass(frozen=True)
class History:
    """The h entries of one user, oldest first; entries of unknown or equal time are in catalogue order."""

    rows: Rows
    """(h,) catalogue rows."""
    utility: Vector
    weight: Vector
    time: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def none(cls) -> History:
        """The empty history of an unknown user."""
        zero = np.zeros(0, dtype=np.float32)
        return cls(np.zeros(0, dtype=np.int64), zero, zero, np.zeros(0))

    def where(self, kept: NDArray[np.bool_]) -> History:
        """The entries where ``kept`` (h,) is true."""
        return History(self.rows[kept], self.utility[kept], self.weight[kept], self.time[kept])

    def last(self, k: int) -> History:
        """The k most recent entries."""
        return self.where(np.arange(len(self)) >= len(self) - k)

    @property
    def positives(self) -> Rows:
        """Catalogue rows with utility above 0."""
        return self.rows[self.utility > 0]

    def examples(self, catalogue: Catalogue) -> Examples:
        """The history as examples for a model: likes and dislikes with their weights."""
        kinds = tuple("like" if utility > 0 else "dislike" for utility in self.utility)
        labels = tuple(catalogue.ids[row] for row in self.rows)
        return Examples(self.rows.copy(), catalogue.vectors[self.rows], self.utility.copy(), self.weight.copy(), kinds, labels)


class Histories:
    """All users' histories: ``histories[user_row]``."""

    def __init__(self, interactions: Interactions) -> None:
        time = np.where(np.isnan(interactions.time), -np.inf, interactions.time)
        self._order = np.lexsort((interactions.item, time, interactions.user))
        self._ends = np.cumsum(np.bincount(interactions.user, minlength=interactions.n_users))
        self._all = interactions

    def __getitem__(self, user: int) -> History:
        start = int(self._ends[user - 1]) if user else 0
        own = self._order[start : int(self._ends[user])]
        known = self._all
        return History(known.item[own], known.utility[own], known.weight[own], known.time[own])
