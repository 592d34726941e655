"""From utility to the probability of a like: a logistic curve with two numbers, learned on ratings that were left out.

    P(like) = 1 / (1 + exp(-(intercept + slope * utility)))

The curve only stretches and shifts, so the contributions to a utility are contributions to the log odds, times the slope.
Source: Platt 1999, with a prior in place of his smoothed targets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


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
        return 1 / (1 + np.exp(-np.clip(self.logit(utility), -30, 30)))


def fit_link(utility: Floats, liked: NDArray[np.bool_], prior: Link = Link(), strength: float = 4.0) -> Link:
    """Maximum a posteriori by Newton's method; ``strength`` is the precision of the prior on both numbers, the log of the slope
    being what is normal. The slope stays positive: a curve may not turn an order around.
    """  # noqa: D205 - two sentences
    place = np.array([prior.intercept, np.log(prior.slope)])
    centre = place.copy()
    for _ in range(50):
        slope = float(np.exp(place[1]))
        chance = 1 / (1 + np.exp(-np.clip(place[0] + slope * utility, -30, 30)))
        design = np.stack([np.ones_like(utility), slope * utility], axis=1)  # d logit / d place
        gradient = design.T @ (chance - liked) + strength * (place - centre)
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + strength * np.eye(2)
        step = np.clip(np.linalg.solve(curvature, gradient), -1, 1)
        place = place - step
        if np.abs(step).max() < 1e-9:
            break
    return Link(float(place[0]), float(np.exp(place[1])))
