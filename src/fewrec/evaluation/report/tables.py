"""The numbers behind the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fewrec.evaluation.document import TRIVIAL
from fewrec.evaluation.metrics import parse_metric
from fewrec.evaluation.report.cells import Document, entry_of, is_control, models_of, places_of
from fewrec.evaluation.report.words import both, number, plain


def results_table(document: Document, metric: str, family: str) -> str:
    """Models down, k across, a block for every set of items and number of training users; the best of a column is bold.

    In ``tallrec`` the shots are the training users, so there is one block.
    """
    rows = [row for row in document["results"] if row["metric"] == metric]
    ns, ks = places_of(rows)
    if entry_of(document).size == "shots":
        rows, ns = [{**row, "train_users": 0} for row in rows], [0]
    if entry_of(document).candidates == "decoders":
        return _of_texts(document, rows, metric)
    head = "".join(f"<th>k = {plain(k)}</th>" for k in ks)
    lower = parse_metric(metric, family).better == "lower"
    compared = parse_metric(metric, family).better is not None
    blocks = []
    for items in (name for name in entry_of(document).subjects if any(row["items"] == name for row in rows)):
        for n in ns:
            own = {(row["model"], row["k"]): row for row in rows if row["items"] == items and row["train_users"] == n}
            if own:
                blocks.append(_block(document, own, n, items, ks, lower=lower if compared else None))
    return f'<div class="scroll"><table class="numbers"><thead><tr><th></th>{head}</tr></thead>{"".join(blocks)}</table></div>'


def _of_texts(document: Document, rows: list[dict[str, Any]], metric: str) -> str:
    """Decoders and controls down, whom the texts are about across."""
    places = list(dict.fromkeys((row["items"], row["k"]) for row in rows))
    heads = []
    for items, k in places:
        likes = (f", {k} likes", f"，{k} 个喜欢") if items == "all" else ("", "")
        heads.append(
            "<th>"
            + both(*(plain(name + more) for name, more in zip(entry_of(document).subjects[items], likes, strict=True)))
            + "</th>"
        )
    compared = parse_metric(metric, "decoded").better is not None
    found = {(row["model"], row["items"], row["k"]): row for row in rows}
    best = {place: max(row["mean"] for row in rows if (row["items"], row["k"]) == place) for place in places}
    body = []
    for model in models_of(document):
        if any(name == model for name, _, _ in found):
            cells = [_cell(found.get((model, *place)), best[place] if compared else None) for place in places]
            kind = "trivial" if is_control(model) else "own" if model == document["settings"]["champion"] else ""
            body.append(f'<tr class="{kind}"><th>{plain(model)}</th>{"".join(cells)}</tr>')
    head = f"<thead><tr><th></th>{''.join(heads)}</tr></thead>"
    return f'<div class="scroll"><table class="numbers">{head}<tbody>{"".join(body)}</tbody></table></div>'


def _block(
    document: Document, rows: Mapping[tuple[str, Any], dict[str, Any]], n: int, items: str, ks: list[Any], *, lower: bool | None
) -> str:
    best = {k: (min if lower else max)((row["mean"] for (_, at), row in rows.items() if at == k), default=None) for k in ks}
    size = "" if entry_of(document).size == "shots" else f"n = {n:,} · "
    where = both(*(size + name for name in entry_of(document).subjects[items]))
    body = [f'<tr class="block"><th colspan="{len(ks) + 1}">{where}</th></tr>']
    for model in models_of(document):
        if not any(name == model for name, _ in rows):
            continue
        cells = [_cell(rows.get((model, k)), best[k] if lower is not None else None) for k in ks]
        kind = "trivial" if model in TRIVIAL else "own" if model == document["settings"]["champion"] else ""
        body.append(f'<tr class="{kind}"><th>{plain(model)}</th>{"".join(cells)}</tr>')
    return f"<tbody>{''.join(body)}</tbody>"


def _cell(row: dict[str, Any] | None, best: float | None) -> str:
    if row is None:
        return "<td>–</td>"
    mean = f"<b>{number(row['mean'])}</b>" if row["mean"] == best else number(row["mean"])
    said = f"{row['n_users']} users, {row.get('n_draws', 1)} draws"
    return f'<td title="{said}">{mean} <small>{number(row["low"])}–{number(row["high"])}</small></td>'


def timing_table(document: Document) -> str:
    """Seconds to fit and users scored a second, medians over draws; at the largest k."""
    rows = document["results"]
    ns, ks = places_of(rows)
    head = "".join(f"<th>n = {n:,}</th>" for n in ns)
    body = []
    for model in models_of(document):
        cells = []
        for n in ns:
            own = [row for row in rows if row["model"] == model and row["train_users"] == n]
            last = max(own, key=lambda row: ks.index(row["k"]), default=None)
            cells.append(
                f"<td>{last['fit_s']:.3g} s <small>{last['users_per_s']:,.0f}/s</small></td>" if last else "<td>–</td>"
            )
        body.append(f"<tr><th>{plain(model)}</th>{''.join(cells)}</tr>")
    return f'<div class="scroll"><table class="numbers"><thead><tr><th></th>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'


def comparisons_table(document: Document, metric: str) -> str:
    """Every comparison on one metric."""
    champion = plain(document["settings"]["champion"])
    heads = [
        ("n", "n"),
        ("k", "k"),
        ("items", "物品"),
        ("against", "对手"),
        (champion, champion),
        ("peer", "对手值"),
        ("difference", "差值"),
    ]
    body = []
    for row in document["comparisons"]:
        if row["metric"] == metric:
            good, bad = (row["high"] < 0, row["low"] > 0) if row["better"] == "lower" else (row["low"] > 0, row["high"] < 0)
            kind = "good" if good else "bad" if bad else ""
            values = f"<td>{number(row['mean'])}</td><td>{number(row['against_mean'])}</td>"
            change = f"{row['difference']:+.3f} <small>{row['low']:+.3f} … {row['high']:+.3f}</small>"
            place = f"<td>{row['train_users']:,}</td><td>{plain(row['k'])}</td><td>{plain(row['items'])}</td><td>{plain(row['against'])}</td>"
            body.append(f'<tr class="{kind}">{place}{values}<td>{change}</td></tr>')
    head = "".join(f"<th>{both(*names)}</th>" for names in heads)
    return f'<div class="scroll"><table class="numbers list"><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'


def facts_table(facts: Mapping[str, Any]) -> str:
    """Names and values as they stand in the document."""
    rows = "".join(f"<tr><th>{plain(name)}</th><td>{plain(_flat(value))}</td></tr>" for name, value in facts.items())
    return f'<table class="facts"><tbody>{rows}</tbody></table>'


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_flat(inner)}" for name, inner in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(_flat(inner) for inner in value) or "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
