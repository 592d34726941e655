"""Rules, metrics and files of requests: answers computed by hand."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fewrec import sample
from fewrec.errors import DataError
from fewrec.evaluation.requests import (
    RuleError,
    binary_ndcg,
    graded_ndcg,
    half,
    matches,
    matching,
    precision,
    read_requests,
    share_within,
)

REQUESTS = Path(__file__).resolve().parents[2] / "benchmarks" / "data" / "requests"
FILM: dict[str, object] = {
    "item_id": "1",
    "title": "Robots at Bat",
    "genres": "Western|Sci-Fi",
    "cast": "Ann Lee, Bo Chan",
    "director": "李安 / Ang Lee",
    "year": "1952",
    "rating": None,
    "description": "Two androids learn baseball. 一个关于棒球的故事。",
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"column": "genres", "has": "western"}, True),
        ({"column": "genres", "has": "West"}, False),
        ({"column": "genres", "has": ["Horror", "SCI-FI"]}, True),
        ({"column": "cast", "has": "Bo Chan"}, True),
        ({"column": "director", "has": "李安"}, True),
        ({"column": ["director", "cast"], "has": "Ann Lee"}, True),
        ({"column": "absent", "has": "Western"}, False),
        ({"column": "year", "<": 1960}, True),
        ({"column": "year", ">=": 1950, "<": 1952}, False),
        ({"column": "year", ">=": 1952, "<=": 1952}, True),
        ({"column": "year", "=": 1952}, True),
        ({"column": "rating", "<": 5}, False),
        ({"column": "title", ">": 0}, False),
        ({"column": "description", "words": "baseball"}, True),
        ({"column": "description", "words": "base"}, False),
        ({"column": "description", "words": "base*"}, True),
        ({"column": "description", "words": "learn baseball"}, True),
        ({"column": ["title", "description"], "words": ["dinosaur*", "at bat"]}, True),
        ({"column": "description", "words": "棒球"}, True),
        ({"not": {"column": "genres", "has": "Western"}}, False),
        ({"all": [{"column": "genres", "has": "Western"}, {"column": "year", "<": 1960}]}, True),
        ({"all": [{"column": "genres", "has": "Western"}, {"column": "year", ">": 1960}]}, False),
        ({"any": [{"column": "genres", "has": "War"}, {"not": {"column": "year", ">": 1960}}]}, True),
    ],
)
def test_rules(rule: dict[str, Any], expected: bool) -> None:
    assert matches(rule, FILM) is expected


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"column": "year"},
        {"column": [], "has": "x"},
        {"column": "year", "near": 3},
        {"column": "year", "<": "1960"},
        {"column": "year", "<": True},
        {"column": "genres", "has": []},
        {"column": "genres", "words": ""},
        {"all": []},
        {"all": [{"column": "genres", "has": "x"}], "column": "year"},
        {"not": []},
    ],
)
def test_a_rule_outside_the_grammar_is_an_error(rule: dict[str, Any]) -> None:
    with pytest.raises(RuleError):
        matches(rule, FILM)


def test_precision_is_of_the_most_there_can_be() -> None:
    assert precision([5, 1, 2, 7], {1, 2, 9}, at=10) == pytest.approx(2 / 3)
    assert precision(list(range(20)), set(range(5, 40)), at=10) == 0.5
    assert math.isnan(precision([1], set()))


def test_graded_ndcg_prefers_what_is_liked() -> None:
    likes = [0.0, 3.0, 10.0]
    gains = [1.0, 1 + math.log(4), 1 + math.log(11)]
    ideal = gains[2] / math.log2(2) + gains[1] / math.log2(3) + gains[0] / math.log2(4)
    assert graded_ndcg([2, 1, 0], {0, 1, 2}, likes) == pytest.approx(1.0)
    found = gains[0] / math.log2(2) + gains[2] / math.log2(3)
    assert graded_ndcg([0, 2], {0, 1, 2}, likes) == pytest.approx(found / ideal)
    # What does not match gains nothing, however often it was liked.
    assert graded_ndcg([2, 0], {0}, likes) == pytest.approx(1 / math.log2(3))
    assert math.isnan(graded_ndcg([0], set(), likes))


def test_binary_ndcg_and_shares() -> None:
    assert binary_ndcg([9, 4], {4, 5}) == pytest.approx((1 / math.log2(3)) / (1 + 1 / math.log2(3)))
    assert share_within([1, 2, 3, 4], {1, 4, 8}) == 0.5
    assert share_within([], {1}) == 0.0


def test_reading(tmp_path: Path) -> None:
    file = tmp_path / "requests.jsonl"
    lines = [
        {"text": "westerns", "where": {"column": "genres", "has": "Western"}, "lang": "en", "kind": "category", "extra": 1},
        {"text": "这两部", "relevant": ["1", "2"], "like": ["3"]},
    ]
    file.write_text("\n\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    first, second = read_requests(file)
    assert (first.lang, first.kind, first.relevant) == ("en", "category", None)
    assert (second.relevant, second.like, second.lang) == (("1", "2"), ("3",), None)
    assert first.cluster != second.cluster


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{", "requests.jsonl:1"),
        ('{"text": "x"}', 'either "relevant" or "where"'),
        ('{"text": "x", "relevant": [1]}', "strings"),
        ('{"text": "x", "where": {"column": "year", "near": 2}}', 'unknown test "near"'),
        ('{"text": "x", "where": [1]}', "a rule, a JSON object"),
        ('{"where": {}}', 'string "text"'),
        ("", "holds no request"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, found: str) -> None:
    file = tmp_path / "requests.jsonl"
    file.write_text(line, encoding="utf-8")
    with pytest.raises(DataError, match=found):
        read_requests(file)


def test_halves_depend_on_the_text_alone() -> None:
    assert half("movies about baseball") == half("movies about baseball")
    assert {half(f"request {number}") for number in range(20)} == {"development", "test"}


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (REQUESTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def test_our_requests_are_many_in_both_languages() -> None:
    everything = [line for name in ("ml-100k", "games", "douban", "sample") for line in _lines(name)]
    assert len(everything) >= 400
    assert len({line["id"] for line in everything}) == len(everything)
    assert len({(line["catalogue"], line["text"]) for line in everything}) == len(everything)
    langs = Counter(line["lang"] for line in everything)
    assert set(langs) == {"en", "zh"}
    assert min(langs.values()) >= 200
    assert {"category", "person", "theme", "time", "two-facets", "negation"} <= {line["kind"] for line in everything}
    assert all("excluded" in line for line in everything if line["kind"] == "negation")


def _check_matches(name: str, file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    for request in read_requests(REQUESTS / f"{name}.jsonl"):
        assert request.where is not None
        found = set(matching(request.where, rows))
        assert len(found) >= 3, request.text
        if request.excluded is not None:
            excluded = set(matching(request.excluded, rows))
            assert excluded, request.text
            assert not found & excluded, request.text


def test_requests_for_the_sample_match_it() -> None:
    _check_matches("sample", Path(str(sample.path("items.csv"))))


@pytest.mark.parametrize("name", ["ml-100k", "games", "douban"])
def test_requests_for_research_data_match_them(shared_data: Path, name: str) -> None:
    _check_matches(name, shared_data / name / "items.csv")
