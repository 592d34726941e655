"""The wordings that carry a liking or a dislike: what a rule is. The tables are ``carriers_zh.py`` and ``carriers_en.py``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

STRONG, WEAK, MILD, PAST = 1.0, 0.6, 0.3, -0.3
"""Polarity of a plain liking, of a weakened one ("not really", less of), of what is tolerated, of what was liked once."""
AGAINST = -0.4
"""Polarity of what something else is preferred to."""


@dataclass(frozen=True)
class Rule:
    """A pattern of a whole clause, in lower case and simplified, without its opening words.

    Group ``t`` is the topic, ``v`` a second one of the same polarity, ``u`` one that is set against it. ``polarity`` is that of
    ``t`` without negation: a group ``no`` turns it round, a group ``weak`` (不太, "not really") softens what is turned.
    """

    pattern: re.Pattern[str]
    polarity: float


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What one language says around a topic. To teach it more, add a word to a list or a rule to the table."""

    opening: re.Pattern[str]
    """Words before the carrier that do not matter: honestly, I think; 其实, 我觉得."""
    table: tuple[tuple[str, float], ...]
    """Patterns and polarities of the rules, tried in order, so what is more special stands higher."""
    amount: re.Pattern[str]
    """Taken off the topic's beginning: some, a lot of; 一些, 一部."""
    tail: re.Pattern[str]
    """Taken off its end: please, too; 之类的, 吧."""
    generic: re.Pattern[str]
    """Words that name nothing: everything is fine; 其他都行."""
    pronoun: re.Pattern[str]
    """Topics that are named elsewhere: it, this movie; 这部电影."""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The table, compiled at the first statement in this language: it takes a moment."""
        return tuple(Rule(re.compile(pattern), polarity) for pattern, polarity in self.table)
