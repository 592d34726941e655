"""From a network's log odds to a probability: how much of the label prior to take out, then Platt's curve. NumPy alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]

SHARES = (1.0, 0.5, 0.0)
"""Of the label prior that may be taken out; the first is kept where nothing speaks against it."""
_FLATTEST = 0.05
"""Least slope per standard deviation of the scores."""


@dataclass(frozen=True)
class Calibration:
    """P(like) = logistic(slope * (z - share * z0) + intercept): z log odds of the question, z0 of the same item without a history."""

    share: float = 1.0
    slope: float = 1.0
    intercept: float = 0.0

    def log_odds(self, asked: Floats, neutral: Floats) -> Floats:
        """(p,) log odds of a like."""
        return self.slope * (asked - self.share * neutral) + self.intercept

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


def fit_calibration(asked: Floats, neutral: Floats, labels: Labels) -> Calibration:
    """The share of the prior with the lowest log loss after its curve, or all of it where the gain is within half a standard error.

    Few rows or one class alone leave the log odds as they are. Source of the curve: Platt, 1999; of the prior: Zhao et al., ICML 2021.
    """
    if len(labels) < 10 or labels.all() or not labels.any():
        return Calibration()
    curves = [platt(asked - share * neutral, labels) for share in SHARES]
    losses = [
        log_losses(slope * (asked - share * neutral) + intercept, labels)
        for share, (slope, intercept) in zip(SHARES, curves, strict=True)
    ]
    best = int(np.argmin([each.mean() for each in losses]))
    gain = losses[0] - losses[best]
    if gain.mean() <= gain.std() / np.sqrt(len(labels)) / 2:
        best = 0
    return Calibration(SHARES[best], *curves[best])


def platt(scores: Floats, labels: Labels, ridge: float = 1.0) -> tuple[float, float]:
    """Slope and intercept of a logistic curve; ``ridge`` draws the slope, per standard deviation of the scores, towards 0.

    The slope stays above :data:`_FLATTEST`: a curve neither turns the order around nor makes all answers equal.
    """
    scale = float(scores.std()) or 1.0
    centre = float(scores.mean())
    standard = (scores - centre) / scale
    design = np.stack([standard, np.ones_like(scores)], axis=1)  # (p, 2)
    slope, intercept = logistic_weights(design, labels, np.array([ridge, 1e-6]), np.zeros(2))
    if slope < _FLATTEST:
        rate = float(np.clip(labels.mean(), 1e-6, 1 - 1e-6))
        slope, intercept = _FLATTEST, np.log(rate / (1 - rate))
    return float(slope) / scale, float(intercept - slope * centre / scale)


def logistic_weights(design: Floats, labels: Labels, ridge: Floats, centre: Floats) -> Floats:
    """(j,) maximum a posteriori weights, a Gaussian prior around ``centre`` with precision ``ridge``, by Newton's method."""
    weights = centre.astype(np.float64).copy()
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -35, 35)))
        gradient = design.T @ (chance - labels) + ridge * (weights - centre)
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        weights -= step / max(1.0, float(np.abs(step).max()) / 2)  # short steps where the curve is flat
        if np.abs(step).max() < 1e-9:
            break
    return weights


def log_losses(log_odds: Floats, labels: Labels) -> Floats:
    """(p,) minus the log probability of what happened."""
    signed: Floats = np.where(labels, log_odds, -log_odds)
    losses: Floats = np.logaddexp(0, -signed)
    return losses


def calibrated_loss(scores: Floats, labels: Labels) -> float:
    """Mean log loss after the curve: what checkpoints are compared by, since the curve follows in any case."""
    slope, intercept = platt(scores, labels)
    return float(log_losses(slope * scores + intercept, labels).mean())


def auc(scores: Floats, labels: Labels) -> float:
    """Share of pairs of one Yes and one No in the right order, ties half; NaN where one class is absent."""
    from scipy.stats import rankdata

    n_yes, n_no = int(labels.sum()), int((~labels).sum())
    if not n_yes or not n_no:
        return float("nan")
    return float((rankdata(scores)[labels].sum() - n_yes * (n_yes + 1) / 2) / (n_yes * n_no))
