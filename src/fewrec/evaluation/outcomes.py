"""Results of one model in one cell: a value per user rather than a mean, so that intervals and paired differences can be computed later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fewrec.evaluation.metrics import auc, calibration_error, log_loss, user_auc
from fewrec.evaluation.metrics.ranked import Values
from fewrec.evaluation.settings import Count
from fewrec.types import Rows


@dataclass(frozen=True)
class PerUser:
    """One value per user and metric; the statistic is the mean."""

    users: Rows
    """(u,) usually each user once; a user with several cases is listed several times, and resampled as one."""
    metrics: tuple[str, ...]
    values: Values
    """(u, c) one column a metric; NaN where a user has no value."""

    def replicate(self, weights: Values) -> tuple[Values, Values]:
        """Numerators and denominators (B, c) of the weighted means, for ``weights`` (B, u)."""
        present = ~np.isnan(self.values)
        return weights @ np.where(present, self.values, 0.0), weights @ present.astype(np.float64)

    def users_of(self, column: int) -> Rows:
        """The users with a value of a metric."""
        return self.users[~np.isnan(self.values[:, column])]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays to store; :func:`block_from` is the inverse."""
        return {"users": self.users, "values": self.values}


@dataclass(frozen=True)
class PerUnit:
    """A number and a size for every unit (an item, a user) and metric; the statistic is the sum of the numbers over that of the sizes.

    With sizes of 1 it is the mean; with what could have been reached as the size, the share that was.
    """

    users: Rows
    """(u,) the units, as they are resampled."""
    metrics: tuple[str, ...]
    values: Values
    """(u, c) one column a metric; NaN where a unit has no value."""
    sizes: Values
    """(u, c) >= 0."""

    def replicate(self, weights: Values) -> tuple[Values, Values]:
        """Numerators and denominators (B, c), for ``weights`` (B, u)."""
        present = ~np.isnan(self.values)
        return weights @ np.where(present, self.values, 0.0), weights @ np.where(present, self.sizes, 0.0)

    def users_of(self, column: int) -> Rows:
        """The units with a value of a metric."""
        return self.users[~np.isnan(self.values[:, column])]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays to store; :func:`block_from` is the inverse."""
        return {"users": self.users, "values": self.values, "sizes": self.sizes}


@dataclass(frozen=True)
class PerPair:
    """A label and a prediction a pair of user and item; most of its statistics are not means over users."""

    users: Rows
    """(p,) whose pair it is."""
    metrics: tuple[str, ...]
    labels: NDArray[np.bool_]
    """(p,) liked."""
    scores: Values
    """(p,) higher is better; what ``auc`` and ``uauc`` look at."""
    probabilities: Values
    """(p,) of a like, in [0, 1]; NaN throughout where the model says none."""

    def replicate(self, weights: Values) -> tuple[Values, Values]:
        """Numerators and denominators (B, c), for ``weights`` (B, p) that are equal for all pairs of a user."""
        columns = [self._column(metric, weights) for metric in self.metrics]
        return np.stack([top for top, _ in columns], axis=1), np.stack([bottom for _, bottom in columns], axis=1)

    def _column(self, metric: str, weights: Values) -> tuple[Values, Values]:
        if metric == "log-loss":
            return weights @ log_loss(self.labels, self.probabilities), weights.sum(axis=1)
        if metric == "uauc":
            distinct, values = user_auc(self.users, self.labels, self.scores)
            both = ~np.isnan(values)
            first = {user: pair for pair, user in reversed(list(enumerate(self.users.tolist())))}
            own = weights[:, [first[user] for user in distinct[both].tolist()]]  # (B, users with both classes)
            return own @ values[both], own.sum(axis=1)
        if metric == "auc":
            value = auc(self.labels, self.scores, weights)
        else:
            value = calibration_error(self.labels, self.probabilities, weights)
        defined = ~np.isnan(value)
        return np.where(defined, value, 0.0), defined.astype(np.float64)

    def users_of(self, column: int) -> Rows:
        """The users who count for a metric: for ``uauc``, those with both classes."""
        if self.metrics[column] == "uauc":
            distinct, values = user_auc(self.users, self.labels, self.scores)
            return distinct[~np.isnan(values)]
        return np.unique(self.users)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays to store; :func:`block_from` is the inverse."""
        return {"users": self.users, "labels": self.labels, "scores": self.scores, "probabilities": self.probabilities}


Block = PerUser | PerUnit | PerPair


@dataclass(frozen=True)
class Outcome:
    """One model's values in one draw, for one k and one set of items."""

    section: Literal["results", "curves"]
    k: Count
    items: str
    """``all``, ``warm`` or ``cold``."""
    users_per_s: float
    block: Block


@dataclass(frozen=True)
class Cell:
    """One model, fitted once: the unit that is cached."""

    model: str
    train_users: int
    draw: int
    fit_s: float
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()
    samples: tuple[Mapping[str, str], ...] = ()
    """Example texts for the report; empty for models."""


def block_from(arrays: Mapping[str, NDArray[Any]], metrics: tuple[str, ...]) -> Block:
    """The inverse of ``arrays()``."""
    if "sizes" in arrays:
        return PerUnit(arrays["users"], metrics, arrays["values"], arrays["sizes"])
    if "values" in arrays:
        return PerUser(arrays["users"], metrics, arrays["values"])
    return PerPair(arrays["users"], metrics, arrays["labels"], arrays["scores"], arrays["probabilities"])
