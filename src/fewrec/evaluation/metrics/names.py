"""The names of the metrics, and what is to be known about each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from fewrec.errors import SettingError

Better = Literal["higher", "lower"] | None


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


_CUT = {
    "ndcg": None,
    "recall": None,
    "coverage": 10,
    "diversity": 10,
    "novelty": 10,
    "cross-recall": None,
    "overlap": None,
    "plain-overlap": None,
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
    },
}


def parse_metric(name: str, family: str) -> Metric:
    """The metric called ``name`` in protocols that rank (``ranked``), predict labels (``labelled``) or score decoded texts (``decoded``)."""
    kinds = _KINDS[family]
    match = re.fullmatch(r"([a-z-]+?)(?:@([1-9]\d*))?", name)
    kind, cut = (match.group(1), match.group(2)) if match else (name, None)
    known = kind in kinds and (cut is None or kind in _CUT) and (cut is not None or _CUT.get(kind, 0) is not None)
    if not known:
        names = [f"{kind}@N" if kind in _CUT else kind for kind in kinds]
        hint = f"metrics of this protocol: {', '.join(names)} (N is 1 or more)"
        if name == "auc" and family == "ranked":
            hint = "a ranking's scores are comparable within one user only: uauc is the mean over users of their AUC"
        raise SettingError(f"unknown metric {name!r}", hint=hint)
    return Metric(name, kind, int(cut) if cut else (_CUT.get(kind) or 0), kinds[kind])
