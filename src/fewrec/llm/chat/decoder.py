"""The chat decoder: the phrase decoder reads the vector, a chat model puts what it read into a sentence and may add nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Protocol

from fewrec.decoders.phrases import PhraseDecoder
from fewrec.decoders.sentence import Kind
from fewrec.errors import FewrecError
from fewrec.llm.chat.support import check_support
from fewrec.types import Decoded, Matrix, Vector

_TASK = {
    ("en", "user"): "Write one or two short English sentences that say what this user likes.",
    ("en", "item"): "Write one or two short English sentences that say what this item is about.",
    ("zh", "user"): "用一两句简短的中文说明这位用户喜欢什么。",
    ("zh", "item"): "用一两句简短的中文说明这个物品的特点。",
}
_RULE = {
    "en": "Use only the evidence below; add no name, title, genre, judgement or fact that is not in it. Stronger weights matter more. "
    "Answer with the sentences alone.",
    "zh": "只能使用下面的依据，不得添加其中没有的人名、片名、类型、评价或事实。权重越大越重要。只回答这些句子。",
}


class PhrasingError(FewrecError):
    """The chat model gave no usable text, for a reason that the message names; phrases are shown instead."""


class Phraser(Protocol):
    """What puts evidence into a sentence: an endpoint, or a local language model."""

    @property
    def name(self) -> str:
        """For messages."""

    def phrase(self, instruction: str, evidence: str) -> str:
        """A text for ``evidence``.

        Raises:
            PhrasingError: there is none, after all attempts.
        """


class ChatDecoder:
    """Evidence from a :class:`~fewrec.decoders.phrases.PhraseDecoder`, phrased by a chat model, checked sentence by sentence.

    The model never sees a vector, an id or a text of the user's: only phrases with their weights. Sentences with an unsupported word
    are dropped (:func:`~fewrec.llm.chat.support.check_support`). If nothing is left, or the model cannot be had, the text is
    that of the phrases, and ``notes`` says why. Phrases and weights are always the evidence's.

    Implements :class:`fewrec.types.Decoder`.
    """

    def __init__(self, phrases: PhraseDecoder, phraser: Phraser, *, words: Callable[[str], list[str]]) -> None:
        """``words``: text -> folded words."""
        self._phrases = phrases
        self._phraser = phraser
        self._words = words

    def decode(self, vector: Vector, *, lang: str, n_phrases: int = 5, kind: Kind = "user") -> Decoded:
        """Read ``vector`` (d,) as at most ``n_phrases`` phrases and say them in a sentence or two."""
        evidence = self._phrases.decode(vector, lang=lang, n_phrases=n_phrases, kind=kind)
        if not evidence.phrases:
            return evidence
        told = json.dumps([[p.text, round(p.weight, 2)] for p in evidence.phrases], ensure_ascii=False)
        try:
            text = self._phraser.phrase(f"{_TASK[lang, kind]} {_RULE[lang]}", told)
        except PhrasingError as error:
            return _with(evidence, evidence.text, [f"{error.message}; the phrases are shown as they are"])
        checked = check_support(text, [p.text for p in evidence.phrases], words=self._words)
        notes = [
            f"left out of what {self._phraser.name} said: {sentence!r} "
            + (f"({', '.join(lost)} not in the evidence)" if lost else "(it says nothing of the evidence)")
            for sentence, lost in checked.dropped
        ]
        if not checked.kept:
            return _with(evidence, evidence.text, [*notes, "nothing supported was left; the phrases are shown as they are"])
        return _with(evidence, ("" if lang == "zh" else " ").join(checked.kept), notes)

    def decode_all(self, vectors: Matrix, *, lang: str, n_phrases: int = 5, kind: Kind = "user") -> list[Decoded]:
        """One after the other, for each of ``vectors`` (b, d)."""
        return [self.decode(vector, lang=lang, n_phrases=n_phrases, kind=kind) for vector in vectors]


def _with(evidence: Decoded, text: str, notes: Sequence[str]) -> Decoded:
    return Decoded(evidence.lang, text, evidence.phrases, tuple(notes))
