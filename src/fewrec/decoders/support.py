"""How likely a phrase is true of an item that nobody has met, from what is near it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fewrec.types import Vector


@dataclass(frozen=True, kw_only=True)
class SupportConfig:
    """Settings of :func:`chances`, and of how far a vector is trusted to be made of known items."""

    intercept: float = 1.0
    share: float = 1.0
    """Weight of the log share of the neighbours that hold the phrase."""
    nearness: float = 0.9
    """Weight of the standard deviations by which the vector lies nearer to the phrase's own vector than the mean item does."""
    commonness: float = 0.5
    """Weight of the log share of all items that hold the phrase."""
    guess_below: float = 0.85
    """Share of the vector's square that a mixture of known items explains, in [0, 1], up to which the mixture is not believed at all."""
    trust_above: float = 0.95
    """... and from which on it is believed wholly."""

    def trust(self, explained: float) -> float:
        """In [0, 1], linear between the two."""
        return float(np.clip((explained - self.guess_below) / (self.trust_above - self.guess_below), 0.0, 1.0))


def chances(share: Vector, z: Vector, commonness: Vector, config: SupportConfig) -> Vector:
    """(q,) in (0, 1): a logistic regression on three numbers for each of q phrases.

    ``share`` (q,) in (0, 1], weight of the neighbours that hold it; ``z`` (q,) standard deviations; ``commonness`` (q,) in (0, 1). The
    coefficients were fitted to held-out items of three catalogues at once (docs/decisions/0014) and rounded.
    """
    score = config.intercept + config.share * np.log(share + 0.005) + config.nearness * z
    score += config.commonness * np.log(commonness)
    likely: Vector = (1.0 / (1.0 + np.exp(-np.clip(score, -50.0, 50.0)))).astype(np.float32)
    return likely
