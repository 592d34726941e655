"""What of an item can be said in a few words: its categories, names and years, and phrases of its text that its vector supports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.columns import SKIPPED_NAMES, columns_of
from fewrec.decoders import PhraseVocabulary
from fewrec.decoders.fields import script
from fewrec.llm.decoder.clauses import Clause
from fewrec.text import clean
from fewrec.types import Catalogue, Vector

_Column = tuple[str, str, tuple[tuple[str, ...], ...]]  # its name, its role, and the values of every item
_YEAR = re.compile(r"(?:18|19|20)\d\d")
_ABOUT = {"zh": "关于", "en": "about"}
_MAX_VALUES = {"category": 4, "name": 2, "year": 1, "title": 1}
N_ABOUT = 3
"""Phrases of running text said of an item."""


@dataclass(frozen=True)
class Records:
    """Sayable values by column and row, phrases of running text beside them."""

    lang: str
    columns: tuple[str, ...]
    """In the order in which they are said: categories, years, names, the title if there is nothing else."""
    values: tuple[tuple[tuple[str, ...], ...], ...]
    """Per column and row."""
    text_columns: tuple[str, ...]
    vocabulary: PhraseVocabulary
    holds: sparse.csr_matrix
    """(m, p) the phrases of running text that each item holds."""

    @classmethod
    def of(cls, catalogue: Catalogue, vocabulary: PhraseVocabulary, lang: str) -> Records:
        """Read them from a catalogue and the phrases mined from it; of values, those written in ``lang`` alone."""
        columns = columns_of(catalogue.fields, clean)
        found: list[_Column] = [(c.name, c.role, c.values) for c in columns if c.role in ("category", "name")]
        found += _years(catalogue.fields)
        texts = tuple(column.name for column in columns if column.role == "text")
        if not found and not texts:
            found = [(c.name, c.role, c.values) for c in columns if c.role == "title"]
        found = [(name, role, _written_in(lang, values)) for name, role, values in found]
        found = [column for column in found if any(column[2])]
        found.sort(key=lambda column: ("category", "year", "name", "title").index(column[1]))
        spoken = np.asarray(
            [
                kind == "text" and own == lang and number < vocabulary.n_encoded
                for number, (kind, own) in enumerate(zip(vocabulary.kinds, vocabulary.langs, strict=True))
            ],
            dtype=np.float32,
        )
        holds = vocabulary.occurs.T.multiply(spoken[None, :]).tocsr()
        holds.eliminate_zeros()
        return cls(
            lang,
            tuple(name for name, _, _ in found),
            tuple(tuple(row[: _MAX_VALUES[role]] for row in values) for _, role, values in found),
            texts if holds.nnz else (),
            vocabulary,
            holds,
        )

    def clauses(self, sources: Mapping[str, int], text: str, vector: Vector) -> tuple[Clause, ...]:
        """Of a record that took each of its columns from the row ``sources`` names, with prepared ``text`` and ``vector`` (d,)."""
        found = [
            Clause(name, values[sources[name]])
            for name, values in zip(self.columns, self.values, strict=True)
            if name in sources and values[sources[name]]
        ]
        about = self._about({sources[name] for name in self.text_columns if name in sources}, text, vector)
        return (*found, *([Clause(_ABOUT[self.lang], about)] if about else []))

    def shared(self, rows: Sequence[int], vector: Vector) -> tuple[Clause, ...]:
        """What k items have in common: values of at least two and 30 % of them, the commonest first."""
        least = max(min(2, len(rows)), 0.3 * len(rows))
        found = []
        for name, values in zip(self.columns, self.values, strict=True):
            counts = Counter(value for row in rows for value in values[row])
            said = tuple(value for value, n in counts.most_common(3) if n >= least)
            if said:
                found.append(Clause(name, said))
        counts_of = np.asarray(self.holds[np.asarray(rows)].sum(axis=0)).ravel()
        phrases = np.flatnonzero(counts_of >= least)
        order = np.argsort(-(self.vocabulary.vectors[phrases] @ vector), kind="stable")
        about = tuple(self.vocabulary.texts[phrase] for phrase in phrases[order][:N_ABOUT])
        return (*found, *([Clause(_ABOUT[self.lang], about)] if about else []))

    def _about(self, rows: set[int], text: str, vector: Vector) -> tuple[str, ...]:
        """Phrases that stand in the text that was encoded (it was cut), those nearest to the vector first."""
        phrases = np.unique(np.concatenate([self.holds[row].indices for row in rows] or [np.zeros(0, dtype=np.int64)]))
        folded = text.casefold()
        phrases = np.asarray([p for p in phrases if self.vocabulary.texts[p].casefold() in folded], dtype=np.int64)
        order = np.argsort(-(self.vocabulary.vectors[phrases] @ vector), kind="stable")
        said: list[str] = []
        for phrase in phrases[order]:
            words = set(self.vocabulary.words[phrase])
            if not any(words & set(other.casefold().split()) for other in said):
                said.append(self.vocabulary.texts[phrase])
            if len(said) == N_ABOUT:
                break
        return tuple(said)


def _written_in(lang: str, values: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Without the values of the other script; numbers belong to both."""
    return tuple(tuple(v for v in row if not any(char.isalpha() for char in v) or script(v) == lang) for row in values)


def _years(fields: Sequence[Mapping[str, str]]) -> list[_Column]:
    """Columns of years, which the phrase vocabulary leaves out as numbers."""
    found: list[_Column] = []
    for name in dict.fromkeys(name for item in fields for name in item if name not in SKIPPED_NAMES):
        values = [clean(item.get(name) or "").strip() for item in fields]
        given = [value for value in values if value]
        if given and sum(bool(_YEAR.fullmatch(value)) for value in given) > 0.8 * len(given):
            found.append((name, "year", tuple((value,) if _YEAR.fullmatch(value) else () for value in values)))
    return found
