"""What a language model said of a vector."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STUTTERS = (
    re.compile(r"(?<!\S)(\S+(?:\s+\S+)?)(?:\s+\1){2,}(?!\S)", re.IGNORECASE),  # one or two words, three times and more
    re.compile(r"(?<!\S)((?:\S+\s+){2,5}\S+)(?:\s+\1)+(?!\S)", re.IGNORECASE),  # three to six words, twice and more
    re.compile(r"([㐀-鿿]{1,6}?)\1{2,}"),
)


def unstuttered(value: str) -> str:
    """The value with what it says over and over said once: *Sam C. C. C. C. Hammond* is *Sam C. Hammond*, *Duran Duran* itself."""
    for stutter in _STUTTERS:
        value = stutter.sub(r"\1", value)
    return value


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
