"""``clean``: what is shown and encoded. ``fold``: what is compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from fewrec.text.characters import HAN, PLAIN, collapse_spaces, drop_invisible, join_surrogates, repair_encoding, repair_forms
from fewrec.text.markup import strip_markup

_MAX_ROUNDS = 12  # ordinary text needs one or two; markup escaped again and again is given up after these
_HAN = re.compile(f"[{HAN}]")
_PIECE = 64  # OpenCC's time grows with the square of a run without punctuation


def clean(text: str) -> str:
    """Text as it should be shown and encoded, on one line. Cleaning twice changes nothing.

    Broken encodings and surrogates are repaired, HTML removed, full-width letters and digits made half-width, invisible
    characters dropped, white space collapsed. Chinese punctuation, emoji and every script's letters stay as they are.
    """
    if PLAIN.fullmatch(text):
        return text.strip(" ")
    for _ in range(_MAX_ROUNDS):
        before, text = text, _clean_once(text)
        if text == before:
            return text
    text = text.replace("&", " ").replace("<", " ")
    while (once := _clean_once(text)) != text:
        text = once
    return text


def fold(text: str) -> str:
    """Text for comparing, never for showing: cleaned, NFKC, without case, traditional Chinese characters made simplified."""
    text = clean(text)
    if text.isascii():
        return text.lower()
    text = collapse_spaces(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()))
    return simplify(text)


def simplify(text: str) -> str:
    """Traditional Chinese characters made simplified, by OpenCC's phrases and characters. The length never changes."""
    if _HAN.search(text) is None or text.translate(_simplified()) == text:
        return text
    convert = _opencc().convert
    return "".join(convert(text[start : start + _PIECE]) for start in range(0, len(text), _PIECE))


def _clean_once(text: str) -> str:
    text = repair_encoding(join_surrogates(text))
    text = drop_invisible(repair_forms(text))
    return collapse_spaces(strip_markup(text))


class _CharacterTable(dict[int, int]):
    """What OpenCC makes of a single character, asked once: translating by it tells whether a text needs OpenCC at all."""

    def __missing__(self, code: int) -> int:
        self[code] = ord(_opencc().convert(chr(code)))
        return self[code]


@cache
def _simplified() -> _CharacterTable:
    return _CharacterTable()


@cache
def _opencc():  # type: ignore[no-untyped-def]
    import opencc  # reads its dictionaries, so only where there is Chinese

    return opencc.OpenCC("t2s")
