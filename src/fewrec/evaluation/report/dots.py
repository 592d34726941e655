"""Dots with whiskers: all models in one cell, best first. The picture of protocols that are not a grid."""

from __future__ import annotations

from typing import Any

from fewrec.evaluation.report.cells import Document, better_of, entry_of, is_control, models_of, places_of
from fewrec.evaluation.report.svg import colour_of, drawing, text, text_both, ticks
from fewrec.evaluation.report.words import number

_LEFT, _INNER, _RIGHT, _ROW, _TOP, _BOTTOM = 118, 270, 56, 22, 30, 24


def dots(document: Document, metric: str) -> str:
    """One plot per cell, all on one scale."""
    rows = [row for row in document["results"] if row["metric"] == metric]
    if not rows:
        return ""
    ns, ks = places_of(rows)
    scale = ticks(min(row["low"] for row in rows), max(row["high"] for row in rows))
    pictures = []
    for items in entry_of(document).subjects:
        for n in ns:
            for k in ks:
                own = [row for row in rows if (row["items"], row["train_users"], row["k"]) == (items, n, k)]
                if own:
                    pictures.append(_picture(own, document, scale, lower=better_of(document, metric) == "lower"))
    return f'<div class="multiples wide">{"".join(pictures)}</div>'


def _picture(rows: list[dict[str, Any]], document: Document, scale: list[float], *, lower: bool) -> str:
    rows = sorted(rows, key=lambda row: row["mean"], reverse=not lower)
    models = models_of(document)
    first = rows[0]
    shots = entry_of(document).size == "shots"
    where = f"K = {first['k']}" if shots else f"n = {first['train_users']:,} · k = {first['k']}"
    english, chinese = (f"{where} · {name} · " for name in entry_of(document).subjects[first["items"]])
    title = f"{english}{first['n_users']} users", f"{chinese}{first['n_users']} 位用户"
    if entry_of(document).candidates == "decoders":
        english, chinese = entry_of(document).subjects[first["items"]]
        title = f"{first['n_users']} {english}", f"{first['n_users']} 个{chinese}"
    height = _TOP + _ROW * len(rows) + _BOTTOM

    def x(value: float) -> float:
        return _LEFT + _INNER * (value - scale[0]) / (scale[-1] - scale[0] or 1)

    parts = [text_both(4, 15, title, "title", "start")]
    for tick in scale:
        parts.append(f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{_TOP}" y2="{height - _BOTTOM}" class="grid"/>')
        parts.append(text(x(tick), height - 8, number(tick, 2), "tick"))
    for i, row in enumerate(rows):
        y, colour = _TOP + _ROW * (i + 0.5), colour_of(row["model"], models)
        own = row["model"] == models[0]
        parts.append(
            text(
                _LEFT - 8,
                y + 4,
                row["model"],
                "label" + (" own" if own else " trivial" if is_control(row["model"]) else ""),
                "end",
            )
        )
        parts.append(
            f'<line x1="{x(row["low"]):.1f}" x2="{x(row["high"]):.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}" '
            f'stroke-width="{5 if own else 3}" stroke-linecap="round" opacity="0.35"/>'
            f'<circle cx="{x(row["mean"]):.1f}" cy="{y:.1f}" r="{5.5 if own else 4}" fill="{colour}"/>'
        )
        parts.append(text(_LEFT + _INNER + 12, y + 4, number(row["mean"]), "label" + (" own" if own else ""), "start"))
    return drawing(_LEFT + _INNER + _RIGHT, height, "".join(parts), title)
