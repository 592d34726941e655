"""An explanation as reasons: the summands of a score, the prior's included."""

from __future__ import annotations

from collections.abc import Sequence

from fewrec.types import Catalogue, Examples, Explanation, Reason

SPOKEN = frozenset({"statement", "request"})
"""Kinds of examples that are sentences: their label is the text."""


def reasons_of(explanation: Explanation, column: int, examples: Examples, catalogue: Catalogue) -> tuple[Reason, ...]:
    """All summands of one item's score: the prior first, then the examples, the strongest first. They add up to the score."""
    contributions = explanation.parts[:, column]
    summed: dict[tuple[str, str], float] = {}  # several points may stand for one sentence
    for kind, label, contribution in zip(examples.kinds, examples.labels, contributions.tolist(), strict=True):
        summed[kind, label] = summed.get((kind, label), 0.0) + contribution
    reasons = [_of_example(kind, label, contribution, catalogue) for (kind, label), contribution in summed.items()]
    reasons.sort(key=lambda reason: -abs(reason.contribution))
    return (Reason("prior", float(explanation.prior[column])), *reasons)


def _of_example(kind: str, label: str, contribution: float, catalogue: Catalogue) -> Reason:
    if kind in SPOKEN:
        return Reason(kind, contribution, text=label)
    row = catalogue.row_of.get(label)
    return Reason(kind, contribution, item_id=label, title=catalogue.titles[row] if row is not None else label)


def strongest(reasons: Sequence[Reason], n: int) -> list[Reason]:
    """The n reasons other than the prior that say most, for people who want a glance and not a ledger."""
    return [reason for reason in reasons if reason.kind != "prior"][:n]
