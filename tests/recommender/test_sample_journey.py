"""The whole path on the sample, with the real encoder and the default model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fewrec import Filters, Recommender, sample
from fewrec.errors import DataError, ModelLoadError, NotFittedError, SettingError, UnknownItemError


@pytest.fixture(scope="module")
def films() -> Recommender:
    return Recommender().fit_dataset(sample.load())


HORROR = {"ring", "the-exorcist", "the-shining", "i-saw-the-devil", "the-eye"}


def test_the_articles_example(films: Recommender) -> None:
    best = films.recommend(films.taste("sci-fi-fan"), k=5).items
    assert best[0].item_id == "interstellar"
    genres = [films.catalogue.fields[films.row(line.item_id)]["genres"] for line in best]
    assert sum("科幻" in each for each in genres) >= 4
    assert "科幻" in films.describe(films.taste("sci-fi-fan"), lang="zh").text


def test_every_score_is_the_sum_of_its_reasons(films: Recommender) -> None:
    taste = films.taste("u01", say=["I love quiet family stories"])
    for line in films.recommend(taste, k=66).items:
        assert sum(reason.contribution for reason in line.reasons) == pytest.approx(line.score, abs=1e-4)
        assert line.uncertainty >= 0


def test_a_negated_sentence_pushes_its_topic_down(films: Recommender) -> None:
    def mean_rank(say: list[str]) -> float:
        ranked = [line.item_id for line in films.recommend(films.taste(say=say), k=66).items]
        found = [ranked.index(item_id) for item_id in HORROR if item_id in ranked]
        assert len(found) >= 3
        return float(np.mean(found))

    assert mean_rank(["我喜欢恐怖片"]) < mean_rank([]) < mean_rank(["不喜欢恐怖片"])


def test_nothing_known_is_an_ordinary_asker(films: Recommender) -> None:
    anybody = films.recommend(films.taste(), k=3)
    stranger = films.recommend(films.taste("nobody-yet"), k=3)
    assert [line.item_id for line in anybody.items] == [line.item_id for line in stranger.items]
    assert [reason.kind for reason in anybody.items[0].reasons] == ["prior"]


def test_seen_filters_diversity_and_exploration(films: Recommender) -> None:
    taste = films.taste(like=["interstellar"])
    listed = [line.item_id for line in films.recommend(taste, k=66).items]
    assert "interstellar" not in listed
    assert len(listed) == 65
    only = films.recommend(taste, k=9, filters=Filters(where={"genres": ["恐怖"]})).items
    assert only
    assert all("恐怖" in films.catalogue.fields[films.row(line.item_id)]["genres"] for line in only)
    varied = [line.item_id for line in films.recommend(taste, k=10, diversity=0.7).items]
    assert varied != listed[:10]
    drawn = [line.item_id for line in films.recommend(taste, k=10, exploration=1.0, rng=np.random.default_rng(3)).items]
    again = [line.item_id for line in films.recommend(taste, k=10, exploration=1.0, rng=np.random.default_rng(3)).items]
    assert drawn == again != listed[:10]


def test_similar_audience_and_questions(films: Recommender) -> None:
    assert "科幻" in films.catalogue.fields[films.row(films.similar("interstellar", k=1)[0].item_id)]["genres"]
    users = films.audience("interstellar", k=5)
    assert len(users) == 5
    met = set(sample.load().events.filter(pl.col("item_id") == "interstellar")["user_id"])
    assert not met & {user for user, _ in users}
    questions = films.ask(films.taste(like=["interstellar"]), k=4)
    assert len({question.item_id for question in questions} - {"interstellar"}) == 4
    assert all(question.gain >= 0 for question in questions)


def test_save_and_load_answer_the_same(films: Recommender, tmp_path: Path) -> None:
    films.save(tmp_path / "saved")
    again = Recommender.load(tmp_path / "saved")
    before, after = films.recommend(films.taste("u07"), k=10), again.recommend(again.taste("u07"), k=10)
    assert before.to_dict() == after.to_dict()
    assert films.describe(item="interstellar", lang="en") == again.describe(item="interstellar", lang="en")
    document = tmp_path / "saved" / "object.json"
    document.write_text(document.read_text(encoding="utf-8")[:-200], encoding="utf-8")
    with pytest.raises(ModelLoadError, match="fit again"):
        Recommender.load(tmp_path / "saved")


def test_a_saved_file_cannot_name_foreign_code(films: Recommender, tmp_path: Path) -> None:
    films.save(tmp_path / "saved", history=False)
    document = tmp_path / "saved" / "object.json"
    changed = json.loads(document.read_text(encoding="utf-8"))
    changed["object"]["$object"] = "subprocess:Popen"
    document.write_text(json.dumps(changed), encoding="utf-8")
    with pytest.raises(ModelLoadError, match="not a class of fewrec"):
        Recommender.load(tmp_path / "saved")


def test_bad_questions_get_clear_answers(films: Recommender) -> None:
    with pytest.raises(UnknownItemError, match="did you mean interstellar"):
        films.taste(like=["intersteller"])
    with pytest.raises(SettingError, match="both liked and disliked: ring"):
        films.taste(like=["ring"], dislike=["ring"])
    with pytest.raises(SettingError, match="k is -1, expected 1 or more"):
        films.recommend(k=-1)
    with pytest.raises(SettingError, match="there is no model 'best'"):
        Recommender(model="best")
    with pytest.raises(NotFittedError, match="has not been fitted"):
        Recommender().taste(like=["x"])


def test_text_alone_is_enough_and_odd_text_is_no_error() -> None:
    items = pl.DataFrame(
        {
            "item_id": ["1", "2", "3", "4"],
            "title": ["🚀🚀", "مرحبا بالعالم", "word " * 20_000, None],
            "year": ["1999", None, None, None],
        }
    )
    rec = Recommender(model="taste").fit(items)
    assert len(rec.recommend(rec.taste(say=["太空" * 5_000]), k=10).items) == 4
    with pytest.raises(DataError, match="no items"):
        Recommender(model="taste").fit(items.clear())
