"""What a sentence was understood to say, and what of it each item holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["category", "person", "brand", "title", "number", "time", "place", "language", "theme"]
Role = Literal["request", "taste"]


@dataclass(frozen=True)
class Term:
    """One way in which a theme can be said: words that must all occur, and how much such an occurrence counts, in (0, 1]."""

    words: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Claim:
    """One thing that a sentence asks for or rules out.

    Attributes:
        text: the words of the sentence, as written.
        kind: what they are about.
        polarity: above 0 wanted, below 0 not wanted.
        matched: number of items for which the claim holds literally.
        values: what of the catalogue they mean, as shown: ``("Alfred Hitchcock",)``.
        group: claims with the same group are alternatives (*or*); groups are joined by *and*.
        columns: where to look; empty for a theme (title and texts).
        low: lower bound of a number or a year, inclusive; None without one.
        high: upper bound, exclusive.
        terms: for a theme, the ways in which it can be said.
        rows: for a title, the rows of the items meant.
        similar: for a title, whether items like it are asked for ("like Alien") rather than itself.
    """

    text: str
    kind: Kind
    polarity: float = 1.0
    matched: int = 0
    values: tuple[str, ...] = ()
    group: int = 0
    columns: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    terms: tuple[Term, ...] = ()
    rows: tuple[int, ...] = ()
    similar: bool = False


@dataclass(frozen=True)
class Understood:
    """One sentence as claims.

    ``unmatched`` are words that nothing in the catalogue answers.
    """

    text: str
    role: Role
    claims: tuple[Claim, ...]
    unmatched: tuple[str, ...] = ()

    @property
    def logic(self) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
        """``(wanted, excluded)``: positions in ``claims``.

        ``wanted`` holds groups of alternatives, of which every group should be met; none of ``excluded`` may hold.
        """
        groups: dict[int, list[int]] = {}
        for position, claim in enumerate(self.claims):
            if claim.polarity > 0:
                groups.setdefault(claim.group, []).append(position)
        excluded = tuple(position for position, claim in enumerate(self.claims) if claim.polarity < 0)
        return tuple(tuple(group) for group in groups.values()), excluded

    @property
    def contradictory(self) -> bool:
        """Whether something is wanted and ruled out in one sentence."""
        wanted = {(claim.kind, claim.values, claim.low, claim.high) for claim in self.claims if claim.polarity > 0}
        return any((claim.kind, claim.values, claim.low, claim.high) in wanted for claim in self.claims if claim.polarity < 0)


@dataclass(frozen=True, eq=False)
class Evidence:
    """How well each of m items answers one sentence.

    Attributes:
        relevance: (m,) float32 in [0, 1]; 1 where everything asked for holds literally, 0 where nothing does.
        excluded: (m,) bool, true where something ruled out holds.
        per_claim: (c, m) float32 in [0, 1], one row per claim in their order; negated claims too (1: what is ruled out holds).
        specificity: in [0, 1]; near 1 where the sentence singles out few items, 0 where it says nothing.
    """

    relevance: npt.NDArray[np.float32]
    excluded: npt.NDArray[np.bool_]
    per_claim: npt.NDArray[np.float32]
    specificity: float


@dataclass(frozen=True)
class Match:
    """Why an item answers a claim: the claim's words, the column, and the piece of its text that was matched."""

    claim: str
    column: str
    piece: str
