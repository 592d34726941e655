"""``few-shot regression``: the linear model that is fitted to the question that will be asked, "given k of their likes, which are the rest?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from fewrec.models.classics._base import AdditiveBaseline, most_liked, parts_of, popularity_tie_break, profiles
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector


@dataclass(frozen=True, kw_only=True)
class FewShotRegressionConfig:
    """Settings of :class:`FewShotRegression`."""

    shots: int = 3
    """Likes revealed of every training user, >= 1."""
    reg: float = 1.0
    """Ridge penalty, > 0, in users who reveal the item."""
    max_items: int = 3000
    """The most liked items that take part: solving costs their cube."""


class FewShotRegression(AdditiveBaseline):
    """B that minimises E |y - z B|^2 + reg |B|^2, z being k likes of a training user drawn at random and y their others.

    The expectation over what is drawn is taken in closed form. A user of N likes reveals o with probability k / N, o and p both with
    k (k - 1) / (N (N - 1)), o but not i with k (N - k) / (N (N - 1)); so with X (n, m) the likes and W those probabilities on a diagonal

        A = X' W_both X  off the diagonal,  X' W_one X on it        B = (A + reg I)^-1 X' W_apart X,  diagonal 0.

    EASE (Steck, WWW 2019) is the case where all likes but one are revealed; dropout in closed form is Steck, NeurIPS 2020 (EDLAE).
    Users weigh alike whatever their number of likes, which EASE's Gram matrix does not do.
    """

    name = "few-shot regression"

    def __init__(self, config: FewShotRegressionConfig | None = None) -> None:
        self.config = config or FewShotRegressionConfig()

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:  # noqa: ARG002 - as in the base
        likes = interactions.likes
        self._prior = popularity_tie_break(likes)
        self._items = most_liked(likes, self.config.max_items)
        kept = likes[:, self._items].tocsr().astype(np.float64)
        self._weights = self._solved(kept, np.diff(likes.indptr).astype(np.float64))

    def _solved(self, likes: sparse.csr_matrix, n_likes: NDArray[np.float64]) -> Matrix:
        """B (m', m') over the items that take part; ``n_likes`` (n,) counts all of a user's likes."""
        usable = n_likes >= 2
        likes, n_likes = likes[usable], n_likes[usable]
        if likes.shape[0] == 0 or likes.shape[1] == 0:
            return np.zeros((likes.shape[1], likes.shape[1]), dtype=np.float32)
        k = np.minimum(self.config.shots, n_likes - 1)
        pairs = n_likes * (n_likes - 1)
        one, both, apart = k / n_likes, k * (k - 1) / pairs, k * (n_likes - k) / pairs
        own = likes.T @ (one - both) + self.config.reg  # (m',) what the diagonal has beyond X' W_both X
        scaled = sparse.csr_matrix(sparse.diags(np.sqrt(both)) @ likes)  # S, with S'S = X' W_both X
        target = (likes.T @ sparse.diags(apart) @ likes).toarray().astype(np.float32)
        np.fill_diagonal(target, 0)
        if likes.shape[0] < likes.shape[1] / 2:
            weights = _solved_by_users(scaled, own, target)
        else:
            gram = (scaled.T @ scaled).toarray().astype(np.float32)
            gram[np.diag_indices_from(gram)] += own
            weights = linalg.cho_solve(linalg.cho_factor(gram, lower=True), target)
        np.fill_diagonal(weights, 0)
        return weights

    def _sums(self, examples: Sequence[Examples]) -> Matrix:
        sums = np.zeros((len(examples), len(self._prior)), dtype=np.float32)
        sums[:, self._items] = profiles(examples, len(self._prior))[:, self._items] @ self._weights
        return sums

    def _parts(self, examples: Examples, rows: Rows) -> Matrix:
        return parts_of(self._weights, self._items, len(self._prior), examples, rows)


def _solved_by_users(scaled: sparse.csr_matrix, own: Vector, target: Matrix) -> Matrix:
    """(diag(own) + S'S)^-1 target with a system of n equations instead of m' (Woodbury identity)."""
    s = scaled.toarray().astype(np.float32)  # (n, m')
    by_own = s / own.astype(np.float32)
    inner = s @ by_own.T  # (n, n)
    inner[np.diag_indices_from(inner)] += 1
    correction = by_own.T @ linalg.cho_solve(linalg.cho_factor(inner, lower=True), by_own @ target)
    weights: Matrix = target / own.astype(np.float32)[:, None] - correction
    return weights
