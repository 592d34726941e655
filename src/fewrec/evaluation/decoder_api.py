"""Inputs of ``round-trip``: decoders under test, and the scorer settings (record words, phrases, a second encoder).

Stages do not import each other, so both are put together above them, in :mod:`fewrec.evaluation.text_decoders`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from fewrec.types import Decoded, Encoder, Matrix, Rows

Kind = Literal["user", "item"]
Control = Literal["", "masked", "shuffled"]


@runtime_checkable
class BatchDecoder(Protocol):
    """A decoder under test. It receives batches of vectors and nothing else about the users or items."""

    def decode_all(self, vectors: Matrix, *, lang: str, n_phrases: int, kind: Kind) -> list[Decoded]:
        """``vectors`` (b, d), unit rows in E's space -> b texts, with their phrases as far as the decoder has any."""

    def without_items(self, rows: Rows) -> BatchDecoder | None:
        """The decoder as it would be had these catalogue rows never been there.

        None where it cannot be had; held-out items are then left out of its results.
        """


@runtime_checkable
class MaskableDecoder(BatchDecoder, Protocol):
    """A decoder that can be given masked words, which the ``masked`` control needs."""

    def decode_masked(
        self, vectors: Matrix, masked: Sequence[frozenset[str]], *, lang: str, n_phrases: int, kind: Kind
    ) -> list[Decoded]:
        """Texts as of :meth:`BatchDecoder.decode_all`, where text ``i`` holds no word (folded) of ``masked[i]``."""


@dataclass(frozen=True)
class CandidateDecoder:
    """A decoder under a name of ``--models``, as itself or as a control."""

    make: Callable[[], BatchDecoder]
    control: Control = ""
    """``masked``: the words of the item's record are masked from its vocabulary. ``shuffled``: each text is scored for another item or user."""

    def __call__(self) -> CandidateDecoder:
        """Itself, because the runner calls the factories it is given."""
        return self


@dataclass(frozen=True)
class TextScoring:
    """Scorer settings: all that is needed to score texts about the items and users of one catalogue."""

    second: Encoder
    """Trained independently of E, so that the two do not share their mistakes."""
    first: Encoder
    """E itself."""
    item_texts: Sequence[str]
    """(m,) what the second encoder reads of the items."""
    supported: Callable[[str, int], bool]
    """Whether a phrase occurs in the record of the item of that row."""
    holders: Callable[[str], Rows]
    """Rows of the items in whose record a phrase occurs."""
    record_words: Callable[[int], frozenset[str]]
    """The folded words of an item's record, in both languages as far as known."""
    read: Callable[[Sequence[Decoded]], Matrix]
    """Texts -> (b, d) vectors, from the texts and the catalogue alone; all zero for an empty text."""
    genres: Sequence[Sequence[str]] | None
    """(m,) the values of the catalogue's main category; None where it has none."""
    names_genre: Callable[[str, str], bool]
    """Whether a phrase is that genre, in either language."""
    language: str
    """``zh`` or ``en``: the catalogue's own."""
