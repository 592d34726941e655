"""What sentences mean in small catalogues, worked out by hand, in both languages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.persistence import load_object, save_object
from fewrec.words import WordsIndex
from fewrec.words.segments import role_of, segments
from fewrec.words.sound import distance, sound_of
from fewrec.words.spans import number, numbers, times


def best(index: WordsIndex, text: str) -> set[str]:
    """Titles of the items that answer best, none where nothing answers."""
    (understood,) = index.understand(text)
    relevance = index.evidence(understood).relevance
    top = relevance.max()
    return {index.titles[row] for row in np.flatnonzero((relevance >= top - 0.03) & (relevance > 0.5))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("westerns", {"Unforgiven", "Blazing Saddles"}),
        ("西部片", {"Unforgiven", "Blazing Saddles"}),
        ("romantic comedies", {"To Catch a Thief", "When Harry Met Sally"}),
        ("喜剧西部片", {"Blazing Saddles"}),
        ("funny films by Hitchcock", {"To Catch a Thief"}),
        ("希区柯克的电影", {"Rear Window", "To Catch a Thief"}),
        ("库布里克", {"The Shining"}),
        ("alfred hitchcok", {"Rear Window", "To Catch a Thief"}),
        ("movies about baseball", {"Field of Dreams"}),
        ("关于棒球的电影", {"Field of Dreams"}),
        ("before 1960", {"Rear Window", "To Catch a Thief"}),
        ("八十年代的电影", {"Field of Dreams", "When Harry Met Sally", "The Shining"}),
        ("westerns or horror", {"Unforgiven", "Blazing Saddles", "Alien", "The Shining"}),
        ("sci-fi but not horror", {"Galaxy Quest"}),
        ("科幻片，不要恐怖", {"Galaxy Quest"}),
        ("Alien", {"Alien"}),
        ("scary", {"Alien", "The Shining"}),
    ],
)
def test_films(films: WordsIndex, text: str, expected: set[str]) -> None:
    assert best(films, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("除了国产的科幻片", {"星际穿越", "月球"}),
        ("2010年以前的科幻片", {"月球"}),
        ("法国喜剧", {"触不可及"}),
        ("French comedy", {"触不可及"}),
        ("功夫片", {"少林寺"}),
        ("Orson Welles", {"公民凯恩 Citizen Kane"}),
        ("诺兰", {"星际穿越"}),
        ("香港电影", {"大话西游"}),
        ("最近想看《星际穿越》", {"星际穿越"}),
        ("像《星际穿越》那样的", {"流浪地球"}),
        ("喜歡恐怖片", {"闪灵"}),
    ],
)
def test_a_chinese_catalogue(chinese: WordsIndex, text: str, expected: set[str]) -> None:
    assert best(chinese, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("口红", {"Matte Lipstick, Ruby Red"}),
        ("男士香水", {"Men's Cologne Spray"}),
        ("身体乳", {"Cocoa Butter Body Lotion"}),
        ("假睫毛", {"False Eyelashes, natural"}),
        ("lipstik", {"Matte Lipstick, Ruby Red"}),
        ("一百元以内的睫毛膏或防晒霜", {"Sunscreen SPF 50"}),
        ("perfume under 300", {"Rose Perfume for Women"}),
    ],
)
def test_goods(goods: WordsIndex, text: str, expected: set[str]) -> None:
    assert best(goods, text) == expected


def test_similar_ones_are_asked_for_or_the_title_itself(films: WordsIndex) -> None:
    (like,) = films.understand("something like Alien but funny")
    assert [claim.kind for claim in like.claims] == ["title", "category"]
    assert films.titles[int(np.argmax(films.evidence(like).relevance))] == "Galaxy Quest"


def test_why_names_column_and_piece(films: WordsIndex) -> None:
    (understood,) = films.understand("关于棒球的电影")
    (match,) = films.why(understood, 6)
    assert (match.claim, match.column, match.piece) == ("棒球", "description", "baseball")


def test_what_is_not_there_is_said(films: WordsIndex) -> None:
    (understood,) = films.understand("xylophones")
    assert understood.unmatched == ("xylophones",)
    assert films.evidence(understood).relevance.max() <= 0.5
    assert films.nearest(understood)


def test_a_contradiction_leaves_nothing(films: WordsIndex) -> None:
    (understood,) = films.understand("westerns but not westerns")
    evidence = films.evidence(understood)
    assert understood.contradictory
    assert evidence.excluded.sum() == 2
    assert evidence.specificity == 0.0


def test_roles() -> None:
    assert [role_of(t) for t in ("想看恐怖片", "show me westerns", "westerns", "我喜欢恐怖片", "I love westerns")] == [
        "request", "request", "request", "taste", "taste",
    ]  # fmt: skip


def test_segments_have_a_sign() -> None:
    assert [(s.text, s.polarity) for s in segments("动画片，日本的除外")] == [("动画片", 1.0), ("日本", -1.0)]
    assert [(s.text, s.polarity) for s in segments("comedies without Jim Carrey")] == [("comedies", 1.0), ("Jim Carrey", -1.0)]


def test_spans_and_numbers() -> None:
    assert [(s.low, s.high) for s in times("from 1995 to 1999")] == [(1995.0, 2000.0)]
    assert [(s.low, s.high) for s in times("90s")] == [(1990.0, 2000.0)]
    assert [(s.low, s.high) for s in times("2010年以前的")] == [(None, 2010.0)]
    assert [s.high for s in numbers("under $1,500")] == [1500.0]
    assert number("两百五") == 250.0


def test_names_sound_alike_across_scripts() -> None:
    right = distance(sound_of("希区柯克"), sound_of("Hitchcock"))
    assert right < 0.25
    assert right < distance(sound_of("希区柯克"), sound_of("Kubrick"))


@pytest.mark.parametrize("text", ["", "   ", "🎬🍿", "!!!"])
def test_text_without_words_says_nothing(films: WordsIndex, text: str) -> None:
    assert films.understand(text) == ()


@pytest.mark.parametrize(
    "text", ["a" * 10_000, "电影" * 5_000, "for (i = 0; i < n; ++i) {", "кино про любовь", "not not not", "不要不要不要"]
)
def test_odd_text_is_no_error(films: WordsIndex, text: str) -> None:
    for understood in films.understand(text):
        evidence = films.evidence(understood)
        assert evidence.relevance.shape == (10,)
        assert np.isfinite(evidence.relevance).all()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_relevance_between_nought_and_one(films: WordsIndex, text: str) -> None:
    for understood in films.understand(text):
        evidence = films.evidence(understood)
        assert evidence.per_claim.shape == (len(understood.claims), 10)
        assert evidence.relevance.min() >= 0.0
        assert evidence.relevance.max() <= 1.0
        for row in range(2):
            films.why(understood, row)


def test_a_saved_index_says_the_same(chinese: WordsIndex, tmp_path) -> None:  # type: ignore[no-untyped-def]
    save_object(chinese, tmp_path / "index")
    loaded = load_object(tmp_path / "index")
    for text in ("法国喜剧", "Orson Welles", "像《星际穿越》那样的"):
        (ours,), (theirs,) = chinese.understand(text), loaded.understand(text)
        assert ours == theirs
        np.testing.assert_allclose(chinese.evidence(ours).relevance, loaded.evidence(theirs).relevance)


def test_no_items() -> None:
    index = WordsIndex.build([], [])
    assert index.understand("westerns")[0].claims == ()


def test_newer_items_are_answered_by_the_same_claims(films: WordsIndex) -> None:
    names = ("title", "year", "genres", "director", "cast", "description")
    rows = [
        ("Psycho", "1960", "Horror|Thriller", "Alfred Hitchcock", "Anthony Perkins", "A motel by the road."),
        ("Bull Durham", "1988", "Comedy|Romance", "Ron Shelton", "Kevin Costner", "A minor league baseball team."),
    ]
    newer = films.extended([dict(zip(names, row, strict=True)) for row in rows], [row[0] for row in rows])
    for text, expected in (("希区柯克", [1.0, 0.0]), ("romantic comedies", [0.0, 1.0]), ("before 1985", [1.0, 0.0])):
        np.testing.assert_allclose(newer.evidence(films.understand(text)[0]).relevance, expected)
    assert newer.evidence(films.understand("棒球")[0]).relevance.argmax() == 1
    assert newer.evidence(films.understand("like Alien")[0]).relevance.shape == (2,)
