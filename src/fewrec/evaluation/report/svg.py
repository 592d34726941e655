"""A few strokes of SVG: colours that stay with a model through the page, scales, text."""

from __future__ import annotations

import math

from fewrec.evaluation.document import TRIVIAL
from fewrec.evaluation.report.words import both, plain

CHAMPION = "#123f7a"
_PEERS = (
    "#d96c1e",
    "#1d8a63",
    "#8b52b8",
    "#b58900",
    "#c9438c",
    "#2f9bbf",
    "#7b5b43",
    "#6a8f1f",
    "#b3343f",
    "#5b7fd6",
    "#3f6f6b",
)
_DASHES = ("1 3", "5 3", "9 3", "9 3 1 3")


def colour_of(model: str, models: list[str]) -> str:
    """The reference model is blue, trivial baselines and controls are grey, every peer has a colour of its own."""
    if model == models[0]:
        return CHAMPION
    if model in TRIVIAL or model.endswith((":banned", ":stranger")):
        return "#8a8f98"
    peers = [name for name in models[1:] if name not in TRIVIAL]
    return _PEERS[peers.index(model) % len(_PEERS)]


def dash_of(model: str) -> str:
    """A dash pattern for what has no colour."""
    return f' stroke-dasharray="{_DASHES[TRIVIAL.index(model)]}"' if model in TRIVIAL else ""


def text(x: float, y: float, label: object, kind: str = "", anchor: str = "middle") -> str:
    """``label`` at a point; ``kind`` is a class of the style sheet."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{plain(label)}</text>'


def text_both(x: float, y: float, labels: tuple[str, str], kind: str = "", anchor: str = "middle") -> str:
    """A label in two languages at a point; arguments as of :func:`text`."""
    return both(plain(labels[0]), plain(labels[1]), "text", x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, class_=kind)


def drawing(width: float, height: float, body: str, label: tuple[str, str]) -> str:
    """A picture that shrinks with the page and says to a screen reader what it is."""
    said = plain(f"{label[0]} / {label[1]}")
    return f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" aria-label="{said}">{body}</svg>'


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round numbers that span [low, high]."""
    if high <= low:
        return [low]
    raw = (high - low) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= raw - 1e-12)
    first = math.floor(low / step + 1e-9)
    return [step * i for i in range(first, math.ceil(high / step - 1e-9) + 1)]
