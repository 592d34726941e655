"""A teacher asked about synthetic users, and a ridge regression of its log odds. Source: Hinton et al., 2015, soft targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from scipy.stats import spearmanr

from fewrec.errors import DataError, SettingError
from fewrec.llm.ranker.calibration import auc
from fewrec.llm.ranker_distillation.features import PairFeatures, Space, pair_features
from fewrec.llm.ranker_distillation.student import Student
from fewrec.llm.ranker_distillation.users import History, synthetic_pairs
from fewrec.models.base import Predictor
from fewrec.types import Catalogue, Examples, Rows

Floats = NDArray[np.float64]
Labelled = tuple[Sequence[Examples], Rows, NDArray[np.bool_]]
MIN_PAIRS = 50
_RIDGES = (1.0, 10.0, 100.0, 1000.0)
_MOST = 6.0
"""Log odds beyond this are cut: a teacher that is certain must not outweigh all others."""
_SECONDS = 1.0
"""For how long the student's speed is measured, at least."""


@dataclass(frozen=True, kw_only=True)
class DistillationConfig:
    """Settings of :func:`distil`."""

    pairs: int = 2000
    """Questions put to the teacher, at least 50; the fit costs the cube of their number."""
    max_history: int = 10
    """Likes of a synthetic user, and dislikes, at most."""
    rank: int = 24
    """Principal directions of the items' vectors."""
    seed: int = 0
    """Of the synthetic users."""

    def __post_init__(self) -> None:
        if self.pairs < MIN_PAIRS or self.max_history < 1 or self.rank < 1:
            raise SettingError(
                f"found pairs={self.pairs}, max_history={self.max_history}, rank={self.rank}",
                hint=f"expected at least {MIN_PAIRS}, 1 and 1",
            )


def distil(
    teacher: Predictor,
    catalogue: Catalogue,
    histories: Sequence[History],
    config: DistillationConfig,
    *,
    labelled: Labelled | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Student:
    """``teacher`` must be fitted. ``labelled`` pairs are judged by both for the report, and nothing is learned from them.

    Raises:
        DataError: no history holds an item.
    """
    if not any(len(rows) for history in histories for rows in history):
        raise DataError("there is no history to make users of", hint="ingest events, or give prompts with titles")
    rng = np.random.default_rng(config.seed)
    examples, rows = synthetic_pairs(catalogue, histories, config.pairs, config.max_history, rng)
    started = perf_counter()
    target = np.concatenate(
        [
            _asked(teacher, examples[start : start + 100], rows[start : start + 100], start, config, progress)
            for start in range(0, config.pairs, 100)
        ]
    )
    teacher_rate = config.pairs / max(perf_counter() - started, 1e-9)
    space = Space.of(catalogue, config.rank)
    columns = np.arange(len(catalogue))
    told = pair_features(space, catalogue.vectors, columns, len(catalogue), examples, rows)
    held_out = np.arange(config.pairs) % 5 == 0
    centre = float(target.mean())
    losses = {
        ridges: _loss(told, target - centre, held_out, *ridges)
        for ridges in [(dense, which) for dense in _RIDGES for which in _RIDGES]
    }
    best = min(losses, key=lambda ridges: losses[ridges])
    dense, which = _solve(told, target - centre, np.ones_like(held_out), *best)
    trial = _solve(told, target - centre, ~held_out, *best)
    guess = _predicted(told, *trial)[held_out]
    report: dict[str, Any] = {
        "teacher": teacher.name,
        "pairs": config.pairs,
        "held_out_pairs": int(held_out.sum()),
        "explained": round(1 - losses[best] / max(float(np.square(target[held_out] - centre).mean()), 1e-12), 4),
        "spearman": round(float(spearmanr(guess, target[held_out]).statistic), 4),
        "ridges": list(best),
        "teacher_pairs_per_s": round(teacher_rate, 2),
    }
    student = Student(catalogue.ids, catalogue.fingerprint, space, dense, which, centre, report)
    student_rate = _rate(student, catalogue, examples, rows)
    report |= {"student_pairs_per_s": round(student_rate), "times_faster": round(student_rate / teacher_rate)}
    if labelled is not None:
        report |= _kept(teacher, student, catalogue, labelled)
    return student


def _asked(
    teacher: Predictor,
    examples: Sequence[Examples],
    rows: Rows,
    start: int,
    config: DistillationConfig,
    progress: Callable[[str], None],
) -> Floats:
    if start:
        progress(f"teacher: {start} of {config.pairs} pairs")
    return _log_odds(teacher, examples, rows)


def _log_odds(model: Predictor, examples: Sequence[Examples], rows: Rows) -> Floats:
    chance = np.clip(np.asarray(model.predict(examples, rows), dtype=np.float64), 1e-9, 1 - 1e-9)
    found: Floats = np.clip(np.log(chance / (1 - chance)), -_MOST, _MOST)
    return found


def _solve(told: PairFeatures, target: Floats, chosen: NDArray[np.bool_], dense: float, which: float) -> tuple[Floats, Floats]:
    """Weights of both blocks, in the dual: the pairs are fewer than the columns."""
    own, ids, n = told.dense[chosen], told.which[np.flatnonzero(chosen)], int(chosen.sum())
    gram = own @ own.T / dense + (ids @ ids.T).toarray() / which
    alpha = linalg.solve(gram + np.eye(n), target[chosen], assume_a="pos")
    return own.T @ alpha / dense, np.asarray(ids.T @ alpha) / which


def _predicted(told: PairFeatures, dense: Floats, which: Floats) -> Floats:
    found: Floats = told.dense @ dense + told.which @ which
    return found


def _loss(told: PairFeatures, target: Floats, held_out: NDArray[np.bool_], dense: float, which: float) -> float:
    guess = _predicted(told, *_solve(told, target, ~held_out, dense, which))
    return float(np.square(guess - target)[held_out].mean())


def _rate(student: Student, catalogue: Catalogue, examples: Sequence[Examples], rows: Rows) -> float:
    student.log_odds(catalogue, examples[:1], rows[:1])
    started, n = perf_counter(), 0
    while perf_counter() - started < _SECONDS:
        student.log_odds(catalogue, examples, rows)
        n += len(rows)
    return n / (perf_counter() - started)


def _kept(teacher: Predictor, student: Student, catalogue: Catalogue, labelled: Labelled) -> dict[str, Any]:
    """AUC of both on labelled pairs; the share kept of the AUC, and of what lies above chance."""
    examples, rows, labels = labelled
    theirs = auc(_log_odds(teacher, examples, rows), labels)
    ours = auc(student.log_odds(catalogue, examples, rows), labels)
    if np.isnan(theirs):
        return {"labelled_pairs": len(labels)}
    return {
        "labelled_pairs": len(labels),
        "teacher_auc": round(theirs, 4),
        "student_auc": round(ours, 4),
        "kept": round(ours / theirs, 4),
        "kept_above_chance": round((ours - 0.5) / (theirs - 0.5), 4) if theirs > 0.5 else None,
    }
