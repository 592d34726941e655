"""Sentences, and a bound on length that ends where a reader would stop."""

from __future__ import annotations

import re
import unicodedata

from fewrec.errors import SettingError

_CLOSERS = r"""["'”’」』）》】)\]]"""
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Vol|Mt|Gen|Col|Capt|Lt|e\.g|i\.e|[A-Z](?:\.[A-Z])*)\.$", re.IGNORECASE
)
_END = re.compile(
    rf"[。！？｡]+[。！？!?｡…]*{_CLOSERS}*"  # Chinese: ends wherever it stands
    rf"|[.!?…]+{_CLOSERS}*(?=\s|\Z|[\u4e00-\u9fff《「“])"  # others: before a space, the end, or Chinese
    r"|[\r\n\u2028\u2029]+"
)
_PAUSE = re.compile(r"[，、；：,;:|]\s*|\s+|[—–]+")
_MAX_CLUSTER = 64  # code points; what is longer is no character that anybody reads


def sentences(text: str) -> list[str]:
    """The sentences of a text, with their end marks, without the space between them. Line breaks end a sentence."""
    found, start = [], 0
    for end in _END.finditer(text):
        if _is_abbreviation(text, end):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    found.append(text[start:].strip())
    return [sentence for sentence in found if sentence]


def bound(text: str, max_chars: int = 1000) -> str:
    """A beginning of ``text`` of at most ``max_chars`` code points.

    It ends at the last sentence end in the second half of the room, else at the last pause (comma, space) in the last
    fifth, else between two characters as a reader counts them: never inside an emoji or between a letter and its mark.
    Raises SettingError for a negative ``max_chars``.
    """
    if max_chars < 0:
        raise SettingError(
            f"max_chars is {max_chars}, expected 0 or more", hint="give the longest text you want, in characters"
        )
    if len(text) <= max_chars:
        return text
    ends = [
        e.end()
        for e in _END.finditer(text, max_chars // 2, max_chars + 1)
        if e.end() <= max_chars and not _is_abbreviation(text, e)
    ]
    if not ends:
        ends = [pause.start() for pause in _PAUSE.finditer(text, max_chars - max_chars // 5, max_chars + 1)]
    cut = ends[-1] if ends else max_chars
    return text[: _character_boundary(text, cut)].rstrip()


def _is_abbreviation(text: str, end: re.Match[str]) -> bool:
    """Whether the dot belongs to a word such as ``Dr.`` or ``U.S.`` and ends no sentence."""
    return (
        end[0] == "." and end.end() < len(text) and _ABBREVIATION.search(text[max(0, end.start() - 12) : end.end()]) is not None
    )


def _character_boundary(text: str, cut: int) -> int:
    """The last place at or before ``cut`` between two user-perceived characters (a short form of UAX 29)."""
    place = cut
    while 0 < place < len(text) and cut - place < _MAX_CLUSTER:
        if not _belongs_together(text, place):
            return place
        place -= 1
    return cut if place else 0


def _belongs_together(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if after < "\u0300" and before < "\u0300":
        return before == "\r" and after == "\n"
    if after in "\u200d\u200c" or before == "\u200d" or unicodedata.category(after)[0] == "M":
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return True
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return True
    if _is_flag_letter(after) and _is_flag_letter(before):  # flags are pairs: an odd number of letters stands before
        start = place
        while start and place - start < _MAX_CLUSTER and _is_flag_letter(text[start - 1]):
            start -= 1
        return (place - start) % 2 == 1
    return False


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
