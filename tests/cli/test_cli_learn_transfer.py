"""``fewrec learn transfer``, both tasks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from cli_runs import failed, fewrec

pytest.importorskip("torch")
pytest.importorskip("peft")

from fewrec.llm.ranker.result import read_result
from fewrec.testing import tiny_model


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root: Path = tmp_path_factory.mktemp("bases")
    return {name: str(tiny_model(root / name, name)) for name in ("bert", "gpt2", "llama")}


def prompt_file(path: Path, n: int, seed: int) -> str:
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(n):
        kind = "zz" if number % 2 == 0 else "aa"
        asked = f'User Preference: "{kind} {number}", "{kind}"\nUser Unpreference: \nWhether the user will like the target movie "T{rng.integers(9)} {seed}"?'
        rows.append({"instruction": "", "input": asked, "output": "Yes." if number % 2 == 0 else "No."})
    path.write_text(json.dumps(rows), encoding="utf-8")
    return str(path)


def test_like_from_prompts(bases: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = ["learn", "transfer", "--lm", bases["llama"], "--train", prompt_file(tmp_path / "t.json", 40, 0), "--out", str(out)]
    told += ["--valid", prompt_file(tmp_path / "v.json", 40, 1), "--shots", "16", "--steps", "4", "--seeds", "2"]
    found = fewrec(*told, "--json")
    assert found.code == 0, found.err
    assert found.document["model"] == f"llm:{out}"
    assert [run["seed"] for run in found.document["runs"]] == [0, 1]
    assert "validation loss" in found.err
    assert read_result(out).report["rows"] == 16
    failed(fewrec(*told), "finished result")
    failed(fewrec("learn", "transfer", "--lm", "x/y", "--out", str(tmp_path / "o")), "--on STORE or --train FILE")
    failed(fewrec("learn", "transfer", "--lm", "x/y", "--out", str(tmp_path / "o"), "--task", "guess"), "no task 'guess'")


def test_like_and_contrast_from_a_store(bases: dict[str, str], tmp_path: Path) -> None:
    ids = [f"i{row}" for row in range(24)]
    titles = [f"{'qx' if row % 2 else 'vw'} {row:02d}" for row in range(24)]
    pl.DataFrame({"item_id": ids, "title": titles}).write_csv(tmp_path / "items.csv")
    liked = [(str(u), ids[i]) for u in range(60) for i in np.random.default_rng(u).permutation(np.arange(u % 2, 24, 2))[:6]]
    rows = {"user_id": [u for u, _ in liked], "item_id": [i for _, i in liked], "event": ["like"] * len(liked)}
    pl.DataFrame(rows).write_csv(tmp_path / "events.csv")
    store = str(tmp_path / "store")
    assert fewrec("ingest", store, "--items", str(tmp_path / "items.csv"), "--events", str(tmp_path / "events.csv")).code == 0
    like = fewrec(
        "learn",
        "transfer",
        "--lm",
        bases["gpt2"],
        "--on",
        store,
        "--out",
        str(tmp_path / "like"),
        "--steps",
        "2",
        "--lang",
        "en",
    )
    assert like.code == 0, like.err
    assert f"llm:{tmp_path / 'like'}" in like.out.replace("\n", "")
    near = fewrec(
        "learn",
        "transfer",
        "--task",
        "contrast",
        "--lm",
        bases["bert"],
        "--on",
        store,
        "--out",
        str(tmp_path / "near"),
        "--steps",
        "4",
        "--json",
    )
    assert near.code == 0, near.err
    assert near.document["encoder"] == f"hf:{tmp_path / 'near'}"
    assert fewrec("fit", store, "--encoder", f"hf:{tmp_path / 'near'}", "--model", "taste").code == 0


def test_a_ranker_is_distilled_from_prompts_and_from_a_store(bases: dict[str, str], tmp_path: Path) -> None:
    train, judged = prompt_file(tmp_path / "t.json", 40, 0), prompt_file(tmp_path / "v.json", 30, 1)
    found = fewrec(
        *("learn", "distill-ranker", "--teacher", f"llm:{bases['gpt2']}", "--prompts", train, "--judged", judged),
        *("--pairs", "60", "--out", str(tmp_path / "scorer"), "--json"),
    )
    assert found.code == 0, found.err
    assert found.document["pairs"] == 60
    assert found.document["labelled_pairs"] == 30
    assert found.document["times_faster"] > 1
    tested = fewrec(
        *("evaluate", "--protocol", "tallrec", "--train", train, "--valid", judged, "--shots", "8", "--seeds", "1"),
        *("--test", prompt_file(tmp_path / "x.json", 30, 2), "--models", f"scorer:{tmp_path / 'scorer'}", "--json", "-"),
    )
    assert tested.code == 0, tested.err
    assert {row["model"] for row in tested.document["results"]} == {f"scorer:{tmp_path / 'scorer'}"}
