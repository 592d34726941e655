"""``mask``: what must go, and what must stay."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from fewrec.text import MaskConfig, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("邮箱foo.bar+x@mail.example.com。", "邮箱[email]。"),
        ("ｆｏｏ＠ｅｘａｍｐｌｅ．ｃｏｍ", "[email]"),
        ("手机13800138000，备用138-0013-8000", "手机[phone]，备用[phone]"),
        ("+86 138 0013 8000", "[phone]"),
        ("０１０－６２５１１２３４ or (021)6251-1234", "[phone] or [phone]"),
        ("客服 400-810-8888", "客服 [phone]"),
        ("+1 415 555 2671 / (415) 555-2671 / 415-555-2671", "[phone] / [phone] / [phone]"),
        ("UK +44 20 7946 0958, Deutschland 0049 30 901820", "UK [phone], Deutschland [phone]"),
        ("電話：6251-1234", "電話：[phone]"),
        ("身份证360426199101010071", "身份证[id]"),
        ("３６０４２６１９９１０１０１００７１", "[id]"),
        ("360426 19910101 0071", "[id]"),
        ("卡号 4111 1111 1111 1111", "卡号 [card]"),
        ("4111-1111-1111-1111 and 378282246310005", "[card] and [card]"),
        ("from 192.168.1.1:80 to 2001:db8::8a2e:370:7334 and fe80::1", "from [ip]:80 to [ip] and [ip]"),
        ("00:1A:2b:3c:4d:5e aa-bb-cc-dd-ee-ff 001a.2b3c.4d5e", "[mac] [mac] [mac]"),
    ],
)
def test_details_go(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "Blade Runner 2049",
        "2021-03-31 12:30:45",
        "2021/03/31",
        "20210331123045",
        "version 1.2.3, v2.0.1, 版本10.0.19.41",
        "￥12,999.00 或 1299元",
        "ISBN 978-7-02-000872-1, 9787020008728, 0306406152",
        "4006381333931",  # a bar code, whose length a card may have
        "item B00138001380 and 1291546",
        "1941-1945 1984 2001 300",
        "std::abs a::b 12:30:45 3:2",
        "360426199113010071",  # month 13
        "360426199101010072",  # check digit
        "4111 1111 1111 1112",
        "999.1.1.1",
        "follow @nolan, 5 @ 3",
        "1 2 3 4 5 6 7 8 9 10 11 12 13",
        "三体 1 2 3",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).counts == {}


def test_counts_and_regions() -> None:
    assert mask("a@example.com b@example.com 13800138000").counts == {"email": 2, "phone": 1}
    assert mask("call 020 7946 0958").counts == mask("020 7946 0958", MaskConfig(regions=("GB",))).counts == {"phone": 1}
    assert mask("(415) 555-2671", MaskConfig(regions=())).counts == {}


@given(st.integers(0, 10**15 - 1))
def test_every_card_with_a_check_digit_goes(number: int) -> None:
    card = "62" + f"{number:015d}"  # UnionPay, 18 digits with the check digit
    card += luhn.calc_check_digit(card)
    assert mask(f"card {card}.").text in {"card [card].", "card [id]."}


@given(
    st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    st.integers(0, 999),
)
def test_every_identity_number_goes(birth: date, order: int) -> None:
    number = f"110105{birth:%Y%m%d}{order:03d}0"
    number = number[:-1] + ric.calc_check_digit(number)
    assert mask(f"身份证号{number}").text == "身份证号[id]"


PIECES = [
    "1",
    "38",
    "0013",
    "8000",
    "13800138000",
    "+86",
    "@",
    "a",
    ".",
    "com",
    "-",
    " ",
    "::",
    ":",
    "fe80",
    "4111111111111111",
    "1",
    "３",
    "电话",
    "版本",
]


@given(st.text(st.characters()) | st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once.text) == type(once)(once.text, {})


@pytest.mark.parametrize("unit", ["1", "1 ", "a@", "a:", "1.", "+1 ", "0-", "电话：1", "Ａ１", "ab-", "138 "])
def test_hundred_thousand_characters(unit: str) -> None:
    start = time.perf_counter()
    mask(unit * (100_000 // len(unit)))
    assert time.perf_counter() - start < 5  # ordinary: 0.02 to 0.4 s


def test_texts_without_details_are_fast() -> None:
    start = time.perf_counter()
    for _ in range(20_000):
        mask("一部没有任何数字的电影 a film without numbers")
    assert time.perf_counter() - start < 1
