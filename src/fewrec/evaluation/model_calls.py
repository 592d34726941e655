"""Calls to models: private copies of the inputs, checks of the outputs.

Leakage is guarded here by construction: a model gets private copies of the training users' entries and of the examples. The copies
share no memory with the arrays that hold the answers (a NumPy view would lead back to them through ``.base``), and cases with
fewer examples always come before those with more, so a model that keeps state gains nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from fewrec.errors import DataError
from fewrec.models.base import Model, Predictor
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector

BATCH = 256
"""Users scored in one call: 17 MB of scores on 16,859 items."""

Factory = Callable[[], Model]


def fitted(make: Factory, catalogue: Catalogue, train: Interactions, rng: np.random.Generator) -> tuple[Model, float]:
    """A new model that has learned from ``train``, and the seconds it took."""
    model = make()
    before = _checksum(catalogue)
    own = _private_interactions(train)
    started = perf_counter()
    model = model.fit(catalogue, own, rng=rng)
    seconds = perf_counter() - started
    if _checksum(catalogue) != before:
        raise DataError(
            f"{model.name} changed the catalogue while fitting; what other models see must stay as it is",
            hint="let fit work on copies of the catalogue's arrays",
        )
    return model, seconds


def scores_of(model: Model, examples: Sequence[Examples], n_items: int) -> Iterator[tuple[int, Matrix, float]]:
    """Batches of scores: (position of the first, (b, m) scores, seconds). Infinite scores are brought to the largest finite ones."""
    for start in range(0, len(examples), BATCH):
        batch = [_private_examples(one) for one in examples[start : start + BATCH]]
        started = perf_counter()
        scores = np.asarray(model.score(batch))
        seconds = perf_counter() - started
        if scores.shape != (len(batch), n_items):
            raise DataError(
                f"{model.name} returned scores of shape {scores.shape}, expected ({len(batch)}, {n_items})",
                hint="score returns a row a user and a column an item of the catalogue",
            )
        if np.isnan(scores).any():
            raise DataError(
                f"{model.name} scored {int(np.isnan(scores).sum())} of {scores.size} items NaN",
                hint="a model must order every item; mend or leave out this model",
            )
        yield start, scores.astype(np.float32, copy=False), seconds


@runtime_checkable
class CandidateScorer(Protocol):
    """A model that scores given candidates instead of the whole catalogue, because a single score is expensive (a language model)."""

    def score_candidates(self, examples: Sequence[Examples], rows: Sequence[Rows]) -> list[Vector]:
        """Scores of catalogue rows ``rows[b]`` for the user of ``examples[b]``."""


def candidate_scores(
    model: CandidateScorer, examples: Sequence[Examples], candidates: Sequence[Rows], n_items: int
) -> Iterator[tuple[int, Matrix, float]]:
    """Batches of one user: (position, (1, m) scores, seconds); items outside the candidates get the lowest score."""
    for number, (one, rows) in enumerate(zip(examples, candidates, strict=True)):
        own = _private_examples(one)
        started = perf_counter()
        (found,) = model.score_candidates([own], [rows.copy()])
        seconds = perf_counter() - started
        if found.shape != rows.shape or not np.isfinite(found).all():
            raise DataError(
                f"{model} gave {found.shape} scores for {rows.shape} candidates, or some that are no numbers",
                hint="score_candidates returns a finite score a candidate",
            )
        scores = np.full((1, n_items), found.min() - 1 if len(found) else 0.0, dtype=np.float32)
        scores[0, rows] = found
        yield number, scores, seconds


def pair_scores(model: Model, examples: Sequence[Examples], rows: Rows, n_items: int) -> NDArray[np.float64]:
    """(p,) score of item ``rows[i]`` for the user of ``examples[i]``. Equal neighbours (the same object) are scored once."""
    distinct = [i for i in range(len(examples)) if i == 0 or examples[i] is not examples[i - 1]]
    ends = [*distinct[1:], len(examples)]
    found = np.empty(len(rows))
    for start, scores, _ in scores_of(model, [examples[i] for i in distinct], n_items):
        for number, row in enumerate(scores, start):
            own = slice(distinct[number], ends[number])
            found[own] = row[rows[own]]
    return found


def pair_probabilities(model: Predictor, examples: Sequence[Examples], rows: Rows) -> NDArray[np.float64]:
    """(p,) chance of a like of item ``rows[i]`` by the user of ``examples[i]``, checked to be one."""
    chances = np.empty(len(rows))
    for start in range(0, len(rows), BATCH):
        batch = slice(start, start + BATCH)
        copies = {id(one): _private_examples(one) for one in examples[batch]}
        found = np.asarray(model.predict([copies[id(one)] for one in examples[batch]], rows[batch].copy()), dtype=np.float64)
        if found.shape != rows[batch].shape:
            raise DataError(
                f"{model.name} predicted an array of shape {found.shape}, expected {rows[batch].shape}",
                hint="predict returns one probability for each pair it was asked about",
            )
        if not ((found >= 0) & (found <= 1)).all():  # false for NaN too
            raise DataError(
                f"{model.name} predicted {found.min()} to {found.max()}, expected probabilities in [0, 1]",
                hint="a model without probabilities has score alone, which is then calibrated",
            )
        chances[batch] = found
    return chances


def _private_interactions(known: Interactions) -> Interactions:
    arrays = {name: getattr(known, name).copy() for name in ("user", "item", "utility", "weight", "time")}
    return replace(known, **arrays)


def _private_examples(examples: Examples) -> Examples:
    arrays = {name: getattr(examples, name).copy() for name in ("rows", "vectors", "utility", "weight")}
    return replace(examples, **arrays)


def _checksum(catalogue: Catalogue) -> tuple[float, float]:
    return float(catalogue.vectors.sum()), float(catalogue.lexical.sum())
