"""The data-efficiency grid as a picture: where the reference model differs from its best peer, by how much, and whether significantly."""

from __future__ import annotations

from fewrec.evaluation.report.cells import CellComparison, Document, cell_comparisons
from fewrec.evaluation.report.svg import drawing, text, text_both
from fewrec.evaluation.report.words import number, percent, plain

_WIDE, _HIGH, _LEFT, _TOP = 172, 64, 92, 46
_FULL = 0.2
"""A gain of a fifth has the full colour."""
_WIN, _LOSS = (24, 90, 157), (178, 42, 42)


def heatmap(document: Document, metric: str, items: str) -> str:
    """An SVG of n (down) by k (across); empty where nothing was compared."""
    cells = cell_comparisons(document, metric, items)
    if not cells:
        return ""
    ns = sorted({n for n, _ in cells})
    ks = sorted({k for _, k in cells}, key=lambda k: (k == "all", 0 if k == "all" else k))
    width, height = _LEFT + _WIDE * len(ks) + 4, _TOP + _HIGH * len(ns) + 4
    parts = [
        text_both(_LEFT + _WIDE * len(ks) / 2, 14, ("examples of the new user, k", "新用户的例子数 k"), "axis"),
        text_both(4, 14, ("training", "训练"), "axis", "start"),
        text_both(4, 30, ("users, n", "用户数 n"), "axis", "start"),
    ]
    parts += [text(_LEFT + _WIDE * (i + 0.5), _TOP - 10, _name(k), "tick strong") for i, k in enumerate(ks)]
    parts += [text(_LEFT - 14, _TOP + _HIGH * (j + 0.5) + 5, f"{n:,}", "tick strong", "end") for j, n in enumerate(ns)]
    for j, n in enumerate(ns):
        for i, k in enumerate(ks):
            if (n, k) in cells:
                parts.append(_cell(_LEFT + _WIDE * i, _TOP + _HIGH * j, cells[n, k]))
    return drawing(width, height, "".join(parts), (f"grid of {metric}", f"{metric} 网格"))


def _cell(x: float, y: float, cell: CellComparison) -> str:
    strength = min(abs(cell.gain) / _FULL, 1.0) ** 0.7
    decided = cell.verdict != "open"
    target = _WIN if cell.gain >= 0 else _LOSS
    mixed = tuple(round(250 + (channel - 250) * strength * (0.95 if decided else 0.45)) for channel in target)
    dark = sum(mixed) < 400
    kind = "light" if dark else ""
    mark = {"won": " ●", "lost": " ▼", "open": ""}[cell.verdict]
    box = f'<rect x="{x + 2:.0f}" y="{y + 2:.0f}" width="{_WIDE - 4}" height="{_HIGH - 4}" rx="5" fill="rgb{mixed}"/>'
    said = f"{cell.champion} {number(cell.mean)}; best peer {cell.best} {number(cell.best_mean)}; better than {', '.join(cell.beaten) or 'none'}"
    said += f"; below {', '.join(cell.beaten_by)}" if cell.beaten_by else ""
    return (
        f"<g><title>{plain(said)}</title>{box}"
        + text(x + _WIDE / 2, y + 27, percent(cell.gain) + mark, f"gain {kind}")
        + text(x + _WIDE / 2, y + 46, f"{number(cell.mean)} : {number(cell.best_mean)} {cell.best}", f"small {kind}")
        + "</g>"
    )


def _name(k: object) -> str:
    return "all" if k == "all" else str(k)
