"""What words say literally: a TF-IDF space beside the encoder's, where rare names and exact matches count."""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fewrec.errors import ModelLoadError, SettingError

_FORMAT = 1


class LexicalSpace:
    """Token lists -> sparse unit rows, one column a term.

    weight = (1 + ln tf) · idf, idf = ln((1 + n) / (1 + df)) + 1, then rows scaled to length 1 (Salton & Buckley 1988; the smoothing
    counts one more document that holds every term, so that idf is finite and positive). Tokens come from the text stage.
    """

    def __init__(self, terms: Sequence[str], idf: NDArray[np.float32]) -> None:
        """``terms`` distinct, in the order of columns; ``idf`` (len(terms),) > 0."""
        self.terms = tuple(terms)
        self.idf = np.asarray(idf, dtype=np.float32)
        self._column_of = {term: column for column, term in enumerate(self.terms)}

    @classmethod
    def fit(cls, token_lists: Sequence[Sequence[str]], *, min_df: int = 1, max_terms: int | None = None) -> LexicalSpace:
        """Learn terms and their idf.

        Args:
            token_lists: one list a document; may be empty.
            min_df: a term must stand in at least so many documents.
            max_terms: keep the terms of the most documents (ties in alphabetical order); None keeps all.
        """
        if min_df < 1 or (max_terms is not None and max_terms < 0):
            raise SettingError(f"min_df must be at least 1 and max_terms at least 0, found {min_df} and {max_terms}")
        document_frequency: dict[str, int] = {}
        for tokens in token_lists:
            for term in set(tokens):
                document_frequency[term] = document_frequency.get(term, 0) + 1
        kept = [term for term, df in document_frequency.items() if df >= min_df]
        if max_terms is not None and len(kept) > max_terms:
            kept = sorted(kept, key=lambda term: (-document_frequency[term], term))[:max_terms]
        kept.sort()
        df = np.array([document_frequency[term] for term in kept], dtype=np.float64)
        idf = np.log((1 + len(token_lists)) / (1 + df)) + 1
        return cls(kept, idf.astype(np.float32))

    def __len__(self) -> int:
        return len(self.terms)

    def transform(self, token_lists: Sequence[Sequence[str]]) -> sparse.csr_matrix:
        """(len(token_lists), len(self)) float32 unit rows. Unknown words are ignored; a list without known words is a zero row."""
        columns, ends = self._columns(token_lists)
        shape = (len(token_lists), len(self.terms))
        counts = sparse.csr_matrix((np.ones(len(columns), dtype=np.float32), columns, ends), shape=shape)
        counts.sum_duplicates()  # (document, term) -> tf, columns sorted
        weights = (1 + np.log(counts.data)) * self.idf[counts.indices]
        row_of_entry = np.repeat(np.arange(len(token_lists)), np.diff(counts.indptr))
        squared_length = np.bincount(row_of_entry, weights=weights.astype(np.float64) ** 2, minlength=len(token_lists))
        counts.data = (weights / np.sqrt(squared_length)[row_of_entry]).astype(np.float32)
        return counts

    def _columns(self, token_lists: Sequence[Sequence[str]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Columns of all known tokens one after another, and where each document ends among them (indptr)."""
        lengths = np.fromiter(map(len, token_lists), dtype=np.int64, count=len(token_lists))
        n_tokens = int(lengths.sum())
        tokens: Iterable[str] = chain.from_iterable(token_lists)
        columns = np.fromiter((self._column_of.get(token, -1) for token in tokens), dtype=np.int32, count=n_tokens)
        known = columns >= 0
        known_before = np.concatenate([[0], np.cumsum(known)])  # (n_tokens + 1,)
        ends = known_before[np.concatenate([[0], np.cumsum(lengths)])]
        return columns[known], ends.astype(np.int32)

    def to_state(self) -> tuple[dict[str, NDArray[np.float32]], dict[str, Any]]:
        """Arrays and a JSON-ready dict, for whoever stores several things in one place."""
        return {"idf": self.idf}, {"format": _FORMAT, "terms": list(self.terms)}

    @classmethod
    def from_state(cls, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> LexicalSpace:
        """The inverse of :meth:`to_state`.

        Raises:
            ModelLoadError: the parts do not belong together, or were written by another version.
        """
        if meta.get("format") != _FORMAT:
            raise ModelLoadError(
                f"found a lexical space of format {meta.get('format')!r}, expected {_FORMAT}", hint="fit the recommender again"
            )
        terms, idf = meta.get("terms"), arrays.get("idf")
        if not isinstance(terms, list) or idf is None or idf.shape != (len(terms),):
            raise ModelLoadError(
                "the lexical space is damaged: its terms and weights differ in number", hint="fit the recommender again"
            )
        return cls(terms, idf)

    def save(self, path: Path | str) -> None:
        """One .npz file (numbers, and the terms as JSON); replaced in one step, no pickle."""
        path = Path(path)
        arrays, meta = self.to_state()
        document = np.frombuffer(json.dumps(meta, ensure_ascii=False).encode("utf-8", "surrogatepass"), dtype=np.uint8)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as stream:
            np.savez_compressed(stream, meta=document, idf=arrays["idf"])
        Path(stream.name).replace(path)

    @classmethod
    def load(cls, path: Path | str) -> LexicalSpace:
        """Read what :meth:`save` wrote.

        Raises:
            ModelLoadError: there is no such file, or it is damaged.
        """
        try:
            with Path(path).open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            meta = json.loads(arrays.pop("meta").tobytes().decode("utf-8", "surrogatepass"))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ModelLoadError(
                f"cannot read the lexical space in {path}: {error}", hint="fit the recommender again"
            ) from error
        return cls.from_state(arrays, meta)
