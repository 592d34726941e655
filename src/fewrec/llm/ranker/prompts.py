"""The question put to a language model, in Chinese or English, and the same question about nobody in particular."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from fewrec.types import Catalogue, Examples

_YEAR = re.compile(r"\s*\(\d{4}\)$")


@dataclass(frozen=True)
class Question:
    """What one user liked, disliked and said (titles, oldest first), and the item she is about to meet."""

    liked: tuple[str, ...]
    disliked: tuple[str, ...]
    target: str
    said: tuple[str, ...] = ()

    @property
    def neutral(self) -> Question:
        """The same item without a history: how much a language model is inclined to say Yes to it anyway."""
        return replace(self, liked=(), disliked=(), said=())

    @property
    def n_shown(self) -> int:
        """Titles and sentences of the history."""
        return len(self.liked) + len(self.disliked) + len(self.said)

    def latest(self, n: int) -> Question:
        """At most ``n`` titles of each list."""
        return replace(self, liked=self.liked[-n:], disliked=self.disliked[-n:], said=self.said[-n:])

    def shorter(self) -> Question:
        """Without the oldest title of the longer list."""
        if len(self.said) > len(self.liked) + len(self.disliked):
            return replace(self, said=self.said[1:])
        if len(self.liked) >= len(self.disliked):
            return replace(self, liked=self.liked[1:])
        return replace(self, disliked=self.disliked[1:])


class Labelled(NamedTuple):
    """A question with its answer."""

    question: Question
    label: bool


@dataclass(frozen=True)
class Wording:
    """How a question reads in one language. ``yes`` and ``no`` follow it."""

    liked: str
    disliked: str
    said: str
    between: str
    ask: str
    yes: str
    no: str

    def history(self, question: Question) -> str:
        """The lines about the user; empty where nothing is known.

        The year in brackets behind a title is left out here: it costs a third of the tokens, and the target keeps its own.
        """
        lines = []
        for head, titles in ((self.liked, question.liked), (self.disliked, question.disliked), (self.said, question.said)):
            if titles:
                lines.append(head + self.between.join(_YEAR.sub("", title) for title in titles))
        return "\n".join(lines)

    def asked(self, question: Question) -> str:
        """The line about the item."""
        return self.ask.format(question.target.replace("{", "(").replace("}", ")"))

    def prompt(self, question: Question) -> str:
        """The whole prompt, which ends where the answer begins."""
        return "\n".join(part for part in (self.history(question), self.asked(question)) if part)


WORDINGS = {
    "en": Wording("Liked: ", "Disliked: ", "Said: ", "; ", "Will this user like {}?\nAnswer (Yes or No):", " Yes", " No"),
    "zh": Wording("喜欢：", "不喜欢：", "说过：", "；", "该用户会喜欢“{}”吗？\n回答（是或否）：", "是", "否"),
}


def language_of(titles: Sequence[str]) -> str:
    """``zh`` where most of the titles hold Chinese characters, else ``en``."""
    n_chinese = sum(any("一" <= char <= "鿿" for char in title) for title in titles)
    return "zh" if 2 * n_chinese > len(titles) else "en"


def question_of(catalogue: Catalogue, examples: Examples, row: int) -> Question:
    """A user's examples and a catalogue row as a question; sentences keep their words, with what they speak against among the dislikes."""
    liked: list[str] = []
    disliked: list[str] = []
    said: list[str] = []
    for place, (label, utility) in enumerate(zip(examples.labels, examples.utility.tolist(), strict=True)):
        at = int(examples.rows[place])
        if at >= 0:
            (liked if utility > 0 else disliked).append(catalogue.titles[at])
        elif utility > 0:
            said.append(label)
        else:
            disliked.append(label)
    return Question(tuple(liked), tuple(disliked), catalogue.titles[row], tuple(said))
