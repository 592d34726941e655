"""Variances by marginal likelihood: which of the things that could explain the ratings do explain them.

    y = f + noise,  Cov(y) = C = sum_j v_j K_j        the kernels K_j are given, their weights v_j are sought
    -log p(y) = y' C^-1 y / 2 + log |C| / 2           and its slope in log v_j: v_j (tr(C^-1 K_j) - a' K_j a) / 2,  a = C^-1 y
    mean of y_o given all the others: y_o - a_o / (C^-1)_oo

Each log v_j has a normal prior around a default, so that few ratings move little and many decide. Source: Rasmussen & Williams 2006,
eqs 5.8, 5.9 and 5.12.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Observations that have nothing to do with those of other groups."""

    y: Floats
    """(o,)"""
    kernels: Mapping[str, Floats]
    """Name -> (o, o); one of them is the noise."""
    fixed: Floats
    """(o, o) part of C as it stands."""


@dataclass(frozen=True)
class Evidence:
    """What the marginal likelihood found."""

    variances: Mapping[str, float]
    left_out: tuple[Floats, ...]
    """For every group (o,): the mean expected of each observation from all the others."""
    log_likelihood: float
    """At these variances, the prior on them left out; nats, up to a constant."""


def maximise(groups: Sequence[Group], start: Mapping[str, float], prior_deviation: float, max_steps: int = 12) -> Evidence:
    """Variances that make the observations most probable; names of ``start`` of which no group has a kernel stay as they are.

    ``start`` is the centre of the prior, whose standard deviation in log v is ``prior_deviation`` (0 keeps the start).
    """
    names = [name for name in start if any(name in group.kernels for group in groups)]
    centre = np.log([start[name] for name in names])

    def objective(place: Floats) -> tuple[float, Floats]:
        variances = dict(zip(names, np.exp(place).tolist(), strict=True))
        away = (place - centre) / prior_deviation
        value, slope = 0.5 * float(away @ away), away / prior_deviation
        for group in groups:
            inverse, a, half_log_det = _solve(group, variances)
            value += 0.5 * float(group.y @ a) + half_log_det
            for j, name in enumerate(names):
                if (kernel := group.kernels.get(name)) is not None:
                    slope[j] += 0.5 * variances[name] * (float(np.vdot(inverse, kernel)) - float(a @ (kernel @ a)))
        return value, slope

    place = centre
    if prior_deviation > 0 and names and sum(len(group.y) for group in groups) > 1:
        bounds = [(c - 4 * prior_deviation, c + 4 * prior_deviation) for c in centre]
        found = optimize.minimize(objective, centre, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": max_steps})
        place = found.x
    variances = dict(start) | dict(zip(names, np.exp(place).tolist(), strict=True))
    left_out, log_likelihood = [], 0.0
    for group in groups:
        inverse, a, half_log_det = _solve(group, variances)
        left_out.append(group.y - a / np.diag(inverse))
        log_likelihood -= 0.5 * float(group.y @ a) + half_log_det
    return Evidence(variances, tuple(left_out), log_likelihood)


def _solve(group: Group, variances: Mapping[str, float]) -> tuple[Floats, Floats, float]:
    """C^-1, C^-1 y and half the log determinant of C."""
    covariance = group.fixed.copy()
    for name, kernel in group.kernels.items():
        covariance += variances[name] * kernel
    factor = linalg.cholesky(covariance, lower=True, overwrite_a=True, check_finite=False)
    half_log_det = float(np.log(np.diag(factor)).sum())
    inverse, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)  # its lower half; what is above is not touched
    inverse = np.where(_lower(len(inverse)), inverse, inverse.T)
    return inverse, inverse @ group.y, half_log_det


@lru_cache(maxsize=64)
def _lower(size: int) -> NDArray[np.bool_]:
    return np.tri(size, dtype=np.bool_)
