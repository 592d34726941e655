"""Phrases as one sentence, in the reader's language and without naming a domain that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Kind = Literal["user", "item"]

LANGUAGES = ("zh", "en")
_OPENING = {("zh", "user"): "喜欢：", ("zh", "item"): "特点：", ("en", "user"): "Likes: ", ("en", "item"): "About: "}
_NOTHING = {
    ("zh", "user"): "还没有可以说的偏好。",
    ("zh", "item"): "还没有可以说的特点。",
    ("en", "user"): "No taste to tell yet.",
    ("en", "item"): "Nothing to tell yet.",
}
_DISLIKES = {"zh": "不喜欢：", "en": "Does not like: "}
_COMMA = {"zh": "、", "en": ", "}
_STOP = {"zh": "。", "en": "."}


def opening(lang: str, kind: Kind) -> str:
    """How a sentence about a user or an item begins."""
    return _OPENING[lang, kind]


def sentence(phrases: Sequence[str], *, lang: str, kind: Kind, dislikes: Sequence[str] = ()) -> str:
    """``phrases``, the weightiest first, as a sentence about a user or an item, and ``dislikes`` as a second one.

    Having nothing to say is said plainly.

    >>> sentence(["War", "1980s"], lang="en", kind="user", dislikes=["Musical"])
    'Likes: War, 1980s. Does not like: Musical.'
    """
    said = [_OPENING[lang, kind] + _COMMA[lang].join(phrases) + _STOP[lang]] if phrases else []
    said += [_DISLIKES[lang] + _COMMA[lang].join(dislikes) + _STOP[lang]] if dislikes else []
    return ("" if lang == "zh" else " ").join(said) or _NOTHING[lang, kind]
