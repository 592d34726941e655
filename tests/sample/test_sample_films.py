"""What can be checked mechanically of the sample that ships with the package."""

from __future__ import annotations

import csv
import re
from datetime import datetime, timezone

import polars as pl
import pytest

from fewrec import sample
from fewrec.data import read_events, read_items, read_statements
from fewrec.errors import DataError
from fewrec.sample import people
from fewrec.types import Dataset

HAN = r"\p{Han}"
# The worked example of the article the project started from, word for word.
ITEM_TEXTS = ("《星际穿越》是一部科幻电影", "这部电影获得了多个奖项", "剧情引人入胜")
USER_TEXTS = {"movie-lover": "我喜欢看电影", "sci-fi-fan": "我对科幻片很感兴趣", "wants-interstellar": "最近想看《星际穿越》"}


@pytest.fixture(scope="module")
def films() -> Dataset:
    return sample.load()


def test_every_cell_of_every_film_is_filled(films: Dataset) -> None:
    assert films.items.columns == [
        "item_id",
        "title",
        "title_en",
        "year",
        "genres",
        "genres_en",
        "director",
        "description",
        "description_en",
    ]
    assert films.items.height == 66
    cells = films.items.unpivot()["value"]
    assert cells.null_count() == 0
    assert cells.equals(cells.str.strip_chars())
    assert cells.str.len_chars().min() > 0


def test_ids_titles_and_descriptions_are_unique(films: Dataset) -> None:
    for column in ("item_id", "title", "title_en", "description", "description_en"):
        assert films.items[column].n_unique() == 66, column
    assert films.items["item_id"].str.contains(r"^[a-z0-9]+(-[a-z0-9]+)*$").all()


def test_chinese_columns_are_chinese_and_english_columns_are_not(films: Dataset) -> None:
    for column in ("title", "genres", "director", "description"):
        assert films.items[column].str.contains(HAN).all(), column
    for column in ("title_en", "genres_en", "description_en"):
        assert not films.items[column].str.contains(HAN).any(), column
    # Full-width punctuation throughout the Chinese sentences, and sentences that end.
    assert not films.items["description"].str.contains(r"[,;:!?]").any()
    assert films.items["description"].str.ends_with("。").all()
    assert films.items["description_en"].str.ends_with(".").all()


def test_descriptions_are_a_few_sentences(films: Dataset) -> None:
    zh = films.items["description"].str.count_matches("。")
    en = films.items["description_en"].str.count_matches(r"\.( |$)")
    assert zh.is_between(2, 3).all()
    assert en.is_between(2, 4).all()


def test_years_lie_between_1940_and_2023_and_span_them(films: Dataset) -> None:
    years = films.items["year"].cast(pl.Int64)
    assert years.min() == 1940
    assert years.max() == 2023
    assert (years // 10).n_unique() == 9  # a film at least from every decade


def test_the_two_genre_columns_are_translations_of_each_other(films: Dataset) -> None:
    pairs = set()
    for zh, en in films.items.select("genres", "genres_en").iter_rows():
        assert len(zh.split("|")) == len(en.split("|"))
        pairs.update(zip(zh.split("|"), en.split("|"), strict=True))
    assert len(pairs) == len({zh for zh, _ in pairs}) == len({en for _, en in pairs})


def test_the_genres_are_spread(films: Dataset) -> None:
    count = dict(films.items["genres"].str.split("|").explode().value_counts().iter_rows())
    assert count["科幻"] >= 12
    assert count["恐怖"] >= 5
    for genre in ("动画", "爱情", "喜剧", "犯罪", "战争", "武侠", "纪录片", "歌舞", "家庭", "惊悚", "历史"):
        assert count[genre] >= 3, genre


def test_interstellar_is_described_by_the_articles_three_sentences(films: Dataset) -> None:
    film = films.items.row(by_predicate=pl.col("item_id") == "interstellar", named=True)
    assert film["title"] == "星际穿越"
    assert film["description"] == "。".join(ITEM_TEXTS) + "。"


def test_the_articles_three_sentences_are_the_statements(films: Dataset) -> None:
    assert dict(films.statements.select("user_id", "text").iter_rows()) == USER_TEXTS
    assert films.statements["timestamp"].null_count() == 0


def test_the_readers_find_nothing_to_complain_about() -> None:
    for name, read in (("items.csv", read_items), ("events.csv", read_events), ("statements.csv", read_statements)):
        table, summary = read(sample.path(name))
        assert (summary.bad, summary.notes, summary.n_rows) == ((), (), table.height)


def test_columns_have_the_types_of_the_contract(films: Dataset) -> None:
    assert films.events.schema == {
        "user_id": pl.String,
        "item_id": pl.String,
        "event": pl.String,
        "value": pl.Float64,
        "timestamp": pl.Float64,
        "text": pl.String,
    }
    assert films.statements.schema == {"user_id": pl.String, "text": pl.String, "timestamp": pl.Float64}
    assert set(films.items.schema.dtypes()) == {pl.String()}


def test_events_are_of_forty_people_about_films_of_the_catalogue(films: Dataset) -> None:
    per_user = films.events["user_id"].value_counts()["count"]
    assert sorted(films.events["user_id"].unique()) == [f"u{n:02d}" for n in range(1, 41)]
    assert per_user.is_between(8, 14).all()
    assert set(films.events["item_id"]) == set(films.items["item_id"])  # known ones only, and none without an event
    assert not films.events.select("user_id", "item_id").is_duplicated().any()


def test_only_ratings_have_a_value_and_it_is_a_number_of_stars(films: Dataset) -> None:
    assert set(films.events["event"]) == {"rating", "like", "dislike", "view"}
    rated = films.events.filter(pl.col("event") == "rating")
    assert set(rated["value"]) == {1.0, 2.0, 3.0, 4.0, 5.0}
    assert films.events.filter(pl.col("event") != "rating")["value"].null_count() == films.events.height - rated.height


def test_timestamps_are_seconds_in_2024_and_2025_oldest_first_per_user(films: Dataset) -> None:
    first, last = datetime(2024, 1, 1, tzinfo=timezone.utc), datetime(2026, 1, 1, tzinfo=timezone.utc)
    assert films.events["timestamp"].is_between(first.timestamp(), last.timestamp(), closed="left").all()
    assert films.events["timestamp"][0] == datetime.fromisoformat(_first_event()["timestamp"][:-1] + "+00:00").timestamp()
    for _, events in films.events.group_by("user_id"):
        assert events["timestamp"].is_sorted()


def test_the_events_are_those_that_the_script_draws() -> None:
    with sample.path("items.csv").open(encoding="utf-8", newline="") as file:
        items = list(csv.DictReader(file))
    with sample.path("events.csv").open(encoding="utf-8", newline="") as file:
        committed = [tuple(row) for row in csv.reader(file)]
    assert committed == [people.COLUMNS, *people.all_events(items)]
    assert all(person.named == () or set(person.named) <= {item["item_id"] for item in items} for person in people.PEOPLE)
    genres = {genre for item in items for genre in item["genres_en"].split("|")}
    assert {genre for person in people.PEOPLE for genre in person.genres} <= genres


def test_people_rate_what_they_love_above_what_they_dislike_but_not_without_exception(films: Dataset) -> None:
    genres = dict(films.items.select("item_id", "genres_en").iter_rows())
    loved, other = [], []
    for user_id, item_id, value in (
        films.events.filter(pl.col("event") == "rating").select("user_id", "item_id", "value").iter_rows()
    ):
        weights = people.PEOPLE[int(user_id[1:]) - 1].genres
        score = sum(weights.get(genre, 0) for genre in genres[item_id].split("|"))
        (loved if score > 0.5 else other).append(value)
    assert sum(loved) / len(loved) > sum(other) / len(other) + 0.7
    assert min(loved) <= 3
    assert max(other) == 5


def test_a_file_is_a_path_and_an_unknown_name_says_which_there_are() -> None:
    for name in ("items.csv", "events.csv", "statements.csv"):
        assert sample.path(name).is_file()
    with pytest.raises(DataError, match=re.escape("'films.csv'")) as caught:
        sample.path("films.csv")
    assert "items.csv, events.csv, statements.csv" in str(caught.value.hint)


def _first_event() -> dict[str, str]:
    with sample.path("events.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))
