"""From a network's log odds to a probability: how much of the label prior to take out, then Platt's curve. NumPy alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fewrec.ops import ranking
from fewrec.ops.calibration import Floats, Labels, calibrated_loss, log_losses, platt

__all__ = ["Calibration", "Floats", "Labels", "auc", "calibrated_loss", "fit_calibration", "log_losses", "platt"]


SHARES = (1.0, 0.5, 0.0)
"""Of the label prior that may be taken out; the first is kept where nothing speaks against it."""


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


def auc(scores: Floats, labels: Labels) -> float:
    """Share of pairs of one Yes and one No in the right order, ties half; NaN where one class is absent."""
    return float(ranking.auc(labels, scores)[0])
