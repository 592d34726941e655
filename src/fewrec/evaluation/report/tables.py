"""The tables of numbers, as data for the templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fewrec.evaluation.document import TRIVIAL
from fewrec.evaluation.registry import Text
from fewrec.evaluation.report.cells import Document, better_of, entry_of, is_control, models_of, places_of
from fewrec.evaluation.report.words import number


@dataclass(frozen=True)
class TableCell:
    """A value with its interval or rate."""

    value: str
    note: str
    title: str = ""
    best: bool = False


@dataclass(frozen=True)
class TableRow:
    """One model; ``kind`` is a class of the style sheet, None a cell without result."""

    model: str
    kind: str
    cells: list[TableCell | None]


@dataclass(frozen=True)
class TableBlock:
    """Rows under one title."""

    rows: list[TableRow]
    title: Text | None = None


@dataclass(frozen=True)
class Table:
    """Models down, what ``heads`` say across."""

    heads: list[Text]
    blocks: list[TableBlock]


def results_table(document: Document, metric: str) -> Table:
    """Models down, k across, a block for every set of items and number of training users; the best of a column is bold.

    Where training users count shots there is one block. Decoders have one block with the kinds of texts across.
    """
    rows = [row for row in document["results"] if row["metric"] == metric]
    entry = entry_of(document)
    if entry.size == "shots":
        rows = [{**row, "train_users": 0} for row in rows]
    ns, ks = places_of(rows)
    if entry.candidates == "decoders":
        places = list(dict.fromkeys((row["items"], row["k"]) for row in rows))
        heads = []
        for items, k in places:
            english, chinese = entry.subjects[items]
            heads.append((f"{english}, {k} likes", f"{chinese}，{k} 个喜欢") if items == "all" else (english, chinese))
        found = {(row["model"], (row["items"], row["k"])): row for row in rows}
        return Table(heads, [TableBlock(_rows(document, metric, found, places))])
    blocks = []
    for items, names in entry.subjects.items():
        for n in ns:
            own = {(row["model"], row["k"]): row for row in rows if row["items"] == items and row["train_users"] == n}
            if own:
                size = "" if entry.size == "shots" else f"n = {n:,} · "
                blocks.append(TableBlock(_rows(document, metric, own, ks), (size + names[0], size + names[1])))
    return Table([(f"k = {k}", f"k = {k}") for k in ks], blocks)


def _rows(
    document: Document, metric: str, found: Mapping[tuple[str, Any], Mapping[str, Any]], places: list[Any]
) -> list[TableRow]:
    better = better_of(document, metric)
    pick = min if better == "lower" else max
    best = {place: pick((row["mean"] for (_, at), row in found.items() if at == place), default=None) for place in places}
    rows = []
    for model in models_of(document):
        if any(name == model for name, _ in found):
            kind = "trivial" if is_control(model) else "own" if model == document["settings"]["champion"] else ""
            cells = [_cell(found.get((model, place)), best[place] if better else None) for place in places]
            rows.append(TableRow(model, kind, cells))
    return rows


def _cell(row: Mapping[str, Any] | None, best: float | None) -> TableCell | None:
    if row is None:
        return None
    return TableCell(
        number(row["mean"]),
        f"{number(row['low'])}–{number(row['high'])}",
        f"{row['n_users']} users, {row.get('n_draws', 1)} draws",
        best=row["mean"] == best,
    )


def timing_table(document: Document) -> Table:
    """Seconds to fit and users scored per second, medians over draws; at the largest k."""
    rows = document["results"]
    ns, ks = places_of(rows)
    body = []
    for model in models_of(document):
        cells: list[TableCell | None] = []
        for n in ns:
            own = [row for row in rows if row["model"] == model and row["train_users"] == n]
            last = max(own, key=lambda row: ks.index(row["k"]), default=None)
            cells.append(TableCell(f"{last['fit_s']:.3g} s", f"{last['users_per_s']:,.0f}/s") if last else None)
        body.append(TableRow(model, "trivial" if model in TRIVIAL else "", cells))
    return Table([(f"n = {n:,}", f"n = {n:,}") for n in ns], [TableBlock(body)])


def comparison_rows(document: Document) -> dict[str, list[dict[str, str]]]:
    """Metric -> its comparisons, formatted."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in document["comparisons"]:
        good, bad = (row["high"] < 0, row["low"] > 0) if row["better"] == "lower" else (row["low"] > 0, row["high"] < 0)
        found.setdefault(row["metric"], []).append(
            {
                "kind": "good" if good else "bad" if bad else "",
                "n": f"{row['train_users']:,}",
                "k": str(row["k"]),
                "items": row["items"],
                "against": row["against"],
                "mean": number(row["mean"]),
                "against_mean": number(row["against_mean"]),
                "difference": f"{row['difference']:+.3f}",
                "interval": f"{row['low']:+.3f} … {row['high']:+.3f}",
            }
        )
    return found


def flat(value: Any) -> str:
    """A setting or fact on one line."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {flat(inner)}" for name, inner in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(flat(inner) for inner in value) or "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
