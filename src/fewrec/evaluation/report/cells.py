"""The document as the page needs it: the models of each cell, and the comparisons there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fewrec.errors import SettingError
from fewrec.evaluation.document import TRIVIAL
from fewrec.evaluation.metrics import parse_metric
from fewrec.evaluation.metrics.plugged import Better
from fewrec.evaluation.registry import ProtocolEntry, protocol_entry

Document = Mapping[str, Any]
Place = tuple[int, Any]
"""(training users, k)"""

OWN = ("auto", "taste", "ensemble")
"""The project's own models: not peers of each other."""


@dataclass(frozen=True)
class CellComparison:
    """The reference model (``settings.champion``) in one cell, against the best of its peers."""

    champion: str
    best: str
    mean: float
    best_mean: float
    beaten: tuple[str, ...]
    """Peers that the champion is significantly better than."""
    beaten_by: tuple[str, ...]
    n_peers: int
    lower_is_better: bool

    @property
    def gain(self) -> float:
        """Relative difference to the best peer, above 0 where the champion is better."""
        relative = (self.mean - self.best_mean) / self.best_mean if self.best_mean else 0.0
        return -relative if self.lower_is_better else relative

    @property
    def verdict(self) -> str:
        """``won`` against every peer, ``lost`` against one, or ``open``."""
        if self.beaten_by:
            return "lost"
        return "won" if len(self.beaten) == self.n_peers else "open"


def entry_of(document: Document) -> ProtocolEntry:
    """What the registry says of the document's protocol."""
    return protocol_entry(document["protocol"])


def family_of(document: Document) -> str:
    """Which metrics the document holds: ``ranked``, ``labelled`` or ``decoded``."""
    return entry_of(document).settings.family


def better_of(document: Document, metric: str) -> Better:
    """Which direction is better; of a metric that is not installed here, what the comparisons say, else None."""
    for row in document["comparisons"]:
        if row["metric"] == metric:
            better: Better = row["better"]
            return better
    try:
        return parse_metric(metric, family_of(document)).better
    except SettingError:
        return None


def models_of(document: Document) -> list[str]:
    """The champion first, the trivial baselines last, the others as they were named."""
    champion = document["settings"]["champion"]
    names = list(document["settings"]["models"])
    return sorted(names, key=lambda name: (name != champion, is_control(name)))


def is_control(model: str) -> bool:
    """Whether it is a trivial baseline, or a control of a decoder."""
    return model in TRIVIAL or model.endswith((":banned", ":stranger"))


def places_of(rows: list[dict[str, Any]]) -> tuple[list[int], list[Any]]:
    """The numbers of training users and of examples that occur, ascending, ``all`` last."""
    ns = sorted({row["train_users"] for row in rows})
    ks = sorted({row["k"] for row in rows}, key=lambda k: (k == "all", 0 if k == "all" else k))
    return ns, ks


def cell_comparisons(document: Document, metric: str, items: str) -> dict[Place, CellComparison]:
    """Every cell in which the champion was compared with a peer."""
    cells: dict[Place, list[dict[str, Any]]] = {}
    for row in document["comparisons"]:
        if row["metric"] == metric and row["items"] == items and row["against"] not in OWN:
            cells.setdefault((row["train_users"], row["k"]), []).append(row)
    return {place: _compared(rows) for place, rows in cells.items()}


def _compared(rows: list[dict[str, Any]]) -> CellComparison:
    lower = rows[0]["better"] == "lower"
    best = (min if lower else max)(rows, key=lambda row: row["against_mean"])
    above = tuple(row["against"] for row in rows if row["low"] > 0)
    below = tuple(row["against"] for row in rows if row["high"] < 0)
    return CellComparison(
        champion=best["model"],
        best=best["against"],
        mean=best["mean"],
        best_mean=best["against_mean"],
        beaten=below if lower else above,
        beaten_by=above if lower else below,
        n_peers=len(rows),
        lower_is_better=lower,
    )
