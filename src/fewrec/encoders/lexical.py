"""What words say literally: a TF-IDF space beside the encoder's, where rare names and exact matches count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fewrec.errors import SettingError


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
