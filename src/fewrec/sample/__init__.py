"""Data to try fewrec on: a small bilingual sample that ships with it, and MovieLens-small from a data package."""

from __future__ import annotations

from fewrec.sample.films import load, path
from fewrec.sample.grouplens import movielens

__all__ = ["load", "movielens", "path"]
