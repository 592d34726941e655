"""From utility to the probability of a like: a logistic curve with two numbers, learned on ratings that were left out.

    P(like) = 1 / (1 + exp(-(intercept + slope * utility)))

The curve only stretches and shifts, so the contributions to a utility are contributions to the log odds, times the slope.
Source: Platt 1999, with a prior in place of his smoothed targets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewrec.ops.calibration import Floats, fit_logistic, logistic


@dataclass(frozen=True)
class Link:
    """``slope`` > 0."""

    intercept: float = 0.0
    slope: float = 2.0
    """2: with utilities of -1 and 1, P = (1 + utility) / 2 has log odds 2 * utility near 0."""

    def logit(self, utility: Floats) -> Floats:
        """Log odds."""
        return self.intercept + self.slope * utility

    def probability(self, utility: Floats) -> Floats:
        """In (0, 1)."""
        return logistic(self.logit(utility))


def fit_link(utility: Floats, liked: NDArray[np.bool_], prior: Link = Link(), strength: float = 4.0) -> Link:
    """Maximum a posteriori by Newton's method; ``strength`` is the precision of the prior on both numbers, the log of the slope
    being what is normal. The slope stays positive: a curve may not turn an order around.
    """  # noqa: D205 - two sentences

    def curve(place: Floats) -> tuple[Floats, Floats]:
        slope = float(np.exp(place[1]))
        return place[0] + slope * utility, np.stack([np.ones_like(utility), slope * utility], axis=1)

    centre = np.array([prior.intercept, np.log(prior.slope)])
    place = fit_logistic(curve, liked, np.full(2, strength), centre, lambda step: np.clip(step, -1, 1))
    return Link(float(place[0]), float(np.exp(place[1])))
