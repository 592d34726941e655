"""A public library's model behind fewrec's ``Model`` protocol, with what it offers for users it has never seen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from fewrec.models.classics._base import popularity_tie_break, profiles
from fewrec.types import Catalogue, Examples, Interactions, Matrix


class LibraryModel(ABC):
    """``_train`` on likes, ``_score`` profiles of unseen users. Popularity breaks ties and is all there is at k = 0, as in our peers."""

    name: str

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> LibraryModel:
        self._tie_break = popularity_tie_break(interactions.likes)
        self._trained = interactions.likes.nnz > 0
        if self._trained:
            self._train(catalogue, interactions.likes, int(rng.integers(2**31)))
        return self

    def score(self, examples: Sequence[Examples]) -> Matrix:
        profile = profiles(examples, len(self._tie_break))
        scores = np.tile(self._tie_break, (len(examples), 1))
        known = np.flatnonzero(np.diff(profile.indptr))
        if self._trained and len(known):
            found = self._score(profile[known])
            scores[known] += np.where(np.isfinite(found), found, found[np.isfinite(found)].min(initial=0.0))
        return scores

    @abstractmethod
    def _train(self, catalogue: Catalogue, likes: sparse.csr_matrix, seed: int) -> None:
        """``likes`` (n, m) binary."""

    @abstractmethod
    def _score(self, profile: sparse.csr_matrix) -> Matrix:
        """(b, m) for ``profile`` (b, m), at least one example in each row."""
