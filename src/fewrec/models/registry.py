"""Every name that ``--model`` and ``--models`` take, and what it makes. Sits above the stages: it is the one place that knows them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from fewrec.errors import SettingError
from fewrec.llm.ranker.model import LlmModel
from fewrec.llm.ranker_distillation import ScorerModel
from fewrec.models.blend.auto import Auto
from fewrec.models.blend.ensemble import Member
from fewrec.models.blend.members import (
    AttributeConfig,
    Attributes,
    Exposure,
    FewShotRegression,
    FewShotRegressionConfig,
    has_attributes,
    tells_more,
)
from fewrec.models.blend.prior import DomainPrior
from fewrec.models.classics import BASELINES
from fewrec.models.classics.als import Als, AlsConfig
from fewrec.models.classics.content import Content, ContentConfig
from fewrec.models.classics.cooccurrence import Cooccurrence, CooccurrenceConfig
from fewrec.models.classics.ease import Ease, EaseConfig
from fewrec.models.classics.hybrid import Hybrid, HybridConfig
from fewrec.models.classics.item_knn import ItemKnn, ItemKnnConfig
from fewrec.models.classics.popularity import Popularity
from fewrec.models.classics.user_knn import UserKnn, UserKnnConfig
from fewrec.models.stacking import AnyEnsemble
from fewrec.models.taste import GaussianConfig, GaussianTaste, RatingTaste, TasteModel
from fewrec.types import Model

_NUMBERS, _CATEGORIES = AttributeConfig(kind="numbers"), AttributeConfig(kind="categories")
_SOLVED = 3000
"""Items of members whose fit costs their cube: 17,000 would take minutes, and every fold needs a fit."""


AUTO_MEMBERS: Mapping[str, Member] = {
    "taste": Member(partial(GaussianTaste, GaussianConfig(noise=0.02))),
    "taste:low-noise": Member(partial(GaussianTaste, GaussianConfig(noise=0.005, shrinkage=3.0))),
    "taste:high-noise": Member(partial(GaussianTaste, GaussianConfig(noise=0.1))),
    "taste:text": Member(partial(GaussianTaste, GaussianConfig(noise=0.05, shrinkage=100.0, borrowing=3.0))),
    "exposure": Member(
        partial(Exposure, partial(GaussianTaste, GaussianConfig(noise=0.02))),
        suits=lambda _, interactions: tells_more(interactions),
        fallback="taste",
    ),
    "content": Member(partial(Content, ContentConfig())),
    "numbers": Member(partial(Attributes, _NUMBERS), lambda catalogue, _: has_attributes(catalogue, _NUMBERS)),
    "categories": Member(partial(Attributes, _CATEGORIES), lambda catalogue, _: has_attributes(catalogue, _CATEGORIES)),
    "popularity": Member(Popularity),
    "cooccurrence": Member(partial(Cooccurrence, CooccurrenceConfig(shrinkage=20.0, popularity=1.0))),
    "cooccurrence:shrunk": Member(partial(Cooccurrence, CooccurrenceConfig(shrinkage=100.0, popularity=0.5, dependence=0.25))),
    "item-knn": Member(partial(ItemKnn, ItemKnnConfig(neighbours=None, shrinkage=20.0, activity=0.5))),
    "item-knn:conditional": Member(partial(ItemKnn, ItemKnnConfig(neighbours=200, shrinkage=5.0, asymmetry=1.0, activity=0.5))),
    "user-knn": Member(partial(UserKnn, UserKnnConfig(neighbours=200))),
    "ease": Member(partial(Ease, EaseConfig(reg=500.0, max_items=_SOLVED))),
    "regression": Member(partial(FewShotRegression, FewShotRegressionConfig(max_items=_SOLVED))),
    "als": Member(partial(Als, AlsConfig())),
    "hybrid": Member(partial(Hybrid, HybridConfig())),
}
"""Members of ``auto``: their scores are a prior plus one contribution per example. A second setting of a member is a member."""

MODELS: Mapping[str, tuple[str, Callable[[], Model]]] = {
    "auto": (
        "the default: finds out which members suit the catalogue and blends them",
        partial(Auto, AUTO_MEMBERS, RatingTaste),
    ),
    "taste": ("the taste model: a Gaussian process over items, prior from the population", TasteModel),
    **{name: (factory.description, factory) for name, factory in BASELINES.items()},
}
"""Name -> (a line of description, what makes it)."""


PATTERNS: Mapping[str, str] = {
    "ensemble": "the models taste, content, item-knn, ease and popularity, weighed on validation users; members need not be explainable",
    "ensemble:a+b": "any models by name together, language models too",
    "llm:PATH": "a language model: a folder that fewrec learn transfer wrote, or a base model by name or folder, which learns",
    "scorer:PATH": "a language model's judgements distilled by fewrec learn distill-ranker",
}
"""Names that carry what they are made of -> a line of description."""
ENSEMBLE_MEMBERS = ("taste", "content", "item-knn", "ease", "popularity")
"""Members of ``ensemble`` where it names none."""


def make_model(name: str, prior: DomainPrior | None = None) -> Model:
    """A new, unfitted model by its name. ``prior``: what another domain taught, for those that can use it (``auto``, ``taste``)."""
    if prior is not None and name == "auto":
        return Auto(AUTO_MEMBERS, RatingTaste, prior=prior.weights)
    if prior is not None and name == "taste":
        return TasteModel(start=prior.taste)
    return factory_of(name)()


def factory_of(name: str) -> Callable[[], Model]:
    """What makes the models of a name.

    Raises:
        SettingError: there is no such name.
    """
    if name.startswith("llm:"):
        return partial(LlmModel, name)
    if name.startswith("scorer:"):
        return partial(ScorerModel, name)
    if name == "ensemble" or name.startswith("ensemble:"):
        members = name.partition(":")[2].split("+") if ":" in name else list(ENSEMBLE_MEMBERS)
        makers = {member: factory_of(member) for member in members}
        return partial(AnyEnsemble, name, makers, slow=any(member.startswith("llm:") for member in members))
    if name not in MODELS:
        raise SettingError(f"there is no model {name!r}", hint=f"choose among {', '.join((*MODELS, *PATTERNS))}")
    return MODELS[name][1]


def version_of(name: str) -> str:
    """Digest of a model's code and, where it reads a folder that was learned before, of what that says."""
    from fewrec.llm.ranker.result import digest_of
    from fewrec.sources import code_version

    parts = name.split("+")
    learned = [digest_of(part) for part in parts if "llm:" in part]
    learned += [digest_of(part, "scorer:", "scorer.json") for part in parts if "scorer:" in part]
    return code_version(factory_of(name)) + "".join(learned)
