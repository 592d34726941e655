"""A model is handed what it may see and nothing else: a cheat that turns every stone finds no answer."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from types import BuiltinFunctionType, FunctionType, ModuleType

import numpy as np
import pytest
from evaluation_worlds import Constant, Parity, block_world
from scipy import sparse

from fewrec.errors import DataError
from fewrec.evaluation import (
    CandidateList,
    CandidatesSettings,
    ColdItemsSettings,
    KShotSettings,
    Run,
    TemporalSettings,
    evaluate,
)
from fewrec.types import Catalogue, Examples, Interactions

QUIET = Run(progress=False)


def reachable(*roots: object) -> list[object]:
    """Everything that can be got at from ``roots``: attributes, members, closures, and the arrays behind views."""
    found: dict[int, object] = {}
    todo = list(roots)
    while todo:
        thing = todo.pop()
        if id(thing) in found or isinstance(thing, (ModuleType, type, FunctionType, BuiltinFunctionType)):
            continue
        found[id(thing)] = thing
        todo += gc.get_referents(thing)
        if isinstance(thing, np.ndarray) and thing.base is not None:
            todo.append(thing.base)
    return list(found.values())


class Cheat(Constant):
    """Notes every pair of user and item it can reach, and every set of rows that stands beside the examples it is asked about."""

    name = "cheat"
    told: list[dict[str, object]] = []  # noqa: RUF012 - shared on purpose: instances do not come back

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Cheat:
        pairs = set()
        for thing in reachable(catalogue, interactions, rng):
            if isinstance(thing, Interactions):
                pairs |= {(thing.user_ids[u], int(i)) for u, i in zip(thing.user, thing.item, strict=True)}
        sizes = {thing.size for thing in reachable(interactions) if isinstance(thing, np.ndarray) and thing.ndim}
        self.told.append({"pairs": pairs, "sizes": sizes, "n_events": len(interactions), "asked": []})
        return super().fit(catalogue, interactions, rng=rng)  # type: ignore[return-value]

    def score(self, examples: Sequence[Examples]) -> np.ndarray:
        for one in examples:
            rows = [thing for thing in reachable(one) if isinstance(thing, np.ndarray) and thing.dtype.kind == "i"]
            self.told[-1]["asked"].append((one.rows.tolist(), sorted({int(row) for array in rows for row in array.ravel()})))  # type: ignore[attr-defined]
        return super().score(examples)


@pytest.fixture(autouse=True)
def _forget() -> None:
    Cheat.told.clear()


def answers(events: Interactions) -> dict[str, set[int]]:
    liked: dict[str, set[int]] = {}
    for u, i, y in zip(events.user, events.item, events.utility, strict=True):
        if y > 0:
            liked.setdefault(events.user_ids[u], set()).add(int(i))
    return liked


def assert_only_examples_are_reachable() -> int:
    n = 0
    for told in Cheat.told:
        for shown, found in told["asked"]:  # type: ignore[attr-defined]
            assert found == sorted(shown)
            n += 1
        assert told["sizes"] <= {0, told["n_events"]}  # no larger array behind a view
    return n


@pytest.mark.parametrize("name", ["kshot", "cold-items"])
def test_held_out_users_cannot_be_found(name: str) -> None:
    catalogue, events = block_world()
    settings = {"kshot": KShotSettings, "cold-items": ColdItemsSettings}[name](
        k=(0, 3), train_users=(10, "all"), seeds=1, small_draws=2, replicates=100
    )
    evaluate(name, {"cheat": Cheat}, catalogue=catalogue, interactions=events, settings=settings, run=QUIET)
    assert len(Cheat.told) == 4
    assert assert_only_examples_are_reachable() > 100
    for told in Cheat.told:
        users = {user for user, _ in told["pairs"]}  # type: ignore[attr-defined]
        assert len(users) in {10, 80}


def test_the_future_cannot_be_found() -> None:
    catalogue, events = block_world()
    settings = TemporalSettings(seeds=1, small_draws=1, replicates=100)
    document = evaluate(
        "temporal",
        {"cheat": Cheat},
        catalogue=catalogue,
        interactions=events,
        times_are_real=True,
        settings=settings,
        run=QUIET,
    )
    (told,) = Cheat.told
    cut = document["dataset"]["split_time"]
    future = {(events.user_ids[u], int(i)) for u, i, t in zip(events.user, events.item, events.time, strict=True) if t >= cut}
    assert future
    assert not future & told["pairs"]  # type: ignore[operator]
    assert assert_only_examples_are_reachable() > 50


def test_targets_cannot_be_found() -> None:
    catalogue, events = block_world()
    liked = answers(events)
    lists = [
        CandidateList(user, catalogue.ids[min(rows)], tuple(catalogue.ids[i] for i in range(20)))
        for user, rows in liked.items()
        if min(rows) < 20
    ]
    settings = CandidatesSettings(train_users=(0, "all"), seeds=1, small_draws=1, replicates=100)
    evaluate(
        "candidates", {"cheat": Cheat}, catalogue=catalogue, interactions=events, lists=lists, settings=settings, run=QUIET
    )
    targets = {(one.user_id, catalogue.row_of[one.target]) for one in lists}
    for told in Cheat.told:
        assert not targets & told["pairs"]  # type: ignore[operator]
    assert Cheat.told[0]["pairs"] == set()
    assert assert_only_examples_are_reachable() == 2 * len(lists)


class Vandal(Constant):
    name = "vandal"

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Vandal:
        catalogue.vectors[0] += 1
        return super().fit(catalogue, interactions, rng=rng)  # type: ignore[return-value]


class Broken(Constant):
    name = "broken"
    value: Callable[[tuple[int, int]], np.ndarray] = staticmethod(lambda shape: np.full(shape, np.nan))

    def score(self, examples: Sequence[Examples]) -> np.ndarray:
        return self.value((len(examples), self.n_items))


class Short(Broken):
    name = "short"
    value = staticmethod(lambda shape: np.zeros((shape[0], shape[1] - 1)))


@pytest.mark.parametrize(
    ("model", "says"),
    [(Vandal, "vandal changed the catalogue"), (Broken, "broken scored .* NaN"), (Short, "short returned scores of shape")],
)
def test_a_model_that_misbehaves_is_named(model: type[Constant], says: str) -> None:
    catalogue, events = block_world()
    settings = KShotSettings(k=(1,), train_users=("all",), seeds=1, small_draws=1, replicates=100)
    with pytest.raises(DataError, match=says):
        evaluate("kshot", {"m": model}, catalogue=catalogue, interactions=events, settings=settings, run=QUIET)


class Scribbler(Parity):
    """Overwrites its own copies, which nobody else reads."""

    name = "scribbler"

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Scribbler:
        interactions.utility[:] = 0
        return super().fit(catalogue, interactions, rng=rng)  # type: ignore[return-value]

    def score(self, examples: Sequence[Examples]) -> np.ndarray:
        found = super().score(examples)
        for one in examples:
            one.rows[:] = 0
        return found


def test_a_model_that_overwrites_its_input_harms_nobody() -> None:
    catalogue, events = block_world()
    settings = KShotSettings(k=(1,), train_users=("all",), seeds=1, small_draws=1, replicates=100)
    models = {"scribbler": Scribbler, "auto": Parity}
    document = evaluate("kshot", models, catalogue=catalogue, interactions=events, settings=settings, run=QUIET)
    assert {row["difference"] for row in document["comparisons"]} == {0.0}
    assert sparse.issparse(events.likes)
    assert (events.utility != 0).all()
