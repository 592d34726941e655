"""Which of the values that a model said go into the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fewrec.llm.decoder.clauses import Clause
from fewrec.llm.decoder.values import Value, Written
from fewrec.types import Matrix, Vector

Encode = Callable[[Sequence[str]], Matrix]


@dataclass(frozen=True)
class Candidate:
    """A value, how often it was said, and how surely."""

    value: Value
    confidence: float
    """Of the likeliest text its tokens' probability; over several texts the share of texts that say it."""


def candidates(texts: Sequence[Written]) -> list[Candidate]:
    """The values of one vector's texts, those of the likeliest text first."""
    share: dict[str, int] = {}
    first: dict[str, Value] = {}
    for text in texts:
        for value in text.values:
            key = value.text.casefold()
            share[key] = share.get(key, 0) + 1
            first.setdefault(key, value)
    if len(texts) == 1:
        return [Candidate(value, value.confidence) for value in first.values()]
    return [Candidate(value, share[key] / len(texts)) for key, value in first.items()]


def by_cosine(
    found: Sequence[Candidate], vector: Vector, n_values: int, lang: str, encode: Encode, *, gain: float, confidence: float
) -> list[Value]:
    """At most ``n_values``, one after the other that brings the encoded values nearest to ``vector``; one in any case.

    A further value must add ``gain`` to the cosine, and the model must have said it with ``confidence``.
    """
    open_ = [c.value for c in found if c.confidence >= confidence] or [max(found, key=lambda c: c.confidence).value]
    stop = "。" if lang == "zh" else ". "  # as the texts that were encoded put their columns one after the other
    chosen: list[Value] = []
    reached = -1.0
    while open_ and len(chosen) < n_values:
        cosines = encode([stop.join(v.text for v in [*chosen, value]) for value in open_]) @ vector
        best = int(np.argmax(cosines))
        if chosen and cosines[best] < reached + gain:
            break
        reached = float(cosines[best])
        chosen.append(open_.pop(best))
    return chosen


def clauses(values: Sequence[Value]) -> tuple[Clause, ...]:
    """Values in clauses by their labels, in order of the labels' first values."""
    labels = list(dict.fromkeys(value.label for value in values))
    return tuple(Clause(label, tuple(v.text for v in values if v.label == label)) for label in labels)
