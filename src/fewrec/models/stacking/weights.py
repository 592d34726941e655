"""Weights of an ensemble's members for single judgements: logistic stacking on validation rows, strongly shrunk. NumPy alone.

Every member's scores first become log odds by a curve of their own (a member that tells nothing gets an almost flat one, and so says little); the
blend is their weighted sum. Weights are >= 0 and shrunk to equal ones, so that a hundred rows move them little. Source: Wolpert, 1992.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from fewrec.ops.calibration import Floats, Labels, log_losses, logistic, platt

_FOLDS = 5
MIN_ROWS = 20
"""Fewer validation rows, or one class alone, choose nothing: members that say probabilities count alike."""


@dataclass(frozen=True)
class Stack:
    """P(like) = logistic(slope * sum_j weight_j * (slope_j * score_j + intercept_j) + intercept)."""

    slopes: Floats
    """(J,) of each member's own curve."""
    intercepts: Floats
    """(J,)"""
    weights: Floats
    """(J,) >= 0, summing to 1."""
    slope: float
    intercept: float

    def log_odds(self, scores: Floats) -> Floats:
        """(p,) from the members' scores (p, J)."""
        members = scores * self.slopes + self.intercepts
        total: Floats = self.slope * (members @ self.weights) + self.intercept
        return total

    def of(self, members: NDArray[np.int64]) -> Stack:
        """The same with some of the members; those left out must have weight 0."""
        return Stack(self.slopes[members], self.intercepts[members], self.weights[members], self.slope, self.intercept)


def plain_stack(is_log_odds: NDArray[np.bool_]) -> Stack:
    """Without anything to learn from: the members whose scores are log odds count alike, the others not at all."""
    chosen = is_log_odds if is_log_odds.any() else np.ones(len(is_log_odds), dtype=np.bool_)
    weights = chosen / chosen.sum()
    return Stack(np.ones(len(weights)), np.zeros(len(weights)), weights, 1.0, 0.0)


def fit_stack(scores: Floats, labels: Labels, *, shrinkage: float = 20.0, rng: np.random.Generator) -> Stack:
    """The blend, or the one member that is clearly better than it on rows left out.

    ``scores`` (p, J); ``shrinkage`` in rows' worth: the weight of the prior that members count alike. A member alone is taken where its log
    loss on left-out rows is lower than the blend's by more than two standard errors of the difference.
    """
    n, J = scores.shape
    fold = rng.permutation(n) % _FOLDS
    blend, alone = np.empty(n), np.empty((n, J))
    for number in range(_FOLDS):
        rest, out = fold != number, fold == number
        if labels[rest].all() or not labels[rest].any():
            return plain_stack(np.ones(J, dtype=np.bool_))
        found = _fit(scores[rest], labels[rest], shrinkage)
        blend[out] = found.log_odds(scores[out])
        alone[out] = scores[out] * found.slopes + found.intercepts
    losses = log_losses(blend, labels)
    for member in np.argsort([log_losses(alone[:, j], labels).mean() for j in range(J)]):
        gain = losses - log_losses(alone[:, member], labels)
        if gain.mean() > 2 * gain.std() / np.sqrt(n):
            slope, intercept = platt(scores[:, member], labels)
            slopes, intercepts = np.zeros(J), np.zeros(J)
            slopes[member], intercepts[member] = slope, intercept
            return Stack(slopes, intercepts, np.eye(J)[member], 1.0, 0.0)
        break
    return _fit(scores, labels, shrinkage)


def _fit(scores: Floats, labels: Labels, shrinkage: float) -> Stack:
    J = scores.shape[1]
    curves = np.array([platt(scores[:, j], labels) for j in range(J)])
    members = scores * curves[:, 0] + curves[:, 1]  # (p, J) log odds
    equal = np.full(J, 1 / J)
    # In log odds of the mean member a weight of 1/J is the equal blend; the penalty is in rows' worth of squared distance from it.
    scale = float(members.std()) or 1.0

    def loss(parameters: Floats) -> tuple[float, Floats]:
        weights, slope, intercept = parameters[:J], parameters[J], parameters[J + 1]
        blended = members @ weights
        total = slope * blended + intercept
        miss = logistic(total) - labels
        value = float(log_losses(total, labels).sum()) + shrinkage * scale**2 * J * float(np.square(weights - equal).sum()) / 2
        value += (slope - 1) ** 2 / 2
        gradient = np.concatenate(
            [
                slope * (members.T @ miss) + shrinkage * scale**2 * J * (weights - equal),
                [miss @ blended + (slope - 1), miss.sum()],
            ]
        )
        return value, gradient

    start = np.concatenate([equal, [1.0, 0.0]])
    bounds = [(0.0, None)] * J + [(0.0, None), (None, None)]
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B")
    weights, slope, intercept = found.x[:J], float(found.x[J]), float(found.x[J + 1])
    total = float(weights.sum())
    if total <= 0:
        weights, total = equal, 1.0
    return Stack(curves[:, 0], curves[:, 1], weights / total, slope * total, intercept)
