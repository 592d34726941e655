"""``cooccurrence``: how popular the item is, times how much more often it goes with each example than chance would have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.models.classics._base import AdditiveBaseline, liked_counts, log_popularity, profiles
from fewrec.models.episodes import choose, make_folds
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector


@dataclass(frozen=True, kw_only=True)
class CooccurrenceConfig:
    """Settings for :class:`Cooccurrence`."""

    shrinkage: float = 10.0
    """Likers added to every item who like all others at the population's rate, > 0: draws lift towards 1."""
    popularity: float = 1.0
    """Exponent of the popularity prior, >= 0."""
    dependence: float = 0.0
    """Power of the number of examples by which their evidence is divided, in [0, 1]: 0 takes them as independent."""


class Cooccurrence(AdditiveBaseline):
    """Naive Bayes over items: log P(i) + sum over examples of log P(o | i) / P(o).

    With n_i likers of i, c(o, i) likers of both and p_o the share who like o, P(o | i) = (c(o, i) + kappa p_o) / (n_i + kappa); so lift =
    kappa / (n_i + kappa) x (1 + c(o, i) / (kappa p_o)), a part that depends on the item alone and a part that is 1 where items
    were never liked together. A dislike subtracts. Logarithms throughout, hence additive.
    """

    name = "cooccurrence"

    def __init__(self, config: CooccurrenceConfig | None = None) -> None:
        self.config = config or CooccurrenceConfig()
        self._choose = config is None

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:
        if self._choose:
            folds = make_folds(catalogue, interactions, rng=rng)
            start = CooccurrenceConfig()
            settings = [
                replace(start, shrinkage=s, popularity=p) for s in (10.0, 2.0, 5.0, 20.0, 50.0, 100.0) for p in (1.0, 0.5, 0.75)
            ]
            best = choose(settings, folds, _Lift, _Lift.scores)
            self.config = choose([replace(best, dependence=d) for d in (0.0, 0.25, 0.5)], folds, _Lift, _Lift.scores)
        self._lift = _Lift(interactions)
        self._prior = self.config.popularity * self._lift.log_popularity
        self._absent, self._together = self._lift.log_lift(self.config)

    def _sums(self, examples: Sequence[Examples]) -> Matrix:
        return _sums(self._absent, self._together, self.config, examples)

    def _parts(self, examples: Examples, rows: Rows) -> Matrix:
        strength = np.where(examples.rows >= 0, examples.utility * examples.weight, 0).astype(np.float32)
        strength *= _temper([examples], self.config)[0]
        parts: Matrix = self._together[np.maximum(examples.rows, 0)][:, rows].toarray() + self._absent[rows]
        parts *= strength[:, None]
        return parts


class _Lift:
    """Counts from which every setting's log lift is made."""

    def __init__(self, interactions: Interactions) -> None:
        likes = interactions.likes
        self.n_likes = liked_counts(likes)
        self.share = self.n_likes / max(1, likes.shape[0])
        self.log_popularity = log_popularity(likes)
        together = (likes.T @ likes).tocoo()
        apart = together.row != together.col
        self.together = sparse.csr_matrix(
            (together.data[apart], (together.row[apart], together.col[apart])), shape=together.shape, dtype=np.float32
        )

    def log_lift(self, config: CooccurrenceConfig) -> tuple[Vector, sparse.csr_matrix]:
        """(m,) log lift of items never liked together with the example, and (m, m) what is added where they were; row = example."""
        absent = np.log(config.shrinkage / (self.n_likes + config.shrinkage)).astype(np.float32)
        gain = self.together.copy()
        of_row = np.repeat(np.arange(gain.shape[0]), np.diff(gain.indptr))
        gain.data = np.log1p(gain.data / (config.shrinkage * self.share[of_row])).astype(np.float32)
        return absent, gain

    def scores(self, config: CooccurrenceConfig, examples: Sequence[Examples]) -> Matrix:
        """(b, m) for episodes."""
        absent, together = self.log_lift(config)
        return _sums(absent, together, config, examples) + config.popularity * self.log_popularity


def _sums(absent: Vector, together: sparse.csr_matrix, config: CooccurrenceConfig, examples: Sequence[Examples]) -> Matrix:
    profile = profiles(examples, len(absent))
    sums: Matrix = (profile @ together).toarray()
    sums += np.asarray(profile.sum(axis=1)) * absent
    sums *= _temper(examples, config)[:, None]
    return sums


def _temper(examples: Sequence[Examples], config: CooccurrenceConfig) -> Vector:
    """(b,) what the evidence of each user is multiplied by."""
    n_items = np.array([(e.rows >= 0).sum() for e in examples], dtype=np.float32)
    tempered: Vector = np.maximum(n_items, 1) ** np.float32(-config.dependence)
    return tempered
