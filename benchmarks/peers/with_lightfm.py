"""LightFM (kept alive as lightfm-next): WARP over ids and words; a user is her items, so an unseen one is, too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from _library import LibraryModel
from lightfm import LightFM
from scipy import sparse

from fewrec.models.base import Model
from fewrec.types import Catalogue, Matrix


class LightFmPeer(LibraryModel):
    """User features are the user's likes (rows summing to 1), item features an indicator of the item and its TF-IDF words."""

    def __init__(self, name: str, *, words: bool) -> None:
        self.name = name
        self._words = words

    def _train(self, catalogue: Catalogue, likes: sparse.csr_matrix, seed: int) -> None:
        m = likes.shape[1]
        ids = sparse.identity(m, format="csr", dtype=np.float32)
        self._items = sparse.hstack([ids, catalogue.lexical]).tocsr() if self._words else ids
        self._model = LightFM(no_components=32, loss="warp", random_state=seed % 2**31)
        self._model.fit(likes.tocoo(), user_features=_shares(likes), item_features=self._items, epochs=30, num_threads=1)

    def _score(self, profile: sparse.csr_matrix) -> Matrix:
        user_bias, users = self._model.get_user_representations(_shares(profile))
        item_bias, items = self._model.get_item_representations(self._items)
        return (users @ items.T + item_bias + user_bias[:, None]).astype(np.float32)


def _shares(profile: sparse.csr_matrix) -> sparse.csr_matrix:
    totals = np.maximum(np.asarray(abs(profile).sum(axis=1)).ravel(), 1e-9)
    return sparse.csr_matrix(sparse.diags((1 / totals).astype(np.float32)) @ profile, dtype=np.float32)


MODELS: dict[str, Callable[[], Model]] = {
    "lightfm:ids": lambda: LightFmPeer("lightfm:ids", words=False),
    "lightfm:ids+words": lambda: LightFmPeer("lightfm:ids+words", words=True),
}
