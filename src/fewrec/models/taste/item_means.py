"""What people in general think of an item: an empirical-Bayes mean, predicted from what the item says where few have judged it.

    y_ui = m_i + b_u + e         m_i = phi_i.w + o_i       w ~ N(0, 1),  o_i ~ N(0, s_i),  b_u ~ N(0, s_b),  e ~ N(0, noise / weight)

Item and user effects are found in turns until they stand still (Gauss-Seidel on the normal equations, so the means are those of the joint
posterior): w by ridge regression on the items' averages, o_i and b_u by shrinking what is left. The variance treats the users' effects as
known, which understates it a little. Sources: Fay & Herriot, JASA 1979 (shrinking small areas to a regression); Gelman & Hill 2007, ch. 12.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from fewrec.types import Interactions

Floats = NDArray[np.float64]

_MAX_TURNS = 50
_STANDS_STILL = 1e-4


@dataclass(frozen=True)
class ItemMeans:
    """The posterior of m: ``Cov(m_i, m_j) = loadings_i . loadings_j + [i = j] own_i``."""

    mean: Floats
    """(m,) m(i)."""
    loadings: Floats
    """(m, q) what items share of the uncertainty about their means."""
    own: Floats
    """(m,) variance of what is left to each."""
    anywhere: Floats
    """(q,) loadings of a point of which nothing but that it is one of the items is known: a statement."""
    level: float
    """The mean of such a point."""


def learn_item_means(
    known: Interactions, at_training: Floats, at_asking: Floats, own: Floats, bias: float, noise: float
) -> tuple[ItemMeans, Floats]:
    """The item means, and (n,) every training user's b.

    ``at_training``, ``at_asking`` (m, q) features scaled to a prior variance of 1 for each weight, the first column a constant; they
    differ where a feature counts the ratings: the item's own rating is not among those that an asker has seen (see :func:`~fewrec.models.taste.rating_learning.popularity`).
    ``own`` (m,), ``bias``, ``noise`` variances.
    """
    n, m = known.n_users, known.n_items
    weight = known.weight.astype(np.float64) / noise  # (e,) precision of each entry
    utility = known.utility.astype(np.float64)
    of_item = np.bincount(known.item, weight, minlength=m)
    of_user = np.bincount(known.user, weight, minlength=n)
    seen = np.flatnonzero(of_item > 0)
    spread = own[seen] + 1 / of_item[seen]  # (s,) variance of an item's average around phi.w
    features = at_training[seen]
    precision = np.eye(features.shape[1]) + features.T @ (features / spread[:, None])
    factor = linalg.cho_factor(precision, lower=True, check_finite=False)
    trust = np.zeros(m)  # share of an item's own average in its mean
    trust[seen] = own[seen] / spread
    user_effect, average, weights = np.zeros(n), np.zeros(m), np.zeros(features.shape[1])
    for _ in range(_MAX_TURNS):
        left = np.bincount(known.item, weight * (utility - user_effect[known.user]), minlength=m)
        average[seen] = left[seen] / of_item[seen]
        weights = linalg.cho_solve(factor, features.T @ (average[seen] / spread), check_finite=False)
        expected = at_training @ weights
        mean = expected + trust * (average - expected)
        surprise = np.bincount(known.user, weight * (utility - mean[known.item]), minlength=n)
        before, user_effect = user_effect, bias * surprise / (1 + bias * of_user)
        if np.abs(user_effect - before).max(initial=0) < _STANDS_STILL:
            break
    expected = at_asking @ weights
    identity = np.eye(len(precision))
    root = linalg.solve_triangular(factor[0], identity, lower=True, check_finite=False)  # root' root = precision^-1
    doubt = (1 - trust)[:, None] * at_asking
    means = ItemMeans(
        mean=expected + trust * (average - at_training @ weights),
        loadings=doubt @ root.T,
        own=own * (1 - trust),
        anywhere=root.T[0] * at_asking[0, 0] if m else root.T[0],
        level=float(weights[0] * (at_asking[0, 0] if m else 1.0)),
    )
    return means, user_effect
