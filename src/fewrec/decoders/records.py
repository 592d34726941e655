"""What items say of themselves, asked by phrase: in whose record does it stand?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from fewrec.columns import SKIPPED_NAMES
from fewrec.decoders.eras import decade, years_of
from fewrec.decoders.fields import HAN
from fewrec.decoders.general import general_entries
from fewrec.types import Rows

_OTHER = {"zh": "en", "en": "zh"}


class Records:
    """The words of every item's columns.

    A phrase stands in a record that holds all its words, in any order; a Chinese phrase of two characters and more also where
    they stand one after the other between words of the record (国王 is not in 王家卫, nor in 中国王朝). A phrase of the general
    vocabulary stands as well where its translation does, so that Chinese can be said of an English catalogue, and a decade
    with the items of its years.
    """

    def __init__(
        self, fields: Sequence[Mapping[str, str]], *, words: Callable[[str], list[str]], fold: Callable[[str], str]
    ) -> None:
        """``words``: text -> folded words; ``fold``: text -> the form in which texts are compared."""
        self._words, self._fold = words, fold
        texts = [" | ".join(value for name, value in each.items() if name not in SKIPPED_NAMES) for each in fields]
        self._folded = [fold(text) for text in texts]
        self._of_item = [frozenset(words(text)) for text in texts]
        items: dict[str, list[int]] = defaultdict(list)
        for row, said in enumerate(self._of_item):
            for word in said:
                items[word].append(row)
        self._items = {word: np.asarray(rows, dtype=np.int64) for word, rows in items.items()}
        self._entries: dict[str, dict[str, int]] = {"en": {}, "zh": {}}
        for number, entry in enumerate(general_entries()):
            for lang, spellings in entry.by_language.items():
                for spelling in spellings:
                    self._entries[lang].setdefault(self._key(spelling), number)
        self._eras: dict[str, list[int]] = defaultdict(list)
        self._years = years_of(fields)
        for row, year in enumerate(self._years):
            if year is not None:
                for lang in _OTHER:
                    self._eras[self._key(decade(year, lang))].append(row)
        self._texts = texts
        self._cuts: dict[int, frozenset[int]] = {}
        self._found: dict[str, Rows] = {}
        self._rows_of_entries: dict[int, frozenset[int]] = {}

    def __len__(self) -> int:
        return len(self._of_item)

    def holders(self, phrase: str) -> Rows:
        """Rows of the items in whose record ``phrase`` stands, ascending."""
        if phrase not in self._found:
            lang = "zh" if HAN.search(phrase) else "en"
            rows = np.union1d(self._literally(phrase), np.asarray(self._eras.get(self._key(phrase), []), dtype=np.int64))
            number = self._entries[lang].get(self._key(phrase))
            if number is not None:
                for spelling in general_entries()[number].by_language[_OTHER[lang]]:
                    rows = np.union1d(rows, self._literally(spelling))
            self._found[phrase] = rows
        return self._found[phrase]

    def supports(self, phrase: str, row: int) -> bool:
        """Whether ``phrase`` stands in the record of item ``row``."""
        rows = self.holders(phrase)
        place = int(np.searchsorted(rows, row))
        return place < len(rows) and int(rows[place]) == row

    def words_of(self, row: int) -> frozenset[str]:
        """The folded words of a record, those of translations of what it says, and those of its decade."""
        said = set(self._of_item[row])
        if (year := self._years[row]) is not None:
            said.update(word for lang in _OTHER for word in self._words(decade(year, lang)))
        for number in range(len(general_entries())):
            if row not in self._entry_rows(number):
                continue
            for spellings in general_entries()[number].by_language.values():
                said.update(word for spelling in spellings for word in self._words(spelling))
        return frozenset(said)

    def same(self, one: str, other: str) -> bool:
        """Whether two phrases are one but for case and spacing, or spellings of one entry of the general vocabulary."""
        if self._key(one) == self._key(other):
            return True
        numbers = [{self._entries[lang].get(self._key(text)) for lang in ("en", "zh")} - {None} for text in (one, other)]
        return bool(numbers[0] & numbers[1])

    def _entry_rows(self, number: int) -> frozenset[int]:
        if number not in self._rows_of_entries:
            spellings = [spelling for each in general_entries()[number].by_language.values() for spelling in each]
            rows = [self._literally(spelling) for spelling in spellings]
            self._rows_of_entries[number] = frozenset(np.concatenate(rows).tolist())
        return self._rows_of_entries[number]

    def _literally(self, phrase: str) -> Rows:
        none = np.zeros(0, dtype=np.int64)
        said = self._words(phrase)
        if not said:
            return none
        rows = self._items.get(said[0], none)
        for word in said[1:]:
            rows = np.intersect1d(rows, self._items.get(word, none), assume_unique=True)
        folded = self._fold(phrase)
        if len(folded) > 1 and HAN.search(folded):
            known = set(rows.tolist())
            whole = [row for row, text in enumerate(self._folded) if row not in known and folded in text]
            rows = np.union1d(rows, np.asarray([row for row in whole if self._in_words(folded, row)], dtype=np.int64))
        return rows

    def _in_words(self, phrase: str, row: int) -> bool:
        """Whether the folded ``phrase`` begins and ends where words of the record do."""
        text = self._folded[row]
        if row not in self._cuts:
            cuts, end = {0, len(text)}, 0
            for word in self._words(self._texts[row]):
                start = text.find(word, end)
                if start >= 0:
                    end = start + len(word)
                    cuts |= {start, end}
            self._cuts[row] = frozenset(cuts)
        cuts_of = self._cuts[row]
        start = text.find(phrase)
        while start >= 0:
            if start in cuts_of and start + len(phrase) in cuts_of:
                return True
            start = text.find(phrase, start + 1)
        return False

    def _key(self, text: str) -> str:
        return "".join(self._words(text))
