"""Taste: k examples -> what a user will like, with uncertainty and exact reasons."""

from fewrec.taste.gaussian import GaussianConfig, GaussianTaste, Posterior
from fewrec.taste.population import PopulationSums

__all__ = ["GaussianConfig", "GaussianTaste", "PopulationSums", "Posterior"]
