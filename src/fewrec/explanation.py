"""Scores and their summands: the whole catalogue scored for one taste, and any item's score taken apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewrec.examples import Taste
from fewrec.fitted import Fitted
from fewrec.models.base import Additive
from fewrec.models.blend.ensemble import Ensemble, Scales
from fewrec.ops.leave_one_out import leave_one_out
from fewrec.ranking import diversified, reasons_of, top_k
from fewrec.sentences import contributions, with_matches
from fewrec.types import Examples, Explanation, Matrix, Recommendation, Rows, Vector

N_CANDIDATES = 200
"""Items that diversity and exploration choose among."""
N_SAMPLED = 2000
"""Items that the spread of scores is measured on: more would cost a second pass over a large catalogue at every request."""


@dataclass(frozen=True)
class Scored:
    """The whole catalogue scored for one taste."""

    scores: Vector
    """(m,) of the model, the sentences' contributions added."""
    unit: float
    """One unit of the taste model's utility in units of these scores, > 0."""
    said: Matrix
    """(s, m) the contribution of each sentence."""
    scales: Scales | None = None
    """For a blend: location and scale of each member for this taste, which its explanation needs again."""


def scored(fitted: Fitted, taste: Taste, focus: float | None = None) -> Scored:
    """Score the whole catalogue for a taste: the costly part of a list. ``focus`` as in :func:`fewrec.sentences.contributions`."""
    scales: Scales | None = None
    if isinstance(fitted.model, Ensemble):
        blended, scales = fitted.model.score_and_scales([taste.examples])
        scores = blended[0]
    else:
        scores = fitted.model.score([taste.examples])[0]
    unit = _unit(fitted, scores, taste.examples)
    said = contributions(taste.sentences, scores, len(taste.seen), focus)
    said[[anchor < 0 for anchor in taste.anchors]] = 0
    return Scored(scores + said.sum(axis=0), unit, said, scales)


def explained(fitted: Fitted, taste: Taste, rows: Rows, found: Scored) -> Explanation:
    """The scores at catalogue ``rows`` (r,), as a prior and one contribution per example; a sentence adds to the first that stands for it."""
    told = _of_model(fitted, taste.examples, rows, found.scales)
    parts = told.parts.copy()
    for anchor, said in zip(taste.anchors, found.said, strict=True):
        if anchor >= 0:
            parts[anchor] += said[rows]
    return Explanation(told.prior, parts)


def _of_model(fitted: Fitted, examples: Examples, rows: Rows, scales: Scales | None) -> Explanation:
    model = fitted.model
    if isinstance(model, Ensemble):
        return model.explain(examples, rows, scales=scales)
    if isinstance(model, Additive):
        return model.explain(examples, rows)
    return leave_one_out(model.score, examples, rows)


def ordered(
    fitted: Fitted,
    taste: Taste,
    found: Scored,
    admitted: NDArray[np.bool_],
    k: int,
    *,
    diversity: float,
    exploration: float,
    rng: np.random.Generator,
) -> Rows:
    """Catalogue rows of the k best of the ``admitted`` (m,) items. ``diversity`` and ``exploration`` as in :meth:`fewrec.Recommender.recommend`."""
    by = found.scores
    rows = top_k(by, admitted, max(k, N_CANDIDATES) if diversity or exploration else k)
    if exploration and len(rows):
        covariance = fitted.taste.covariance(taste.examples, rows).astype(np.float64)
        draw = rng.multivariate_normal(np.zeros(len(rows)), covariance, method="eigh", check_valid="ignore")
        by = by.copy()
        by[rows] += exploration * found.unit * draw
        rows = rows[np.argsort(-by[rows], kind="stable")]
    return diversified(by, rows, fitted.catalogue.vectors, k, diversity) if diversity else rows[:k]


def lines(fitted: Fitted, taste: Taste, rows: Rows, found: Scored) -> tuple[Recommendation, ...]:
    """The lines of a list at catalogue ``rows`` (r,), in that order; ``found`` is what :func:`scored` gave for the taste."""
    told = explained(fitted, taste, rows, found)
    deviation = found.unit * fitted.taste.uncertainty(taste.examples, rows)
    return tuple(
        Recommendation(
            item_id=fitted.catalogue.ids[row],
            title=fitted.catalogue.titles[row],
            score=float(told.score[column]),
            uncertainty=float(deviation[column]),
            reasons=with_matches(
                reasons_of(told, column, taste.examples, fitted.catalogue), fitted.words, taste.sentences, row
            ),
        )
        for column, row in enumerate(rows.tolist())
    )


def _unit(fitted: Fitted, scores: Vector, examples: Examples) -> float:
    """The ratio of the spreads of ``scores`` and of the taste model's utility over (a sample of) the items."""
    if fitted.model is fitted.taste:
        return 1.0
    sampled = np.arange(len(scores))
    if len(scores) > N_SAMPLED:
        sampled = np.sort(np.random.default_rng(0).choice(len(scores), N_SAMPLED, replace=False))
    spread = float(fitted.taste.explain(examples, sampled).score.std())
    return float(scores[sampled].std()) / spread if spread > 1e-9 else 1.0
