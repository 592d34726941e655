"""Personal details out of text: mail, telephone, identity and card numbers, addresses of machines."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from stdnum import ean, luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError


@dataclass(frozen=True, kw_only=True)
class MaskConfig:
    """Settings for :func:`mask`."""

    regions: tuple[str, ...] = ("CN", "TW", "US")
    """Countries (ISO 3166) whose national telephone numbers are recognised; numbers that begin with + or 00 always are."""


@dataclass(frozen=True)
class Masked:
    """``text`` with ``[email]``, ``[phone]``, ``[id]``, ``[card]``, ``[ip]``, ``[mac]`` in place of details; ``counts`` of each."""

    text: str
    counts: Mapping[str, int]


Span = tuple[int, int]

# Every detail holds a digit or an @, but for a MAC address made of letters: the one look that most texts get.
_SUSPECT = re.compile(r"[\d@＠]|(?:[A-Fa-f]{2}[:-]){3}")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2010: 0x2D, 0x2011: 0x2D, 0x2013: 0x2D}
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_%+][A-Za-z0-9._%+'-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])"
)
_MAC = re.compile(
    r"(?<![0-9A-Za-z:.-])(?:(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}"
    r"|(?=[0-9-]{0,16}[A-Fa-f])(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}"  # digits alone between hyphens are a time
    r"|(?=[0-9.]{0,13}[A-Fa-f])(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})(?![0-9A-Za-z:-])"
)
_IPV4 = re.compile(r"(?<![0-9A-Za-z.])(?<!version )(?<!版本)(?<!版本号)[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9A-Za-z]|\.[0-9])")
_IPV6 = re.compile(
    r"(?<![0-9A-Za-z:.])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{3,39}(?:\.[0-9]{1,3}){0,3}(?:%[0-9A-Za-z]{1,15})?(?![0-9A-Za-z])"
)
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{5}[ -]?(?:18|19|20)[0-9]{6}[ -]?[0-9]{3}[0-9Xx](?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z.])[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}(?![0-9A-Za-z]|\.[0-9])")
_MIN_GROUPED_CARD = 3  # digits in the shortest group of a card number written in groups, the last group apart

_PHONES: tuple[tuple[re.Pattern[str], bool], ...] = (
    # (candidate, whether it is written with its country code); phonenumbers decides
    (re.compile(r"(?<![0-9A-Za-z])(?:\+|00)[ ]?[1-9](?:[ ().-]{0,2}[0-9]){6,14}(?![0-9A-Za-z])"), True),
    (re.compile(r"(?<![0-9A-Za-z.])(?:86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9A-Za-z]|\.[0-9])"), False),
    (re.compile(r"(?<![0-9A-Za-z.])1[3-9][0-9]{2}[ -][0-9]{3}[ -][0-9]{4}(?![0-9A-Za-z])"), False),
    (
        re.compile(
            r"(?<![0-9A-Za-z.])(?:\(0[0-9]{1,3}\)|0[0-9]{1,3})[ -]{0,2}[0-9]{3,4}[ -]?[0-9]{3,4}(?![0-9A-Za-z]|[.-][0-9])"
        ),
        False,
    ),
    (re.compile(r"(?<![0-9A-Za-z.])[48]00(?:-[0-9]{3}-[0-9]{4}|-[0-9]{4}-[0-9]{3}|[ ]?[0-9]{7})(?![0-9A-Za-z])"), False),
    (
        re.compile(
            r"(?<![0-9A-Za-z.+])(?:1[ .-])?(?:\([2-9][0-9]{2}\)[ ]?|[2-9][0-9]{2}[.-])[2-9][0-9]{2}[ .-][0-9]{4}(?![0-9A-Za-z])"
        ),
        False,
    ),
)
# A local number alone could be anything; next to a word that announces it, it is a telephone.
_ANNOUNCED = re.compile(
    r"(?:电话|電話|座机|手机号?|手機|联系方式|致电|拨打|热线|(?<![A-Za-z])(?:tel(?:ephone)?|phone|mobile|call(?: me)?(?: at| on)?|fax))"
    r"[ ]?(?:是|为|號碼|号码|number|no\.?|is)?[ ]?[:.]?[ ]?(?P<number>\(?[0-9](?:[ ().-]{0,2}[0-9]){6,11})(?![0-9A-Za-z])",
    re.IGNORECASE,
)


def mask(text: str, config: MaskConfig = MaskConfig()) -> Masked:
    """Replace personal details by tokens. Masking twice changes nothing; text without details comes back as it was.

    Numbers must pass the check of their kind (check digit, numbering plan, address syntax), so years, prices, dates,
    ISBNs and version numbers stay. Digits may be full-width. Names and street addresses are not recognised.
    """
    if _SUSPECT.search(text) is None:
        return Masked(text, {})
    counts: Counter[str] = Counter()
    while found := _find(_plain_digits(text), config):
        parts, start = [], 0
        for (begin, end), kind in found:
            parts += [text[start:begin], f"[{kind}]"]
            counts[kind] += 1
            start = end
        text = "".join([*parts, text[start:]])
    return Masked(text, dict(counts))


def _plain_digits(text: str) -> str:
    """The text with ASCII forms of full-width and other digits and signs, character by character."""
    text = text.translate(_FULL_WIDTH)
    return text if text.isascii() else _OTHER_DIGIT.sub(lambda digit: str(unicodedata.digit(digit[0])), text)


def _find(text: str, config: MaskConfig) -> list[tuple[Span, str]]:
    """Spans that do not overlap, in order. Kinds look one after the other, those with the stricter check first."""
    found: list[tuple[Span, str]] = []
    for kind, spans in _KINDS:
        these = list(spans(text, config))
        found += [(span, kind) for span in these]
        text = _blank(text, these)
    return sorted(found)


def _blank(text: str, spans: list[Span]) -> str:
    """The spans (in order, apart) made invisible to the kinds that look later; all else keeps its place."""
    parts, start = [], 0
    for begin, end in spans:
        parts += [text[start:begin], "\0" * (end - begin)]
        start = end
    return "".join([*parts, text[start:]])


def _emails(text: str, _config: MaskConfig) -> Iterator[Span]:
    if "@" in text:
        yield from (found.span() for found in _EMAIL.finditer(text))


def _macs(text: str, _config: MaskConfig) -> Iterator[Span]:
    yield from (found.span() for found in _MAC.finditer(text))


def _ipv4(text: str, _config: MaskConfig) -> Iterator[Span]:
    yield from (found.span() for found in _IPV4.finditer(text) if _is_address(found[0]))


def _ipv6(text: str, _config: MaskConfig) -> Iterator[Span]:
    if text.count(":") < 2:
        return
    for found in _IPV6.finditer(text):
        address = found[0] if found[0].endswith("::") else found[0].rstrip(":")
        groups = [group for group in address.split(":") if group]
        # a::b and std::ends are C++; real addresses show more of themselves
        tells = len(groups) >= 3 or (groups and len(groups[0]) == 4) or address == "::1"
        if tells and _is_address(address):
            yield found.start(), found.start() + len(address)


def _is_address(address: str) -> bool:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True


def _identities(text: str, _config: MaskConfig) -> Iterator[Span]:
    for found in _IDENTITY.finditer(text):
        number = found[0].replace(" ", "").replace("-", "").upper()
        try:
            ric.get_birth_date(number)
        except ValidationError:
            continue
        if ric.calc_check_digit(number) == number[-1]:  # the list of birth places is not complete enough to rule one out
            yield found.span()


def _cards(text: str, _config: MaskConfig) -> Iterator[Span]:
    for found in _CARD.finditer(text):
        groups = re.split("[ -]", found[0])
        number = "".join(groups)
        grouped_as_card = len(groups) == 1 or min(map(len, groups[:-1])) >= _MIN_GROUPED_CARD
        bar_code = len(groups) == 1 and ean.is_valid(number)
        if grouped_as_card and not bar_code and len(set(number)) > 1 and luhn.is_valid(number):
            yield found.span()


def _announced_phones(text: str, _config: MaskConfig) -> Iterator[Span]:
    yield from (found.span("number") for found in _ANNOUNCED.finditer(text))


def _phones(pattern: re.Pattern[str], *, international: bool) -> Callable[[str, MaskConfig], Iterator[Span]]:
    def spans(text: str, config: MaskConfig) -> Iterator[Span]:
        for found in pattern.finditer(text):
            number = "+" + found[0][2:] if international and found[0].startswith("00") else found[0]
            if any(_is_phone(number, region) for region in ((None,) if international else config.regions)):
                yield found.span()

    return spans


def _is_phone(number: str, region: str | None) -> bool:
    import phonenumbers  # its numbering plans take a moment to load, and most texts hold no candidate

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(number, region)))
    except phonenumbers.NumberParseException:
        return False


_KINDS: tuple[tuple[str, Callable[[str, MaskConfig], Iterator[Span]]], ...] = (
    ("email", _emails),
    ("mac", _macs),
    ("ip", _ipv4),
    ("ip", _ipv6),
    ("id", _identities),
    ("card", _cards),
    *(("phone", _phones(pattern, international=international)) for pattern, international in _PHONES),
    ("phone", _announced_phones),
)
