"""Which of the values that a model said go into the text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fewrec.decoders.lm.clauses import Clause, write
from fewrec.decoders.lm.values import Value, Written
from fewrec.types import Matrix, Vector

Encode = Callable[[Sequence[str]], Matrix]
_LEAST_GAIN = 0.002
"""Cosine that a further value must add."""


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


def surest(found: Sequence[Candidate], n_values: int, least: float) -> list[Value]:
    """At most ``n_values`` with a confidence of ``least``, the surest first; the surest of all in any case."""
    ranked = sorted(found, key=lambda candidate: -candidate.confidence)
    return [c.value for i, c in enumerate(ranked[:n_values]) if i == 0 or c.confidence >= least]


def by_cosine(
    found: Sequence[Candidate], vector: Vector, n_values: int, least: float, lang: str, encode: Encode
) -> list[Value]:
    """At most ``n_values`` with a confidence of ``least``, one after the other that brings the encoded text nearest to ``vector``."""
    open_ = [c.value for c in found if c.confidence >= least] or [max(found, key=lambda c: c.confidence).value]
    chosen: list[Value] = []
    reached = -1.0
    while open_ and len(chosen) < n_values:
        cosines = encode([write(clauses([*chosen, value]), lang) for value in open_]) @ vector
        best = int(np.argmax(cosines))
        if chosen and cosines[best] < reached + _LEAST_GAIN:
            break
        reached = float(cosines[best])
        chosen.append(open_.pop(best))
    return chosen


def clauses(values: Sequence[Value]) -> tuple[Clause, ...]:
    """Values in clauses by their labels, in order of the labels' first values."""
    labels = list(dict.fromkeys(value.label for value in values))
    return tuple(Clause(label, tuple(v.text for v in values if v.label == label)) for label in labels)
