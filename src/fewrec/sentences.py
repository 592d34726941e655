"""What sentences do to scores: a request or a statement of taste as one more summand.

    score(i) = model(i) + sum over sentences s of  strength_s * (relevance_s(i) - excluded_s(i))

``relevance`` in [0, 1] is how well item i answers the sentence (:mod:`fewrec.words`), ``excluded`` whether it is ruled out. The strength is
in units of this request's scores: :data:`DECISIVE` times the distance from the typical item to the best one, so that an item that answers
a request comes before any that does not, and the model orders those that answer it equally well. A statement of taste is as strong where
nothing else is known of the user; beside k items its share of that strength is STATEMENT_WORTH / (STATEMENT_WORTH + k).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fewrec.errors import SettingError
from fewrec.types import Matched, Matrix, Reason, UnderstoodClaim, Vector
from fewrec.words import Evidence, Understood, WordsIndex
from fewrec.words.types import Role

DECISIVE = 2.0
"""Strength of a sentence that decides, relative to the distance between the typical score and the best: an item that meets one of two
facets stands one such distance below an item that meets both."""
STATEMENT_WORTH = 0.5
"""Items that a statement counts as, where both are known."""
WEAK = 0.35
"""Relevance below which an item does not count as answering a sentence: likeness of vectors alone."""


@dataclass(frozen=True)
class Sentence:
    """A sentence as understood, and what each item holds of it."""

    understood: Understood
    evidence: Evidence

    @property
    def kind(self) -> str:
        """The kind of its reason: ``request`` or ``statement``."""
        return "request" if self.understood.role == "request" else "statement"

    @property
    def says_something(self) -> bool:
        """Whether some item answers it or is ruled out by it."""
        return bool(self.evidence.excluded.any() or self.evidence.relevance.max(initial=0.0) > 0)


def understood(index: WordsIndex, texts: Sequence[str], role: Role | None = None) -> tuple[Sentence, ...]:
    """The sentences of ``texts``. ``role`` forces how they are taken; None lets the wording decide."""
    found = [each for text in texts for each in index.understand(text, role=role)]
    return tuple(Sentence(each, index.evidence(each)) for each in found)


def contributions(sentences: Sequence[Sentence], scores: Vector, n_items: int, focus: float | None = None) -> Matrix:
    """(s, m) what every sentence adds to the model's ``scores`` (m,).

    Args:
        sentences: s of them.
        scores: of the model, for this user.
        n_items: examples of the user that are items, >= 0.
        focus: in [0, 1], how strictly requests hold; None follows from how much they match.

    Raises:
        SettingError: ``focus`` is out of range.
    """
    if focus is not None and not 0 <= focus <= 1:
        raise SettingError(f"focus is {focus}, expected 0 to 1")
    if not sentences:
        return np.zeros((0, len(scores)), dtype=np.float32)
    unit = DECISIVE * max(float(scores.max() - np.median(scores)), 1e-3)
    requested = any(each.kind == "request" and each.says_something for each in sentences)
    strengths = [unit * _share(each, n_items, requested, focus) for each in sentences]
    rows = [s * (each.evidence.relevance - each.evidence.excluded) for s, each in zip(strengths, sentences, strict=True)]
    return np.stack(rows).astype(np.float32)


def _share(sentence: Sentence, n_items: int, requested: bool, focus: float | None) -> float:
    """In [0, 1], the strength of a sentence relative to one that decides the list."""
    if sentence.kind == "request":
        return default_focus(sentence) if focus is None else focus
    known = n_items + (1 if requested else 0)
    return STATEMENT_WORTH / (STATEMENT_WORTH + known)


def default_focus(sentence: Sentence) -> float:
    """In [0, 1]: 1 where an item literally answers the request, less where likeness of vectors is all there is."""
    best = float(sentence.evidence.relevance.max(initial=0.0))
    return 1.0 if best >= WEAK or sentence.evidence.excluded.any() else best / WEAK


def claims_of(sentences: Sequence[Sentence]) -> tuple[UnderstoodClaim, ...]:
    """All claims in their order, as shown to people and machines."""
    return tuple(
        UnderstoodClaim(", ".join(claim.values) or claim.text, claim.kind, float(claim.polarity), claim.matched)
        for sentence in sentences
        for claim in sentence.understood.claims
    )


def unmatched(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """Words that nothing in the catalogue answers, each once."""
    return tuple(dict.fromkeys(word for sentence in sentences for word in sentence.understood.unmatched))


def nearest(index: WordsIndex, sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """Values of the catalogue that come nearest to what is unmatched, each once."""
    found = [value for each in sentences if each.understood.unmatched for value in index.nearest(each.understood)]
    return tuple(dict.fromkeys(found))


def with_matches(reasons: Sequence[Reason], index: WordsIndex, sentences: Sequence[Sentence], row: int) -> tuple[Reason, ...]:
    """The reasons of one score, those of sentences with what they matched of the item at catalogue ``row``."""
    spoken = {each.understood.text: each.understood for each in sentences}
    return tuple(
        replace(reason, matched=tuple(Matched(why.claim, why.column, why.piece) for why in index.why(spoken[reason.text], row)))
        if reason.text in spoken
        else reason
        for reason in reasons
    )
