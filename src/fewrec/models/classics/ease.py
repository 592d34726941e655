"""``ease``: a linear item-item model in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from fewrec.errors import SettingError
from fewrec.models.classics._base import AdditiveBaseline, liked_counts, most_liked, parts_of, popularity_prior, profiles
from fewrec.models.episodes import TuningConfig, choose, make_folds
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector

_BLOCK = 2048
"""Rows treated at once where a second matrix of full size would not fit."""


@dataclass(frozen=True, kw_only=True)
class EaseConfig:
    """Settings for :class:`Ease`."""

    reg: float = 500.0
    """L2 weight, > 0."""
    popularity: float = 0.0
    """Weight of the share of training users who like the item, >= 0."""
    max_items: int | None = None
    """The most liked items that take part; None for all with a like. Fitting costs their cube."""

    def __post_init__(self) -> None:
        if not self.reg > 0:
            raise SettingError(f"reg is {self.reg}, expected a number above 0")


class Ease(AdditiveBaseline):
    """Weights B with zero diagonal that best rebuild the training users' likes: P = (X'X + reg I)^-1, B = -P / diag(P) by column.

    Source: Steck, WWW 2019. Where users are fewer than items liked, P comes from the users' Gram matrix (Woodbury identity), and only
    items that somebody likes take part: the others have no weights. In memory: one float32 matrix of (liked items)^2, inverted in place.
    EASE alone is weak at k = 1, so a share of popularity may be added; it breaks ties anyway and is all there is at k = 0.
    """

    name = "ease"

    def __init__(self, config: EaseConfig | None = None) -> None:
        self.config = config or EaseConfig()
        self._choose = config is None

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:
        likes = interactions.likes
        if self._choose:
            settings = [
                EaseConfig(reg=reg, popularity=popularity)
                for reg in (500.0, 50.0, 100.0, 200.0, 1000.0, 2000.0, 5000.0)
                for popularity in (0.0, 0.03, 0.1, 0.3)
            ]
            folds = make_folds(catalogue, interactions, rng=rng, config=TuningConfig(n_folds=3))
            self.config = choose(settings, folds, Spectrum, Spectrum.scores)
        self._prior = popularity_prior(likes, self.config.popularity)
        self._liked = most_liked(likes, self.config.max_items)
        self._weights = item_weights(likes[:, self._liked].tocsr(), self.config.reg)

    def _sums(self, examples: Sequence[Examples]) -> Matrix:
        sums = np.zeros((len(examples), len(self._prior)), dtype=np.float32)
        sums[:, self._liked] = profiles(examples, len(self._prior))[:, self._liked] @ self._weights
        return sums

    def _parts(self, examples: Examples, rows: Rows) -> Matrix:
        return parts_of(self._weights, self._liked, len(self._prior), examples, rows)


def item_weights(likes: sparse.csr_matrix, reg: float) -> Matrix:
    """B (m, m) for ``likes`` (n, m) binary: row = the example, column = the item to be scored, zero diagonal."""
    n_users, n_items = likes.shape
    if n_items == 0:
        return np.zeros((0, 0), dtype=np.float32)
    inverse = _inverse_by_users(likes, reg) if n_users < n_items else _inverse_by_items(likes, reg)
    diagonal = inverse.diagonal().copy()
    inverse /= -diagonal[None, :]
    np.fill_diagonal(inverse, 0)
    return inverse


def _inverse_by_items(likes: sparse.csr_matrix, reg: float) -> Matrix:
    """(X'X + reg I)^-1, by Cholesky, in the memory of the Gram matrix itself."""
    n_items = likes.shape[1]
    gram = np.zeros((n_items, n_items), dtype=np.float32, order="F")
    for start in range(0, n_items, _BLOCK):
        gram[:, start : start + _BLOCK] = (likes.T @ likes[:, start : start + _BLOCK]).toarray()
    gram[np.diag_indices(n_items)] += reg
    factor, status = linalg.lapack.spotrf(gram, lower=1, overwrite_a=1)
    if status == 0:
        inverse, status = linalg.lapack.spotri(factor, lower=1, overwrite_c=1)
    if status != 0:
        raise SettingError(
            f"reg is {reg}: the item matrix cannot be inverted in single precision", hint="choose a larger reg, 50 or more"
        )
    for start in range(0, n_items, _BLOCK):  # LAPACK fills the lower triangle; mirror it block by block
        stop = min(start + _BLOCK, n_items)
        corner = np.tril(inverse[start:stop, start:stop])
        inverse[start:stop, start:stop] = corner + np.tril(corner, -1).T
        inverse[start:stop, stop:] = inverse[stop:, start:stop].T
    result: Matrix = inverse.T  # symmetric: the transpose is the same matrix, its rows contiguous
    return result


def _inverse_by_users(likes: sparse.csr_matrix, reg: float) -> Matrix:
    """(X'X + reg I)^-1 = (I - X'(XX' + reg I)^-1 X) / reg, with a system of n equations instead of m."""
    n_users, n_items = likes.shape
    gram = (likes @ likes.T).toarray().astype(np.float64)
    gram[np.diag_indices(n_users)] += reg
    # L^-1 X (n, m), so that X' (XX' + reg I)^-1 X is its Gram matrix: symmetric by construction.
    half = linalg.solve_triangular(linalg.cholesky(gram, lower=True), likes.toarray(), lower=True).astype(np.float32)
    inverse: Matrix = half.T @ half
    inverse *= -1 / reg
    inverse[np.diag_indices(n_items)] += 1 / reg
    return inverse


class Spectrum:
    """One eigendecomposition that gives the scores of every ``reg``, for choosing it.

    Of the smaller Gram matrix, users' or items'; at most ``max_size`` of the most liked items take part, so that large catalogues stay
    affordable (their rare items weigh little in any setting's NDCG@10).
    """

    max_size = 3000

    def __init__(self, interactions: Interactions) -> None:
        likes = interactions.likes
        counts = liked_counts(likes)
        items = np.flatnonzero(counts)
        if likes.shape[0] > self.max_size and len(items) > self.max_size:
            items = np.sort(np.argsort(-counts, kind="stable")[: self.max_size])
        self.items = items
        self.likes = likes
        kept = likes[:, items].tocsr().astype(np.float64)
        # X = U S V': directions V (r, m'), squared singular values S^2 (r,).
        if kept.shape[0] <= len(items):
            values, left = linalg.eigh((kept @ kept.T).toarray())
            real = values > 1e-6 * max(1.0, float(values.max(initial=0)))
            self.values = values[real]
            self.directions = (kept.T @ left[:, real]).T / np.sqrt(self.values)[:, None]
        else:
            values, right = linalg.eigh((kept.T @ kept).toarray())
            real = values > 1e-6 * max(1.0, float(values.max(initial=0)))
            self.values = values[real]
            self.directions = right[:, real].T
        self.directions = self.directions.astype(np.float32)

    def scores(self, config: EaseConfig, examples: Sequence[Examples]) -> Matrix:
        """(b, m) as :class:`Ease` with ``config`` would give, on the items that take part."""
        # P = (I - V' D V) / reg with D = S^2 / (S^2 + reg)
        shrink = (self.values / (self.values + config.reg)).astype(np.float32)  # (r,)
        diagonal: Vector = 1 - shrink @ self.directions**2  # (m',), of reg P
        profile = profiles(examples, self.likes.shape[1])[:, self.items]
        along = (profile @ self.directions.T) * shrink  # (b, r)
        rebuilt = along @ self.directions / diagonal  # (b, m'), right except where the item is itself an example
        scores = np.tile(popularity_prior(self.likes, config.popularity), (len(examples), 1))
        scores[:, self.items] += rebuilt
        return scores
