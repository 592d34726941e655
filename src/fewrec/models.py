"""Every name that ``--model`` and ``--models`` take, and what it makes. Sits above the stages: it is the one place that knows them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from fewrec.baselines import BASELINES
from fewrec.baselines.als import Als, AlsConfig
from fewrec.baselines.content import Content, ContentConfig
from fewrec.baselines.cooccurrence import Cooccurrence, CooccurrenceConfig
from fewrec.baselines.ease import Ease, EaseConfig
from fewrec.baselines.item_knn import ItemKnn, ItemKnnConfig
from fewrec.baselines.popularity import Popularity
from fewrec.errors import SettingError
from fewrec.learning.auto import Auto
from fewrec.taste import GaussianConfig, GaussianTaste, RatingTaste, Taste
from fewrec.types import Additive, Model

AUTO_MEMBERS: Mapping[str, Callable[[], Additive]] = {
    "taste": partial(GaussianTaste, GaussianConfig(noise=0.05)),
    "taste:sure": partial(GaussianTaste, GaussianConfig(noise=0.01, shrinkage=10.0)),
    "taste:text": partial(GaussianTaste, GaussianConfig(noise=0.1, shrinkage=300.0, borrowing=3.0, lexical=0.4)),
    "content": partial(Content, ContentConfig()),
    "popularity": Popularity,
    "cooccurrence": partial(Cooccurrence, CooccurrenceConfig(shrinkage=20.0, popularity=1.0)),
    "cooccurrence:shy": partial(Cooccurrence, CooccurrenceConfig(shrinkage=100.0, popularity=0.5, dependence=0.25)),
    "item-knn": partial(ItemKnn, ItemKnnConfig(neighbours=None, shrinkage=20.0, activity=0.5)),
    "item-knn:conditional": partial(ItemKnn, ItemKnnConfig(neighbours=200, shrinkage=5.0, asymmetry=1.0, activity=0.5)),
    "ease": partial(Ease, EaseConfig(reg=500.0)),
    "ease:calm": partial(Ease, EaseConfig(reg=2000.0)),
    "als": partial(Als, AlsConfig()),
}
"""Members of ``auto``: their scores are a prior plus one contribution per example. A second setting of a member is a member."""

MODELS: Mapping[str, tuple[str, Callable[[], Model]]] = {
    "auto": (
        "the default: finds out which members suit the catalogue and blends them",
        partial(Auto, AUTO_MEMBERS, RatingTaste),
    ),
    "taste": ("the taste model: a Gaussian process over items, prior from the population", Taste),
    **{name: (factory.description, factory) for name, factory in BASELINES.items()},
}
"""Name -> (a line of description, what makes it)."""


def make_model(name: str) -> Model:
    """A new, unfitted model by its name."""
    if name not in MODELS:
        raise SettingError(f"there is no model {name!r}", hint=f"choose among {', '.join(MODELS)}")
    return MODELS[name][1]()
