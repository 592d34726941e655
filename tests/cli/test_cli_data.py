"""Data in, data out, and input that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runs import failed, fewrec

from fewrec import sample


def write(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_ingest_reports_bad_rows_and_keeps_the_good_ones(tmp_path: Path) -> None:
    items = write(tmp_path, "items.csv", "item_id,title\na,Alien\n,no id\nb,Coco\na,again\n")
    rows = "".join(f"u,a,rating,bad{n}\n" for n in range(12))
    events = write(tmp_path, "events.csv", f"user_id,item_id,event,value\nu,a,rating,5\n{rows}")
    outcome = fewrec("ingest", str(tmp_path / "s"), "--items", items, "--events", events)
    assert outcome.code == 0
    assert "items.csv: 2 good rows, 2 bad left out" in outcome.out
    assert "items.csv:3: found" in outcome.out
    assert "… and 2 more bad rows" in outcome.out
    assert "in the store: 2 items, 1 users, 1 events, 0 statements" in outcome.out


def test_ingest_again_adds(own: str, tmp_path: Path) -> None:
    items = write(tmp_path, "more.jsonl", json.dumps({"item_id": "007", "title": "新片 🎬"}, ensure_ascii=False) + "\n")
    document = fewrec("ingest", own, "--items", items, "--json").document
    assert document["read"]["items"] | {"file": ""} == {
        "file": "",
        "rows": 1,
        "bad": [],
        "notes": [],
        "new": 1,
        "changed": 0,
        "same": 0,
    }
    assert document["store"]["items"] == 67
    outcome = fewrec("recommend", own, "--json")
    assert outcome.code == 0
    assert "data came since the last fit" in outcome.err
    assert fewrec("fit", own, "--model", "taste", "--json").document["items"] == 67
    outcome = fewrec("recommend", own, "--like", "007", "--json")
    assert outcome.err == ""
    assert outcome.document["items"][0]["reasons"][1]["item_id"] == "007"


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "empty"), ("name,title\n1,Alien\n", "item_id"), ("item_id,title\n,Alien\n,Coco\n", "no good row")],
)
def test_files_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    outcome = fewrec("ingest", str(tmp_path / "s"), "--items", write(tmp_path, "items.csv", text), "--json")
    failed(outcome, said)
    assert not (tmp_path / "s").exists()


def test_ingest_needs_a_file_that_is_there(tmp_path: Path) -> None:
    failed(fewrec("ingest", str(tmp_path / "s")), "no file to ingest")
    failed(fewrec("ingest", str(tmp_path / "s"), "--items", str(tmp_path / "none.csv")), "none.csv")
    events = str(sample.path("events.csv"))
    failed(fewrec("ingest", str(tmp_path / "s"), "--events", events, "--json"), "has no items yet", "--items FILE")


def test_no_store_and_no_fit_yet(tmp_path: Path) -> None:
    store = str(tmp_path / "s")
    failed(fewrec("recommend", store), "there is no store", "fewrec ingest")
    failed(fewrec("fit", store), "there is no store")
    items = write(tmp_path, "items.csv", "item_id,title\na,Alien\nb,Coco\n")
    assert fewrec("ingest", store, "--items", items).code == 0
    failed(fewrec("recommend", store), f"fewrec fit {store}")
    failed(fewrec("fit", store, "--model", "oracle"), "'oracle'", "auto")
    failed(fewrec("fit", store, "--encoder", "nothing"), "'nothing'")


def test_a_catalogue_without_events(tmp_path: Path) -> None:
    store = str(tmp_path / "s")
    items = write(
        tmp_path, "items.csv", "item_id,title\na,Alien horror in space\nb,Coco a family musical\nc,Horror in a house\n"
    )
    assert fewrec("ingest", store, "--items", items).code == 0
    assert fewrec("fit", store).code == 0
    found = fewrec("recommend", store, "--say", "我喜欢恐怖片", "--json").document["items"]
    assert {line["item_id"] for line in found[:2]} == {"a", "c"}
    assert fewrec("audience", store, "--item", "a", "--json").document["users"] == []
    assert fewrec("audience", store, "--item", "a").out.startswith("nobody to show")


def test_wrong_examples_and_options(fitted: str) -> None:
    failed(fewrec("recommend", fitted, "--like", "no-such-film"), "'no-such-film'")
    failed(fewrec("recommend", fitted, "--like", "coco", "--dislike", "coco"), "coco")
    failed(fewrec("recommend", fitted, "--where", "genre"), "column=value")
    failed(fewrec("recommend", fitted, "--where", "genre=Horror"), "'genre'", "genres")
    for usage in (
        ("-k", "-1"),
        ("-k", "0"),
        ("-k", "many"),
        ("--diversity", "2"),
        ("--exploration", "-1"),
        ("--lang", "fr"),
        ("--no",),
    ):
        outcome = fewrec("recommend", fitted, *usage)
        assert (outcome.code, outcome.out) == (2, "")
    assert fewrec("recommend").code == 2
    assert fewrec("no-such-command").code == 2


def test_forget(own: str) -> None:
    outcome = fewrec("forget", own, "--user", "u01", "--json")
    assert outcome.document["user"] == "u01"
    assert outcome.document["events"] > 5
    assert outcome.document["stale_fits"] == 1
    failed(fewrec("forget", own, "--user", "u01"), "'u01'")
    after = fewrec("recommend", own, "--user", "u01", "--json")
    assert "fewrec fit" in after.err
    assert all(len(line["reasons"]) == 1 for line in after.document["items"])


def test_forgotten_sentences_leave_the_vector_cache(own: str) -> None:
    from fewrec.encoders import VectorCache

    assert fewrec("profile", own, "--user", "sci-fi-fan").code == 0
    with VectorCache(Path(own) / "vectors.sqlite") as cache:
        before = len(cache)
    assert fewrec("forget", own, "--user", "sci-fi-fan").code == 0
    with VectorCache(Path(own) / "vectors.sqlite") as cache:
        assert len(cache) < before


def test_a_prior_needs_users_to_learn_from_and_a_good_file(fitted: str, tmp_path: Path) -> None:
    failed(fewrec("learn", "prior", fitted, "--out", str(tmp_path / "prior.json")), "20 are needed")
    failed(fewrec("learn", "prior", fitted, "--out", str(tmp_path / "absent" / "prior.json")), "there is no folder")
    (tmp_path / "prior.json").write_text("{}")
    failed(fewrec("fit", fitted, "--prior", str(tmp_path / "prior.json")), "is not a prior")
    failed(fewrec("evaluate", fitted, "--prior", str(tmp_path / "none.json")), "cannot be read")


def test_an_ensemble_is_weighed_on_the_stores_own_users(own: str) -> None:
    failed(fewrec("learn", "ensemble", own, "--members", "taste"), "two or more different models")
    failed(fewrec("learn", "ensemble", own, "--members", "taste,oracle"), "there is no model 'oracle'")
    learned = fewrec("learn", "ensemble", own, "--members", "taste,item-knn,liked-fraction", "--json")
    assert learned.code == 0, learned.err
    document = learned.document
    assert document["model"] == "ensemble:taste+item-knn+liked-fraction"
    for weights in (*document["lists"].values(), document["judgements"]):
        assert sum(weights.values()) == pytest.approx(1, abs=1e-3)
    listed = fewrec("recommend", own, "--like", "wall-e", "--explain", "--json").document["items"]
    assert len(listed) == 10
    for item in listed:
        assert sum(reason["contribution"] for reason in item["reasons"]) == pytest.approx(item["score"], abs=1e-3)
