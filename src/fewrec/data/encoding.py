"""Bytes to text: UTF-8 unless they say or show otherwise, and never a guess that goes unmentioned."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from fewrec.errors import DataError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the one of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHERS = ["big5", "shift_jis", "euc_kr", "cp1251", "cp1252"]
_SAMPLE_BYTES = 1 << 18
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x40-\xfe]|[\x80-\xff]")
_GB2312_PAIR = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")


@dataclass(frozen=True)
class DecodedText:
    """Text cut into physical lines, line ends kept."""

    lines: list[str]
    notes: tuple[str, ...]
    damaged: frozenset[int]
    """Numbers (from 1) of lines with bytes that are not of this encoding; U+FFFD stands for them."""


def split_lines(text: str) -> list[str]:
    r"""Physical lines with their ends, which are ``\n`` or ``\r\n``; ``\r`` alone only where the first line ends in it.

    Elsewhere a lone ``\r`` is a character like any other, as are the further breaks that ``str.splitlines`` sees.
    """
    first = re.search("\r(?!\n)|\n", text)
    universal = first is not None and first.group() == "\r"
    return list(io.StringIO(text, newline="" if universal else "\n"))


def decode(data: bytes, file: str, encoding: str | None = None) -> DecodedText:
    """Decode a whole file.

    In this order: the encoding asked for; a byte order mark; UTF-8; UTF-16 without a mark (half of the bytes are zero); UTF-8 with
    damaged lines, where most non-ASCII lines are UTF-8; GB18030; what charset-normalizer finds; Latin-1.

    Raises:
        DataError: the encoding asked for does not exist or does not fit.
    """
    if encoding is not None:
        return _decode_as_told(data, file, encoding)
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _with_damage(data[len(mark) :], name, file)
    try:
        return DecodedText(split_lines(data.decode("utf-8")), (), frozenset())
    except UnicodeDecodeError:
        pass
    if (wide := _utf16_without_mark(data)) is not None:
        return _with_damage(data, wide, file, guessed=True)
    foreign = [line for line in data.splitlines() if not line.isascii()]
    n_utf8 = sum(_is(line, "utf-8") for line in foreign)
    if 2 * n_utf8 > len(foreign):
        return _with_damage(data, "utf-8", file)
    return _with_damage(data, _legacy_encoding(b"\n".join(foreign)[:_SAMPLE_BYTES]), file, guessed=True)


def _decode_as_told(data: bytes, file: str, encoding: str) -> DecodedText:
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise DataError(f"no encoding is called {encoding!r}", hint="utf-8, gb18030, utf-16 and big5 are such names") from None
    except UnicodeDecodeError as error:
        found = f"{file}: byte {data[error.start]:#04x} at position {error.start} is not {encoding}"
        raise DataError(found, hint="leave the encoding out to have it detected") from None
    return DecodedText(split_lines(text), (), frozenset())


def _is(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(data: bytes) -> str | None:
    """ASCII in UTF-16 has a zero in every second byte."""
    sample = data[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 8 or len(data) % 2:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _legacy_encoding(sample: bytes) -> str:
    """The encoding of bytes that are not UTF-8; ``sample`` holds non-ASCII lines only."""
    pairs = _GB_PAIR.findall(sample)
    n_gb2312 = sum(_GB2312_PAIR.fullmatch(pair) is not None for pair in pairs)
    # Common characters lie in the GB2312 block, where both bytes are high. In Latin-1 a high byte mostly stands between ASCII
    # letters, and two fifths of Big5's second bytes are ASCII, although GB18030 would decode either.
    if n_gb2312 >= 0.9 * len(pairs):
        return "gb18030"
    best = from_bytes(sample, cp_isolation=[*_OTHERS, "gb18030"]).best()
    return best.encoding if best is not None else "latin-1"


def _with_damage(data: bytes, encoding: str, file: str, *, guessed: bool = False) -> DecodedText:
    notes = [f"{file} is not UTF-8; read as {encoding}"] if guessed else []
    try:
        return DecodedText(split_lines(data.decode(encoding)), tuple(notes), frozenset())
    except UnicodeDecodeError:
        pass
    # Invalid bytes as lone surrogates first: the file may hold honest U+FFFD of its own.
    try:
        lines = split_lines(data.decode(encoding, errors="surrogateescape"))
        damaged = frozenset(number for number, line in enumerate(lines, 1) if not _is_unicode(line))
        lines = [_replace_escapes(line) if number in damaged else line for number, line in enumerate(lines, 1)]
    except UnicodeDecodeError:  # UTF-16 and UTF-32 cannot be escaped byte by byte
        lines = split_lines(data.decode(encoding, errors="replace"))
        damaged = frozenset(number for number, line in enumerate(lines, 1) if "\ufffd" in line)
    shown = ", ".join(map(str, sorted(damaged)[:5])) + (", …" if len(damaged) > 5 else "")
    notes.append(
        f"{file}: {len(damaged)} line(s) hold bytes that are not {encoding} (line {shown}); \ufffd stands in their place"
    )
    return DecodedText(lines, tuple(notes), damaged)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _replace_escapes(text: str) -> str:
    return re.sub("[\udc80-\udcff]+", "\ufffd", text)
