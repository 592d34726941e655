"""``popularity``: what most people like, the same list for everybody."""

from __future__ import annotations

import numpy as np

from fewrec.models.classics._base import PriorOnlyBaseline, liked_counts
from fewrec.types import Catalogue, Interactions


class Popularity(PriorOnlyBaseline):
    """Number of training users who like the item. Without users every item scores 0."""

    name = "popularity"

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:  # noqa: ARG002 - as in the base
        self._prior = liked_counts(interactions.likes)
