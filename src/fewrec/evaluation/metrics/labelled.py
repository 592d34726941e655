"""How well labels (like or dislike) are predicted. Pairs carry weights so that a bootstrap over users is one call.

Shapes: p pairs of user and item; B weightings of them, usually bootstrap replicates, evaluated together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewrec.evaluation.metrics.ranked import Values
from fewrec.ops.ranking import auc
from fewrec.types import Rows

__all__ = ["auc", "calibration_error", "log_loss", "user_auc"]

Labels = NDArray[np.bool_]
Floats = NDArray[np.floating]


def user_auc(users: Rows, labels: Labels, scores: Floats) -> tuple[Rows, Values]:
    """The distinct users (u,) and each one's AUC (u,), NaN for a user whose labels are all the same."""
    distinct, owner = np.unique(users, return_inverse=True)
    order = np.argsort(owner, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(owner))[:-1])
    return distinct, np.asarray([auc(labels[part], scores[part])[0] for part in parts])


def log_loss(labels: Labels, probabilities: Floats) -> Values:
    """(p,) -ln of the probability that was given to what happened, clipped at 1e-6 (13.8 nats)."""
    clipped = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-6, 1 - 1e-6)
    return -np.log(np.where(labels, clipped, 1.0 - clipped))


def calibration_error(labels: Labels, probabilities: Floats, weights: Values | None = None, bins: int = 10) -> Values:
    """(B,) expected calibration error, in [0, 1]: |share of likes - mean probability|, averaged over ``bins`` equal-width bins by their pairs.

    A bin that holds few pairs looks off by chance, so small tests read high. Source: Naeini, Cooper & Hauskrecht, AAAI 2015.
    """
    weights = np.ones((1, len(labels))) if weights is None else weights
    bin_of = np.minimum((np.asarray(probabilities, dtype=np.float64) * bins).astype(np.int64), bins - 1)
    excess: Values = labels - np.asarray(probabilities, dtype=np.float64)
    by_bin = np.zeros((len(labels), bins))
    by_bin[np.arange(len(labels)), bin_of] = excess
    total = weights.sum(axis=1)
    off: Values = np.abs(weights @ by_bin).sum(axis=1)
    return off / np.where(total > 0, total, np.nan)
