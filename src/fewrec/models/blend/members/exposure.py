"""A member that learns from everything people met, liked or not: what goes with what does not depend on whether it pleased."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from fewrec.models.base import Additive
from fewrec.types import Catalogue, Examples, Explanation, Interactions, Matrix, Rows


class Exposure:
    """``make``'s model, fitted as if every entry of a training user were a like. Examples keep their signs.

    To be found, an item must be met and liked. Who met what has at least as many entries as who liked what, which counts most where
    users are few; the ensemble's other members know what is liked. (Exposure apart from preference: Liang et al., WWW 2016.)
    """

    name = "exposure"
    __not_saved__ = ("_make",)

    def __init__(self, make: Callable[[], Additive]) -> None:
        self._make = make
        self._model: Additive

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Exposure:
        """Fit the model inside."""
        self._model = self._make()
        self._model.fit(catalogue, replace(interactions, utility=np.ones_like(interactions.utility)), rng=rng)
        return self

    def score(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m) scores of the model inside."""
        return self._model.score(examples)

    def explain(self, examples: Examples, rows: Rows) -> Explanation:
        """The score of the model inside at ``rows``, taken apart."""
        return self._model.explain(examples, rows)


def tells_more(interactions: Interactions) -> bool:
    """Whether there are entries that are no likes: without them the member would repeat the model inside."""
    return bool((interactions.utility <= 0).mean() > 0.05) if len(interactions) else False
