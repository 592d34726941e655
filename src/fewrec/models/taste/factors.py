"""Tastes that go together: a few directions of taste, learned from how people's ratings deviate together.

    e_ui = t_u.w_i + noise        t_u ~ N(0, 1)       w_i ~ N(0, diag(s))

e is what item means and user effects leave unexplained. t and w are found by variational Bayes, each in closed form given the other;
s is learned for every direction, so that directions which the data do not support vanish: with few ratings nothing is left, and the
number of directions needs no choosing. A new user's covariance is w_i.w_j, and what is not known of w_i is variance of the item's own.
Source: Lim & Teh, KDD Cup 2007 (variational Bayes for matrix factorisation); Bishop 1999 (one variance a direction).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Factors:
    """``loadings`` (m, r); ``own`` (m,) variance of w_i's unknown part; ``noise`` what is left after them."""

    loadings: Floats
    own: Floats
    noise: float

    @classmethod
    def none(cls, n_items: int, noise: float) -> Factors:
        """No directions at all."""
        return cls(np.zeros((n_items, 0)), np.zeros(n_items), noise)


def learn_factors(
    left: sparse.csr_matrix,
    weight: sparse.csr_matrix,
    noise: float,
    n_factors: int,
    n_rounds: int = 12,
) -> Factors:
    """``left`` (n, m) what is unexplained of every entry; ``weight`` (n, m) of each, same places; ``noise`` variance to start from."""
    n, m = left.shape
    r = n_factors
    if not left.nnz or not r:
        return Factors.none(m, noise)
    total = sparse.csr_matrix((left.data * weight.data, left.indices, left.indptr), shape=left.shape)
    item_mean = _leading(total, r)
    r = item_mean.shape[1]
    item_cov = np.zeros((m, r, r))
    spread = np.full(r, 0.2 * noise / r)
    weight_t, total_t = weight.T.tocsr(), total.T.tocsr()
    user, item = np.repeat(np.arange(n), np.diff(left.indptr)), left.indices
    n_weight = float(weight.data.sum())
    for _ in range(n_rounds):
        user_mean, user_cov = _posterior(weight, total, item_mean, item_cov, np.ones(r), noise)
        item_mean, item_cov = _posterior(weight_t, total_t, user_mean, user_cov, spread, noise)
        spread = np.maximum((item_mean**2 + np.diagonal(item_cov, axis1=1, axis2=2)).mean(axis=0), 1e-9)
        # E (e - t.w)^2, entry by entry: the square of the means' error, and the variance of the product
        error = left.data - np.einsum("er,er->e", user_mean[user], item_mean[item])
        doubt = _product_variance(weight, user_mean, user_cov, item_mean, item_cov)
        noise = (float(weight.data @ error**2) + doubt) / n_weight
    alive = spread > 1e-3 * noise
    own = np.trace(item_cov[:, alive][:, :, alive], axis1=1, axis2=2) if alive.any() else np.zeros(m)
    return Factors(item_mean[:, alive], own, noise)


def _leading(total: sparse.csr_matrix, r: int) -> Floats:
    """(m, at most r) to start from: the leading singular directions, as if what is not rated were 0; the same for the same ratings."""
    n, m = total.shape
    kept = min(r, n - 1, m - 1)
    if kept < 1:
        return np.zeros((m, 0))
    _, size, directions = svds(total, k=kept, v0=np.random.default_rng(0).standard_normal(min(n, m)))
    return np.asarray(directions.T * (size / np.sqrt(n)))


def _posterior(
    weight: sparse.csr_matrix, total: sparse.csr_matrix, mean: Floats, cov: Floats, prior: Floats, noise: float
) -> tuple[Floats, Floats]:
    """(a, r), (a, r, r): mean and covariance of the rows' vectors, given those of the columns (b, r), (b, r, r)."""
    b, r = mean.shape
    moments = (mean[:, :, None] * mean[:, None, :] + cov).reshape(b, r * r)
    precision = (weight @ moments).reshape(-1, r, r) / noise + np.diag(1 / prior)
    covariance = np.linalg.inv(precision)
    return np.einsum("ars,as->ar", covariance, total @ mean) / noise, covariance


def _product_variance(weight: sparse.csr_matrix, t: Floats, t_cov: Floats, w: Floats, w_cov: Floats) -> float:
    """Sum over entries of weight * Var(t_u.w_i) = t' W t + w' T w + tr(T W), T and W the covariances."""
    (n, r), m = t.shape, len(w)
    moments = (t[:, :, None] * t[:, None, :] + t_cov).reshape(n, r * r)
    by_item = float(np.vdot((weight @ w_cov.reshape(m, r * r)), moments))
    return by_item + float(np.vdot(weight @ (w[:, :, None] * w[:, None, :]).reshape(m, r * r), t_cov.reshape(n, r * r)))
