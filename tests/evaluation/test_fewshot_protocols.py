"""kshot and cold-items: who is asked what, and what comes out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

import numpy as np
import pytest
from evaluation_worlds import Constant, Parity, Popularity, Random, block_world, catalogue_of

from fewrec.errors import DataError, SettingError
from fewrec.evaluation import PROTOCOLS, ColdItemsSettings, KShotSettings, Run, evaluate
from fewrec.evaluation.protocols.base import RankingDraw
from fewrec.evaluation.protocols.fewshot import FewShot
from fewrec.types import Catalogue, Examples, Interactions

QUIET = Run(progress=False, command="test")
SMALL = KShotSettings(k=(0, 1, 3), train_users=(0, 10, "all"), seeds=2, small_draws=3, replicates=200)
MODELS = {"random": Random, "constant": Constant, "popularity": Popularity, "auto": Parity}


def cell(document: dict, model: str, **where: object) -> dict:
    wanted = {"items": "all", "metric": "ndcg@10", "model": model, **where}
    (row,) = [row for row in document["results"] if all(row[key] == value for key, value in wanted.items())]
    return row


@pytest.fixture(scope="module")
def document() -> dict:
    catalogue, interactions = block_world()
    return evaluate("kshot", MODELS, catalogue=catalogue, interactions=interactions, settings=SMALL, run=QUIET)


def test_who_knows_the_rule_wins(document: dict) -> None:
    """Of the 29 items of her side that are left, a user likes 17, and in a list of ten any order of them is equally good."""
    assert cell(document, "auto", train_users=0, k=1)["mean"] == pytest.approx(17 / 29, abs=0.03)
    assert cell(document, "popularity", train_users=80, k=1)["mean"] < 0.4
    for row in document["comparisons"]:
        if row["metric"] == "ndcg@10" and row["k"] > 0:
            assert row["low"] > 0, row
            assert row["difference"] == pytest.approx(row["mean"] - row["against_mean"])


def test_who_knows_nothing_scores_like_random(document: dict) -> None:
    """Order in the catalogue carries no information, and equal ignorance gives equal lists."""
    for n in (0, 10, 80):
        for k in (0, 1, 3):
            constant, random = cell(document, "constant", train_users=n, k=k), cell(document, "random", train_users=n, k=k)
            assert constant["low"] < random["mean"] < constant["high"] or abs(constant["mean"] - random["mean"]) < 0.06
    # uniform order: expected recall@20 is 20 of the 60 (minus k) candidates
    assert cell(document, "constant", train_users=0, k=0, metric="recall@20")["mean"] == pytest.approx(20 / 60, abs=0.03)
    equal = [row for row in document["comparisons"] if row["against"] == "constant" and row["k"] == 0]
    assert {(row["difference"], row["low"], row["high"]) for row in equal} == {(0.0, 0.0, 0.0)}


def test_the_document_is_the_contract(document: dict) -> None:
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert {"protocol", "dataset", "settings", "results", "comparisons", "notes", "command", "made"} <= set(document)
    assert document["dataset"]["users"] == 100
    assert document["dataset"]["items"] == 60
    assert document["dataset"]["events"] == 2200
    assert document["settings"]["sizes"] == [0, 10, 80]
    assert document["settings"]["draws"] == {"0": [0, 1, 2], "10": [0, 1, 2], "80": [0, 1, 2]}
    keys = [(r["model"], r["train_users"], r["k"], r["items"], r["metric"]) for r in document["results"]]
    assert len(set(keys)) == len(keys) == 4 * 3 * 3 * 7
    for row in document["results"]:
        assert row["low"] <= row["mean"] <= row["high"]
        assert row["fit_s"] >= 0
        assert row["users_per_s"] > 0
    compared = {(r["against"], r["train_users"], r["k"]) for r in document["comparisons"] if r["metric"] == "ndcg@10"}
    assert len(compared) == 3 * 9
    assert {row["k"] for row in document["curves"]} == {0, 1, 3}
    assert any("liked-fraction" in note for note in document["notes"])


def test_curves_follow_the_same_people(document: dict) -> None:
    counts = {(row["train_users"], row["k"]): row["n_users"] for row in document["curves"]}
    assert len(set(counts.values())) == 1


@pytest.fixture(scope="module")
def world() -> tuple[Catalogue, Interactions]:
    return block_world()


def draw_of(
    name: str, world: tuple[Catalogue, Interactions], settings: KShotSettings, number: int = 0
) -> tuple[FewShot, RankingDraw]:
    protocol = PROTOCOLS[name].make(catalogue=world[0], interactions=world[1], settings=settings)
    assert isinstance(protocol, FewShot)
    return protocol, protocol.draw(number)


def test_tested_users_never_teach_and_sets_are_nested(world: tuple[Catalogue, Interactions]) -> None:
    for number in range(3):
        _, draw = draw_of("kshot", world, SMALL, number)
        tested = {case.user_id for batch in draw.batches for case in batch.cases}
        small, large = draw.train(10), draw.train(80)
        assert not tested & set(large.user_ids)
        assert set(small.user_ids) <= set(large.user_ids)
        assert (small.n_users, large.n_users) == (10, 80)
        by_k = {batch.k: {q.user: q for q in batch.cases} for batch in draw.batches}
        for user, case in by_k[3].items():
            positives = set(world[1].item[(world[1].user == user) & (world[1].utility > 0)].tolist())
            shown = set(case.examples.rows.tolist())
            assert len(shown) == 3
            assert set(by_k[1][user].examples.rows.tolist()) < shown
            assert shown | set(case.relevant.tolist()) == positives
            assert not shown & set(case.relevant.tolist())
            times = [float(world[1].time[(world[1].user == user) & (world[1].item == row)][0]) for row in case.examples.rows]
            assert times == sorted(times)


def test_draws_differ_and_rows_of_the_file_do_not_matter(world: tuple[Catalogue, Interactions]) -> None:
    catalogue, events = world
    shuffle = np.random.default_rng(1).permutation(len(events))
    arrays = {name: getattr(events, name)[shuffle] for name in ("user", "item", "utility", "weight", "time")}
    batches = [
        draw_of("kshot", (catalogue, e), SMALL, n)[1].batches
        for e, n in ((events, 0), (dataclasses.replace(events, **arrays), 0), (events, 1))
    ]
    asked = [[(q.user_id, q.examples.rows.tolist()) for batch in p for q in batch.cases] for p in batches]
    assert asked[0] == asked[1]
    assert asked[0] != asked[2]


def test_sampling_comes_after_eligibility() -> None:
    catalogue, events = block_world(n_users=200)
    rng = np.random.default_rng(0)
    keep = (
        (events.utility < 0) | (events.user % 3 > 0) | (rng.random(len(events)) < 0.35)
    )  # a third of the users have about 6 positives
    arrays = {name: getattr(events, name)[keep] for name in ("user", "item", "utility", "weight", "time")}
    few = dataclasses.replace(events, **arrays)
    _, draw = draw_of("kshot", (catalogue, few), dataclasses.replace(SMALL, k=(0, 10), max_test_users=12))
    for batch in draw.batches:
        assert batch.in_results.sum() == 12
        assert batch.in_curves.sum() == 12
        assert all(len(q.relevant) >= 5 for q in batch.cases)
    last = {q.user for q in draw.batches[1].cases}
    assert {q.user for q, c in zip(draw.batches[0].cases, draw.batches[0].in_curves, strict=True) if c} == last


class Recorder(Constant):
    """Remembers what it was given."""

    seen: list[tuple[Interactions, list[Examples]]] = []  # noqa: RUF012 - shared on purpose

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Recorder:
        self.seen.append((interactions, []))
        return super().fit(catalogue, interactions, rng=rng)  # type: ignore[return-value]

    def score(self, examples: Sequence[Examples]) -> np.ndarray:
        self.seen[-1][1].extend(examples)
        return super().score(examples)


def test_cold_items_are_in_nobodys_history(world: tuple[Catalogue, Interactions]) -> None:
    settings = ColdItemsSettings(k=(1, 3), train_users=("all",), seeds=1, small_draws=1, replicates=200)
    _, draw = draw_of("cold-items", world, settings)
    cold = draw.scorer.pools["cold"]
    assert cold.sum() == 12
    assert not cold[draw.train(80).item].any()
    for batch in draw.batches:
        for case in batch.cases:
            assert not cold[case.examples.rows].any()
            assert cold[case.relevant].any()
            assert not cold[case.relevant].all()
    Recorder.seen.clear()
    models = {"auto": Parity, "recorder": Recorder}
    document = evaluate("cold-items", models, catalogue=world[0], interactions=world[1], settings=settings, run=QUIET)
    assert not cold[Recorder.seen[0][0].item].any()
    for items in ("all", "warm", "cold"):
        assert cell(document, "auto", k=3, items=items)["mean"] > cell(document, "recorder", k=3, items=items)["mean"] + 0.15
        assert {row["n_users"] for row in document["results"] if row["k"] == 3} == {
            cell(document, "auto", k=3, items=items)["n_users"]
        }
    assert cell(document, "recorder", k=3, items="cold", metric="uauc")["mean"] == pytest.approx(0.5, abs=0.1)


def test_a_size_above_the_users_there_are_is_skipped_with_a_note(world: tuple[Catalogue, Interactions]) -> None:
    protocol, _ = draw_of("kshot", world, dataclasses.replace(SMALL, train_users=(10, 300, "all", 80)))
    assert list(protocol.sizes) == [10, 80]
    assert any("300" in note and "80" in note for note in protocol.notes)


def test_heavy_models_run_once_and_are_compared_in_that_draw(world: tuple[Catalogue, Interactions]) -> None:
    models = {"auto": Parity, "slow": Popularity}
    settings = dataclasses.replace(SMALL, heavy=frozenset({"slow"}))
    document = evaluate("kshot", models, catalogue=world[0], interactions=world[1], settings=settings, run=QUIET)
    slow = [row for row in document["results"] if row["model"] == "slow"]
    assert {(row["train_users"], row["n_draws"]) for row in slow} == {(80, 1)}
    assert {row["n_draws"] for row in document["comparisons"]} == {1}
    assert any("slow" in note for note in document["notes"])


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"k": (-1,)}, SettingError, "k is -1, expected 0 or more"),
        ({"k": ()}, SettingError, "at least one number"),
        ({"metrics": ("precision",)}, SettingError, "unknown metric 'precision'"),
        ({"train_users": (-3,)}, SettingError, "train_users is -3"),
        ({"seeds": 0}, SettingError, "seeds is 0"),
        ({"held_out": 1.0}, SettingError, "held_out is 1.0"),
        ({"max_test_users": 2}, SettingError, "max_test_users is 2"),
        ({"heavy": frozenset({"nobody"})}, SettingError, "heavy names models that are not evaluated: nobody"),
        ({"k": (50,)}, DataError, "no k of .50. has 5 held-out users with k . 5 positives"),
        ({"train_users": (1000,)}, DataError, "none of the numbers of training users .1000. exists: there are 80"),
    ],
)
def test_bad_settings_say_what_is_wrong(
    world: tuple[Catalogue, Interactions], change: dict, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        evaluate(
            "kshot",
            {"auto": Parity},
            catalogue=world[0],
            interactions=world[1],
            settings=dataclasses.replace(SMALL, **change),
            run=QUIET,
        )


def test_bad_data_says_what_is_wrong(world: tuple[Catalogue, Interactions]) -> None:
    catalogue, events = world
    sad = dataclasses.replace(events, utility=-np.abs(events.utility))
    for broken, says in (
        ((catalogue, sad), "none of the 2200 events is positive"),
        ((catalogue, events.of_users([0])), "1 users with events cannot be split"),
        ((catalogue_of(61), events), "speak of 60 items, the catalogue holds 61"),
        ((catalogue, events.of_users(list(range(12)))), "there are 2 held-out users"),
    ):
        with pytest.raises(DataError, match=says):
            evaluate("kshot", MODELS, catalogue=broken[0], interactions=broken[1], settings=SMALL, run=QUIET)
    with pytest.raises(SettingError, match="unknown protocol 'kshots'"):
        evaluate("kshots", MODELS)
    with pytest.raises(SettingError, match="no models"):
        evaluate("kshot", {}, catalogue=catalogue, interactions=events, settings=SMALL, run=QUIET)


def test_settings_survive_json() -> None:
    settings = KShotSettings(k=(1, 2), heavy=frozenset({"b", "a"}), train_users=(0, "all"))
    assert KShotSettings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    with pytest.raises(SettingError, match="no setting seedz"):
        KShotSettings.from_dict({"seedz": 3})
