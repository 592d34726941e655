"""Sentences decide lists: requests first, statements beside examples, reasons that add up, honesty where nothing matches."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec import Recommender, sample
from fewrec.errors import SettingError
from fewrec.types import Recommendations


@pytest.fixture(scope="module")
def films() -> Recommender:
    data = sample.load()
    return Recommender(model="taste").fit(data.items, data.events)


def genres(rec: Recommender, found: Recommendations) -> list[str]:
    return [rec.catalogue.fields[rec.row(line.item_id)]["genres"] for line in found.items]


def adds_up(found: Recommendations) -> bool:
    return all(
        line.score == pytest.approx(sum(reason.contribution for reason in line.reasons), abs=1e-4) for line in found.items
    )


@pytest.mark.parametrize(
    ("text", "genre"),
    [("我喜欢恐怖片", "恐怖"), ("I love animation", "动画"), ("show me comedies", "喜剧"), ("想看科幻片", "科幻")],
)
def test_a_sentence_alone_decides_the_list(films: Recommender, text: str, genre: str) -> None:
    found = films.recommend(films.taste(say=text), k=5)
    assert all(genre in each for each in genres(films, found))
    assert adds_up(found)
    reason = next(reason for reason in found.items[0].reasons if reason.text == text)
    assert reason.matched
    assert reason.contribution > 0


def test_what_answers_equally_is_ordered_by_the_model(films: Recommender) -> None:
    taste = films.taste(want="科幻片")
    found = films.scored(taste)
    answering = np.flatnonzero(found.said[0] == found.said[0].max())
    listed = [films.row(line.item_id) for line in films.recommend(taste, k=len(answering)).items]
    assert sorted(listed) == answering.tolist()
    of_model = (found.scores - found.said[0])[listed]
    assert np.all(np.diff(of_model) <= 1e-6)


def test_the_item_that_is_wished_for_comes_first(films: Recommender) -> None:
    x = ["我喜欢看电影", "我对科幻片很感兴趣", "最近想看《星际穿越》"]
    assert films.recommend(films.taste(say=x), k=3).items[0].item_id == "interstellar"


def test_what_is_ruled_out_stays_out(films: Recommender) -> None:
    found = films.recommend(films.taste(say="喜欢科幻片，但不喜欢恐怖片"), k=10)
    assert not any("恐怖" in each for each in genres(films, found))
    assert adds_up(found)
    assert {(claim.text, claim.polarity) for claim in found.understood} == {("科幻", 1.0), ("恐怖", -1.0)}


def test_likes_order_what_a_request_admits(films: Recommender) -> None:
    found = films.recommend(films.taste(like=["spirited-away"], want="科幻片"), k=5)
    assert all("科幻" in each for each in genres(films, found))
    assert any(reason.kind == "like" and reason.contribution != 0 for reason in found.items[0].reasons)


def test_a_statement_weighs_less_beside_examples(films: Recommender) -> None:
    def strength(**examples: list[str]) -> float:
        found = films.scored(films.taste(say="我喜欢恐怖片", **examples)).said
        return float(found.max())

    alone, beside = strength(), strength(like=["spirited-away", "wall-e", "interstellar"])
    scores = films.scored(films.taste(like=["spirited-away", "wall-e", "interstellar"])).scores
    assert alone > 0
    assert beside < 2 * float(scores.max() - np.median(scores))


def test_focus_sets_how_strictly_a_request_holds(films: Recommender) -> None:
    taste = films.taste(want="恐怖片")
    assert films.scored(taste, focus=0).said.max() == 0
    assert films.scored(taste, focus=0.5).said.max() == pytest.approx(films.scored(taste, focus=1).said.max() / 2)
    with pytest.raises(SettingError, match="focus is 2"):
        films.recommend(taste, focus=2)


def test_nothing_matching_is_said(films: Recommender) -> None:
    found = films.recommend(films.taste(want="qwertyuiop zxcvbnm"), k=3)
    assert len(found.items) == 3
    assert found.unmatched
    assert found.nearest
    body = found.to_dict()
    assert body["unmatched"] == list(found.unmatched)
    assert body["understood"] == []


def test_one_string_is_one_sentence(films: Recommender) -> None:
    assert films.taste(say="我喜欢恐怖片").sentences[0].understood == films.taste(say=["我喜欢恐怖片"]).sentences[0].understood


def test_the_carrier_alone_says_nothing(films: Recommender) -> None:
    said, nothing = films.recommend(films.taste(say="我喜欢看电影"), k=5), films.recommend(films.taste(), k=5)
    assert [line.item_id for line in said.items] == [line.item_id for line in nothing.items]


def test_profiles_say_what_was_asked_for_and_what_is_not_liked(films: Recommender) -> None:
    text = films.describe(films.taste(say="喜欢科幻片，但不喜欢恐怖片"), lang="zh")
    assert "科幻" in text.text
    assert "恐怖" in [phrase.text for phrase in text.disliked]
    assert "恐怖" not in [phrase.text for phrase in text.phrases]


def test_saved_and_loaded_lists_are_equal(films: Recommender, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("fit")
    films.save(folder)
    again = Recommender.load(folder)
    text = "80年代的科幻片，不要恐怖"
    first, second = (each.recommend(each.taste(want=text), k=5) for each in (films, again))
    assert [line.item_id for line in first.items] == [line.item_id for line in second.items]
    assert first.understood == second.understood


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_gives_a_list_that_adds_up(films: Recommender, text: str) -> None:
    found = films.recommend(films.taste(say=text), k=3)
    assert len(found.items) == 3
    assert adds_up(found)


@pytest.mark.parametrize("text", ["", "   ", "🎬🎬🎬", "x" * 10_000, "SELECT * FROM films;", "喜剧但不要喜剧", "Ich mag Filme"])
def test_odd_input_gives_a_sensible_list(films: Recommender, text: str) -> None:
    assert len(films.recommend(films.taste(say=text), k=5).items) == 5


def test_objects_stand_where_names_do() -> None:
    from fewrec.models.classics.content import Content

    def lengths(texts: list[str]) -> np.ndarray:
        return np.array([[len(text) + 1.0, text.count("a") + 1.0, 1.0] for text in texts])

    items = pl.DataFrame({"item_id": ["a", "b", "c"], "title": ["Banana bread", "Apple pie", "Steak"]})
    rec = Recommender(encoder=lengths, model=Content()).fit(items)
    assert rec.encoder.dimensions == 3
    assert rec.names[1] == "content"
    assert len(rec.recommend(rec.taste(like=["a"]), k=2).items) == 2


def test_an_encoder_of_the_wrong_shape_is_named() -> None:
    items = pl.DataFrame({"item_id": ["a"], "title": ["Banana bread"]})
    with pytest.raises(SettingError, match="gave an array"):
        Recommender(encoder=lambda texts: np.zeros(3), model="popularity").fit(items)
