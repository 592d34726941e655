"""Repair of single characters: surrogates, mojibake, width, compatibility forms, invisible controls, white space."""

from __future__ import annotations

import re
import unicodedata

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""Inside of a character class: Chinese characters (also those of Japanese and old Korean text)."""

PLAIN = re.compile(r"(?:[A-Za-z0-9.,!?'\"():;/+*%$#@=_~|-]| (?! )|[\u4e00-\u9fff，。！？：；、（）《》「」『』“”‘’…·—])*")
"""Text that ``clean`` leaves as it is (its ends apart); most titles match, and skip every other step."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_WIDTH = {
    **{0xFF10 + i: chr(0x30 + i) for i in range(10)},
    **{0xFF21 + i: chr(0x41 + i) for i in range(26)},
    **{0xFF41 + i: chr(0x61 + i) for i in range(26)},
    **{
        ord(full): half
        for full, half in zip("＂＃＄％＆＇＊＋－．／＜＝＞＠＼＾＿｀｜￥", "\"#$%&'*+-./<=>@\\^_`|¥", strict=True)
    },
}
# Forms that only look different from letters, kana or ideographs: ligatures, mathematical and enclosed letters used as
# "fonts", half-width kana, compatibility ideographs and radicals. ①, ² and ½ say more than 1, 2 and 1⁄2, and stay.
_COMPATIBILITY = re.compile("[\ufb00-\ufb06\uff66-\uff9f\u2f00-\u2fd5\uf900-\ufad9\U0001d400-\U0001d7ff\U0002f800-\U0002fa1d]+")

_EMOJI = "\u00a9\u00ae\u203c\u2049\u2122-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_JOINING = "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u1a00-\u1aaf"  # Arabic, Indic, Myanmar, Khmer, Mongolian ...
_INVISIBLE = re.compile(
    # joiners have a meaning inside emoji and inside scripts whose letters join; a selector 15 or 16 after something
    f"(?<![{_EMOJI}\ufe0f\U0001f3fb-\U0001f3ff\u20e3{_JOINING}])\u200d"
    f"|\u200d(?![{_EMOJI}{_JOINING}])"
    f"|(?<![{_JOINING}])\u200c|\u200c(?![{_JOINING}])"
    "|[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffd\U000e0100-\U000e01ef]"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]"  # tags spell the flags of England, Scotland, Wales
)
_SPACES = re.compile(r"\s+")


def join_surrogates(text: str) -> str:
    r"""Pairs of surrogates (as JSON written badly leaves them) become their character, lone ones disappear."""
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def repair_encoding(text: str) -> str:
    """UTF-8 that was read as Latin-1 or Windows-125x: ``schÃ¶n`` becomes ``schön``. Chinese text is never touched as a whole."""
    if text.isascii():
        return text
    import ftfy  # here and not above: it takes a moment to import, and plain text never gets here

    return ftfy.fix_encoding(text)


def repair_forms(text: str) -> str:
    """Full-width letters, digits and symbols become half-width; Chinese punctuation (，。！？：；（）《》) stays. Result is NFC."""
    if text.isascii():
        return text
    text = _COMPATIBILITY.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text.translate(_WIDTH))
    return unicodedata.normalize("NFC", text)


def drop_invisible(text: str) -> str:
    """Without control, zero-width and direction-control characters; the joiners of emoji and of joining scripts stay."""
    return _INVISIBLE.sub("", text)


def collapse_spaces(text: str) -> str:
    """Every run of white space, line breaks included, becomes one space; none at the ends."""
    return _SPACES.sub(" ", text).strip()
