"""Recommenders for ``evaluate --protocol requests``: made here, since the evaluation stands below the recommender."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from fewrec.data import empty_statements
from fewrec.encoders import load_encoder
from fewrec.errors import SettingError
from fewrec.evaluation.request_rankers import BASELINES, NO_TEXT, Material, Recommending, make_ranker
from fewrec.models import registry
from fewrec.recommender import Recommender
from fewrec.sources import code_version
from fewrec.types import Catalogue, Dataset


def material_of(data: Dataset, catalogue: Catalogue, encoder: str, cache: Path | None, seed: int) -> Material:
    """What the rankers share; recommenders are fitted on the events of the training users alone, without statements."""

    def fit(model: str, users: Sequence[str]) -> Recommending:
        events = data.events.filter(pl.col("user_id").is_in(list(users)))
        return Recommender(encoder, model, cache=cache, seed=seed).fit_dataset(Dataset(data.items, events, empty_statements()))

    return Material(catalogue, load_encoder(encoder, cache=cache), fit, {}, seed)


def check_rankers(names: Sequence[str]) -> None:
    """An unknown name is an error before any work is done.

    Raises:
        SettingError: neither a baseline of the protocol nor the name of a model.
    """
    for name in names:
        model = name.removesuffix(NO_TEXT)
        if model in BASELINES:
            if model != name:
                raise SettingError(f"{name}: {model} is a baseline, and :no-text is for recommenders", hint="leave it out")
        else:
            registry.make_model(model)


def version_of(name: str) -> str:
    """A string that changes whenever the ranker's lists may."""
    if name.removesuffix(NO_TEXT) in BASELINES:
        return code_version(make_ranker)
    return f"{code_version(Recommender)} {registry.version_of(name.removesuffix(NO_TEXT))}"
