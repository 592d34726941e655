"""Taste: k examples -> what a user will like, with uncertainty and exact reasons."""

from fewrec.models.taste.gaussian import GaussianConfig, GaussianTaste
from fewrec.models.taste.points import Posterior, Projection
from fewrec.models.taste.population import PopulationSums
from fewrec.models.taste.rating_learning import RatingConfig
from fewrec.models.taste.ratings import RatingTaste
from fewrec.models.taste.whole import TasteModel

__all__ = [
    "GaussianConfig",
    "GaussianTaste",
    "PopulationSums",
    "Posterior",
    "Projection",
    "RatingConfig",
    "RatingTaste",
    "TasteModel",
]
