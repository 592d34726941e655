"""``parse_statement``: topics and polarity of sentences in words."""

from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statements_held_out import HELD_OUT
from statements_tuned import ONCE_HELD_OUT, TUNED

from fewrec.text import Claim, clean, parse_statement, review_polarity
from fewrec.text.carriers_en import ENGLISH
from fewrec.text.carriers_zh import CHINESE

ALL_WORDINGS = sorted(
    {w for rule in (*CHINESE.rules, *ENGLISH.rules) for w in re.split(r"[^\w' ]+", rule.pattern.pattern) if w}
)


@pytest.mark.parametrize(("sentence", "expected"), TUNED)
def test_tuned_sentences(sentence: str, expected: list[tuple[str, float]]) -> None:
    assert [(claim.topic, pytest.approx(claim.polarity)) for claim in parse_statement(sentence)] == expected


@pytest.mark.parametrize(("sentence", "expected"), ONCE_HELD_OUT)
def test_sentences_once_held_out(sentence: str, expected: list[tuple[str, int]]) -> None:
    assert [(claim.topic, int(np.sign(claim.polarity))) for claim in parse_statement(sentence)] == expected


def test_held_out_sentences_keep_their_share() -> None:
    exact = signs = 0
    for sentence, expected in HELD_OUT:
        claims = parse_statement(sentence)
        right = len(claims) == len(expected) and all(
            abs(claim.polarity) < 0.5 if sign == 0 else np.sign(claim.polarity) == sign
            for claim, (_, sign) in zip(claims, expected, strict=True)
        )
        signs += right
        exact += right and [claim.topic for claim in claims] == [topic for topic, _ in expected]
    assert (exact, signs) == (23, 25)  # of 30, as on the first run


def test_claims_know_their_clause() -> None:
    assert parse_statement("我喜歡科幻片，但不喜歡恐怖片。") == [
        Claim("科幻片", 1.0, "我喜歡科幻片"),
        Claim("恐怖片", -1.0, "但不喜歡恐怖片"),
    ]
    assert parse_statement("  ") == parse_statement("。！") == parse_statement("\u200b") == []


def test_reviews_are_judged_as_a_whole() -> None:
    assert review_polarity("太难看了，浪费时间") == -1
    assert review_polarity("a brilliant, moving film") == 1
    assert review_polarity("not bad at all") > 0
    assert review_polarity("不好看") < 0
    assert review_polarity("昨天看的") is None
    [claim] = parse_statement("The ending is weak, but the acting is superb and the music is beautiful. " * 20)
    assert claim.topic.startswith("The ending")
    assert 0 < claim.polarity < 1


@given(st.text(st.characters()))
def test_any_text(text: str) -> None:
    for claim in parse_statement(text):
        assert -1 <= claim.polarity <= 1
        assert claim.topic.strip()
        assert claim.topic in clean(text)


@given(
    st.lists(st.sampled_from(ALL_WORDINGS), min_size=1, max_size=12), st.sampled_from(["", " ", "，", ", "]), st.integers(1, 15)
)
def test_piled_up_wordings_take_no_time(pieces: list[str], separator: str, times: int) -> None:
    text = separator.join(pieces * times)[:600]
    start = time.perf_counter()
    parse_statement(text)
    assert time.perf_counter() - start < 5  # the worst found: 0.1 s a clause; a backtracking trap takes minutes


@pytest.mark.parametrize("unit", ["我喜欢科幻片，", "I love it but ", "不", "x", "❤️", "\u0645\u0631 "])
def test_hundred_thousand_characters(unit: str) -> None:
    start = time.perf_counter()
    [claim] = parse_statement(unit * (100_000 // len(unit)))
    assert -1 <= claim.polarity <= 1
    assert time.perf_counter() - start < 5


@pytest.mark.shared
@pytest.mark.parametrize(("folder", "allowed"), [("douban", 0.03), ("ml-100k", 0.015), ("games", 0.01)])
def test_bare_titles_are_wishes(shared_data: Path, folder: str, allowed: float) -> None:
    """A title typed as a statement is liked and whole, although some begin like a carrier (Love Actually, 不能说的秘密)."""
    titles = pl.read_csv(shared_data / folder / "items.csv", infer_schema_length=0)["title"].drop_nulls().to_list()
    broken = [title for title in titles if [(c.topic, c.polarity) for c in parse_statement(title)] != [(clean(title), 1.0)]]
    assert len(broken) / len(titles) < allowed


@pytest.mark.shared
def test_review_polarity_agrees_with_the_stars(shared_data: Path) -> None:
    """Chinese comments never used to choose the words: four and five stars against one and two."""
    events = pl.read_csv(shared_data / "douban" / "events.csv", infer_schema_length=0).drop_nulls("text")
    stars = events["value"].cast(pl.Float64).to_numpy()
    polarity = np.array([review_polarity(text) or 0.0 for text in events["text"]])
    above, below = polarity[stars >= 4][:, None], polarity[stars <= 2][None]
    assert np.mean((above > below) + 0.5 * (above == below)) > 0.8  # AUC; measured 0.845
