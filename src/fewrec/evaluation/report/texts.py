"""Decoded texts and their main numbers: the parts of the page that only ``round-trip`` has."""

from __future__ import annotations

from typing import Any

from fewrec.evaluation.report.cells import Document, entry_of
from fewrec.evaluation.report.words import both, number, plain

_TOLD = {"warm": ("cross-recall@1", "support"), "cold": ("cross-recall@10", "support"), "all": ("ndcg-kept", "overlap@10")}


def in_numbers(document: Document) -> str:
    """A line for the items, the held-out items and the users: the decoder's two telling numbers, and the controls' beside each."""
    champion, lines = document["settings"]["champion"], []
    for items, metrics in _TOLD.items():
        parts = [part for metric in metrics if (part := _beside(document, champion, items, metric))]
        if parts:
            name = both(*(f"<b>{plain(each)}</b>: " for each in entry_of(document).subjects[items]))
            lines.append(f"<li>{name}{both('; '.join(p[0] for p in parts), '；'.join(p[1] for p in parts))}</li>")
    if not lines:
        return ""
    heading = both(f"{plain(champion)} in numbers, controls beside them", f"{plain(champion)} 的数字与对照")
    return f'<section><h2>{heading}</h2><ul class="verdict">{"".join(lines)}</ul></section>'


def _beside(document: Document, champion: str, items: str, metric: str) -> tuple[str, str] | None:
    rows = [row for row in document["results"] if row["items"] == items and row["metric"] == metric]
    own = next((row for row in rows if row["model"] == champion), None)
    if own is None:
        return None
    others = [f"{plain(row['model'])} {number(row['mean'])}" for row in rows if row is not own]
    value = f"{plain(metric)} <b>{number(own['mean'])}</b> ({number(own['low'])}–{number(own['high'])})"
    return (value + (f", {', '.join(others)}" if others else ""), value + (f"，{'，'.join(others)}" if others else ""))


def samples(document: Document) -> str:
    """A few texts as they were written, the same items and users for every decoder and control."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for sample in document.get("samples", []):
        found.setdefault((sample["items"], sample["about"]), []).append(sample)
    if not found:
        return ""
    body = []
    for (items, about), said in found.items():
        place = both(*(plain(name) for name in entry_of(document).subjects[items]))
        body.append(f'<tr class="block"><th colspan="2">{plain(about)} <small>{place}</small></th></tr>')
        body += [f"<tr><th>{plain(each['model'])}</th><td>{plain(each['text'])}</td></tr>" for each in said]
    heading = both("Decoded texts", "解码得到的文字")
    note = both(
        "First items and users of the first draw; nothing was selected. `stranger` is the text of another user or item.",
        "第一次抽样中最先的物品与用户，未经挑选。`stranger` 是其他用户或物品的文字。",
        "p",
    )
    return f'<section><h2>{heading}</h2>{note}<table class="facts said"><tbody>{"".join(body)}</tbody></table></section>'
