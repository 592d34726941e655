"""The document as one page: inline style, pictures and script, no other file, no network."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from statistics import mean

from fewrec.errors import DataError
from fewrec.evaluation.metrics import parse_metric
from fewrec.evaluation.report.cells import Document, cell_comparisons, entry_of, family_of
from fewrec.evaluation.report.curves import curves_over_k, curves_over_n, explained, legend
from fewrec.evaluation.report.dots import dots
from fewrec.evaluation.report.heatmap import heatmap
from fewrec.evaluation.report.notes import in_chinese
from fewrec.evaluation.report.tables import comparisons_table, facts_table, results_table, timing_table
from fewrec.evaluation.report.texts import in_numbers, samples
from fewrec.evaluation.report.words import METRICS, both, percent, plain

_LAST_CAVEAT = {
    "ranked": (
        "What a user never touched counts as not liked; the best possible list would score lower here than in life.",
        "用户从未接触过的物品按“不喜欢”计；因此真正完美的列表在这里得分也会偏低。",
    ),
    "labelled": (
        "AUC over all pairs rewards knowing who is generous; per-user AUC (uauc) does not. Read them together.",
        "合并 AUC 会奖励“知道谁爱给好评”，逐用户 AUC（uauc）不会。请对照阅读。",
    ),
    "decoded": (
        "Decoding and encoding again with the same encoder proves nothing: nonsense passes. Here a second encoder and the item's record score the texts, "
        "and a number means what it is above its control.",
        "用同一个编码器解码再编码什么也证明不了：胡言乱语也能通过。这里由第二个编码器和物品资料评判，数值高出对照多少才有意义。",
    ),
}


def write_html(document: Document, path: Path | str) -> None:
    """Write the report of an ``evaluate --json`` document (as returned by ``evaluate``, or read back from JSON)."""
    missing = sorted({"protocol", "dataset", "settings", "results", "comparisons"} - set(document))
    if missing:
        raise DataError(f"the document has no {', '.join(missing)}", hint="write_html takes what evaluate returns")
    Path(path).write_text(html(document), encoding="utf-8")


def html(document: Document) -> str:
    """The page."""
    sections = [
        _head(document),
        _caveats(document),
        in_numbers(document) if entry_of(document).candidates == "decoders" else _verdict(document),
        samples(document),
        *_pictures(document),
        _numbers(document),
        _facts(document),
    ]
    asset = files("fewrec.evaluation.report")
    style, script = (asset.joinpath(name).read_text(encoding="utf-8") for name in ("style.css", "script.js"))
    title = f"fewrec · {plain(document['protocol'])}"
    return (
        '<!doctype html>\n<html lang="en" data-lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title>\n<style>{style}</style></head>\n<body>\n<main>\n{chr(10).join(filter(None, sections))}\n</main>\n"
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _metrics(document: Document) -> list[str]:
    """Metrics with results, those that models were compared on before the others: the first is the one the page is about."""
    measured = {row["metric"] for row in document["results"]}
    compared = {row["metric"] for row in document["comparisons"]}
    return sorted((name for name in document["settings"]["metrics"] if name in measured), key=lambda name: name not in compared)


def _head(document: Document) -> str:
    data, made = document["dataset"], document.get("made", {})
    counts = [("users", "用户"), ("items", "物品"), ("events", "事件")]
    facts = "".join(f"<li><b>{data[name]:,}</b> {both(name, chinese)}</li>" for name, chinese in counts if name in data)
    draws = sorted({len(numbers) for numbers in document["settings"].get("draws", {}).values()})
    if draws:
        span = f"{draws[0]}–{draws[-1]}" if len(draws) > 1 else str(draws[0])
        facts += f"<li><b>{span}</b> {both('draws', '次抽样')}</li>"
    question = _said(entry_of(document).question, "question")
    switch = '<div class="switch"><button data-to="en">English</button><button data-to="zh">中文</button></div>'
    when = f'<p class="when">{plain(made["at"])} · fewrec {plain(made["versions"]["fewrec"])}</p>' if made else ""
    return f'<header>{switch}<h1>{both("Evaluation", "评测")} <span>{plain(document["protocol"])}</span></h1>{question}<ul class="counts">{facts}</ul>{when}</header>'


def _caveats(document: Document) -> str:
    notes = [f"<li>{both(plain(note), plain(in_chinese(note)))}</li>" for note in document.get("notes", [])]
    if document["comparisons"]:
        critical = document["settings"].get("critical_value")
        notes.append(
            "<li>"
            + both(
                f"Significance is joint over all {len(document['comparisons'])} comparisons of this document (|t| above {critical:.2f}), "
                "with users and training draws resampled. A single interval of a model, as in the curves, is not joint.",
                f"显著性对本文件的全部 {len(document['comparisons'])} 个比较联合成立（|t| 大于 {critical:.2f}），同时对用户与训练抽样做重抽样。"
                "曲线中单个模型的区间不是联合区间。",
            )
            + "</li>"
        )
    if any(1 < len(numbers) < 6 for numbers in document["settings"].get("draws", {}).values()):
        notes.append(
            "<li>"
            + both(
                "With few draws (three, say) the spread between training sets is itself known only roughly; "
                "intervals take it from all peers together and add half a standard error.",
                "抽样次数少（例如三次）时，训练集之间的差异本身也只是粗略估计；区间由所有对手共同估计，并加上半个标准误。",
            )
            + "</li>"
        )
    notes.append(f"<li>{both(*_LAST_CAVEAT[family_of(document)])}</li>")
    return f'<section class="caveats"><h2>{both("Read this first", "请先阅读")}</h2><ul>{"".join(notes)}</ul></section>'


def _verdict(document: Document) -> str:
    """One line a set of items: won, open, lost."""
    metric, lines = _metrics(document)[0], []
    for items, names in entry_of(document).subjects.items():
        cells = list(cell_comparisons(document, metric, items).values())
        if not cells:
            continue
        won, lost = (sum(cell.verdict == verdict for cell in cells) for verdict in ("won", "lost"))
        gain = percent(mean(cell.gain for cell in cells))
        bar = "".join(
            f'<i class="{verdict}" style="flex:{count}"></i>'
            for verdict, count in (("won", won), ("open", len(cells) - won - lost), ("lost", lost))
            if count
        )
        english = f"<b>{names[0]}</b>: better than every peer in {won} of {len(cells)} cells, worse than some peer in {lost}, undecided in {len(cells) - won - lost}; {gain} against the best peer on average"
        chinese = f"<b>{names[1]}</b>：{len(cells)} 格中有 {won} 格显著优于所有对手，{lost} 格显著逊于某个对手，{len(cells) - won - lost} 格未分胜负；与最佳对手相比平均 {gain}"
        lines.append(f'<li>{both(english, chinese)}<div class="bar">{bar}</div></li>')
    if not lines:
        return ""
    champion = plain(document["settings"]["champion"])
    heading = both(f"{champion} in one sentence, {plain(metric)}", f"一句话：{champion}，{plain(metric)}")
    return f'<section><h2>{heading}</h2><ul class="verdict">{"".join(lines)}</ul></section>'


def _pictures(document: Document) -> list[str]:
    metric = _metrics(document)[0]
    if entry_of(document).layout != "grid":
        shown = [name for name in _metrics(document) if parse_metric(name, family_of(document)).better][:3]
        return [
            f"<section><h2>{plain(name)}</h2>{_meaning(name)}{dots(document, name, family_of(document))}</section>"
            for name in shown
        ]
    parts = []
    for items, names in entry_of(document).subjects.items():
        if not any(row["items"] == items for row in document["results"]):
            continue
        apart = len({row["items"] for row in document["results"]}) > 1
        where = [f" · {name}" if apart else "" for name in names]
        if grid := heatmap(document, metric, items):
            heading = both(
                f"Differences to the best peer: {plain(metric)}{where[0]}", f"与最佳对手的差异：{plain(metric)}{where[1]}"
            )
            parts.append(f"<section><h2>{heading}</h2>{_heat_key(document)}{grid}</section>")
        over_k, over_n = curves_over_k(document, metric, items), curves_over_n(document, metric, items)
        if over_k or over_n:
            heading = both(f"Learning curves: {plain(metric)}{where[0]}", f"学习曲线：{plain(metric)}{where[1]}")
            pieces = (explained("k") + over_k if over_k else "") + (explained("n") + over_n if over_n else "")
            parts.append(f"<section><h2>{heading}</h2>{legend(document)}{pieces}</section>")
    return parts


def _heat_key(document: Document) -> str:
    champion = plain(document["settings"]["champion"])
    return both(
        f"Relative difference of {champion} to the best peer of the cell (blue better, red worse; full colour at 20 %), and below it both means. "
        "● significantly better than <em>every</em> peer · ▼ significantly worse than <em>some</em> peer · pale: undecided.",
        f"{champion} 相对该格最佳对手的差异（蓝色更好，红色更差，20 % 时颜色最深），下方为两者均值。"
        "● 显著优于<em>所有</em>对手 · ▼ 显著逊于<em>某个</em>对手 · 浅色：未分胜负。",
        "p",
    )


def _meaning(metric: str) -> str:
    kind = metric.split("@", maxsplit=1)[0]
    return _said(METRICS[kind], "meaning") if kind in METRICS else ""


def _said(texts: tuple[str, str], kind: str) -> str:
    """A paragraph."""
    return both(plain(texts[0]), plain(texts[1]), "p", class_=kind)


def _numbers(document: Document) -> str:
    parts = []
    for i, metric in enumerate(_metrics(document)):
        opened = " open" if i == 0 else ""
        parts.append(
            f"<details{opened}><summary>{plain(metric)}</summary>{_meaning(metric)}{results_table(document, metric, family_of(document))}</details>"
        )
    if document["comparisons"]:
        for metric in dict.fromkeys(row["metric"] for row in document["comparisons"]):
            name = both(f"comparisons: {plain(metric)}", f"两两比较：{plain(metric)}")
            parts.append(f"<details><summary>{name}</summary>{comparisons_table(document, metric)}</details>")
    timing = both("time: seconds to fit, users scored a second", "用时：训练秒数、每秒打分用户数")
    parts.append(f"<details><summary>{timing}</summary>{timing_table(document)}</details>")
    note = both(
        "Mean and 95 % interval over users. Grey: baselines that need no learning. Bold: best of its column.",
        "均值与按用户自助抽样的 95 % 区间。灰色：无需学习的基线。粗体：该列最佳。",
        "p",
    )
    return f"<section><h2>{both('All numbers', '全部数字')}</h2>{note}{''.join(parts)}</section>"


def _facts(document: Document) -> str:
    command = f"<pre>{plain(document['command'])}</pre>" if document.get("command") else ""
    made = document.get("made", {})
    return (
        f"<section><h2>{both('How to run it again', '如何复现')}</h2>{command}"
        f"<details><summary>{both('settings', '设置')}</summary>{facts_table(document['settings'])}</details>"
        f"<details><summary>{both('data', '数据')}</summary>{facts_table(document['dataset'])}</details>"
        f"<details><summary>{both('versions and machine', '版本与机器')}</summary>{facts_table(made)}</details></section>"
        f'<script type="application/json" id="document">{_embedded(document)}</script>'
    )


def _embedded(document: Document) -> str:
    """The whole document inside the page, for whoever wants the numbers; nothing in it can end the element."""
    return json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")
