"""``item_text`` and ``event_sentence``."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fewrec.text import event_sentence, item_text

FILM = {
    "genres": "Drama|Sci-Fi",
    "title": "Interstellar",
    "description": "A team travels through a wormhole in search of a new home for humanity, far away.",
    "year": "2014",
    "director": "Christopher Nolan",
    "poster_url": "https://example.com/i.jpg",
    "rating": "8.6",
    "votes": "1,900,000",
    "cast": "nan",
    "released": "2014-11-07",
    "sku": "0123456789abcdef0123",
}


def test_title_first_short_before_long_and_no_numbers() -> None:
    assert item_text(FILM) == (
        "Interstellar. Drama, Sci-Fi. 2014. Christopher Nolan. "
        "A team travels through a wormhole in search of a new home for humanity, far away."
    )


def test_chinese_items_read_as_chinese() -> None:
    assert (
        item_text({"片名": "星际穿越", "类型": "剧情|科幻|冒险", "简介": "他们穿过虫洞。"})
        == "星际穿越。剧情，科幻，冒险。他们穿过虫洞。"
    )


def test_bound_cuts_the_description_at_a_sentence() -> None:
    film = {"title": "A", "description": "First sentence here. " + "Second goes on. " * 30}
    assert item_text(film, max_chars=40) == "A. First sentence here. Second goes on."


def test_items_with_little_to_say() -> None:
    assert item_text({}) == ""
    assert item_text({"title": "1984"}) == "1984"
    assert item_text({"title": "<b>It</b>", "text": "It", "price": "3"}) == "It"


@given(st.dictionaries(st.text(max_size=8), st.text(st.characters(), max_size=40), max_size=5), st.integers(0, 80))
def test_any_columns(fields: dict[str, str], room: int) -> None:
    assert len(item_text(fields, max_chars=room)) <= room


def test_events_as_sentences() -> None:
    assert event_sentence("rating", "星际穿越", 5, "zh") == "看过并给了五星：《星际穿越》"
    assert event_sentence("rating", "《三体》", 2.0, "zh", "不太好看") == "看过并给了两星：《三体》。不太好看"
    assert event_sentence("rating", "Dune", 8.5, "en") == 'Gave 8.5 points to "Dune"'
    assert event_sentence("rating", "Dune", float("nan"), "en") == 'Rated "Dune"'
    assert event_sentence("purchase", "耳机", None, "zh") == "买过：「耳机」"
    assert event_sentence("listen", "晴天", 12, "zh") == "听过（12 次）：《晴天》"
    assert event_sentence("play", "Doom", 3, "en", "So good!") == 'Played "Doom" 3 times. So good!'
    assert event_sentence("wishlist", "Doom", None, "en") == 'Wishlist "Doom"'
    assert event_sentence("dislike", "", None, "en") == "Disliked"


@given(st.text(st.characters()), st.text(st.characters()), st.none() | st.floats(), st.sampled_from(["zh", "en", "ja"]))
def test_any_event(event: str, title: str, value: float | None, lang: str) -> None:
    assert isinstance(event_sentence(event, title, value, lang), str)
