"""``user-knn``: what the people who share your examples like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.models.classics._base import AdditiveBaseline, liked_counts, popularity_tie_break, profiles, strongest_per_row
from fewrec.models.episodes import choose, make_folds
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector


@dataclass(frozen=True, kw_only=True)
class UserKnnConfig:
    """Settings for :class:`UserKnn`."""

    neighbours: int | None = 200
    """Similar users kept; None keeps all."""
    shrinkage: float = 10.0
    """Added to the norm, >= 0: distrusts users who like little."""
    activity: float = 0.5
    """Power by which a user's number of likes divides the overlap: .5 is the cosine, in [0, 1]."""
    rarity: float = 0.0
    """Power of inverse user frequency, log(n / n_o), by which sharing a rare item tells more than sharing a hit, >= 0."""


class UserKnn(AdditiveBaseline):
    """Sum over the most similar training users v of sim(u, v) x [v likes i], sim(u, v) = overlap / (n_v^a + shrinkage).

    Sources: Resnick et al., 1994; Breese, Heckerman & Kadie, UAI 1998 (inverse user frequency). Items liked by none of the neighbours
    are ordered by popularity, as are all at k = 0. Given the neighbours, the score is a sum over the examples they share.
    """

    name = "user-knn"

    def __init__(self, config: UserKnnConfig | None = None) -> None:
        self.config = config or UserKnnConfig()
        self._choose = config is None

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:
        if self._choose:
            folds = make_folds(catalogue, interactions, rng=rng)
            start = UserKnnConfig()
            settings = [
                replace(start, shrinkage=s, activity=a, rarity=r)
                for r in (0.0, 1.0)
                for a in (0.5, 0.75, 1.0)
                for s in (10.0, 0.0, 2.0, 50.0)
            ]
            best = choose(settings, folds, _Neighbourhood, _Neighbourhood.scores)
            settings = [replace(best, neighbours=n) for n in (200, 50, 100, 500, None)]
            self.config = choose(settings, folds, _Neighbourhood, _Neighbourhood.scores)
        self._neighbourhood = _Neighbourhood(interactions)
        self._prior = self._neighbourhood.tie_break

    def _sums(self, examples: Sequence[Examples]) -> Matrix:
        return self._neighbourhood.scores(self.config, examples) - self._prior

    def _parts(self, examples: Examples, rows: Rows) -> Matrix:
        neighbourhood = self._neighbourhood
        near = neighbourhood.similar_users(self.config, [examples])
        likes = neighbourhood.likes[near.indices]  # (neighbours, m)
        say = neighbourhood.say(self.config)[near.indices]
        strength = np.where(examples.rows >= 0, examples.utility * examples.weight, 0).astype(np.float32)
        strength *= neighbourhood.rarity(self.config)[np.maximum(examples.rows, 0)]
        shared = likes[:, np.maximum(examples.rows, 0)].multiply(say[:, None]).tocsr()  # (neighbours, k)
        parts: Matrix = (shared.T @ likes[:, rows]).toarray() * strength[:, None]
        return parts


class _Neighbourhood:
    """The training users, as neighbours for anybody."""

    def __init__(self, interactions: Interactions) -> None:
        self.likes = interactions.likes
        self.by_item = self.likes.T.tocsr()  # (m, n)
        self.tie_break = popularity_tie_break(self.likes)
        self._n_likes = np.diff(self.likes.indptr).astype(np.float32)
        self._liked = liked_counts(self.likes)

    def rarity(self, config: UserKnnConfig) -> Vector:
        """(m,) what sharing each item tells."""
        n_users = max(1, self.likes.shape[0])
        weight: Vector = (np.log((n_users + 1) / (self._liked + 0.5)) ** config.rarity).astype(np.float32)
        return weight

    def say(self, config: UserKnnConfig) -> Vector:
        """(n,) one over the norm of each training user."""
        norm = np.maximum(self._n_likes, 1) ** config.activity + config.shrinkage
        inverse: Vector = (1 / norm).astype(np.float32)
        return inverse

    def similar_users(self, config: UserKnnConfig, examples: Sequence[Examples]) -> sparse.csr_matrix:
        """(b, n) similarity to the neighbours that are kept."""
        weighted = profiles(examples, self.likes.shape[1]).multiply(self.rarity(config)).tocsr()
        similarity = (weighted @ self.by_item).multiply(self.say(config)).tocsr()
        return strongest_per_row(similarity, config.neighbours)

    def scores(self, config: UserKnnConfig, examples: Sequence[Examples]) -> Matrix:
        """(b, m)."""
        sums: Matrix = (self.similar_users(config, examples) @ self.likes).toarray()
        return (sums + self.tie_break).astype(np.float32, copy=False)
