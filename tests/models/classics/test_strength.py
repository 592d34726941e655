"""Floors on NDCG@10: a weak peer would flatter the default model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fewrec.data import read_events, to_interactions
from fewrec.models.classics import BASELINES
from fewrec.models.episodes import Fold, TuningConfig, fold_ndcg, make_folds
from fewrec.testing.worlds import catalogue_of
from fewrec.types import Catalogue

FLOORS = {"popularity": 0.35, "cooccurrence": 0.47, "user-knn": 0.48, "item-knn": 0.49, "ease": 0.48, "als": 0.47}
"""On films, five likes revealed, three quarters of the users to learn from; what was measured less about three standard errors."""


@pytest.fixture(scope="module")
def films(shared_data: Path) -> tuple[Catalogue, Fold]:
    events, _ = read_events(shared_data / "ml-100k" / "events.csv")
    ids = events["item_id"].unique(maintain_order=True).to_list()
    interactions, _ = to_interactions(events, ids)
    catalogue = catalogue_of(np.zeros((len(ids), 1)))
    config = TuningConfig(shots=(5,), min_rest=5, max_users=230)
    (fold,) = make_folds(catalogue, interactions, rng=np.random.default_rng(0), config=config)
    return catalogue, fold


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(FLOORS))
def test_peer_reaches_its_floor(name: str, films: tuple[Catalogue, Fold]) -> None:
    catalogue, fold = films
    model = BASELINES[name]().fit(catalogue, fold.interactions, rng=np.random.default_rng(0))
    found = float(fold_ndcg(model.score(fold.examples), fold).mean())
    assert found > FLOORS[name]
