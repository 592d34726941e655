"""Priors over weights: the table's arithmetic, the file, what is learned for another domain, and that fits start from it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fewrec import Recommender
from fewrec.errors import DataError, ModelLoadError
from fewrec.fitting import PRIOR_NAME, fit_store
from fewrec.models.blend.ensemble import Ensemble
from fewrec.models.blend.prior import DomainPrior, PriorTable, prior_weights, shipped_prior
from fewrec.models.blend.prior_learning import learn_domain_prior
from fewrec.models.blend.weights import Weights
from fewrec.models.registry import AUTO_MEMBERS, make_model
from fewrec.models.taste import GaussianConfig, GaussianTaste
from fewrec.store import Store
from fewrec.types import Catalogue, Interactions


def a_prior() -> DomainPrior:
    table = PriorTable(
        (
            (0.0, Weights.from_mapping({"content": [0.0, 1.0, 1.0], "popularity": [1.0, 0.0, 0.0]})),
            (3.0, Weights.from_mapping({"taste": [0.5, 1.0, 1.0], "popularity": [0.5, 0.0, 0.0]})),
        )
    )
    return DomainPrior(table, GaussianConfig(noise=0.2, lexical=0.6), {"items": 5, "users": 3, "likes": 9})


def films(n_users: int, seed: int = 0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Twenty films of two genres; a user likes six of the eight most popular ones of one genre."""
    rng = np.random.default_rng(seed)
    items = pl.DataFrame(
        {
            "item_id": [str(i) for i in range(20)],
            "title": [("space war robot " if i % 2 else "love wedding paris ") + f"part {i}" for i in range(20)],
        }
    )
    rows = [(f"u{u}", str(2 * film + u % 2), "like") for u in range(n_users) for film in rng.permutation(8)[:6]]
    return items, pl.DataFrame(rows, schema=["user_id", "item_id", "event"], orient="row")


def prepared(n_users: int) -> tuple[Catalogue, Interactions]:
    from fewrec.data import read_events, read_items, to_interactions
    from fewrec.encoders import load_encoder
    from fewrec.preparation import prepare_catalogue

    items, events = films(n_users)
    catalogue, _ = prepare_catalogue(read_items(items)[0], load_encoder("default"))
    return catalogue, to_interactions(read_events(events)[0], catalogue.ids)[0]


def test_a_carried_prior_speaks_where_it_was_learned_and_the_shipped_one_elsewhere() -> None:
    table = a_prior().weights
    assert prior_weights(0, table).to_mapping() == table.rows[0][1].to_mapping()
    between = table.at(1.0)  # log 2 / log 4: half way
    assert dict(zip(between.members, between.at(1), strict=True)) == pytest.approx(
        {"content": 0.5, "popularity": 0, "taste": 0.5}
    )
    assert prior_weights(50, table).to_mapping() == shipped_prior().at(50).to_mapping()


def test_the_file_round_trips_and_damage_is_named(tmp_path: Path) -> None:
    path = tmp_path / "prior.json"
    a_prior().save(path)
    again = DomainPrior.load(path)
    assert again.taste == a_prior().taste
    assert again.weights.to_list() == a_prior().weights.to_list()
    assert again.learned_from == {"items": 5, "users": 3, "likes": 9}
    document = json.loads(path.read_text())
    for damage, said in (
        ({"format": 9}, "format 9"),
        ({"prior": []}, "no rows"),
        ({"prior": [{"others": 0, "weights": {"content": [1.0, -1.0, 1.0]}}]}, "0 or more"),
        ({"taste": {"nois": 1}}, "not a prior"),
    ):
        path.write_text(json.dumps({**document, **damage}))
        with pytest.raises(ModelLoadError, match=said):
            DomainPrior.load(path)
    path.write_text("item_id,title")
    with pytest.raises(ModelLoadError, match="not JSON"):
        DomainPrior.load(path)
    with pytest.raises(ModelLoadError, match="cannot be read"):
        DomainPrior.load(tmp_path / "absent.json")


def test_models_start_from_it() -> None:
    catalogue, _ = prepared(0)
    nobody = Interactions.empty(len(catalogue))
    auto = make_model("auto", a_prior()).fit(catalogue, nobody, rng=np.random.default_rng(0))
    assert isinstance(auto, Ensemble)
    assert auto.weights is not None
    assert auto.weights.at(3)[auto.weights.members.index("content")] == pytest.approx(1)
    taste = make_model("taste", a_prior()).fit(catalogue, nobody, rng=np.random.default_rng(0))
    assert isinstance(taste, GaussianTaste)
    assert taste.config == GaussianConfig(noise=0.2, lexical=0.6)


@pytest.mark.slow
def test_a_prior_is_learned_from_one_domain_and_used_in_another(tmp_path: Path) -> None:
    catalogue, interactions = prepared(140)
    told: list[str] = []
    prior = learn_domain_prior(catalogue, interactions, AUTO_MEMBERS, rng=np.random.default_rng(0), progress=told.append)
    others = [each for each, _ in prior.weights.rows]
    assert others[0] == 0
    assert others == sorted(others)
    assert prior.learned_from == {"items": 20, "users": 140, "likes": 840}
    assert any("0 users" in each for each in told)
    nobody = prior.weights.rows[0][1]
    assert (
        dict(zip(nobody.members, nobody.at(3), strict=True))["content"] > 0.9
    )  # the genre is in the words, and there is nothing else
    prior.save(tmp_path / "prior.json")
    items, _ = films(0)
    recommender = Recommender("default", "auto", prior=tmp_path / "prior.json").fit(items)
    best = recommender.recommend(recommender.taste(like=["1"]), k=5)
    assert sum(int(item.item_id) % 2 for item in best.items) == 5


def test_too_few_users_to_learn_a_prior_from() -> None:
    catalogue, interactions = prepared(30)
    with pytest.raises(DataError, match="are needed"):
        learn_domain_prior(catalogue, interactions, AUTO_MEMBERS, rng=np.random.default_rng(0))


def test_later_fits_of_a_store_keep_the_prior(tmp_path: Path) -> None:
    items, _ = films(0)
    with Store.open(str(tmp_path / "store"), create=True) as store:
        from fewrec.data import read_items

        store.put_items(read_items(items)[0])
        first = fit_store(store, encoder="default", model="taste", prior=a_prior())
        assert first.recommender.taste_model.config.noise == 0.2
        second = fit_store(store, encoder="default", model="taste", keep_prior=True)
        assert second.recommender.taste_model.config.noise == 0.2
        assert (store.current_fit()[0] / PRIOR_NAME).exists()  # type: ignore[index]
        third = fit_store(store, encoder="default", model="taste")
        assert third.recommender.taste_model.config.noise == GaussianConfig().noise
