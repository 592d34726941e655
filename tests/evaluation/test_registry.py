"""Protocols and metrics are declared once: settings, command line, docs and packaging follow the declarations."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
import typer
from evaluation_worlds import Parity, Popularity, block_world

from fewrec.cli.app import app
from fewrec.errors import SettingError
from fewrec.evaluation import PROTOCOLS, KShotSettings, Run, evaluate
from fewrec.evaluation.metrics import Ranked, parse_metric
from fewrec.evaluation.metrics.plugged import OWN
from fewrec.evaluation.registry import protocol_entry, protocol_table, special_options

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]


def hit_rate(lists: Ranked, at: int) -> np.ndarray:
    """A metric of somebody else: 1 where one of the first ``at`` items is relevant."""
    hits = np.zeros(len(lists))
    np.maximum.at(hits, lists.owner, (lists.ranks <= at).astype(float))
    return hits


def rank_of_first(lists: Ranked, at: int) -> np.ndarray:
    best = np.full(len(lists), np.inf)
    np.minimum.at(best, lists.owner, lists.ranks.astype(float))
    return best


rank_of_first.better = "lower"


def scalar(lists: Ranked, at: int) -> float:
    return 0.5


@pytest.mark.parametrize("name", PROTOCOLS)
def test_an_entry_resolves_and_fits_its_settings(name: str) -> None:
    entry = protocol_entry(name)
    known = {each.name for each in fields(entry.settings)}
    assert {option.name for option in entry.options} <= known
    assert entry.settings.family in {"ranked", "labelled", "decoded", "requests"}
    assert all(entry.question)
    assert {"all"} <= set(entry.subjects)
    assert not {option.name for option in entry.files} & {"items", "events"}


def test_the_command_line_offers_what_the_registry_declares() -> None:
    command = typer.main.get_command(app).commands["evaluate"]
    helps = {parameter.name: getattr(parameter, "help", "") for parameter in command.params}
    for name, (_, text) in special_options().items():
        assert helps[name] == text
    assert helps["protocol"] == ", ".join(PROTOCOLS) + "."


def test_the_docs_hold_the_table_of_the_registry() -> None:
    assert protocol_table() in (ROOT / "docs" / "concepts" / "evaluation.md").read_text(encoding="utf-8")


def test_the_registry_loads_no_numpy() -> None:
    code = "import sys, fewrec.evaluation.registry; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_protocol_names_the_others() -> None:
    with pytest.raises(SettingError, match="unknown protocol 'oracle'") as caught:
        evaluate("oracle", {"a": Parity})
    assert "kshot" in caught.value.hint


def test_our_metrics_are_entry_points_as_anybody_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["fewrec.metrics"] == dict(OWN)
    for name in OWN:
        function = parse_metric(f"{name}@10" if name in {"ndcg", "recall"} else name, "ranked").function
        assert function is not None
        assert list(signature(function).parameters) == ["ranked", "at"]


def test_a_metric_by_module_and_name_is_evaluated_beside_ours() -> None:
    catalogue, events = block_world()
    names = (f"{__name__}:hit_rate@10", f"{__name__}:rank_of_first", "recall@10", "mrr")
    settings = KShotSettings(
        k=(1,), train_users=(10,), seeds=1, small_draws=1, replicates=100, metrics=names, compared=names[:2]
    )
    models = {"auto": Parity, "popularity": Popularity}
    document = evaluate("kshot", models, catalogue=catalogue, interactions=events, settings=settings, run=Run(progress=False))
    found = {(row["model"], row["metric"]): row["mean"] for row in document["results"]}
    assert found["auto", names[0]] >= found["auto", "recall@10"] > 0
    assert found["auto", names[1]] >= 1 / found["auto", "mrr"]  # the mean of 1 / r is at least 1 / the mean of r
    assert {row["metric"]: row["better"] for row in document["comparisons"]} == {names[0]: "higher", names[1]: "lower"}


def test_what_is_no_metric_says_why() -> None:
    with pytest.raises(SettingError, match="cannot be loaded"):
        parse_metric("nowhere.at_all:hits", "ranked")
    with pytest.raises(SettingError, match="cannot be loaded"):
        parse_metric(f"{__name__}:missing", "ranked")
    with pytest.raises(SettingError, match="expected a function"):
        parse_metric(f"{__name__}:ROOT", "ranked")
    catalogue, events = block_world()
    settings = KShotSettings(k=(1,), train_users=(10,), seeds=1, small_draws=1, replicates=100, metrics=(f"{__name__}:scalar",))
    with pytest.raises(SettingError, match="expected shape"):
        evaluate(
            "kshot", {"auto": Parity}, catalogue=catalogue, interactions=events, settings=settings, run=Run(progress=False)
        )
