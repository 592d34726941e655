"""An explanation as reasons: the summands of a score, the prior's included."""

from __future__ import annotations

from collections.abc import Sequence

from fewrec.types import Catalogue, Examples, Explanation, Reason


def reasons_of(explanation: Explanation, column: int, examples: Examples, catalogue: Catalogue) -> tuple[Reason, ...]:
    """All summands of one item's score: the prior first, then the examples, the strongest first. They add up to the score."""
    contributions = explanation.parts[:, column]
    reasons = [
        _of_example(kind, label, float(contribution), catalogue)
        for kind, label, contribution in zip(examples.kinds, examples.labels, contributions, strict=True)
    ]
    reasons.sort(key=lambda reason: -abs(reason.contribution))
    return (Reason("prior", float(explanation.prior[column])), *reasons)


def _of_example(kind: str, label: str, contribution: float, catalogue: Catalogue) -> Reason:
    if kind == "statement":
        return Reason(kind, contribution, text=label)
    row = catalogue.row_of.get(label)
    return Reason(kind, contribution, item_id=label, title=catalogue.titles[row] if row is not None else label)


def in_order(reasons: Sequence[Reason], more: Sequence[Reason]) -> tuple[Reason, ...]:
    """The reasons of one score together: the prior first, the others by their size."""
    prior = [each for each in reasons if each.kind == "prior"]
    others = [*(each for each in reasons if each.kind != "prior"), *more]
    return (*prior, *sorted(others, key=lambda reason: -abs(reason.contribution)))


def strongest(reasons: Sequence[Reason], n: int) -> list[Reason]:
    """The n reasons other than the prior that say most, for people who want a glance and not a ledger."""
    return [reason for reason in reasons if reason.kind != "prior"][:n]
