"""Requests by language and kind: the part of the page that only ``requests`` has."""

from __future__ import annotations

from typing import Any

from fewrec.evaluation.report.cells import Document, models_of
from fewrec.evaluation.report.tables import Table, TableBlock, TableCell, TableRow
from fewrec.evaluation.report.words import number

_KINDS: dict[str, tuple[str, str]] = {
    "all": ("all", "全部"),
    "category": ("category", "类别"),
    "person": ("person", "人物"),
    "theme": ("theme", "主题"),
    "time": ("time", "年代"),
    "number": ("number", "数字"),
    "country": ("country", "国家地区"),
    "platform": ("platform", "平台"),
    "brand": ("brand", "品牌"),
    "title-like": ("by title", "按片名类比"),
    "two-facets": ("two facets", "两个条件"),
    "or": ("or", "或"),
    "negation": ("negation", "否定"),
}


def without_parts(document: Document) -> Document:
    """The document without its parts by language and kind, which the other sections of the page do not know."""
    if document["protocol"] != "requests":
        return document
    kept = {
        name: [row for row in document[name] if row["lang"] == "all" and row["kind"] in {"all", "held-out-likes"}]
        for name in ("results", "comparisons")
    }
    return {**document, **kept}


def by_kind(document: Document, metric: str = "p@10") -> Table | None:
    """Models down, kinds across, a block for every language; None for other protocols. Requests without likes, most training users."""
    if document["protocol"] != "requests":
        return None
    rows = [row for row in document["results"] if row["metric"] == metric and row["k"] == 0 and row["kind"] != "held-out-likes"]
    n = max((row["train_users"] for row in rows), default=0)
    found = {(row["lang"], row["model"], row["kind"]): row for row in rows if row["train_users"] == n}
    kinds = [
        kind for kind in dict.fromkeys((*_KINDS, *sorted(row["kind"] for row in rows))) if any(at == kind for _, _, at in found)
    ]
    blocks = []
    for lang in sorted({lang for lang, _, _ in found}):
        models = [model for model in models_of(document) if (lang, model, "all") in found]
        body = [TableRow(model, "", [_cell(found.get((lang, model, kind))) for kind in kinds]) for model in models]
        blocks.append(TableBlock(body, (lang, {"all": "全部语言", "en": "英文", "zh": "中文"}.get(lang, lang))))
    return Table([_KINDS.get(kind, (kind, kind)) for kind in kinds], blocks) if blocks else None


def _cell(row: dict[str, Any] | None) -> TableCell | None:
    if row is None:
        return None
    return TableCell(number(row["mean"]), f"{row['n_users']}", f"{number(row['low'])} … {number(row['high'])}")
