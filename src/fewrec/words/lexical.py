"""Where words stand in titles and texts: postings of stems and of pairs of Chinese characters, phrases checked in the text itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fewrec.text.normalise import fold
from fewrec.words.stems import has_han, index_terms, tokens
from fewrec.words.types import Term

_MAX_CHECKED = 20_000
"""So many items at most are searched for a phrase; where more hold all its words, they are taken without."""


class Postings:
    """The words of one field of m items: its titles, or its texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.stemmed = [" " + " ".join(token for token, _, _ in tokens(fold(text))) + " " for text in texts]
        self.vocabulary: dict[str, int] = {}
        indptr, indices, data = [0], [], []
        for text in self.stemmed:
            counts = Counter(index_terms(text) if has_han(text) else text.split())
            for term, count in counts.items():
                indices.append(self.vocabulary.setdefault(term, len(self.vocabulary)))
                data.append(count)
            indptr.append(len(indices))
        shape = (len(texts), len(self.vocabulary))
        by_item = sparse.csr_matrix(
            (np.array(data, dtype=np.float32), np.array(indices, dtype=np.int32), np.array(indptr, dtype=np.int64)), shape=shape
        )
        self.by_term = sparse.csr_matrix(by_item.T)

    def frequency(self, token: str) -> int:
        """Number of items that hold a token (of Chinese: its rarest pair of characters)."""
        sizes = [self._size(part) for part in _parts(token)]
        return min(sizes, default=0)

    def _size(self, term: str) -> int:
        number = self.vocabulary.get(term)
        return 0 if number is None else int(self.by_term.indptr[number + 1] - self.by_term.indptr[number])

    def rows(self, words: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """Items in which all ``words`` stand side by side in this order, and how often the rarest of them does."""
        found: npt.NDArray[np.int64] | None = None
        times: npt.NDArray[np.float32] = np.zeros(0, dtype=np.float32)
        for part in sorted({part for word in words for part in _parts(word)}, key=self._size):
            number = self.vocabulary.get(part)
            if number is None:
                return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
            span = slice(self.by_term.indptr[number], self.by_term.indptr[number + 1])
            rows = self.by_term.indices[span].astype(np.int64)
            if found is None:
                found, times = rows, self.by_term.data[span]
            else:
                keep = np.isin(found, rows, assume_unique=True)
                found, times = found[keep], times[keep]
        if found is None:
            return np.zeros(0, dtype=np.int64), times
        phrase = " ".join(words)
        if (len(words) > 1 or len(phrase) > 2) and (len(words) > 1 or has_han(phrase)) and len(found) <= _MAX_CHECKED:
            needle = phrase if has_han(phrase) else f" {phrase} "
            keep = np.fromiter((needle in self.stemmed[row] for row in found), dtype=bool, count=len(found))
            found, times = found[keep], times[keep]
        return found, times

    def scores(self, terms: Sequence[Term], single: float, more: float) -> npt.NDArray[np.float32]:
        """(m,) in [0, 1]: the best of the terms; ``single`` for one occurrence, up to ``single + more`` for many."""
        best = np.zeros(len(self.stemmed), dtype=np.float32)
        for term in terms:
            rows, times = self.rows(term.words)
            if len(rows):
                value = term.weight * (single + more * (1.0 - 1.0 / np.maximum(times, 1.0)))
                best[rows] = np.maximum(best[rows], value.astype(np.float32))
        return best


def _parts(token: str) -> list[str]:
    if not has_han(token) or len(token) == 1:
        return [token]
    return [token[i : i + 2] for i in range(len(token) - 1)]
