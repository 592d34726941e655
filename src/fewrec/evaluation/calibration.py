"""Probabilities for models that only score: a logistic curve fitted on training users."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewrec.evaluation.histories import Histories
from fewrec.evaluation.metrics.ranked import Values
from fewrec.evaluation.model_calls import Factory, fitted, pair_scores
from fewrec.evaluation.splits import active_users
from fewrec.types import Catalogue, Examples, Interactions

_MIN_PAIRS = 20
_SHARE = 0.2


@dataclass(frozen=True)
class LogisticCurve:
    """P(like) = 1 / (1 + exp(-(slope * (score - centre) / scale + intercept))). Source: Platt, 1999."""

    slope: float
    intercept: float
    centre: float
    scale: float

    def probability(self, scores: Values) -> Values:
        """(p,) in (0, 1)."""
        linear = self.slope * (scores - self.centre) / self.scale + self.intercept
        return 1.0 / (1.0 + np.exp(-np.clip(linear, -35, 35)))


def fit_curve(scores: Values, labels: NDArray[np.bool_]) -> LogisticCurve | None:
    """Maximum likelihood with a small ridge penalty, by Newton's method; None where one class or too little is there to learn from.

    The slope is kept at 0 or above: a calibration may not turn a model's order around.
    """
    if len(labels) < _MIN_PAIRS or labels.all() or not labels.any():
        return None
    centre, scale = float(scores.mean()), float(scores.std()) or 1.0
    design = np.stack([(scores - centre) / scale, np.ones_like(scores)], axis=1)  # (p, 2)
    ridge = np.diag([1e-2, 1e-6])
    weights = np.array([0.0, np.log(labels.mean() / (1 - labels.mean()))])
    for _ in range(25):
        chance = 1.0 / (1.0 + np.exp(-design @ weights))
        gradient = design.T @ (chance - labels) + ridge @ weights
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    if weights[0] < 0:
        weights = np.array([0.0, np.log(labels.mean() / (1 - labels.mean()))])
    return LogisticCurve(float(weights[0]), float(weights[1]), centre, scale)


def curve_from_training(
    make: Factory, catalogue: Catalogue, train: Interactions, max_users: int, rng: np.random.Generator
) -> LogisticCurve | None:
    """A fifth of the training users are set aside, a second model learns from the others, and half of each set-aside user's entries are
    scored from their other half. The test data have no part in it.
    """  # noqa: D205 - one sentence
    users = rng.permutation(active_users(train))
    aside, rest = np.split(users, [min(max_users, round(_SHARE * len(users)))])
    histories = Histories(train)
    examples: list[Examples] = []
    rows: list[int] = []
    labels: list[bool] = []
    for user in aside.tolist():
        history = histories[user]
        hidden = rng.permutation(len(history)) < (len(history) + 1) // 2
        shown = history.where(~hidden).examples(catalogue)
        asked = history.where(hidden)
        examples += [shown] * len(asked)
        rows += asked.rows.tolist()
        labels += (asked.utility > 0).tolist()
    if not rows:
        return None
    model, _ = fitted(make, catalogue, train.of_users(rest), rng)
    return fit_curve(pair_scores(model, examples, np.asarray(rows), len(catalogue)), np.asarray(labels))
