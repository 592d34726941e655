"""From cells to the document of the contract: results, curves, comparisons, and everything needed to run it again."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from importlib.metadata import version
from statistics import median
from typing import Any

import numpy as np

from fewrec import __version__
from fewrec.evaluation.bootstrap import Replicates, Resampler, WeightsOf, interval
from fewrec.evaluation.comparing import Difference, simultaneous
from fewrec.evaluation.metrics import parse_metric
from fewrec.evaluation.outcomes import Block, Cell
from fewrec.evaluation.protocols.base import EvaluationProtocol
from fewrec.evaluation.runner import Run
from fewrec.evaluation.seeds import derived_rng
from fewrec.evaluation.settings import Count

TRIVIAL = ("random", "popularity", "item-mean", "liked-fraction")
"""Baselines that stand in every report."""

DECODER_CONTROLS = ("phrases:banned", "phrases:stranger")
"""Controls of ``round-trip`` that a report should hold; a note names those that were not run."""

Key = tuple[str, int, Count, str]
"""(section, training users, k, items): a cell of the table."""


def build_document(
    protocol: EvaluationProtocol, models: Sequence[str], cells: Sequence[Cell], run: Run, seconds: float
) -> dict[str, Any]:
    """The JSON-ready document. ``models`` in the caller's order, which rows keep."""
    settings = protocol.settings
    table = _by_key(cells)
    users = np.concatenate(
        [outcome.block.users for cell in cells for outcome in cell.outcomes] or [np.zeros(0, dtype=np.int64)]
    )
    resampler = Resampler(users, settings.replicates, derived_rng("bootstrap", settings.seed))
    timing = _Timing(cells)
    sections: dict[str, list[dict[str, Any]]] = {"results": [], "curves": []}
    pairs: list[dict[str, Any]] = []
    differences: list[Difference] = []
    for key in sorted(table, key=_reading_order):
        weights_of = WeightsOf(resampler)
        measured = {m: Replicates(table[key][m], resampler, weights_of) for m in models if m in table[key]}
        for model, replicates in measured.items():
            sections[key[0]] += _rows(key, model, replicates, settings.metrics, timing)
        if key[0] == "results" and settings.champion in measured:
            for row, difference in _differences(key, settings.champion, measured, settings.comparing, settings.family):
                pairs.append(row)
                differences.append(difference)
    intervals, critical = simultaneous(differences, resampler)
    for row, found in zip(pairs, intervals, strict=True):
        row |= {"difference": found.estimate, "low": found.low, "high": found.high}
    notes = [*_caveats(protocol, models, sections["results"]), *protocol.notes]
    notes += list(dict.fromkeys(note for cell in cells for note in cell.notes))
    return {
        "protocol": protocol.name,
        "dataset": protocol.dataset | {"hash": protocol.data_hash},
        "settings": settings.to_dict()
        | {"models": list(models), "sizes": list(protocol.sizes)}
        | {"draws": {str(n): list(range(protocol.draws(n))) for n in protocol.sizes}, "jobs": run.jobs}
        | {"compared": list(settings.comparing)}
        | {"critical_value": critical if pairs else None, "n_comparisons": len(pairs)},
        "results": sections["results"],
        "curves": sections["curves"],
        "comparisons": pairs,
        "notes": notes,
        **_samples(cells, models),
        "command": run.command or shlex.join(sys.argv),
        "made": {"at": datetime.now(timezone.utc).isoformat(timespec="seconds"), "seconds": round(seconds, 3), **_machine(run)},
    }


def _by_key(cells: Sequence[Cell]) -> dict[Key, dict[str, dict[int, Block]]]:
    """Cell of the table -> model -> draw -> block."""
    table: dict[Key, dict[str, dict[int, Block]]] = {}
    for cell in cells:
        for outcome in cell.outcomes:
            key = (outcome.section, cell.train_users, outcome.k, outcome.items)
            table.setdefault(key, {}).setdefault(cell.model, {})[cell.draw] = outcome.block
    return table


def _reading_order(key: Key) -> tuple[str, str, int, bool, int]:
    section, n, k, items = key
    return section, items, n, k == "all", 0 if k == "all" else int(k)


class _Timing:
    """Medians over draws: seconds to fit, users scored a second."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._fit: dict[tuple[str, int], list[float]] = {}
        self._rate: dict[tuple[str, int, Count], list[float]] = {}
        for cell in cells:
            self._fit.setdefault((cell.model, cell.train_users), []).append(cell.fit_s)
            for outcome in cell.outcomes:
                self._rate.setdefault((cell.model, cell.train_users, outcome.k), []).append(outcome.users_per_s)

    def of(self, model: str, n: int, k: Count) -> dict[str, float]:
        """``fit_s`` and ``users_per_s`` for one row of the document."""
        return {"fit_s": median(self._fit[model, n]), "users_per_s": median(self._rate[model, n, k])}


def _rows(key: Key, model: str, replicates: Replicates, metrics: Sequence[str], timing: _Timing) -> list[dict[str, Any]]:
    _, n, k, items = key
    rows = []
    for metric in metrics:
        draws = replicates.draws_with(metric)
        if draws:
            mean, low, high = interval(replicates.statistic(metric, draws))
            row = {"model": model, "train_users": n, "k": k, "items": items, "metric": metric}
            row |= {
                "mean": mean,
                "low": low,
                "high": high,
                "n_users": replicates.users_of(metric, draws),
                "n_draws": len(draws),
            }
            rows.append(row | timing.of(model, n, k))
    return rows


def _differences(
    key: Key, champion: str, measured: dict[str, Replicates], metrics: Sequence[str], family: str
) -> list[tuple[dict[str, Any], Difference]]:
    """The champion minus each other model, in the draws that both have, on metrics where one direction is better."""
    _, n, k, items = key
    found = []
    for against, other in measured.items():
        for metric in metrics if against != champion else ():
            better = parse_metric(metric, family).better
            own = measured[champion].draws_with(metric)
            draws = [draw for draw in other.draws_with(metric) if draw in own]
            if better is None or not draws:
                continue
            mine, theirs = measured[champion].statistic(metric, draws)[0], other.statistic(metric, draws)[0]
            difference = Difference.between(measured[champion], other, metric, draws, group=(n, items, metric), peer=against)
            row = {
                "model": champion,
                "against": against,
                "train_users": n,
                "k": k,
                "items": items,
                "metric": metric,
                "better": better,
            }
            row |= {"n_users": other.users_of(metric, draws), "n_draws": len(draws)}
            found.append((row | {"mean": float(mine), "against_mean": float(theirs)}, difference))
    return found


def _samples(cells: Sequence[Cell], models: Sequence[str]) -> dict[str, Any]:
    """``samples``: answers in words, where there are any, in the caller's order of models."""
    found = [
        {"model": cell.model, **sample} for model in models for cell in cells if cell.model == model for sample in cell.samples
    ]
    return {"samples": found} if found else {}


def _caveats(protocol: EvaluationProtocol, models: Sequence[str], rows: Sequence[dict[str, Any]]) -> list[str]:
    """What a reader should know before the numbers."""
    settings = protocol.settings
    notes = []
    if settings.champion not in models:
        notes.append(f"no comparisons: the model {settings.champion!r} was not among {', '.join(models)}")
    if settings.family == "decoded":
        if missing := [name for name in DECODER_CONTROLS if name not in models]:
            notes.append(f"controls that were not run: {', '.join(missing)}")
    elif missing := [name for name in (TRIVIAL[:2] if settings.family == "requests" else TRIVIAL) if name not in models]:
        notes.append(f"trivial baselines that were not run: {', '.join(missing)}")
    if heavy := [name for name in models if name in settings.heavy]:
        notes.append(
            f"{', '.join(heavy)}: largest number of training users and one draw only; compare through `comparisons`, which use that draw for both"
        )
    if rows and (fewest := min(row["n_users"] for row in rows)) < 30:
        notes.append(f"some cells rest on as few as {fewest} users; read their intervals before their means")
    if any(protocol.draws(n) == 1 for n in protocol.sizes):
        notes.append("one draw only: the intervals say nothing about other training users or other random choices")
    return notes


def _machine(run: Run) -> dict[str, Any]:
    packages = {name: version(name) for name in ("numpy", "scipy", "polars")}
    threads = os.environ.get("OMP_NUM_THREADS")
    return {
        "versions": {"fewrec": __version__, "python": platform.python_version(), **packages, "models": dict(run.versions)},
        "machine": {"system": platform.platform(), "cores": os.cpu_count(), "omp_num_threads": threads},
    }
