"""LensKit: its scorers take the examples of an unseen user as the query, so nothing has to be added to them."""

# ruff: noqa: ARG002 - the signatures are those of the base class

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from _library import LibraryModel
from lenskit.als import ImplicitMFScorer
from lenskit.data import ItemList, RecQuery, from_interactions_df
from lenskit.knn import EASEScorer, ItemKNNScorer, UserKNNScorer
from scipy import sparse

from fewrec.models.base import Model
from fewrec.types import Catalogue, Matrix


class LensKitModel(LibraryModel):
    """Any LensKit scorer; items it does not score come last."""

    def __init__(self, name: str, make: Callable[[], EASEScorer]) -> None:
        self.name = name
        self._make = make

    def _train(self, catalogue: Catalogue, likes: sparse.csr_matrix, seed: int) -> None:
        entries = likes.tocoo()
        table = pd.DataFrame({"user_id": entries.row, "item_id": entries.col})
        self._scorer = self._make()
        self._scorer.train(from_interactions_df(table, items=np.arange(likes.shape[1]), class_name="like"))
        self._items = ItemList(np.arange(likes.shape[1]))

    def _score(self, profile: sparse.csr_matrix) -> Matrix:
        asked = np.split(profile.indices, profile.indptr[1:-1])
        found = [self._scorer(RecQuery(history_items=ItemList(shown)), self._items).scores() for shown in asked]
        return np.stack(found).astype(np.float32)


class LensKitEase(LensKitModel):
    """``regularization`` is the L2 weight (LensKit's own default of 1 is far too small here)."""

    def __init__(self, regularization: float = 500.0) -> None:
        super().__init__("lenskit:ease", lambda: EASEScorer(regularization=regularization))

    def weights(self) -> Matrix:
        """(m, m) in catalogue order, zero where nobody likes the item."""
        order = np.asarray(self._scorer.items.ids(), dtype=np.int64)
        full = np.zeros((len(self._tie_break), len(self._tie_break)), dtype=np.float32)
        full[np.ix_(order, order)] = self._scorer.weights
        return full


MODELS: dict[str, Callable[[], Model]] = {
    "lenskit:ease": LensKitEase,
    "lenskit:item-knn": lambda: LensKitModel("lenskit:item-knn", lambda: ItemKNNScorer(max_nbrs=20, feedback="implicit")),
    "lenskit:user-knn": lambda: LensKitModel("lenskit:user-knn", lambda: UserKNNScorer(max_nbrs=50, feedback="implicit")),
    "lenskit:als": lambda: LensKitModel(
        "lenskit:als", lambda: ImplicitMFScorer(embedding_size=32, weight=5.0, regularization=10.0, epochs=15)
    ),
}
