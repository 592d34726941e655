"""What a student kept of its teacher, what it costs, and where it fails: on texts held out."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fewrec.encoders.static import StaticEncoder
from fewrec.encoders.static_files import FILES
from fewrec.llm.distill.measures import mean_cosine, rank_correlation, recall_of_pairs, shared_neighbours
from fewrec.llm.distill.texts import DistillTexts
from fewrec.types import Encoder, Matrix

REPORT = "report.json"
_FEWEST = 20
_WORST = 20
_TIMED = 200


def make_report(
    texts: DistillTexts,
    held_out: NDArray[np.int64],
    theirs: Matrix,
    student: StaticEncoder,
    teacher: Encoder,
    *,
    folder: Path,
    seed: int = 0,
) -> dict[str, Any]:
    """Measured on the student as it was written, int8 and all. ``held_out`` (m,) rows of ``texts``; ``theirs`` (m, D) the teacher's rows."""
    chosen = [texts.texts[row] for row in held_out]
    ours = student.encode(chosen)
    cosines = np.sum(ours * theirs, axis=1)
    shared = shared_neighbours(ours, theirs)
    by_category = {}
    for number, name in enumerate(texts.categories):
        inside = texts.category[held_out] == number
        if np.count_nonzero(inside) >= _FEWEST:
            by_category[name] = {
                "n": int(np.count_nonzero(inside)),
                "cosine": round(float(cosines[inside].mean()), 4),
                "neighbours": round(float(shared[inside].mean()), 4),
            }
    worst = [
        {
            "text": chosen[row][:120],
            "category": texts.categories[texts.category[held_out[row]]],
            "cosine": round(float(cosines[row]), 3),
        }
        for row in np.argsort(cosines)[:_WORST]
    ]
    return {
        "kept": {
            "n": len(chosen),
            "cosine": round(mean_cosine(ours, theirs), 4),
            "neighbours": round(float(shared.mean()), 4),
            "rank_correlation": round(rank_correlation(ours, theirs), 4),
            "pairs": _pairs(texts, held_out, ours, theirs),
        },
        "cost": _cost(chosen, student, teacher, folder, seed),
        "fails": {"categories": dict(sorted(by_category.items(), key=lambda entry: entry[1]["cosine"])), "texts": worst},
    }


def _pairs(texts: DistillTexts, held_out: NDArray[np.int64], ours: Matrix, theirs: Matrix) -> dict[str, Any] | None:
    """How often one side of a held-out pair finds the other among all of them; None with too few pairs."""
    place = np.full(len(texts.texts), -1)
    place[held_out] = np.arange(len(held_out))
    sides = place[texts.pairs]
    sides = sides[(sides >= 0).all(axis=1)]
    sides = sides[np.unique(sides[:, 0], return_index=True)[1]] if len(sides) else sides
    if len(sides) < _FEWEST:
        return None
    measured = {"n": len(sides)}
    return measured | {
        f"{name}_recall@{k}": round(recall_of_pairs(vectors[sides[:, 0]], vectors[sides[:, 1]], k), 4)
        for name, vectors in (("student", ours), ("teacher", theirs))
        for k in (1, 10)
    }


def _cost(chosen: list[str], student: StaticEncoder, teacher: Encoder, folder: Path, seed: int) -> dict[str, float]:
    """Size on disk and texts a second of both, on the same held-out texts in the same run."""
    order = np.random.default_rng(seed).permutation(len(chosen))[:_TIMED]
    timed = [chosen[row] for row in order]
    student.encode(timed[:2])
    teacher.encode(timed[:2])
    rates = {name: _rate(encoder, timed) for name, encoder in (("student", student), ("teacher", teacher))}
    size = sum((folder / name).stat().st_size for name in FILES)
    return {
        "mb": round(size / 1e6, 2),
        "student_texts_per_s": round(rates["student"]),
        "teacher_texts_per_s": round(rates["teacher"]),
        "times_faster": round(rates["student"] / rates["teacher"], 1),
    }


def _rate(encoder: Encoder, texts: list[str]) -> float:
    started = perf_counter()
    encoder.encode(texts)
    return len(texts) / (perf_counter() - started)
