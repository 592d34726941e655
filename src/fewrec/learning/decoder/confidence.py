"""How sure a model must be of a value before it is said: chosen on validation items. Needs torch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fewrec.decoders.lm.choosing import candidates
from fewrec.decoders.lm.clauses import read
from fewrec.decoders.lm.conditioned import ConditionedLM
from fewrec.decoders.lm.generating import write_texts
from fewrec.decoders.sentence import Kind
from fewrec.learning.decoder.pairs import Pairs

GRID = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
BETA = 0.5
"""Of the F-measure: a false value costs more than a missing one."""


def choose_confidence(conditioned: ConditionedLM, validation: Pairs, *, progress: Callable[[str], None]) -> float:
    """The least confidence of :data:`GRID` with the best mean F-measure of values against what should be said."""
    told: list[list[tuple[float, bool]]] = []
    n_wanted = []
    kinds: tuple[Kind, ...] = ("item", "user")
    for kind in kinds:
        rows = [row for row, own in enumerate(validation.kinds) if own == kind]
        texts = write_texts(conditioned, validation.vectors[rows], kind) if rows else []
        for row, written in zip(rows, texts, strict=True):
            wanted = {v.casefold() for clause in read(validation.texts[row], conditioned.lang) for v in clause.values}
            found = candidates(written)
            told.append([(c.confidence, c.value.text.casefold() in wanted) for c in found])
            n_wanted.append(len(wanted))
    best, best_score = 0.0, -1.0
    for least in GRID:
        score = float(np.mean([_f_measure(values, least, n) for values, n in zip(told, n_wanted, strict=True)]))
        if score > best_score:
            best, best_score = least, score
    progress(f"values are said from a confidence of {best:g}: F{BETA:g} {best_score:.3f} on {len(told)} validation items")
    return best


def _f_measure(values: list[tuple[float, bool]], least: float, n_wanted: int) -> float:
    said = [right for confidence, right in values if confidence >= least]
    right = sum(said)
    return (1 + BETA**2) * right / (len(said) + BETA**2 * n_wanted) if right else 0.0
