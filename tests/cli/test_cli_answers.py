"""Commands that answer questions: JSON bodies as in the contract, and what people see."""

from __future__ import annotations

import pytest
from cli_runs import failed, fewrec

REASONS = {"prior", "like", "dislike", "rating", "event", "statement"}


def check_line(line: dict, *keys: str) -> None:
    assert list(line) == [*keys, "score", "uncertainty", "reasons"]
    assert line["uncertainty"] >= 0
    assert [reason["kind"] for reason in line["reasons"]].count("prior") == 1
    for reason in line["reasons"]:
        assert reason["kind"] in REASONS
        assert (reason["kind"] == "prior") == ("item_id" not in reason and "text" not in reason)
    assert sum(reason["contribution"] for reason in line["reasons"]) == pytest.approx(line["score"], abs=1e-4)


def test_recommend_to_a_known_user(fitted: str) -> None:
    document = fewrec("recommend", fitted, "--user", "sci-fi-fan", "-k", "5", "--json").document
    assert list(document) == ["user", "understood", "unmatched", "items"]
    assert document["user"] == "sci-fi-fan"
    assert len(document["items"]) == 5
    for line in document["items"]:
        check_line(line, "item_id", "title")
    assert document["items"][0]["item_id"] == "interstellar"
    assert any(reason.get("text") == "我对科幻片很感兴趣" for reason in document["items"][0]["reasons"])


def test_examples_of_every_kind_go_together(fitted: str) -> None:
    given = ("--user", "u06", "--like", "coco", "et", "--dislike", "ring", "--say", "我喜欢动画片")
    document = fewrec("recommend", fitted, *given, "--json").document
    for line in document["items"]:
        check_line(line, "item_id", "title")
        kinds = {reason["kind"] for reason in line["reasons"]}
        assert kinds >= {"prior", "like", "dislike", "statement"}
        assert {"coco", "et", "ring"} <= {reason.get("item_id") for reason in line["reasons"]}
    assert not {"coco", "et", "ring"} & {line["item_id"] for line in document["items"]}


def test_nothing_given_is_the_prior(fitted: str) -> None:
    document = fewrec("recommend", fitted, "--json").document
    assert document["user"] is None
    assert len(document["items"]) == 10
    assert all([reason["kind"] for reason in line["reasons"]] == ["prior"] for line in document["items"])


def test_an_unknown_user_gets_the_list_for_anybody_and_a_note(fitted: str) -> None:
    outcome = fewrec("recommend", fitted, "--user", "nobody", "--json")
    assert outcome.document["items"] == fewrec("recommend", fitted, "--json").document["items"]
    assert "nothing is known of user 'nobody'" in outcome.err


def test_filters(fitted: str) -> None:
    some = ["coco", "et", "ring", "hero"]
    shown = fewrec("recommend", fitted, "--allow", *some, "--deny", "et", "hero", "--json").document["items"]
    assert {line["item_id"] for line in shown} == {"coco", "ring"}
    horror = fewrec("recommend", fitted, "--where", "genres_en=Horror", "year=1998", "--json").document["items"]
    assert [line["item_id"] for line in horror] == ["ring"]
    assert fewrec("recommend", fitted, "--allow", "no-such-film").out.startswith("nothing to show")
    seen = fewrec("recommend", fitted, "--like", "coco", "--allow", "coco", "--include-seen", "--json").document["items"]
    assert [line["item_id"] for line in seen] == ["coco"]


def test_diversity_and_exploration_keep_scores_and_repeat(fitted: str) -> None:
    plain = fewrec("recommend", fitted, "-k", "66", "--json").document["items"]
    score = {line["item_id"]: line["score"] for line in plain}
    for option in (("--diversity", "0.7"), ("--exploration", "1")):
        first, second = (fewrec("recommend", fitted, *option, "--json").document["items"] for _ in range(2))
        assert first == second
        assert [line["item_id"] for line in first] != list(score)[:10]
        assert all(line["score"] == pytest.approx(score[line["item_id"]], abs=1e-4) for line in first)


def test_what_people_see(fitted: str) -> None:
    plain = fewrec("recommend", fitted, "--user", "sci-fi-fan", "-k", "1")
    assert "星际穿越" in plain.out
    assert "±" in plain.out
    assert "prior" not in plain.out
    told = fewrec("recommend", fitted, "--user", "sci-fi-fan", "-k", "1", "--explain")
    assert "prior +" in told.out
    assert "you said" in told.out


def test_profile(fitted: str) -> None:
    document = fewrec("profile", fitted, "--user", "sci-fi-fan", "--json").document
    assert list(document) == ["user", "lang", "text", "phrases"]
    assert (document["user"], document["lang"]) == ("sci-fi-fan", "zh")
    assert all(list(phrase) == ["text", "weight"] and phrase["weight"] > 0 for phrase in document["phrases"])
    assert "科幻" in document["text"]
    english = fewrec("profile", fitted, "--say", "I love horror films", "--lang", "en", "--json").document
    assert (english["user"], english["lang"]) == (None, "en")
    assert "horror" in english["text"].lower()
    failed(fewrec("profile", fitted, "--user", "nobody"), "'nobody'")
    failed(fewrec("profile", fitted, "--decoder", "poet"), "'poet'", "phrases")


def test_describe(fitted: str) -> None:
    document = fewrec("describe", fitted, "--item", "interstellar", "--json").document
    assert list(document) == ["item_id", "lang", "text", "phrases"]
    assert document["item_id"] == "interstellar"
    assert document["phrases"]
    assert document["text"] in fewrec("describe", fitted, "--item", "interstellar").out
    failed(fewrec("describe", fitted, "--item", "星际穿越"), "did you mean interstellar?")


def test_similar(fitted: str) -> None:
    document = fewrec("similar", fitted, "--item", "wandering-earth", "-k", "3", "--json").document
    assert list(document) == ["item_id", "items"]
    assert [list(line) for line in document["items"]] == [["item_id", "title", "score"]] * 3
    assert "wandering-earth-2" in {line["item_id"] for line in document["items"]}
    assert "流浪地球2" in fewrec("similar", fitted, "--item", "wandering-earth").out


def test_audience(fitted: str) -> None:
    document = fewrec("audience", fitted, "--item", "gravity", "-k", "4", "--json").document
    assert list(document) == ["item_id", "users"]
    assert len(document["users"]) == 4
    for line in document["users"]:
        check_line(line, "user_id")
    scores = [line["score"] for line in document["users"]]
    assert scores == sorted(scores, reverse=True)
    assert document["users"][0]["user_id"] in fewrec("audience", fitted, "--item", "gravity", "--explain").out


def test_ask(fitted: str) -> None:
    document = fewrec("ask", fitted, "-k", "3", "--json").document
    assert list(document) == ["questions"]
    assert [list(line) for line in document["questions"]] == [["item_id", "title", "gain"]] * 3
    first = document["questions"][0]["item_id"]
    after = fewrec("ask", fitted, "--like", first, "--json").document["questions"]
    assert first not in {line["item_id"] for line in after}


def test_models() -> None:
    document = fewrec("models", "--json").document
    names = [line["name"] for line in document["models"]]
    assert names[0] == "auto"
    assert {"taste", "popularity", "item-knn", "ease"} <= set(names)
    shown = fewrec("models").out
    for line in document["models"] + document["encoders"]:
        assert any(row.split()[:1] == [line["name"]] and line["description"] in row for row in shown.splitlines())
