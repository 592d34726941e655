"""``item-knn``: items liked by the people who liked your examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.models.classics._base import AdditiveBaseline, popularity_tie_break, profiles, strongest_per_row
from fewrec.models.episodes import choose, make_folds
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector


@dataclass(frozen=True, kw_only=True)
class ItemKnnConfig:
    """Settings for :class:`ItemKnn`."""

    neighbours: int | None = 200
    """Similar items kept per example; None keeps all."""
    shrinkage: float = 20.0
    """Added to the norm, >= 0: distrusts similarities that rest on few users."""
    asymmetry: float = 0.5
    """.5 is the cosine, 1 the conditional probability of the item given the example, in [0, 1]."""
    activity: float = 0.0
    """Power by which a user's number of likes divides their say, in [0, 1]."""


class ItemKnn(AdditiveBaseline):
    """Sum of item-item similarities, s(o, i) = c(o, i) / (n_o^a n_i^(1-a) + shrinkage).

    Sources: Deshpande & Karypis, 2004 (neighbourhoods, conditional probability, user weights); Aiolli, RecSys 2013 (asymmetric cosine).
    Items without a neighbour among the examples are ordered by popularity, as are all at k = 0.
    """

    name = "item-knn"

    def __init__(self, config: ItemKnnConfig | None = None) -> None:
        self.config = config or ItemKnnConfig()
        self._choose = config is None

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:
        likes = interactions.likes
        if self._choose:
            folds = make_folds(catalogue, interactions, rng=rng)
            start = ItemKnnConfig()
            settings = [
                replace(start, asymmetry=a, shrinkage=s, activity=p)
                for p in (0.0, 0.5)
                for a in (0.5, 0.75, 1.0)
                for s in (20.0, 0.0, 5.0, 100.0)
            ]
            best = choose(settings, folds, _Counts, _fold_scores)
            settings = [replace(best, neighbours=n) for n in (200, 20, 50, None)]
            self.config = choose(settings, folds, _Counts, _fold_scores)
        self._prior = popularity_tie_break(likes)
        self._similarity = _Counts(interactions).similarity(self.config)

    def _sums(self, examples: Sequence[Examples]) -> Matrix:
        sums: Matrix = (profiles(examples, len(self._prior)) @ self._similarity).toarray()
        return sums

    def _parts(self, examples: Examples, rows: Rows) -> Matrix:
        strength = np.where(examples.rows >= 0, examples.utility * examples.weight, 0).astype(np.float32)
        parts: Matrix = self._similarity[np.maximum(examples.rows, 0)][:, rows].toarray() * strength[:, None]
        return parts


class _Counts:
    """Co-occurrence counts, from which every setting's similarity is made."""

    def __init__(self, interactions: Interactions) -> None:
        self.likes = interactions.likes
        self.tie_break = popularity_tie_break(self.likes)
        self._counted: dict[float, tuple[sparse.coo_matrix, Vector]] = {}

    def similarity(self, config: ItemKnnConfig) -> sparse.csr_matrix:
        """(m, m), row = the example, column = the item to be scored, empty diagonal."""
        together, n_likes = self._count(config.activity)
        norm = n_likes[together.row] ** config.asymmetry * n_likes[together.col] ** (1 - config.asymmetry) + config.shrinkage
        similarity = sparse.csr_matrix(
            ((together.data / norm).astype(np.float32), (together.row, together.col)), shape=together.shape
        )
        return strongest_per_row(similarity, config.neighbours)

    def _count(self, activity: float) -> tuple[sparse.coo_matrix, Vector]:
        """Weighted number of users who like both items, without the diagonal, and who like each."""
        if activity not in self._counted:
            lengths = np.maximum(np.diff(self.likes.indptr), 1).astype(np.float32)
            say = lengths**-activity * lengths.mean() ** activity if len(lengths) else lengths
            weighted = sparse.csr_matrix(sparse.diags(say) @ self.likes) if len(lengths) else self.likes
            together = (self.likes.T @ weighted).tocoo()
            apart = together.row != together.col
            together = sparse.coo_matrix(
                (together.data[apart], (together.row[apart], together.col[apart])), shape=together.shape
            )
            self._counted[activity] = together, np.asarray(weighted.sum(axis=0), dtype=np.float32).ravel()
        return self._counted[activity]


def _fold_scores(counts: _Counts, config: ItemKnnConfig, examples: Sequence[Examples]) -> Matrix:
    sums: Matrix = (profiles(examples, len(counts.tie_break)) @ counts.similarity(config)).toarray()
    return sums + counts.tie_break
