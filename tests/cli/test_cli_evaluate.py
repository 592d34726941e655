"""``fewrec evaluate``: documents, pages, and flags that do not go together."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_runs import failed, fewrec

from fewrec import sample

FILES = ("--items", str(sample.path("items.csv")), "--events", str(sample.path("events.csv")))
QUICK = ("--models", "popularity,random", "--seeds", "1", "--metrics", "ndcg@10")


def test_kshot_on_a_store(fitted: str, tmp_path: Path) -> None:
    page, file = tmp_path / "r.html", tmp_path / "r.json"
    grid = ("--k", "0,1", "--train-users", "0,all", "--max-test-users", "6")
    written = ("--html", str(page), "--json", str(file))
    outcome = fewrec("evaluate", fitted, "--protocol", "kshot", *grid, *QUICK, *written)
    assert outcome.code == 0
    assert "popularity" in outcome.out
    assert page.read_text(encoding="utf-8").lstrip().startswith("<!")
    document = fewrec("evaluate", fitted, *grid, *QUICK, "--json", "-").document
    assert document["protocol"] == "kshot"
    rows = [row for row in document["results"] if row["model"] == "popularity"]
    assert {(row["train_users"], row["k"]) for row in rows} == {(0, 0), (0, 1), (32, 0), (32, 1)}
    for row in document["results"]:
        assert row["low"] <= row["mean"] <= row["high"]
        assert {"items", "metric", "n_users", "fit_s", "users_per_s"} <= set(row)


def test_temporal_on_files() -> None:
    document = fewrec("evaluate", *FILES, "--protocol", "temporal", *QUICK, "--json", "-").document
    assert document["protocol"] == "temporal"
    assert document["dataset"]["items"] == 66


def test_labels_on_files(tmp_path: Path) -> None:
    rows = Path(FILES[3]).read_text(encoding="utf-8").splitlines(keepends=True)
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    train.write_text("".join([rows[0], *(row for n, row in enumerate(rows[1:]) if n % 4)]), encoding="utf-8")
    test.write_text("".join([rows[0], *rows[1::4]]), encoding="utf-8")
    data = (*FILES[:2], "--events", str(train), "--test-events", str(test))
    models = ("--models", "liked-fraction,random", "--seeds", "1")
    document = fewrec("evaluate", "--protocol", "labels", *data, *models, "--json", "-").document
    assert {"auc", "uauc"} <= {row["metric"] for row in document["results"]}


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "no data"),
        (("--protocol", "oracle"), "'oracle'"),
        (("--protocol", "labels"), "--test-events"),
        (("--protocol", "tallrec", "--train", "x.json"), "--valid, --test"),
        ((*FILES, "--shots", "3"), "--shots"),
        ((*FILES, "--candidates", "x.csv"), "--candidates"),
        ((*FILES, "--k", "1,few"), "'few'"),
        ((*FILES, "--k", "-1"), "-1"),
        ((*FILES, "--models", "auto,oracle"), "'oracle'"),
        ((*FILES, "--html", "/no/such/folder/r.html"), "there is no folder"),
        ((*FILES, "--metrics", "charm"), "charm"),
    ],
)
def test_flags_that_cannot_be(argv: tuple[str, ...], said: str) -> None:
    failed(fewrec("evaluate", *argv), said)


@pytest.mark.slow
@pytest.mark.shared
def test_tallrec_and_candidates(shared_data: Path) -> None:
    folder = shared_data / "tallrec-movie"
    prompts = [word for name in ("train", "valid", "test") for word in (f"--{name}", str(folder / f"{name}.json"))]
    users = ("--test-users", str(folder / "test_users.json"), "--shots", "16", "--seeds", "2")
    models = ("--models", "liked-fraction,random")
    document = fewrec("evaluate", "--protocol", "tallrec", *prompts, *users, *models, "--json", "-").document
    auc = {row["model"]: row["mean"] for row in document["results"] if row["metric"] == "auc"}
    assert auc["liked-fraction"] > 0.65 > auc["random"]
    games = shared_data / "games"
    data = ("--items", str(games / "items.csv"), "--events", str(games / "events.csv"))
    asked = ("--candidates", str(games / "candidates_200.csv"), "--train-users", "0", "--seeds", "1")
    document = fewrec("evaluate", "--protocol", "candidates", *data, *asked, *models, "--json", "-").document
    assert {"ndcg@10"} <= {row["metric"] for row in document["results"]}
