"""What ``round-trip`` needs to be given: decoders to judge, and a judge who knows words, records and a second encoder.

Stages do not import each other, so both are put together above them, in :mod:`fewrec.evaluation.round_trip`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from fewrec.types import Decoded, Encoder, Matrix, Rows

Kind = Literal["user", "item"]
Control = Literal["", "banned", "stranger"]


@runtime_checkable
class Subject(Protocol):
    """A decoder as it is judged: it gets vectors, many at a time, and nothing else about the users or items."""

    def decode_all(self, vectors: Matrix, *, lang: str, n_phrases: int, kind: Kind) -> list[Decoded]:
        """``vectors`` (b, d), unit rows in E's space -> b texts, with their phrases as far as the decoder has any."""

    def without_items(self, rows: Rows) -> Subject | None:
        """The decoder as it would be had these catalogue rows never been there.

        None where it cannot be had; held-out items are then left out of its results.
        """


@runtime_checkable
class Bannable(Subject, Protocol):
    """A decoder that can be forbidden words: what the control of the items needs."""

    def decode_without(
        self, vectors: Matrix, banned: Sequence[frozenset[str]], *, lang: str, n_phrases: int, kind: Kind
    ) -> list[Decoded]:
        """As :meth:`Subject.decode_all`, where text ``i`` holds no word (folded) of ``banned[i]``."""


@dataclass(frozen=True)
class Examinee:
    """A decoder under a name of ``--models``, as itself or as a control."""

    make: Callable[[], Subject]
    control: Control = ""
    """``banned``: it may not say the words of the item's record. ``stranger``: what it says of somebody else is put down as said."""

    def __call__(self) -> Examinee:
        """Itself: the runner makes what it examines."""
        return self


@dataclass(frozen=True)
class Judge:
    """Everything that tells true from false in a text about an item or a user of one catalogue."""

    second: Encoder
    """Trained independently of E, so that the two do not share their mistakes."""
    first: Encoder
    """E itself."""
    item_texts: Sequence[str]
    """(m,) what the second encoder reads of the items."""
    supported: Callable[[str, int], bool]
    """Whether a phrase stands in the record of the item of that row."""
    banned: Callable[[int], frozenset[str]]
    """The folded words of an item's record, in both languages as far as known."""
    read: Callable[[Sequence[Decoded]], Matrix]
    """(b, d) where texts point, to a reader who knows the catalogue and sees the texts alone; all zero where nothing is said."""
    genres: Sequence[Sequence[str]] | None
    """(m,) the values of the catalogue's main category; None where it has none."""
    names_genre: Callable[[str, str], bool]
    """Whether a phrase is that genre, in either language."""
    language: str
    """``zh`` or ``en``: the catalogue's own."""
