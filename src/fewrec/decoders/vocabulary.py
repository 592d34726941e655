"""The phrases a decoder may say, where they occur and where they lie in the encoder's space."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from fewrec.errors import ModelLoadError
from fewrec.types import Matrix, Rows

FORMAT = 2

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

    def save(self, folder: Path) -> None:
        """Write ``phrases.json`` and ``phrases.npz`` into ``folder``, which is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        head = {
            "format": FORMAT,
            "n_encoded": self.n_encoded,
            "texts": self.texts,
            "langs": self.langs,
            "kinds": self.kinds,
            "columns": self.columns,
        }
        head["words"] = self.words
        (folder / "phrases.json").write_text(json.dumps(head, ensure_ascii=False), encoding="utf-8")
        np.savez(
            folder / "phrases.npz",
            vectors=self.vectors,
            indptr=self.occurs.indptr,
            indices=self.occurs.indices,
            shape=np.asarray(self.occurs.shape, dtype=np.int64),
            title_indptr=self.entitles.indptr,
            title_indices=self.entitles.indices,
        )

    @classmethod
    def load(cls, folder: Path) -> PhraseVocabulary:
        """Read what :meth:`save` wrote; raises :class:`~fewrec.errors.ModelLoadError` where that is not what is there."""
        hint = "fit again to write the phrase vocabulary anew"
        try:
            head = json.loads((folder / "phrases.json").read_text(encoding="utf-8"))
            if not isinstance(head, dict) or head.get("format") != FORMAT:
                found = head.get("format") if isinstance(head, dict) else type(head).__name__
                raise ModelLoadError(f"{folder}: found phrase format {found!r}, expected {FORMAT}", hint=hint)
            # opened here, because np.load leaves the file open when the archive is damaged
            with (folder / "phrases.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                vectors = arrays["vectors"]
                shape = (int(arrays["shape"][0]), int(arrays["shape"][1]))
                occurs = _ones(arrays["indices"], arrays["indptr"], shape)
                entitles = _ones(arrays["title_indices"], arrays["title_indptr"], shape)
            loaded = cls(
                texts=tuple(head["texts"]),
                langs=tuple(head["langs"]),
                kinds=tuple(head["kinds"]),
                columns=tuple(head["columns"]),
                words=tuple(tuple(words) for words in head["words"]),
                occurs=occurs,
                vectors=vectors,
                n_encoded=int(head["n_encoded"]),
                entitles=entitles,
            )
        except (OSError, ValueError, KeyError, IndexError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise ModelLoadError(f"{folder}: not a readable phrase vocabulary ({error})", hint=hint) from error
        sizes = {
            len(loaded.texts),
            len(loaded.langs),
            len(loaded.kinds),
            len(loaded.columns),
            len(loaded.words),
            len(vectors),
            shape[0],
        }
        if len(sizes) != 1:
            raise ModelLoadError(f"{folder}: phrase texts and arrays differ in length ({sorted(sizes)})", hint=hint)
        return loaded


def _ones(indices: Rows, indptr: Rows, shape: tuple[int, int]) -> sparse.csr_matrix:
    return sparse.csr_matrix((np.ones(len(indices), dtype=np.float32), indices, indptr), shape=shape)
