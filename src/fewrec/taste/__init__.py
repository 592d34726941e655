"""Taste: k examples -> what a user will like, with uncertainty and exact reasons."""

from fewrec.taste.gaussian import GaussianConfig, GaussianTaste, Posterior
from fewrec.taste.population import PopulationSums
from fewrec.taste.rating_learning import RatingConfig
from fewrec.taste.ratings import RatingTaste
from fewrec.taste.whole import Taste

__all__ = ["GaussianConfig", "GaussianTaste", "PopulationSums", "Posterior", "RatingConfig", "RatingTaste", "Taste"]
