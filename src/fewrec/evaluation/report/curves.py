"""Learning curves with intervals: over k for the same users, and over the number of training users at one k."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fewrec.evaluation.report.cells import Document, models_of, places_of
from fewrec.evaluation.report.svg import colour_of, dash_of, drawing, text, text_both, ticks
from fewrec.evaluation.report.words import both, number, plain

_WIDE, _HIGH, _LEFT, _RIGHT, _TOP, _BOTTOM = 300, 236, 40, 12, 26, 40
Rows = list[dict[str, Any]]


def curves_over_k(document: Document, metric: str, items: str) -> str:
    """One plot per number of training users; users eligible at every k, so that a line is about the same users."""
    rows = [row for row in document["curves"] if row["metric"] == metric and row["items"] == items]
    ns, ks = places_of(rows)
    titles = {n: (f"n = {n:,}", f"n = {n:,}") for n in ns}
    pictures = [([row for row in rows if row["train_users"] == n], titles[n]) for n in ns]
    return _multiples(pictures, document, ks, lambda row: row["k"], ("examples, k", "例子数 k")) if len(ks) > 1 else ""


def curves_over_n(document: Document, metric: str, items: str) -> str:
    """One plot per k, with all users eligible at that k; empty with fewer than two numbers of training users."""
    rows = [row for row in document["results"] if row["metric"] == metric and row["items"] == items]
    ns, ks = places_of(rows)
    pictures = [([row for row in rows if row["k"] == k], (f"k = {k}", f"k = {k}")) for k in ks]
    return (
        _multiples(pictures, document, ns, lambda row: row["train_users"], ("training users, n", "训练用户数 n"))
        if len(ns) > 1
        else ""
    )


def legend(document: Document) -> str:
    """Which line is whose."""
    models = models_of(document)
    keys = []
    for model in models:
        width = 4 if model == models[0] else 2
        line = f'<svg width="30" height="10"><line x1="1" x2="29" y1="5" y2="5" stroke="{colour_of(model, models)}" stroke-width="{width}"{dash_of(model)}/></svg>'
        keys.append(f"<li>{line}{plain(model)}</li>")
    return f'<ul class="legend">{"".join(keys)}</ul>'


def _multiples(
    pictures: Sequence[tuple[Rows, tuple[str, str]]],
    document: Document,
    steps: Sequence[Any],
    step_of: Callable[[dict[str, Any]], Any],
    axis: tuple[str, str],
) -> str:
    """Small pictures on one scale, the steps evenly spaced."""
    everything = [row for rows, _ in pictures for row in rows]
    scale = ticks(min(row["low"] for row in everything), max(row["high"] for row in everything))
    drawn = [_picture(rows, title, models_of(document), steps, step_of, scale, axis) for rows, title in pictures]
    return f'<div class="multiples">{"".join(drawn)}</div>'


def _picture(
    rows: Rows,
    title: tuple[str, str],
    models: list[str],
    steps: Sequence[Any],
    step_of: Callable[[dict[str, Any]], Any],
    scale: list[float],
    axis: tuple[str, str],
) -> str:
    inner, tall = _WIDE - _LEFT - _RIGHT, _HIGH - _TOP - _BOTTOM
    x = {step: _LEFT + inner * (i + 0.35) / (len(steps) - 0.3) for i, step in enumerate(steps)}

    def y(value: float) -> float:
        return _TOP + tall * (1 - (value - scale[0]) / (scale[-1] - scale[0] or 1))

    parts = [text_both(_LEFT, 15, title, "title", "start"), text_both(_LEFT + inner / 2, _HIGH - 6, axis, "axis")]
    for tick in scale:
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" class="grid"/>')
        parts.append(text(_LEFT - 6, y(tick) + 4, number(tick, 2), "tick", "end"))
    parts += [text(x[step], _HIGH - _BOTTOM + 16, step, "tick") for step in steps]
    for place, model in reversed(list(enumerate(models))):  # the champion is drawn last, on top
        own = sorted((row for row in rows if row["model"] == model), key=lambda row: steps.index(step_of(row)))
        if own:
            parts.append(
                _line(
                    own,
                    [(x[step_of(row)], row) for row in own],
                    y,
                    colour_of(model, models),
                    dash_of(model),
                    champion=place == 0,
                )
            )
    return drawing(_WIDE, _HIGH, "".join(parts), title)


def _line(
    rows: Rows,
    points: Sequence[tuple[float, dict[str, Any]]],
    y: Callable[[float], float],
    colour: str,
    dash: str,
    *,
    champion: bool,
) -> str:
    width = 3 if champion else 1.6
    path = " ".join(f"{x:.1f},{y(row['mean']):.1f}" for x, row in points)
    parts = [f"<title>{plain(rows[0]['model'])}</title>"]
    if champion:
        edge = [f"{x:.1f},{y(row['high']):.1f}" for x, row in points] + [
            f"{x:.1f},{y(row['low']):.1f}" for x, row in reversed(points)
        ]
        parts.append(f'<polygon points="{" ".join(edge)}" fill="{colour}" opacity="0.13"/>')
    else:
        parts += [
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y(row["low"]):.1f}" y2="{y(row["high"]):.1f}" stroke="{colour}" opacity="0.35"/>'
            for x, row in points
        ]
    parts.append(
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"{dash}/>'
    )
    radius = 3.4 if champion else 2.2
    parts += [f'<circle cx="{x:.1f}" cy="{y(row["mean"]):.1f}" r="{radius}" fill="{colour}"/>' for x, row in points]
    return f"<g>{''.join(parts)}</g>"


def explained(kind: str) -> str:
    """What the lines mean."""
    if kind == "k":
        return both(
            "Over k, always the same users: those with enough positives for the largest k. Bands and whiskers are 95 % intervals over users.",
            "横轴为 k，且始终是同一批用户：他们的正例足够多，可用于最大的 k。阴影与竖线为按用户自助抽样的 95 % 区间。",
            "p",
        )
    return both(
        "Over n, all users eligible at that k. Steps are evenly spaced, not to scale.",
        "横轴为 n，包含该 k 下所有合格用户。刻度等距排列，不按比例。",
        "p",
    )
