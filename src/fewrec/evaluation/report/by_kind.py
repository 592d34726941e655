"""Requests by language and kind: the part of the page that only ``requests`` has."""

from __future__ import annotations

from typing import Any

from fewrec.evaluation.report.reading import Document, models_of
from fewrec.evaluation.report.words import both, number, plain

_KINDS = {
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


def whole(document: Document) -> Document:
    """The document without its parts by language and kind, which the other sections of the page do not know."""
    if document["protocol"] != "requests":
        return document
    kept = {
        name: [row for row in document[name] if row["lang"] == "all" and row["kind"] in {"all", "held-out-likes"}]
        for name in ("results", "comparisons")
    }
    return {**document, **kept}


def by_kind(document: Document, metric: str = "p@10") -> str:
    """Kinds down, models across, a block for every language; the requests without likes and with most training users."""
    rows = [
        row for row in document["results"] if row["metric"] == metric and row.get("kind") != "held-out-likes" and row["k"] == 0
    ]
    if document["protocol"] != "requests" or not rows:
        return ""
    n = max(row["train_users"] for row in rows)
    found = {(row["lang"], row["kind"], row["model"]): row for row in rows if row["train_users"] == n}
    models = [model for model in models_of(document) if any(name == model for _, _, name in found)]
    head = "".join(f"<th>{plain(model)}</th>" for model in models)
    body = []
    for lang in sorted({lang for lang, _, _ in found}):
        body.append(f'<tr class="block"><th colspan="{len(models) + 1}">{plain(lang)}</th></tr>')
        for kind in sorted({kind for at, kind, _ in found if at == lang}):
            cells = [_cell(found.get((lang, kind, model))) for model in models]
            body.append(f"<tr><th>{both(*_KINDS.get(kind, (plain(kind), plain(kind))))}</th>{''.join(cells)}</tr>")
    title = both(f"{metric} by language and kind of request", f"按语言和请求种类的 {metric}")
    table = f'<table class="numbers"><thead><tr><th></th>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>'
    return f'<section><h2>{title}</h2><div class="scroll">{table}</div></section>'


def _cell(row: dict[str, Any] | None) -> str:
    return "<td></td>" if row is None else f"<td>{number(row['mean'])}</td>"
