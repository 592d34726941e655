"""Weighted least squares for many rows at once: the half step of implicit-feedback ALS, and the fold-in of a new user."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.types import Matrix, Rows, Vector

_CELLS = 2_000_000
"""Numbers gathered at once: bounds memory."""


@dataclass(frozen=True)
class Side:
    """The fixed side of a half step: factors Y (p, f), and M = Y'Y + reg I with its inverse."""

    factors: Matrix
    matrix: Matrix
    """(f, f) M."""
    inverse: Matrix
    """(f, f) M^-1."""

    @classmethod
    def of(cls, factors: Matrix, reg: float) -> Side:
        """``reg`` > 0."""
        matrix = factors.T @ factors + np.float32(reg) * np.eye(factors.shape[1], dtype=np.float32)
        return cls(factors, matrix, np.linalg.inv(matrix.astype(np.float64)).astype(np.float32))

    def seen_at(self, factors: Matrix) -> Side:
        """The same M, with observations at other points (p', f)."""
        return Side(factors, self.matrix, self.inverse)


def half_step(side: Side, strength: sparse.csr_matrix, *, alpha: float, pull: Matrix | None = None) -> Matrix:
    """(q, f) the rows x that minimise sum_i c_i (p_i - x.y_i)^2 + reg |x - mean|^2, for ``strength`` (q, p) of signed observations r.

    p_i = sign(r_i) and c_i = 1 + alpha |r_i|; p_i = 0 and c_i = 1 where there is none. ``pull`` (q, f) is reg x mean, None for a mean
    of zero. Source: Hu, Koren & Volinsky, ICDM 2008. Rows with fewer observations than factors are solved in the observations.
    """
    n_factors = side.factors.shape[1]
    solved = np.zeros((strength.shape[0], n_factors), dtype=np.float32)
    if pull is not None:
        solved[:] = pull @ side.inverse
    for rows, observed, value in _buckets(strength, n_factors):
        extra = alpha * np.abs(value)  # (b, c) D = C - 1
        target = np.sign(value) * (1 + extra)  # (b, c) C p
        near = side.factors[observed]  # (b, c, f) padded with observations of no weight
        if observed.shape[1] < n_factors:
            mapped = near @ side.inverse  # (b, c, f) rows of Y M^-1
            gram = mapped @ near.transpose(0, 2, 1)  # (b, c, c) K
            # x = z + M^-1 Y' (I + D K)^-1 (C p - D Y z), with z = M^-1 pull what the row would be without observations
            system = gram * extra[:, :, None] + np.eye(observed.shape[1], dtype=np.float32)
            wanted = target - extra * np.einsum("bcf,bf->bc", near, solved[rows])
            weights = np.linalg.solve(system, wanted[:, :, None])  # (b, c, 1)
            solved[rows] += (mapped.transpose(0, 2, 1) @ weights)[:, :, 0]
        else:
            wide = near.transpose(0, 2, 1)
            system = side.matrix + (wide * extra[:, None, :]) @ near  # (b, f, f)
            wanted = (wide @ target[:, :, None])[:, :, 0]
            if pull is not None:
                wanted += pull[rows]
            solved[rows] = np.linalg.solve(system, wanted[:, :, None])[:, :, 0]
    return solved


def contributions(side: Side, rows: Rows, strength: Vector, *, alpha: float) -> Matrix:
    """(k, f) one summand of the folded-in user per observation: A^-1 c_o p_o y_o, A = M + Y'(C - 1)Y. Their sum is ``half_step``.

    ``rows`` (k,) of the factors, ``strength`` (k,). Observations of the same row are one observation in ``half_step``; here they
    divide its summand by their strength.
    """
    distinct, of_distinct = np.unique(rows, return_inverse=True)
    total = np.bincount(of_distinct, weights=strength, minlength=len(distinct)).astype(np.float32)
    near = side.factors[distinct]  # (k', f)
    extra = alpha * np.abs(total)
    system = side.matrix + (near * extra[:, None]).T @ near
    summands = np.linalg.solve(system, (near * (np.sign(total) * (1 + extra))[:, None]).T).T
    share = np.divide(strength, total[of_distinct], out=np.zeros_like(strength), where=total[of_distinct] != 0)
    divided: Matrix = summands[of_distinct] * share[:, None]
    return divided


def _buckets(strength: sparse.csr_matrix, n_factors: int) -> Iterator[tuple[Rows, Rows, Matrix]]:
    """Rows with similar numbers of observations, padded to the longest: rows (b,), columns (b, c), values (b, c), 0 where padded."""
    lengths = np.diff(strength.indptr)
    order = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    start = 0
    while start < len(order):
        shortest = int(lengths[order[start]])
        longest_allowed = shortest + max(2, shortest // 4)
        if shortest < n_factors:
            longest_allowed = min(longest_allowed, n_factors - 1)
        stop = int(np.searchsorted(lengths[order], longest_allowed, side="right"))
        stop = min(stop, start + max(1, _CELLS // (max(longest_allowed, n_factors) * n_factors)))
        rows = order[start:stop]
        width = int(lengths[rows].max())
        offsets = np.arange(width)
        present = offsets < lengths[rows][:, None]
        where = np.where(present, strength.indptr[rows][:, None] + offsets, 0)
        observed = np.where(present, strength.indices[where], 0)
        yield rows, observed, np.where(present, strength.data[where], 0).astype(np.float32)
        start = stop
