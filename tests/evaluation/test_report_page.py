"""The page: self-contained, in two languages, faithful to the document, unharmed by names."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from evaluation_worlds import Constant, Parity, ParityPredictor, Popularity, Random, block_world

from fewrec.errors import DataError
from fewrec.evaluation import ColdItemsSettings, KShotSettings, LabelsSettings, Run, evaluate, write_html
from fewrec.evaluation.report.cells import better_of, cell_comparisons
from fewrec.evaluation.report.notes import in_chinese
from fewrec.evaluation.report.page import content_security_policy, document_in, html
from fewrec.evaluation.report.svg import ticks
from fewrec.evaluation.report.words import number, percent
from fewrec.evaluation.splits import entries

QUIET = Run(progress=False, command="fewrec evaluate <store> && echo 'x'")
HOSTILE = "<script>alert(1)</script>&\"'"
VOID = {"meta", "br", "link", "img", "input", "hr"}


@pytest.fixture(scope="module")
def documents() -> dict[str, dict]:
    catalogue, events = block_world()
    models = {"auto": Parity, "popularity": Popularity, "random": Random, HOSTILE: Constant}
    small = {"k": (0, 1, 3), "train_users": (0, 10, 300, "all"), "seeds": 2, "small_draws": 2, "replicates": 200}
    test = np.random.default_rng(0).random(len(events)) < 0.3
    return {
        "kshot": evaluate(
            "kshot", models, catalogue=catalogue, interactions=events, settings=KShotSettings(**small), run=QUIET
        ),
        "cold-items": evaluate(
            "cold-items", models, catalogue=catalogue, interactions=events, settings=ColdItemsSettings(**small), run=QUIET
        ),
        "labels": evaluate(
            "labels",
            {"auto": ParityPredictor, HOSTILE: Constant},
            catalogue=catalogue,
            interactions=entries(events, ~test),
            test=entries(events, test),
            settings=LabelsSettings(seeds=1, small_draws=1, replicates=200, compared=("all",)),
            run=QUIET,
        ),
    }


class Balance(HTMLParser):
    """Every element is closed in order; counts what is said in which language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.languages = {"en": 0, "zh": 0}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        language = dict(attrs).get("lang")
        if language and tag != "html":
            self.languages[language] += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", ["kshot", "cold-items", "labels"])
def test_the_page_stands_alone_in_two_languages(documents: dict[str, dict], tmp_path: Path, name: str) -> None:
    write_html(documents[name], tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|\bsrc=|<link|@import|url\(", page)
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    assert balance.languages["en"] == balance.languages["zh"] > 20
    for picture in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL):
        ElementTree.fromstring(picture)
    assert "<script>alert" not in page
    assert page.count("<script") == 2
    embedded = re.search(r'<script type="application/json" id="document">(.*?)</script>', page, flags=re.DOTALL)
    assert embedded
    assert json.loads(embedded.group(1)) == documents[name]
    assert "fewrec evaluate &lt;store&gt;" in page
    assert page.index("Read this first") < page.index("All numbers")


def test_the_grid_says_what_the_comparisons_say(documents: dict[str, dict]) -> None:
    document = documents["kshot"]
    found = cell_comparisons(document, "ndcg@10", "all")
    assert set(found) == {(n, k) for n in (0, 10, 80) for k in (0, 1, 3)}
    for (n, k), cell in found.items():
        rows = [r for r in document["comparisons"] if (r["train_users"], r["k"], r["metric"]) == (n, k, "ndcg@10")]
        assert cell.best_mean == max(r["against_mean"] for r in rows)
        assert (cell.verdict == "won") == all(r["low"] > 0 for r in rows)
        assert (cell.verdict == "lost") == any(r["high"] < 0 for r in rows)
    page = html(document)
    assert page.count("●") >= 6  # with an example, the rule of the world wins everywhere
    assert {n: len(cell_comparisons(documents["cold-items"], "ndcg@10", n)) for n in ("all", "warm", "cold")} == {
        "all": 9,
        "warm": 9,
        "cold": 9,
    }


def test_the_page_is_about_what_was_compared(documents: dict[str, dict]) -> None:
    """The primary metric, wherever it stands among the metrics."""
    catalogue, events = block_world()
    settings = KShotSettings(
        k=(0, 3), train_users=(10,), seeds=2, small_draws=2, replicates=200, metrics=("recall@20", "ndcg@10", "mrr")
    )
    models = {"auto": Parity, "popularity": Popularity}
    document = evaluate("kshot", models, catalogue=catalogue, interactions=events, settings=settings, run=QUIET)
    assert {row["metric"] for row in document["comparisons"]} == {"ndcg@10"} == set(document["settings"]["compared"])
    assert "Differences to the best peer: ndcg@10" in html(document)


def test_lower_is_better_for_a_loss(documents: dict[str, dict]) -> None:
    (cell,) = cell_comparisons(documents["labels"], "log-loss", "all").values()
    assert cell.mean < cell.best_mean
    assert cell.gain > 0
    assert cell.verdict == "won"


def test_every_note_is_said_in_chinese(documents: dict[str, dict]) -> None:
    notes = {note for document in documents.values() for note in document["notes"]}
    assert len(notes) >= 3
    for note in notes:
        assert re.search(r"[\u4e00-\u9fff]", in_chinese(note)), note
    assert in_chinese("something a model's author says") == "something a model's author says"


def test_what_is_not_a_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the document has no comparisons, dataset"):
        write_html({"protocol": "kshot", "results": [], "settings": {}}, tmp_path / "x.html")


def test_numbers_and_ticks() -> None:
    assert [number(x) for x in (0.4381, 1.0, -0.25, 12.5, None)] == [".438", "1.000", "-.250", "12.500", "–"]
    assert [percent(x) for x in (0.083, -0.2, 0.0001, -0.0001)] == ["+8.3%", "−20.0%", "±0%", "±0%"]
    assert ticks(0.031, 0.54) == pytest.approx([0, 0.2, 0.4, 0.6])
    assert ticks(0.5, 0.5) == [0.5]


@pytest.mark.parametrize(("lang", "other"), [("en", "zh"), ("zh", "en")])
def test_one_language_needs_no_script(documents: dict[str, dict], lang: str, other: str) -> None:
    page = html(documents["kshot"], lang)
    body = page[: page.index('<script type="application/json"')]
    assert f'<html lang="{lang}"' in page
    assert f'lang="{other}"' not in body[body.index("<body>") :]
    assert page.count("<script") == 1  # the document alone
    assert 'class="switch"' not in page
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    assert balance.languages[lang] > 20


def test_the_policy_allows_exactly_the_page_s_own_style_and_script(documents: dict[str, dict]) -> None:
    page, policy = html(documents["labels"]), content_security_policy()
    for element in (r"<style>(.*?)</style>", r"<script>(.*?)</script>"):
        (text,) = re.findall(element, page, flags=re.DOTALL)
        assert f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy
    assert not re.search(r"<[^>]*\s(style|on\w+)=", page[page.index("<main>") : page.index('id="document"')])
    linked = html(documents["labels"], "zh", stylesheet="/static/report.css")
    assert '<link rel="stylesheet" href="/static/report.css">' in linked
    assert "<style" not in linked


def test_a_page_gives_its_document_back(documents: dict[str, dict]) -> None:
    assert document_in(html(documents["cold-items"], "en")) == documents["cold-items"]
    with pytest.raises(DataError, match="holds no evaluation document"):
        document_in("<h1>the grid</h1>")


def test_a_metric_that_is_not_installed_is_shown_and_not_compared(documents: dict[str, dict]) -> None:
    document = json.loads(json.dumps(documents["kshot"]).replace('"mrr"', '"elsewhere:hits"'))
    assert better_of(document, "elsewhere:hits") is None
    assert "<summary>elsewhere:hits</summary>" in html(document)
