"""Decoded texts and their main numbers, as data for the templates: the parts of the page that only ``round-trip`` has."""

from __future__ import annotations

from typing import Any

from fewrec.evaluation.registry import Text
from fewrec.evaluation.report.cells import Document, entry_of
from fewrec.evaluation.report.words import number

_MAIN = {"warm": ("cross-recall@1", "support"), "cold": ("cross-recall@10", "support"), "all": ("ndcg-kept", "overlap@10")}


def decoded_numbers(document: Document) -> list[tuple[Text, list[dict[str, Any]]]]:
    """For items, held-out items and users: two metrics of the reference decoder with the other candidates beside them."""
    reference, lines = document["settings"]["champion"], []
    for items, metrics in _MAIN.items():
        parts = [part for metric in metrics if (part := _beside(document, reference, items, metric))]
        if parts:
            lines.append((entry_of(document).subjects[items], parts))
    return lines


def _beside(document: Document, reference: str, items: str, metric: str) -> dict[str, Any] | None:
    rows = [row for row in document["results"] if row["items"] == items and row["metric"] == metric]
    own = next((row for row in rows if row["model"] == reference), None)
    if own is None:
        return None
    return {
        "metric": metric,
        "mean": number(own["mean"]),
        "interval": f"{number(own['low'])}–{number(own['high'])}",
        "others": [f"{row['model']} {number(row['mean'])}" for row in rows if row is not own],
    }


def samples(document: Document) -> list[tuple[str, Text, list[dict[str, Any]]]]:
    """Example texts by item or user: (title, kind of text, texts of all decoders and controls)."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for sample in document.get("samples", []):
        found.setdefault((sample["items"], sample["about"]), []).append(sample)
    return [(about, entry_of(document).subjects[items], texts) for (items, about), texts in found.items()]
