"""The names that ``--model`` and ``--models`` take: our own in :data:`MODELS`, and those of other packages (:mod:`fewrec.plugins`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial

from fewrec.models.base import Model
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
from fewrec.plugins import Plugin, Registry
from fewrec.sources import code_version

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

ENSEMBLE_MEMBERS = ("taste", "content", "item-knn", "ease", "popularity")
"""Members of ``ensemble`` where it names none."""
AUTO = partial(Auto, AUTO_MEMBERS, RatingTaste)
"""Makes the default model."""

MODELS: Registry[Model] = Registry(
    "fewrec.models",
    "model",
    (
        Plugin(
            "auto",
            "fewrec.models.registry:AUTO",
            "the default: finds out which members suit the catalogue and blends them",
        ),
        Plugin(
            "taste",
            "fewrec.models.taste:TasteModel",
            "the taste model: a Gaussian process over items, prior from the population",
        ),
        *(
            Plugin(name, f"fewrec.models.classics.{each.module}:{each.member}", each.description, extra=each.extra or "")
            for name, each in BASELINES.items()
        ),
        Plugin(
            "ensemble",
            "fewrec.models.registry:ensemble",
            f"models by name together, language models too; alone: {', '.join(ENSEMBLE_MEMBERS)}; members need not be explainable",
            argument="[a+b]",
        ),
        Plugin(
            "llm",
            "fewrec.llm.ranker.model:LlmModel",
            "a language model: a folder that fewrec learn transfer wrote, or a base model by name or folder, which learns",
            argument="PATH",
            extra="llm",
        ),
        Plugin(
            "scorer",
            "fewrec.llm.ranker_distillation:ScorerModel",
            "a language model's judgements distilled by fewrec learn distill-ranker",
            argument="PATH",
        ),
    ),
)
"""Names of models."""


def make_model(name: str, prior: DomainPrior | None = None, *, trust: Collection[str] | None = None) -> Model:
    """A new, unfitted model by its name.

    Args:
        name: as ``fewrec models`` lists them, or ``module:Class``.
        prior: what another domain taught, for those that can use it (``auto``, ``taste``).
        trust: modules that ``module:Class`` may name, for a name that was read from a file; None: any.

    Raises:
        MissingExtraError: it needs an extra that is not installed.
        SettingError: there is no such name, or it cannot be loaded.
    """
    if prior is not None and name == "auto":
        return Auto(AUTO_MEMBERS, RatingTaste, prior=prior.weights)
    if prior is not None and name == "taste":
        return TasteModel(start=prior.taste)
    return factory_of(name, trust=trust)()


def factory_of(name: str, *, trust: Collection[str] | None = None) -> Callable[[], Model]:
    """What makes the models of a name. Errors as in :func:`make_model`."""
    if MODELS.find(name, trust=trust).name != "ensemble":
        return MODELS.factory(name, trust=trust)
    # Written out here and not left to :func:`ensemble`, so that the digest of code (:mod:`fewrec.sources`) sees the members.
    members = _members(name)
    makers = {member: factory_of(member, trust=trust) for member in members}
    return partial(AnyEnsemble, name, makers, slow=any(getattr(MODELS.load(member), "slow", False) for member in members))


def ensemble(name: str) -> Model:
    """``ensemble`` or ``ensemble:a+b``: an unfitted ensemble of the models of these names."""
    return factory_of(name)()


def version_of(name: str) -> str:
    """Digest of a model's code and of what it says itself, in its ``version_of(name)``, such as of the folder that it reads."""
    members = _members(name) if MODELS.find(name).name == "ensemble" else [name]
    own = [getattr(MODELS.load(member), "version_of", None) for member in members]
    told = [str(version(member)) for version, member in zip(own, members, strict=True) if version is not None]
    return code_version(factory_of(name)) + "".join(told)


def _members(name: str) -> list[str]:
    return name.partition(":")[2].split("+") if ":" in name else list(ENSEMBLE_MEMBERS)
