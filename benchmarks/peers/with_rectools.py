# ruff: noqa: ARG002 - the signatures are those of the base class
"""RecTools: EASE. Its ``recommend`` refuses users unseen in training, so the rows of its weights are summed as its own ranker does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from _library import LibraryModel
from rectools.dataset import Dataset
from rectools.models import EASEModel
from scipy import sparse

from fewrec.models.base import Model
from fewrec.types import Catalogue, Matrix


class RecToolsEase(LibraryModel):
    """``regularization`` is the L2 weight."""

    name = "rectools:ease"

    def __init__(self, regularization: float = 500.0) -> None:
        self._regularization = regularization

    def _train(self, catalogue: Catalogue, likes: sparse.csr_matrix, seed: int) -> None:
        entries = likes.tocoo()
        table = pd.DataFrame(
            {"user_id": entries.row, "item_id": entries.col, "weight": 1.0, "datetime": pd.Timestamp("2000-01-01")}
        )
        dataset = Dataset.construct(table)
        self._items = np.asarray(dataset.item_id_map.external_ids, dtype=np.int64)
        self._model = EASEModel(regularization=self._regularization, recommend_n_threads=1)
        self._model.fit(dataset)

    def _score(self, profile: sparse.csr_matrix) -> Matrix:
        scores = np.zeros(profile.shape, dtype=np.float32)
        scores[:, self._items] = profile[:, self._items] @ self._model.weight
        return scores

    def weights(self) -> Matrix:
        """(m, m) in catalogue order, zero where nobody likes the item."""
        full = np.zeros((len(self._tie_break), len(self._tie_break)), dtype=np.float32)
        full[np.ix_(self._items, self._items)] = self._model.weight
        return full


MODELS: dict[str, Callable[[], Model]] = {"rectools:ease": RecToolsEase}
