"""What the columns of an items table are, and that text, lists and filters agree about it."""

from __future__ import annotations

import polars as pl
import pytest

from fewrec import Recommender
from fewrec.columns import columns_of, find_column, named_role, roles_of, title_columns, title_of
from fewrec.ranking import Filters
from fewrec.text import item_text

FILMS = [
    {
        "item_id": str(n),
        "Title": f"Film number {n}",
        "genres": "Drama|War" if n % 2 else "Drama",
        "Cast": f"Ann Lee, Bob {n}",
        "overview": f"A long text about the number {n}, which goes on for more words than a name would have, and on again.",
        "year": str(1990 + n),
        "released": f"19{90 + n % 10}-11-07",
        "trailer": f"https://example.org/{n}",
        "still": f"pictures/{n}.jpg",
        "poster_url": f"https://example.org/{n}.jpg",
        "tmdb_id": str(7 * n),
        "rating": "PG-13" if n % 2 else "R",
        "empty": "",
    }
    for n in range(20)
]


def test_every_column_has_one_role() -> None:
    assert roles_of(FILMS) == {
        "item_id": "key",
        "Title": "title",
        "genres": "category",
        "Cast": "name",
        "overview": "text",
        "year": "number",
        "released": "date",
        "trailer": "link",
        "still": "image",
        "poster_url": "link",
        "tmdb_id": "key",
        "rating": "category",
    }


@pytest.mark.parametrize(
    "name",
    ["title", "Title", " NAME ", "商品名", "商品名称", "标题", "名称", "片名", "书名", "歌名", "track_name", "Product Title"],
)
def test_titles_are_found_by_one_rule(name: str) -> None:
    columns = {"brand": "Acme", name: "Blue Kettle", "description": "Boils water."}
    assert title_columns(columns) == [name]
    assert title_of(columns, "17") == "Blue Kettle"
    assert item_text(columns).startswith("Blue Kettle")
    assert {column.name: column.role for column in columns_of([columns] * 3, str.strip)}[name] == "title"


def test_what_names_something_else_is_no_title() -> None:
    assert title_columns(["artist_name", "brand_name", "user_name", "title_en", "original_title"]) == ["original_title"]
    assert title_columns(["original_title", "title"]) == ["title"]
    assert title_of({"artist_name": "Air"}, "17") == "17"
    assert title_of({"title": " ", "name": "Moon Safari"}, "17") == "Moon Safari"
    assert title_of({"name": "second", "title": "first"}, "17") == "first"


def test_headers_alone() -> None:
    assert [named_role(name) for name in ("cover", "Image URL", "updated-at", "list_price", "asin", "genres")] == [
        "image",
        "link",
        "date",
        "number",
        "key",
        None,
    ]
    assert find_column("GENRES", ["genres", "title"]) == "genres"
    assert find_column("genres", ["Genres", "GENRES"]) is None


@pytest.mark.parametrize("name", ["商品名", "Title"])
def test_people_are_shown_the_title_that_was_encoded(name: str) -> None:
    items = pl.DataFrame(
        {"item_id": ["1", "2", "3"], name: ["蓝色水壶", "红色茶杯", "木制书架"], "品类": ["厨房", "厨房", "家具"]}
    )
    recommender = Recommender(encoder="fast", model="taste").fit(items)
    assert recommender.catalogue.titles == ("蓝色水壶", "红色茶杯", "木制书架")
    assert recommender.catalogue.texts[0].startswith("蓝色水壶")
    assert {line.title for line in recommender.recommend(k=3).items} == {"蓝色水壶", "红色茶杯", "木制书架"}
    changed = recommender.with_fields({"2": {name: "绿色茶杯", "品类": "厨房"}})
    assert changed.catalogue.titles[1] == "绿色茶杯"


def test_filters_read_lists_as_phrases_do() -> None:
    items = pl.DataFrame([{key: each[key] for key in ("item_id", "Title", "genres", "Cast")} for each in FILMS])
    recommender = Recommender(encoder="fast", model="popularity").fit(items)
    found = recommender.recommend(k=20, filters=Filters(where={"cast": ["bob 3"]}))
    assert [line.item_id for line in found.items] == ["3"]
    found = recommender.recommend(k=20, filters=Filters(where={"Genres": ["war"]}))
    assert {line.item_id for line in found.items} == {str(n) for n in range(1, 20, 2)}
