"""``fewrec evaluate``: documents, pages, and flags that do not go together."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_runs import failed, fewrec

from fewrec import sample
from fewrec.models.registry import factory_of
from fewrec.sources import code_version

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
        ((*FILES, "--metrics", "charm"), "unknown metric 'charm'"),
        ((*FILES, "--metrics", "auc"), "uauc is the mean over users"),
        ((*FILES, "--metrics", ","), "metrics is ()"),
        ((*FILES, "--compared", "mrr,charm"), "compared is 'charm'"),
        ((*FILES, "--compared", "novelty"), "compared is 'novelty'"),
        ((*FILES, "--k", "all"), "k is 'all'"),
        ((*FILES, "--train-users", "-3"), "train_users is -3"),
        ((*FILES, "--max-test-users", "3"), "max_test_users is 3, expected at least 5"),
        ((*FILES, "--train-users", "5000", *QUICK), "none of the numbers of training users [5000] exists: there are 32"),
        ((*FILES, "--k", "60", *QUICK), "no k of [60] has 5 held-out users with k + 5 positives"),
    ],
)
def test_flags_that_cannot_be(argv: tuple[str, ...], said: str) -> None:
    failed(outcome := fewrec("evaluate", *argv), said)
    assert "hint: " in outcome.err


def events_file(folder: Path, name: str, rows: list[str]) -> str:
    """The rows of the sample's events that are asked for, in a file of their own."""
    path = folder / name
    path.write_text("".join([Path(FILES[3]).read_text(encoding="utf-8").splitlines(keepends=True)[0], *rows]), encoding="utf-8")
    return str(path)


ROWS = Path(FILES[3]).read_text(encoding="utf-8").splitlines(keepends=True)[1:]


def test_too_few_users(tmp_path: Path) -> None:
    user = ROWS[0].split(",")[0]
    few = events_file(tmp_path, "few.csv", [row for row in ROWS if row.split(",")[0] == user])
    asked = ("evaluate", *FILES[:2], "--events", few, *QUICK)
    failed(fewrec(*asked), "1 users with events cannot be split into 20%", "hint: an evaluation needs at least ten users")
    failed(fewrec(*asked, "--protocol", "temporal"), "expected at least 1 and 5", "hint: move the split")


def test_no_positives(tmp_path: Path) -> None:
    dull = events_file(tmp_path, "dull.csv", [row for row in ROWS if ",dislike," in row or is_low(row)])
    failed(
        fewrec("evaluate", *FILES[:2], "--events", dull, *QUICK), "is positive", "hint: positive events: ratings of at least 4"
    )


def is_low(row: str) -> bool:
    _, _, event, value, *_ = row.split(",")
    return event == "rating" and float(value) < 4


def test_test_events_that_were_learned_from(tmp_path: Path) -> None:
    test = events_file(tmp_path, "test.csv", ROWS[:40])
    outcome = fewrec("evaluate", "--protocol", "labels", *FILES, "--test-events", test, "--models", "random")
    failed(outcome, "40 pairs of user and item stand in the training and in the test events, for example user", "hint: remove")


def test_compared_is_what_was_named(tmp_path: Path) -> None:
    models = ("--models", "auto,popularity", "--seeds", "1", "--k", "0", "--train-users", "0", "--max-test-users", "5")
    asked = ("evaluate", *FILES, *models, "--cache", str(tmp_path), "--json", "-")
    for flags, metrics in [
        ((), {"ndcg@10"}),
        (("--compared", "mrr,uauc"), {"mrr", "uauc"}),
        (("--compared", "all"), {"ndcg@10", "recall@20", "mrr", "uauc"}),
    ]:
        document = fewrec(*asked, *flags).document
        assert {row["metric"] for row in document["comparisons"]} == metrics == set(document["settings"]["compared"])
        assert document["made"]["versions"]["models"]["auto"] == code_version(factory_of("auto"))
    assert len(list((tmp_path / "auto").glob("*.npz"))) == 10  # the draws; what is compared is no part of a cell


def test_cold_items(tmp_path: Path) -> None:
    """New items alone, all items and old items alone, for the same users; popularity knows nothing of the new ones."""
    page = tmp_path / "r.html"
    grid = ("--k", "0,1", "--train-users", "10,all", "--seeds", "2", "--html", str(page), "--json", "-")
    models = ("--models", "random,popularity,content,auto", "--metrics", "ndcg@10,uauc,coverage")
    document = fewrec("evaluate", *FILES, "--protocol", "cold-items", *grid, *models).document
    assert document["settings"]["cold"] == 0.2
    cells = {
        (row["model"], row["train_users"], row["k"], row["items"]): row
        for row in document["results"]
        if row["metric"] == "uauc"
    }
    for model in ("random", "popularity", "content", "auto"):
        for n, k in ((10, 0), (10, 1), (32, 0), (32, 1)):
            asked = {items: cells[model, n, k, items]["n_users"] for items in ("all", "cold", "warm")}
            assert len(set(asked.values())) == 1
    for n in (10, 32):
        cold, chance = (cells[model, n, 0, "cold"]["mean"] for model in ("popularity", "random"))
        assert cold == pytest.approx(chance, abs=1e-12)  # equal scores are ordered by the same keys
        assert cells["popularity", n, 0, "warm"]["mean"] > cells["random", n, 0, "warm"]["mean"]
    assert {row["items"] for row in document["comparisons"]} == {"all", "cold", "warm"}
    text = page.read_text(encoding="utf-8")
    assert text.count("Differences to the best peer: ndcg@10") == 3


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
