"""Protocols whose cases come from a file or a moment: temporal, labels, candidates."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from evaluation_worlds import Constant, Parity, ParityPredictor, Popularity, block_world

from fewrec.errors import DataError
from fewrec.evaluation import (
    CandidateList,
    CandidatesSettings,
    LabelsSettings,
    Run,
    TemporalSettings,
    evaluate,
    read_candidates,
)
from fewrec.evaluation.protocols.candidates import Candidates
from fewrec.evaluation.protocols.temporal import Temporal
from fewrec.evaluation.splits import entries
from fewrec.types import Interactions

QUIET = Run(progress=False)
MODELS = {"constant": Constant, "popularity": Popularity, "auto": Parity}
WORLD = block_world()


def rows_of(document: dict, model: str, metric: str) -> dict[tuple[object, str], float]:
    return {(r["k"], r["items"]): r["mean"] for r in document["results"] if r["model"] == model and r["metric"] == metric}


def test_temporal_shows_the_past_and_asks_for_the_future() -> None:
    catalogue, events = WORLD
    settings = TemporalSettings(k=("all", 2, 0), seeds=1, small_draws=1, replicates=200)
    protocol = Temporal(catalogue, events, times_are_real=True, settings=settings)
    draw = protocol.draw(0)
    assert [batch.k for batch in draw.batches] == [0, 2, "all"]
    assert draw.train(100).time.max() < protocol.cut
    for batch in draw.batches:
        for case in batch.cases:
            own = events.user == case.user
            assert (events.time[own & np.isin(events.item, case.relevant)] >= protocol.cut).all()
            before = events.item[own & (events.time < protocol.cut)]
            assert set(case.excluded.tolist()) == set(before.tolist())
            shown = case.examples.rows.tolist()
            assert len(shown) == (len(before) if batch.k == "all" else batch.k)
            last = before[np.argsort(events.time[own & (events.time < protocol.cut)])]
            assert shown == last.tolist()[len(last) - len(shown) :]
    document = evaluate(
        "temporal", MODELS, catalogue=catalogue, interactions=events, times_are_real=True, settings=settings, run=QUIET
    )
    assert rows_of(document, "auto", "uauc")["all", "all"] > 0.75
    assert rows_of(document, "constant", "uauc")["all", "all"] == pytest.approx(0.5, abs=0.06)
    assert document["dataset"]["events_before"] + document["dataset"]["events_after"] == 2200


def test_temporal_needs_times() -> None:
    catalogue, events = WORLD
    with pytest.raises(DataError, match="not points in time"):
        Temporal(catalogue, events, times_are_real=False)
    undated = dataclasses.replace(events, time=np.full(len(events), np.nan))
    with pytest.raises(DataError, match="no event has a timestamp"):
        Temporal(catalogue, undated, times_are_real=True)
    at_once = dataclasses.replace(events, time=np.full(len(events), 1.6e9))
    with pytest.raises(DataError, match="0 users with events before it"):
        Temporal(catalogue, at_once, times_are_real=True)


def split_pairs(seed: int = 0) -> tuple[Interactions, Interactions]:
    events = WORLD[1]
    test = np.random.default_rng(seed).random(len(events)) < 0.3
    return entries(events, ~test & (events.item < 55)), entries(events, test)


def test_labels_from_scores_and_from_probabilities() -> None:
    train, test = split_pairs()
    models = {"constant": Constant, "auto": ParityPredictor, "scores": Parity}
    settings = LabelsSettings(seeds=2, small_draws=2, replicates=300, compared=("all",))
    document = evaluate("labels", models, catalogue=WORLD[0], interactions=train, test=test, settings=settings, run=QUIET)
    for model in ("auto", "scores"):
        for metric in ("auc", "uauc"):
            assert set(rows_of(document, model, metric).values()) == {1.0}
    assert rows_of(document, "auto", "log-loss")["all", "all"] == pytest.approx(-np.log(0.9))
    assert rows_of(document, "auto", "calibration-error")["all", "all"] == pytest.approx(0.1, abs=1e-6)
    assert rows_of(document, "scores", "log-loss")["all", "all"] < 0.15  # the curve was learned on training users
    assert rows_of(document, "constant", "auc")["all", "all"] == 0.5
    share = (test.utility > 0).mean()
    assert rows_of(document, "constant", "log-loss")["all", "all"] == pytest.approx(
        -share * np.log(share) - (1 - share) * np.log(1 - share), abs=0.01
    )
    assert {items for _, items in rows_of(document, "auto", "auc")} == {"all", "warm", "cold"}
    assert {row["better"] for row in document["comparisons"] if row["metric"] == "log-loss"} == {"lower"}
    assert not any(row["metric"] == "calibration-error" for row in document["comparisons"])


def test_labels_refuses_overlap_and_one_class() -> None:
    train, test = split_pairs()
    with pytest.raises(
        DataError, match=r"pairs of user and item stand in the training and in the test events, for example user 'u0"
    ):
        evaluate("labels", MODELS, catalogue=WORLD[0], interactions=WORLD[1], test=test, run=QUIET)
    liked = entries(test, test.utility > 0)
    with pytest.raises(DataError, match="0 disliked test pairs"):
        evaluate("labels", MODELS, catalogue=WORLD[0], interactions=train, test=liked, run=QUIET)


def test_labels_without_dislikes_in_training_gives_no_probabilities() -> None:
    train, test = split_pairs()
    document = evaluate(
        "labels",
        {"auto": Parity},
        catalogue=WORLD[0],
        interactions=entries(train, train.utility > 0),
        test=test,
        settings=LabelsSettings(seeds=1, small_draws=1, replicates=100),
        run=QUIET,
    )
    assert {row["metric"] for row in document["results"]} == {"auc", "uauc"}
    assert any("could not be calibrated" in note for note in document["notes"])


def candidate_lists() -> list[CandidateList]:
    """One liked item of each user among items of the other side."""
    catalogue, events = WORLD
    lists = []
    for user in range(40):
        target = int(events.item[(events.user == user) & (events.utility > 0)][0])
        others = [row for row in range(1 - user % 2, 40, 2) if row != target]
        lists.append(
            CandidateList(f"u{user:03d}", catalogue.ids[target], tuple(catalogue.ids[row] for row in (*others, target)))
        )
    return lists


def test_candidates_are_ranked_without_the_target_in_the_history() -> None:
    catalogue, events = WORLD
    lists = [*candidate_lists(), CandidateList("stranger", catalogue.ids[0], catalogue.ids[:20])]
    settings = CandidatesSettings(train_users=(0, 10, "all"), seeds=2, small_draws=2, replicates=200)
    protocol = Candidates(catalogue, events, lists, settings)
    draw = protocol.draw(0)
    tested = {one.user_id for one in lists}
    assert len(draw.train(0)) == 0
    assert not set(draw.train(10).user_ids) & tested
    assert draw.train(100).n_users == 100
    for case in draw.batches[0].cases:
        assert case.relevant[0] not in case.examples.rows
    document = evaluate(
        "candidates", MODELS, catalogue=catalogue, interactions=events, lists=lists, settings=settings, run=QUIET
    )
    found = [r for r in document["results"] if r["metric"] == "ndcg@10" and r["model"] == "auto"]
    assert {r["train_users"] for r in found} == {0, 10, 100}
    assert min(r["mean"] for r in found) > 0.95
    constant = [r["mean"] for r in document["results"] if r["metric"] == "mrr" and r["model"] == "constant"]
    harmonic = np.mean(1 / np.arange(1, 22))
    assert np.mean(constant) == pytest.approx(harmonic, abs=0.06)  # the target stands last in every list, to no effect
    assert any("have no events at all" in note for note in document["notes"])


def test_candidates_file(tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text("user_id,target,candidates\nu1,7,3 7 5\nu2,4,4 6\n")
    assert read_candidates(file) == [CandidateList("u1", "7", ("3", "7", "5")), CandidateList("u2", "4", ("4", "6"))]
    for text, says in (
        ("user_id,target,candidates\nu1,8,3 7 5\n", r"c.csv:2: the target '8' is not among the 3 candidates"),
        ("user,target\nu1,8\n", "no column candidates, user_id"),
        ("user_id,target,candidates\n", "holds no row"),
    ):
        file.write_text(text)
        with pytest.raises(DataError, match=says):
            read_candidates(file)
    with pytest.raises(DataError, match="there is no file"):
        read_candidates(tmp_path / "nowhere.csv")


def test_candidates_must_be_known_and_distinct() -> None:
    catalogue, events = WORLD
    for items, says in (
        (("i000", "zz"), "item 'zz' is not in the catalogue"),
        (("i000", "i001", "i001"), "'i001' is listed more than once"),
    ):
        with pytest.raises(DataError, match=says):
            Candidates(catalogue, events, [CandidateList("u000", "i000", items)])
