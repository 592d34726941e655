"""``als``: implicit-feedback matrix factorisation by alternating least squares, new users folded in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.errors import SettingError
from fewrec.models.classics._base import AdditiveBaseline, popularity_prior, profiles
from fewrec.models.classics._factorise import Side, contributions, half_step
from fewrec.models.episodes import TuningConfig, choose_by_turns, make_folds
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows


@dataclass(frozen=True, kw_only=True)
class AlsConfig:
    """Settings for :class:`Als`."""

    factors: int = 32
    """Numbers per user and item, >= 1."""
    reg: float = 10.0
    """L2 weight, > 0."""
    alpha: float = 5.0
    """Confidence of a like is 1 + alpha, >= 0."""
    popularity: float = 0.0
    """Weight of the share of training users who like the item, >= 0: its bias."""
    n_rounds: int = 15
    """Alternations, >= 1."""

    def __post_init__(self) -> None:
        if self.factors < 1 or self.n_rounds < 1 or not self.reg > 0 or self.alpha < 0:
            raise SettingError(f"{self}: expected factors >= 1, n_rounds >= 1, reg > 0 and alpha >= 0")


class Als(AdditiveBaseline):
    """Factors x_u, y_i that minimise sum c_ui (p_ui - x_u.y_i)^2 + reg (|X|^2 + |Y|^2).

    Source: Hu, Koren & Volinsky, ICDM 2008; their section 5 also gives the explanation, one summand per example. A new user is one
    more half step; their dislikes enter as p = -1. Popularity breaks ties and is all there is at k = 0.
    """

    name = "als"

    def __init__(self, config: AlsConfig | None = None) -> None:
        self.config = config or AlsConfig()
        self._choose = config is None

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:
        likes = interactions.likes
        if self._choose:
            self.config = self._chosen(catalogue, interactions, rng)
        self._prior = popularity_prior(likes, self.config.popularity)
        self._side = Side.of(item_factors(likes, self.config, seed=int(rng.integers(2**31))), self.config.reg)

    def _chosen(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> AlsConfig:
        folds = make_folds(catalogue, interactions, rng=rng, config=TuningConfig(n_folds=2))
        seed = int(rng.integers(2**31))

        def scored(likes: sparse.csr_matrix, config: AlsConfig, examples: Sequence[Examples]) -> Matrix:
            side = Side.of(item_factors(likes, replace(config, n_rounds=6), seed=seed), config.reg)
            return fold_in(side, examples, alpha=config.alpha) + popularity_prior(likes, config.popularity)

        turns = {
            "reg": (10.0, 1.0, 30.0, 100.0),
            "alpha": (5.0, 1.0, 20.0),
            "factors": (32, 16, 64),
            "popularity": (0.0, 0.03, 0.1, 0.3),
        }
        return choose_by_turns(AlsConfig(), turns, folds, lambda train: train.likes, scored)

    def _sums(self, examples: Sequence[Examples]) -> Matrix:
        return fold_in(self._side, examples, alpha=self.config.alpha)

    def _parts(self, examples: Examples, rows: Rows) -> Matrix:
        parts = np.zeros((len(examples), len(rows)), dtype=np.float32)
        is_item = examples.rows >= 0
        strength = (examples.utility * examples.weight)[is_item]
        parts[is_item] = (
            contributions(self._side, examples.rows[is_item], strength, alpha=self.config.alpha) @ self._side.factors[rows].T
        )
        return parts


def item_factors(likes: sparse.csr_matrix, config: AlsConfig, *, seed: int) -> Matrix:
    """Y (m, f); zero rows where nobody likes the item."""
    rng = np.random.default_rng(seed)
    liked_by = likes.T.tocsr()
    items = rng.normal(0, 0.1 / np.sqrt(config.factors), (likes.shape[1], config.factors)).astype(np.float32)
    for _ in range(config.n_rounds):
        users = half_step(Side.of(items, config.reg), likes, alpha=config.alpha)
        items = half_step(Side.of(users, config.reg), liked_by, alpha=config.alpha)
    return items


def fold_in(side: Side, examples: Sequence[Examples], *, alpha: float) -> Matrix:
    """(b, m) scores of users known by their examples alone."""
    users = half_step(side, profiles(examples, len(side.factors)), alpha=alpha)
    scores: Matrix = users @ side.factors.T
    return scores
