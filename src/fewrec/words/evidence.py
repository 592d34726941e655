"""How the claims of one sentence become one number per item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fewrec.words.types import Evidence, Understood

if TYPE_CHECKING:
    from fewrec.words.index import WordsIndex

_LIKENESS_ALONE = 0.5
"""The most that likeness of vectors can give where no word was found."""
_LIKENESS_BESIDE = 0.05
_MANY_THEMES = 3
_LIKENESS_OF_MANY = 0.4
"""A sentence of many words says more as a whole than word by word."""
_HOLDS = 0.5


@dataclass(frozen=True, eq=False)
class Profile:
    """What the items of a title are: values by column, and (m,) how near every item's pieces are to theirs."""

    values: Mapping[str, frozenset[str]]
    likeness: npt.NDArray[np.float32]


def title_scores(index: WordsIndex, profile: Profile, rows: Sequence[int], *, similar: bool) -> npt.NDArray[np.float32]:
    """(m,) in [0, 1], how alike items are to a title: shared categories, shared people, near texts.

    Where similar items are asked for (``similar``), the title itself has .5 and the most alike item 1; else the title has 1 and the
    most alike item .6.
    """
    parts: list[tuple[float, npt.NDArray[np.float32]]] = []
    for facet in index.facets.facets:
        wanted = profile.values.get(facet.name)
        if not wanted or facet.role == "language":
            continue
        numbers = [v for v, value in enumerate(facet.values) if value in wanted]
        shared = np.asarray(facet.holders[numbers].sum(axis=0)).ravel()
        own = np.asarray(facet.holders.sum(axis=0)).ravel()
        union = np.maximum(own + len(wanted) - shared, 1.0)
        weight = {"category": 1.0, "person": 0.35, "brand": 0.3, "place": 0.15}.get(facet.role, 0.0)
        parts.append((weight, (shared / union).astype(np.float32)))
    parts.append((0.5, np.clip(profile.likeness, 0.0, 1.0)))
    total = sum(weight for weight, _ in parts)
    scores = sum((weight / total * part for weight, part in parts), start=np.zeros(index.n_items, dtype=np.float32))
    scores = scores / max(float(np.delete(scores, list(rows)).max(initial=0.0)), 1e-6)
    scores = scores if similar else 0.6 * scores
    scores[list(rows)] = 0.5 if similar else 1.0
    return np.clip(scores, 0.0, 1.0).astype(np.float32)


def combined(understood: Understood, per_claim: npt.NDArray[np.float32], likeness: npt.NDArray[np.float32] | None) -> Evidence:
    """Alternatives by their best, groups by a soft *and*: half the weighted mean, half the weakest.

    A theme weighs the more the rarer its words are, so that one common word cannot spoil what a rare one says.
    """
    groups, negated = understood.logic
    n_items = per_claim.shape[1]
    excluded = np.zeros(n_items, dtype=bool)
    for position in negated:
        excluded |= per_claim[position] >= _HOLDS
    if groups:
        scores = np.stack([per_claim[list(group)].max(axis=0) for group in groups])
        weights = np.array([_weight(understood, group, n_items) for group in groups], dtype=np.float32)
        mean = (weights[:, None] * scores).sum(axis=0) / weights.sum()
        weakest = (1.0 - (weights[:, None] / weights.max()) * (1.0 - scores)).min(axis=0)
        relevance = 0.5 * mean + 0.5 * weakest * (mean > 0)
        if likeness is not None:
            themes = sum(understood.claims[group[0]].kind == "theme" for group in groups)
            share = _LIKENESS_BESIDE if themes < _MANY_THEMES else _LIKENESS_OF_MANY
            relevance = (1 - share) * relevance + share * likeness * (relevance > 0)
    elif negated:
        relevance = np.ones(n_items, dtype=np.float32)
    elif likeness is not None:
        relevance = _LIKENESS_ALONE * likeness
    else:
        relevance = np.zeros(n_items, dtype=np.float32)
    relevance = np.where(excluded, 0.0, np.clip(relevance, 0.0, 1.0)).astype(np.float32)
    return Evidence(relevance, excluded, per_claim, _specificity(relevance, likeness, bool(groups)))


def _weight(understood: Understood, group: Sequence[int], n_items: int) -> float:
    claims = [understood.claims[position] for position in group]
    if any(claim.kind != "theme" for claim in claims):
        return 1.0
    matched = max(1, sum(claim.matched for claim in claims))
    rarity = np.log((n_items + 1) / matched) / max(np.log(n_items + 1), 1e-9)
    return float(np.clip(1.4 * rarity, 0.15, 1.0))


def _specificity(relevance: npt.NDArray[np.float32], likeness: npt.NDArray[np.float32] | None, has_claims: bool) -> float:
    """One minus the logarithmic share of items that answer as well as the best, lowered where the best is no literal answer."""
    best = float(relevance.max(initial=0.0))
    if best <= 0.0 or len(relevance) < 2:
        return 0.0
    if not has_claims and likeness is None:
        return 0.0
    n = int((relevance >= 0.9 * best).sum())
    return float(np.clip(best * (1.0 - np.log(n) / np.log(len(relevance))), 0.0, 1.0))
