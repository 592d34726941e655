"""What a language model said of a vector."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Value:
    """One value as the model said it."""

    label: str
    text: str
    confidence: float
    """In (0, 1]: geometric mean of its tokens' probabilities."""


@dataclass(frozen=True)
class Written:
    """One text of the model: its values in their order, without repetition."""

    values: tuple[Value, ...]
    log_probability: float
    """Of the whole, in nats."""
