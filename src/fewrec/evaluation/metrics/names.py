"""The names of the metrics, and what is to be known about each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fewrec.errors import SettingError
from fewrec.evaluation.metrics.plugged import Better, RankedMetric, direction_of, find_metric, registered_names


@dataclass(frozen=True)
class Metric:
    """``ndcg@10`` taken apart."""

    name: str
    kind: str
    """The name without its cut-off."""
    at: int
    """The cut-off; 0 where the metric has none."""
    better: Better
    """None where neither is good in itself: such a metric is described, not compared."""
    function: RankedMetric | None = None
    """Of metrics of ranked lists that need the ranks alone: what computes it."""


_CUT = {
    "ndcg": None,
    "recall": None,
    "coverage": 10,
    "diversity": 10,
    "novelty": 10,
    "cross-recall": None,
    "overlap": None,
    "plain-overlap": None,
    "p": None,
    "excluded": None,
    "unmoved": None,
    "likes-ndcg": None,
}
"""Metrics of a list's head -> the cut-off meant when none is named (None: one must be)."""

_KINDS: dict[str, dict[str, Better]] = {
    "ranked": {
        "ndcg": "higher",
        "recall": "higher",
        "mrr": "higher",
        "uauc": "higher",
        "coverage": None,
        "diversity": None,
        "novelty": None,
    },
    "labelled": {"auc": "higher", "uauc": "higher", "log-loss": "lower", "calibration-error": None},
    "decoded": {
        "cross-recall": "higher",
        "support": "higher",
        "ndcg-kept": "higher",
        "overlap": "higher",
        "genre-named": "higher",
        "own-phrases": "higher",
        "plain-ndcg-kept": "higher",
        "plain-overlap": "higher",
        "phrases-said": None,
        "echo": "lower",
        "lift": "higher",
    },
    "requests": {"p": "higher", "ndcg": "higher", "excluded": "lower", "unmoved": None, "likes-ndcg": "higher"},
}


def parse_metric(name: str, family: str) -> Metric:
    """Take a metric's name apart.

    Args:
        name: such as ``ndcg@10``; in ranking protocols also a name of the entry-point group ``fewrec.metrics`` or ``module:function``.
        family: ``ranked``, ``labelled`` (predicted labels), ``decoded`` (texts) or ``requests`` (lists for sentences).

    Raises:
        SettingError: the family has no such metric; the hint lists those it has.
    """
    kinds = _KINDS[family]
    match = re.fullmatch(r"([^@]+?)(?:@([1-9]\d*))?", name)
    kind, cut = (match.group(1), match.group(2)) if match else (name, None)
    known = kind in kinds and (cut is None or kind in _CUT) and (cut is not None or _CUT.get(kind, 0) is not None)
    function = find_metric(kind) if family == "ranked" and (known or kind not in kinds) else None
    if known:
        return Metric(name, kind, int(cut) if cut else (_CUT.get(kind) or 0), kinds[kind], function)
    if function is not None:
        return Metric(name, kind, int(cut) if cut else 0, direction_of(function), function)
    others = [each for each in registered_names() if each not in kinds] if family == "ranked" else []
    names = [f"{each}@N" if each in _CUT else each for each in kinds] + others
    hint = f"metrics of this protocol: {', '.join(names)} (N is 1 or more)"
    if name == "auc" and family == "ranked":
        hint = "a ranking's scores are comparable within one user only: uauc is the mean over users of their AUC"
    raise SettingError(f"unknown metric {name!r}", hint=hint)
