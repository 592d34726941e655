"""The document as one page: inline style, pictures and script, no other file, no network. Templates are in ``templates/``."""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from statistics import mean
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fewrec.errors import DataError
from fewrec.evaluation.registry import Text
from fewrec.evaluation.report.by_kind import by_kind, without_parts
from fewrec.evaluation.report.cells import Document, better_of, cell_comparisons, entry_of, family_of
from fewrec.evaluation.report.curves import curves_over_k, curves_over_n, explained, legend
from fewrec.evaluation.report.dots import dots
from fewrec.evaluation.report.heatmap import heatmap
from fewrec.evaluation.report.notes import in_chinese
from fewrec.evaluation.report.tables import comparison_rows, flat, results_table, timing_table
from fewrec.evaluation.report.texts import decoded_numbers, samples
from fewrec.evaluation.report.words import METRICS, in_language, percent

Lang = Literal["en", "zh"] | None
"""The language of a page; None for a page with both and a switch."""

_LAST_CAVEAT = {
    "ranked": (
        "What a user never touched counts as not liked; the best possible list would score lower here than in life.",
        "用户从未接触过的物品按“不喜欢”计；因此真正完美的列表在这里得分也会偏低。",
    ),
    "labelled": (
        "AUC over all pairs rewards knowing who is generous; per-user AUC (uauc) does not. Read them together.",
        "合并 AUC 会奖励“知道谁爱给好评”，逐用户 AUC（uauc）不会。请对照阅读。",
    ),
    "requests": (
        "What a sentence asks for is read from the items' columns by a rule, so an item that answers without saying so counts as a miss.",
        "一句话想要什么，由规则根据物品各列判定；符合要求但资料里没有写明的物品会被算作未命中。",
    ),
    "decoded": (
        "Decoding and encoding again with the same encoder proves nothing: nonsense passes. Here a second encoder and the item's record score the texts, "
        "and a number means what it is above its control.",
        "用同一个编码器解码再编码什么也证明不了：胡言乱语也能通过。这里由第二个编码器和物品资料评判，数值高出对照多少才有意义。",
    ),
}


def write_html(document: Document, path: Path | str, lang: Lang = None) -> None:
    """Write the page of a document to a file.

    Args:
        document: what ``evaluate`` returns, or the same read back from JSON.
        path: the file.
        lang: as for :func:`html`.

    Raises:
        DataError: it is no such document.
    """
    missing = sorted({"protocol", "dataset", "settings", "results", "comparisons"} - set(document))
    if missing:
        raise DataError(f"the document has no {', '.join(missing)}", hint="write_html takes what evaluate returns")
    Path(path).write_text(html(document, lang), encoding="utf-8")


def html(document: Document, lang: Lang = None, *, stylesheet: str | None = None) -> str:
    """The page.

    Args:
        document: what ``evaluate`` returns.
        lang: ``en`` or ``zh`` for a page in one language without any script; None for both, with a switch.
        stylesheet: address of :func:`style` for pages whose policy forbids inline styles; None to have the style inside.
    """
    whole, document = document, without_parts(document)
    metrics = _metrics(document)
    with in_language(lang):
        return (
            _environment()
            .get_template("page.html.j2")
            .render(
                document=document,
                lang=lang,
                entry=entry_of(document),
                reference=document["settings"]["champion"],
                stylesheet=stylesheet,
                style=Markup(style()),
                script=Markup(script()),
                counts=_counts(document),
                caveats=_caveats(document),
                verdicts=_verdicts(document, metrics[0]) if entry_of(document).candidates != "decoders" else [],
                decoded_numbers=decoded_numbers(document) if entry_of(document).candidates == "decoders" else [],
                kinds=by_kind(whole),
                samples=samples(document),
                pictures=_pictures(document, metrics),
                metrics=metrics,
                meanings={metric: _meaning(metric) for metric in metrics},
                tables={metric: results_table(document, metric) for metric in metrics},
                comparisons=comparison_rows(document),
                timing=timing_table(document),
                embedded=Markup(_embedded(whole)),
            )
        )


@cache
def style() -> str:
    """The style sheet of the page."""
    return _asset("style.css")


@cache
def script() -> str:
    """The script of a page in both languages."""
    return _asset("script.js")


def content_security_policy() -> str:
    """A ``Content-Security-Policy`` under which a page of this version works: its own style and script by their hashes, nothing else."""
    return f"default-src 'none'; style-src {_hash(style())}; script-src {_hash(script())}"


def document_in(page: str) -> dict[str, Any]:
    """The document inside a page that :func:`html` made, so that it can be rendered again (in one language, with another style).

    Raises:
        DataError: the page holds none.
    """
    _, found, rest = page.partition('<script type="application/json" id="document">')
    if not found:
        raise DataError("the page holds no evaluation document", hint="expected a page of fewrec evaluate --html")
    document: dict[str, Any] = json.loads(rest.partition("</script>")[0])
    return document


def _asset(name: str) -> str:
    return files("fewrec.evaluation.report").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("fewrec.evaluation.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["flat"] = flat
    return environment


def _metrics(document: Document) -> list[str]:
    """Metrics with results, those that models were compared on before the others: the first is the one the page is about."""
    measured = {row["metric"] for row in document["results"]}
    compared = {row["metric"] for row in document["comparisons"]}
    return sorted((name for name in document["settings"]["metrics"] if name in measured), key=lambda name: name not in compared)


def _counts(document: Document) -> list[tuple[str, Text]]:
    data = document["dataset"]
    labels = [("users", "用户"), ("items", "物品"), ("events", "事件")]
    counts = [(f"{data[name]:,}", (name, chinese)) for name, chinese in labels if name in data]
    draws = sorted({len(numbers) for numbers in document["settings"].get("draws", {}).values()})
    if draws:
        counts.append((f"{draws[0]}–{draws[-1]}" if len(draws) > 1 else str(draws[0]), ("draws", "次抽样")))
    return counts


def _caveats(document: Document) -> list[Text]:
    notes: list[Text] = [(note, in_chinese(note)) for note in document.get("notes", [])]
    if document["comparisons"]:
        critical, n = document["settings"].get("critical_value"), len(document["comparisons"])
        notes.append(
            (
                f"Significance is joint over all {n} comparisons of this document (|t| above {critical:.2f}), "
                "with users and training draws resampled. A single interval of a model, as in the curves, is not joint.",
                f"显著性对本文件的全部 {n} 个比较联合成立（|t| 大于 {critical:.2f}），同时对用户与训练抽样做重抽样。"
                "曲线中单个模型的区间不是联合区间。",
            )
        )
    if any(1 < len(numbers) < 6 for numbers in document["settings"].get("draws", {}).values()):
        notes.append(
            (
                "With few draws (three, say) the spread between training sets is itself known only roughly; "
                "intervals take it from all peers together and add half a standard error.",
                "抽样次数少（例如三次）时，训练集之间的差异本身也只是粗略估计；区间由所有对手共同估计，并加上半个标准误。",
            )
        )
    return [*notes, _LAST_CAVEAT[family_of(document)]]


def _verdicts(document: Document, metric: str) -> list[dict[str, Any]]:
    """For every set of items: in how many cells the reference model is significantly better, worse, or neither."""
    found = []
    for items, names in entry_of(document).subjects.items():
        cells = list(cell_comparisons(document, metric, items).values())
        if not cells:
            continue
        won, lost = (sum(cell.verdict == verdict for cell in cells) for verdict in ("won", "lost"))
        undecided, gain = len(cells) - won - lost, percent(mean(cell.gain for cell in cells))
        english = (
            f"{names[0]}: better than every peer in {won} of {len(cells)} cells, worse than some peer in {lost}, "
            f"undecided in {undecided}; {gain} against the best peer on average"
        )
        chinese = (
            f"{names[1]}：{len(cells)} 格中有 {won} 格显著优于所有对手，{lost} 格显著逊于某个对手，{undecided} 格未分胜负；"
            f"与最佳对手相比平均 {gain}"
        )
        bars = [("won", 0, won), ("open", won, undecided), ("lost", won + undecided, lost)]
        found.append({"text": (english, chinese), "total": len(cells), "bars": [bar for bar in bars if bar[2]]})
    return found


def _pictures(document: Document, metrics: list[str]) -> list[dict[str, Any]]:
    """Title, note and drawing of every picture; drawings are markup whose texts are escaped in :mod:`.svg`."""
    entry, metric = entry_of(document), metrics[0]
    if entry.layout != "grid":
        shown = [name for name in metrics if better_of(document, name)][:3]
        return [_picture((name, name), dots(document, name), _meaning(name), "meaning") for name in shown]
    pictures = []
    for items, names in entry.subjects.items():
        if not any(row["items"] == items for row in document["results"]):
            continue
        apart = len({row["items"] for row in document["results"]}) > 1
        english, chinese = (f"{metric} · {name}" if apart else metric for name in names)
        if grid := heatmap(document, metric, items):
            title = (f"Differences to the best peer: {english}", f"与最佳对手的差异：{chinese}")
            pictures.append(_picture(title, grid, _heatmap_key(document)))
        over_k, over_n = curves_over_k(document, metric, items), curves_over_n(document, metric, items)
        if over_k or over_n:
            pieces = (explained("k") + over_k if over_k else "") + (explained("n") + over_n if over_n else "")
            pictures.append(_picture((f"Learning curves: {english}", f"学习曲线：{chinese}"), legend(document) + pieces))
    return pictures


def _picture(title: Text, body: str, note: Text | None = None, note_class: str = "") -> dict[str, Any]:
    return {"title": title, "body": Markup(body), "note": note, "note_class": note_class}


def _heatmap_key(document: Document) -> Text:
    reference = document["settings"]["champion"]
    return (
        f"Relative difference of {reference} to the best peer of the cell (blue better, red worse; full colour at 20 %), and below it both "
        "means. ● significantly better than every peer · ▼ significantly worse than some peer · pale: undecided.",
        f"{reference} 相对该格最佳对手的差异（蓝色更好，红色更差，20 % 时颜色最深），下方为两者均值。"
        "● 显著优于所有对手 · ▼ 显著逊于某个对手 · 浅色：未分胜负。",
    )


def _meaning(metric: str) -> Text | None:
    return METRICS.get(metric.split("@", maxsplit=1)[0])


def _embedded(document: Document) -> str:
    """The whole document inside the page, for whoever wants the numbers; nothing in it can end the element."""
    return json.dumps(document, ensure_ascii=False).replace("<", "\\u003c")
