# ruff: noqa: ARG002 - the signatures are those of the base class
"""implicit: ALS with its own fold-in, and item neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from _library import LibraryModel
from implicit.cpu.als import AlternatingLeastSquares
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender
from scipy import sparse

from fewrec.models.base import Model
from fewrec.types import Catalogue, Matrix


class ImplicitAls(LibraryModel):
    """``alpha`` is implicit's: the whole confidence of a like, ours plus one."""

    name = "implicit:als"

    def __init__(self, factors: int = 32, regularization: float = 10.0, alpha: float = 6.0) -> None:
        self._settings = {"factors": factors, "regularization": regularization, "alpha": alpha}

    def _train(self, catalogue: Catalogue, likes: sparse.csr_matrix, seed: int) -> None:
        self.model = AlternatingLeastSquares(**self._settings, iterations=15, random_state=seed, num_threads=1)
        self.model.fit(likes, show_progress=False)

    def _score(self, profile: sparse.csr_matrix) -> Matrix:
        users = self.model.recalculate_user(np.arange(profile.shape[0]), profile)
        return users @ self.model.item_factors.T


class ImplicitItemKnn(LibraryModel):
    """Similarities as implicit makes them; users are the sum over their examples, as in its ``recommend``."""

    def __init__(self, name: str, make: Callable[[], CosineRecommender]) -> None:
        self.name = name
        self._make = make

    def _train(self, catalogue: Catalogue, likes: sparse.csr_matrix, seed: int) -> None:
        self.model = self._make()
        self.model.fit(likes, show_progress=False)

    def _score(self, profile: sparse.csr_matrix) -> Matrix:
        return (profile @ self.model.similarity).toarray().astype(np.float32)


MODELS: dict[str, Callable[[], Model]] = {
    "implicit:als": ImplicitAls,
    "implicit:cosine": lambda: ImplicitItemKnn("implicit:cosine", lambda: CosineRecommender(K=200, num_threads=1)),
    "implicit:bm25": lambda: ImplicitItemKnn("implicit:bm25", lambda: BM25Recommender(K=200, num_threads=1)),
}
