"""``item-mean``: the share of people who liked the item among those who judged it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fewrec.models.classics._base import PriorOnlyBaseline, liked_counts
from fewrec.models.episodes import choose, make_folds
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector


@dataclass(frozen=True, kw_only=True)
class ItemMeanConfig:
    """Settings for :class:`ItemMean`."""

    shrinkage: float = 5.0
    """Judgements at the overall mean added to every item, >= 0: the fewer real ones, the nearer the item stays to the mean."""


class ItemMean(PriorOnlyBaseline):
    """Shrunk share of likes per item, in [0, 1]; constant where nothing is ever disliked, as in purchase data.

    Without any data the score is .5 for every item.
    """

    name = "item-mean"

    def __init__(self, config: ItemMeanConfig | None = None) -> None:
        self.config = config or ItemMeanConfig()
        self._choose = config is None

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:
        if self._choose:
            settings = [replace(ItemMeanConfig(), shrinkage=s) for s in (5.0, 1.0, 2.0, 10.0, 20.0, 50.0, 100.0, 200.0)]
            self.config = choose(settings, make_folds(catalogue, interactions, rng=rng), _counts, _constant_rows)
        self._prior = _means(_counts(interactions), self.config)

    def predict(self, examples: Sequence[Examples], rows: Rows) -> Vector:  # noqa: ARG002 - as in the protocol
        """(b,) probability of a like: the item's share, whoever asks."""
        self._fitted()
        return self._prior[rows]


def _counts(interactions: Interactions) -> tuple[Vector, Vector]:
    """(m,) likes and (m,) judgements of every item."""
    judged = np.bincount(interactions.item, minlength=interactions.n_items).astype(np.float32)
    return liked_counts(interactions.likes), judged


def _means(counts: tuple[Vector, Vector], config: ItemMeanConfig) -> Vector:
    liked, judged = counts
    overall = (liked.sum() + 1) / (judged.sum() + 2)
    means: Vector = ((liked + config.shrinkage * overall) / np.maximum(judged + config.shrinkage, 1e-9)).astype(np.float32)
    return means if config.shrinkage > 0 else np.where(judged > 0, means, overall).astype(np.float32)


def _constant_rows(counts: tuple[Vector, Vector], config: ItemMeanConfig, examples: Sequence[Examples]) -> Matrix:
    return np.tile(_means(counts, config), (len(examples), 1))
