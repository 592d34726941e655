"""``fewrec learn distill``, and the encoder that ``fewrec fit`` takes when none is named."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from cli_runs import failed, fewrec

SETTINGS = ("--pieces", "400", "--width", "8", "--hidden", "8", "--epochs", "1", "--batch", "32")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("texts") / "colours.txt"
    words = (
        "red",
        "green",
        "old",
        "new",
        "fast",
        "slow",
        "happy",
        "sad",
        "tall",
        "short",
        "warm",
        "cold",
        "loud",
        "calm",
        "rich",
        "poor",
    )
    things = ("car", "house", "river", "song", "doctor", "film", "电影", "音乐", "河流", "医生", "房子", "汽车", "游戏", "书")
    path.write_text("".join(f"{word} {thing}\n" for word in words for thing in things), encoding="utf-8")
    return str(path)


def test_distill_makes_an_encoder_and_reports(texts: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    student = str(tmp_path / "student")
    outcome = fewrec("learn", "distill", "--teacher", "default", "--student", student, "--texts", texts, *SETTINGS, "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.document["student"] == student
    assert outcome.document["kept"]["n"] >= 10
    assert "teacher's vectors" in outcome.err
    shown = fewrec("learn", "distill", "--student", student, "--texts", texts, *SETTINGS)  # all its work is there already
    assert shown.code == 0, shown.err
    assert [line.split(":")[0].split(",")[0].split(" in ")[0] for line in shown.out.splitlines()][:2] == ["kept", "costs"]
    assert f"--encoder static:{student}" in shown.out


def test_distill_from_files_that_are_not_there(tmp_path: Path) -> None:
    failed(
        fewrec("learn", "distill", "--student", str(tmp_path / "s"), "--texts", str(tmp_path / "no.txt")), "no.txt", "--texts"
    )


def test_a_fit_chooses_fast_above_so_many_items_and_honours_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fewrec.encoders.registry.MANY_TEXTS", 3)
    monkeypatch.setattr("fewrec.recommender.MANY_TEXTS", 3)
    store, items = str(tmp_path / "store"), tmp_path / "items.csv"
    pl.DataFrame({"item_id": ["1", "2", "3", "4"], "title": ["Alien", "Heat", "红高粱", "Amélie"]}).write_csv(items)
    assert fewrec("ingest", store, "--items", str(items)).code == 0
    chosen = fewrec("fit", store, "--model", "taste", "--json")
    assert chosen.document["encoder"] == "fast"
    assert any("encoded with fast" in note for note in chosen.document["notes"])
    assert "encoded with fast" in chosen.err
    assert fewrec("recommend", store, "--like", "1", "--json").code == 0  # the stored fit's own encoder
    named = fewrec("fit", store, "--model", "taste", "--encoder", "default", "--json")
    assert named.document["encoder"] == "default"
    assert not any("encoded with fast" in note for note in named.document["notes"])
