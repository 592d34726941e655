"""``fewrec evaluate --protocol requests``: the whole way on the sample, with our own requests."""

from __future__ import annotations

import json
from pathlib import Path

from cli_runs import failed, fewrec

from fewrec import sample

FILES = ("--items", str(sample.path("items.csv")), "--events", str(sample.path("events.csv")), "--protocol", "requests")
OWN = str(Path(__file__).resolve().parents[2] / "benchmarks" / "data" / "requests" / "sample.jsonl")


def test_the_document_the_page_and_the_lines(tmp_path: Path) -> None:
    page, cells = tmp_path / "r.html", tmp_path / "cells"
    asked = ("evaluate", *FILES, "--requests", OWN, "--half", "development", "--cache", str(cells), "--html", str(page))
    asked = (*asked, "--models", "taste,taste:no-text,tfidf,popularity,random", "--k", "0,1")
    document = fewrec(*asked, "--json", "-").document
    assert document["protocol"] == "requests"
    assert document["settings"]["half"] == "development"
    found = {
        (row["model"], row["metric"]): row["mean"]
        for row in document["results"]
        if (row["lang"], row["kind"]) == ("all", "all")
    }
    assert found["taste", "unmoved@10"] < 1 == found["taste:no-text", "unmoved@10"]
    assert found["tfidf", "p@10"] > found["random", "p@10"] + 0.2
    assert {row["k"] for row in document["sentences"]} == {0, 1}
    assert "p@10 by language and kind of request" in page.read_text(encoding="utf-8")
    again = fewrec(*asked)  # from the cells
    assert again.code == 0
    assert "a sentence beside k = 1 likes · taste" in again.out
    assert "en · category · p@10" in again.out


def test_ids_and_likes(fitted: str, tmp_path: Path) -> None:
    lines = [
        {"text": text, "relevant": ["interstellar", "moon-man"], "like": ["wandering-earth"]}
        for text in ("space", "太空", "moon")
    ]
    lines += [
        {"text": "film", "relevant": ["interstellar"], "like": ["wandering-earth"]},
        {"text": "films", "relevant": ["moon-man"], "like": ["wandering-earth"]},
    ]
    file = tmp_path / "own.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    asked = (
        "evaluate",
        fitted,
        "--protocol",
        "requests",
        "--requests",
        str(file),
        "--models",
        "tfidf,popularity",
        "--json",
        "-",
    )
    rows = fewrec(*asked).document["results"]
    assert {row["k"] for row in rows if row["metric"] == "p@10"} == {1}


def test_what_is_missing_or_wrong_is_said(tmp_path: Path) -> None:
    failed(fewrec("evaluate", *FILES), "protocol requests needs --requests")
    failed(fewrec("evaluate", *FILES[:4], "--requests", OWN), "takes no --requests")
    failed(fewrec("evaluate", *FILES[:4], "--half", "test"), "protocol kshot has no --half")
    failed(fewrec("evaluate", *FILES, "--requests", OWN, "--models", "nonesuch"), "nonesuch")
    failed(fewrec("evaluate", *FILES, "--requests", OWN, "--models", "tfidf:no-text"), "tfidf is a baseline")
    failed(fewrec("evaluate", *FILES, "--requests", str(tmp_path / "no.jsonl")), "there is no file")
