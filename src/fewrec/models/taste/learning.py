"""Learning the taste model's hyper-parameters on episodes made from training users."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from scipy import sparse

from fewrec.models.episodes import TuningConfig, choose_by_turns, make_folds
from fewrec.models.taste.gaussian import GaussianConfig, GaussianTaste
from fewrec.models.taste.popularity import expected_likes
from fewrec.models.taste.population import PopulationSums
from fewrec.models.taste.prior import PopulationPrior
from fewrec.models.taste.similarity import TextSpace
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Vector

TURNS: dict[str, Sequence[object]] = {
    "noise": (0.02, 0.005, 0.01, 0.05, 0.2),
    "shrinkage": (10.0, 3.0, 30.0, 100.0),
    "borrowing": (1.0, 0.3, 3.0),
    "lexical": (0.4, 0.2, 0.6),
    "activity": (0.5, 0.25, 0.75),
}
"""Field after field, each with the others at the best so far."""


def learn_config(
    catalogue: Catalogue, interactions: Interactions, *, start: GaussianConfig | None = None, rng: np.random.Generator
) -> GaussianConfig:
    """The config with the best mean NDCG@10 on episodes; ``start`` (the default) where there are too few users to choose."""
    start = start or GaussianConfig()
    folds = make_folds(catalogue, interactions, rng=rng, config=TuningConfig(max_users=150, n_folds=3, n_repeats=2))
    if not folds:
        return start
    text = TextSpace.of(catalogue)
    n_neighbours = start.neighbours
    neighbours = catalogue.derived(("neighbours", n_neighbours), lambda: text.neighbours(n_neighbours, 0.5))
    return choose_by_turns(start, TURNS, folds, partial(_FoldPriors, catalogue, neighbours), partial(_score, catalogue, text))


class _FoldPriors:
    """One fold's population, counted once per way of weighing users and of borrowing."""

    def __init__(self, catalogue: Catalogue, neighbours: sparse.csr_matrix, interactions: Interactions) -> None:
        self._catalogue = catalogue
        self._likes = interactions.likes
        self._neighbours = neighbours
        self._counted: dict[float, PopulationSums] = {}
        self._expected: dict[float, Vector] = {}
        self._made: dict[tuple[float, float], PopulationPrior] = {}

    def of(self, config: GaussianConfig) -> PopulationPrior:
        activity, key = config.activity, (config.activity, config.borrowing)
        if activity not in self._counted:
            self._counted[activity] = sums = PopulationSums.of(self._likes, activity)
            self._expected[activity] = expected_likes(self._catalogue, sums.likes)
        if key not in self._made:
            self._made[key] = PopulationPrior.of(
                self._counted[activity], self._expected[activity], self._neighbours, config.borrowing
            )
        return self._made[key]


def _score(
    catalogue: Catalogue, text: TextSpace, priors: _FoldPriors, config: GaussianConfig, examples: Sequence[Examples]
) -> Matrix:
    model = GaussianTaste(config)
    model.set_state(catalogue, text, priors.of(config))
    return model.score(examples)
