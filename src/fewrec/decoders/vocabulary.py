"""The phrases a decoder may say, where they occur and where they lie in the encoder's space."""

from __future__ import annotations

from dataclasses import dataclass

from scipy import sparse

from fewrec.types import Matrix

KINDS = ("category", "name", "title", "text", "general", "era")
"""Where a phrase comes from: a value of a field with few values, of a field with many, titles, running text, our own list, the year."""


@dataclass(frozen=True)
class PhraseVocabulary:
    """p phrases over a catalogue of m items, every text once per language."""

    texts: tuple[str, ...]
    """As shown."""
    langs: tuple[str, ...]
    """``zh`` where the phrase holds a Han character, else ``en``."""
    kinds: tuple[str, ...]
    """One of :data:`KINDS`."""
    columns: tuple[str, ...]
    """For a ``category``, the column that holds it (for its translation, the original's); else empty."""
    words: tuple[tuple[str, ...], ...]
    """The phrase's words as the tokenizer folds them: what near-duplicates and banned words are told by."""
    occurs: sparse.csr_matrix
    """(p, m) float32, 1 where the phrase, or for ``general`` any spelling of it in either language, occurs in the item."""
    vectors: Matrix
    """(p, d) unit rows from encoder E."""
    n_encoded: int
    """The first so many vectors are the phrases' own; the others are borrowed, the unit mean of the items that hold them."""
    entitles: sparse.csr_matrix
    """(p, m) float32, 1 where the phrase amounts to the title of the item, about which it would say nothing."""

    def __len__(self) -> int:
        return len(self.texts)
