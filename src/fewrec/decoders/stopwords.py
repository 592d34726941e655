"""Words that say nothing on their own, in both languages: they may stand inside a phrase, not at its ends."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def stopwords() -> frozenset[str]:
    """The folded words of ``stopwords.txt``, divided by white space."""
    return frozenset((files(__package__) / "stopwords.txt").read_text(encoding="utf-8").split())
