"""From scores to the probability of a like: logistic curves by Newton's method, and the loss that compares them. NumPy alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.bool_]

_FLATTEST = 0.05
"""Least slope of :func:`platt` per standard deviation of the scores."""


def logistic(log_odds: Floats) -> Floats:
    """Probabilities in (0, 1).

    >>> float(logistic(np.zeros(1))[0])
    0.5
    """
    chance: Floats = 1 / (1 + np.exp(-np.clip(log_odds, -35, 35)))
    return chance


def fit_logistic(
    curve: Callable[[Floats], tuple[Floats, Floats]],
    labels: Labels,
    ridge: Floats,
    centre: Floats,
    shorten: Callable[[Floats], Floats],
) -> Floats:
    """(j,) maximum a posteriori parameters of a curve under a Gaussian prior, by Newton's method from the prior's centre.

    Args:
        curve: parameters (j,) -> log odds (p,) and their derivatives (p, j).
        labels: (p,)
        ridge: (j,) precision of the prior.
        centre: (j,) mean of the prior.
        shorten: bounds a step; small steps must come out as they are.
    """
    place = centre.astype(np.float64).copy()
    for _ in range(50):
        log_odds, slopes = curve(place)
        chance = logistic(log_odds)
        gradient = slopes.T @ (chance - labels) + ridge * (place - centre)
        curvature = (slopes * (chance * (1 - chance))[:, None]).T @ slopes + np.diag(ridge)
        step = shorten(np.asarray(np.linalg.solve(curvature, gradient), dtype=np.float64))
        place = place - step
        if np.abs(step).max() < 1e-9:
            break
    return place


def logistic_weights(design: Floats, labels: Labels, ridge: Floats, centre: Floats) -> Floats:
    """(j,) weights of a logistic regression on ``design`` (p, j), a Gaussian prior around ``centre`` with precision ``ridge`` (j,)."""
    return fit_logistic(lambda weights: (design @ weights, design), labels, ridge, centre, _shortened)


def _shortened(step: Floats) -> Floats:
    return step / max(1.0, float(np.abs(step).max()) / 2)  # short steps where the curve is flat


def platt(scores: Floats, labels: Labels, ridge: float = 1.0) -> tuple[float, float]:
    """Slope and intercept of P(like) = logistic(slope * score + intercept). Source: Platt, 1999.

    ``ridge`` draws the slope, per standard deviation of the scores, towards 0. The slope stays above 0.05 of that: a curve neither
    turns the order around nor makes all answers equal.
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


def log_losses(log_odds: Floats, labels: Labels) -> Floats:
    """(p,) minus the natural logarithm of the probability of what happened."""
    signed: Floats = np.where(labels, log_odds, -log_odds)
    losses: Floats = np.logaddexp(0, -signed)
    return losses


def calibrated_loss(scores: Floats, labels: Labels) -> float:
    """Mean log loss after :func:`platt`'s curve: what scores are compared by where a curve follows in any case."""
    slope, intercept = platt(scores, labels)
    return float(log_losses(slope * scores + intercept, labels).mean())
