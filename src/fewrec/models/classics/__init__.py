"""The history of the field, as peers under one interface: :data:`BASELINES` maps a model name to what makes it.

A member is a file; nothing is imported before it is asked for, so that the neural members cost nothing to those who do not use them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import cast

from fewrec.models.base import Model

__all__ = ["BASELINES", "Factory"]


@dataclass(frozen=True)
class Factory:
    """Makes an unfitted model: ``BASELINES["ease"]()``."""

    description: str
    """One line for ``fewrec models``."""
    module: str
    member: str
    extra: str | None = None
    """The optional dependency without which :class:`~fewrec.errors.MissingExtraError` is raised."""

    def __call__(self) -> Model:
        """A new model with settings open, to be chosen by ``fit``."""
        return cast(Model, getattr(import_module(f"fewrec.models.classics.{self.module}"), self.member)())


BASELINES: Mapping[str, Factory] = MappingProxyType(
    {
        "random": Factory("an arbitrary order: the floor", "uniform", "Random"),
        "popularity": Factory("what most people like, the same list for everybody", "popularity", "Popularity"),
        "item-mean": Factory("share of likes among those who judged the item, shrunk", "item_mean", "ItemMean"),
        "liked-fraction": Factory(
            "share of likes in the user's own examples, whatever the item", "liked_fraction", "LikedFraction"
        ),
        "content": Factory("text similarity to the examples: encoder vectors and words", "content", "Content"),
        "cooccurrence": Factory("popularity prior times shrunk lift of each example", "cooccurrence", "Cooccurrence"),
        "user-knn": Factory("what the people who share the examples like", "user_knn", "UserKnn"),
        "item-knn": Factory("items liked by the people who like the examples", "item_knn", "ItemKnn"),
        "ease": Factory("linear item-item model in closed form (Steck 2019)", "ease", "Ease"),
        "als": Factory("implicit-feedback matrix factorisation, new users folded in (Hu et al. 2008)", "als", "Als"),
        "hybrid": Factory("matrix factorisation whose item factors start from the text vectors", "hybrid", "Hybrid"),
        "two-tower": Factory("neural user and item towers over ids and text vectors", "two_tower", "TwoTower", extra="llm"),
        "sequential": Factory("self-attention over the examples in order (SASRec)", "sequential", "Sequential", extra="llm"),
    }
)
