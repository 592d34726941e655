"""Values of the catalogue's own columns, and the words by which they can be asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from fewrec.words import lexicon, sound
from fewrec.words.columns import Column
from fewrec.words.stems import has_han, key

PREFIXED = ("中国",)
_ORDER = {"category": 0, "place": 1, "language": 2, "brand": 3, "person": 4}
_PARTICLES = frozenset({"de", "da", "di", "du", "van", "von", "le", "la", "del", "der", "den", "st", "mac", "el", "al", "ben"})


class Facet:
    """One list column: its distinct values and which items hold them."""

    def __init__(self, column: Column) -> None:
        self.name, self.role = column.name, column.role
        self.values: list[str] = []
        numbers: dict[str, int] = {}
        rows, items = [], []
        for item, values in enumerate(column.values):
            for value in values:
                if value not in numbers:
                    numbers[value] = len(self.values)
                    self.values.append(value)
                rows.append(numbers[value])
                items.append(item)
        shape = (len(self.values), len(column.values))
        self.holders = sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, items)), shape=shape)
        self.counts = np.diff(self.holders.indptr)

    def items(self, numbers: Sequence[int]) -> npt.NDArray[np.int64]:
        """Rows of the items that hold one of the values."""
        parts = [self.holders.indices[self.holders.indptr[n] : self.holders.indptr[n + 1]] for n in numbers]
        return np.unique(np.concatenate(parts)).astype(np.int64) if parts else np.zeros(0, dtype=np.int64)


Hit = tuple[int, int]
"""Number of the facet, number of its value."""


class Facets:
    """All list columns of a catalogue with an index of their values' names."""

    __not_saved__ = ("_resolved",)

    def __init__(self, columns: Sequence[Column], common: frozenset[str]) -> None:
        """``common``: stems that running text writes in lower case; no surname is looked for under them."""
        self.facets = [
            Facet(column) for column in columns if column.values and column.role not in {"text", "time", "number", "title"}
        ]
        self.common = common
        self.names: dict[str, list[Hit]] = {}
        self.parts: dict[str, list[Hit]] = {}
        for f, facet in enumerate(self.facets):
            for v, value in enumerate(facet.values):
                self._add(self.names, key(value), (f, v))
                for prefix in PREFIXED:
                    if value.startswith(prefix) and len(value) > len(prefix):
                        self._add(self.names, value[len(prefix) :], (f, v))
                if facet.role == "person":
                    for part in _name_parts(value):
                        self._add(self.parts, part, (f, v))
        self._resolved: dict[str, tuple[Hit, ...]] = {}

    def __after_load__(self) -> None:
        self._resolved = {}

    @staticmethod
    def _add(names: dict[str, list[Hit]], name: str, hit: Hit) -> None:
        if name and hit not in names.setdefault(name, []):
            names[name].append(hit)

    def resolve(self, word: str, raw: str = "") -> tuple[Hit, ...]:
        """Values that a key names, of one role; ``raw``: the same in lower case with its endings, for the dictionary."""
        if word not in self._resolved:
            if len(self._resolved) > 20_000:
                self._resolved.clear()
            self._resolved[word] = self._one_role(self._resolve(word, raw or word))
        return self._resolved[word]

    def _resolve(self, word: str, raw: str) -> list[Hit]:
        if word in self.names:
            return self.names[word]
        found = [hit for other in lexicon.synonyms(word) for hit in self.names.get(other, ()) if self._role(hit) != "person"]
        if found:
            return found
        if word in self.parts and word not in self.common and not lexicon.is_known(word) and word not in lexicon.carriers():
            return self._frequent(self.parts[word])
        for other in lexicon.cldr_names(word):
            found += self.names.get(other, [])
        if found:
            return found
        if has_han(word):
            others = [key(gloss) for gloss in lexicon.glosses(word)] if len(word) > 1 and self._latin else []
        else:
            others = (
                [*lexicon.chinese_of(raw), *lexicon.chinese_of(" ".join(raw.split()[::-1]))]
                if self._chinese and len(word) > 2 and word not in lexicon.carriers()
                else []
            )
        for other in others:
            found += self.names.get(other, [])
        return found

    def _frequent(self, hits: Sequence[Hit]) -> list[Hit]:
        counts = Counter[str]()
        for f, v in hits:
            counts[self.facets[f].values[v]] += int(self.facets[f].counts[v])
        most = max(counts.values())
        chosen = {value for value, count in counts.items() if count >= 0.6 * most}
        return [(f, v) for f, v in hits if self.facets[f].values[v] in chosen] if len(chosen) <= 3 else []

    def _role(self, hit: Hit) -> str:
        return self.facets[hit[0]].role

    def _one_role(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        if not hits:
            return ()
        best = min((self._role(hit) for hit in hits), key=lambda role: _ORDER.get(role, 9))
        return tuple(dict.fromkeys(hit for hit in hits if self._role(hit) == best))

    @cached_property
    def _latin(self) -> bool:
        return any(not has_han(value) for facet in self.facets for value in facet.values[:200])

    @cached_property
    def _chinese(self) -> bool:
        return any(has_han(value) for facet in self.facets for value in facet.values[:200])

    @cached_property
    def _sounds(self) -> dict[bool, tuple[list[str], list[str], list[Hit], list[int]]]:
        """By whether the name is Chinese: coarse sounds, sounds, the value, how many items."""
        found: dict[bool, tuple[list[str], list[str], list[Hit], list[int]]] = {True: ([], [], [], []), False: ([], [], [], [])}
        total = Counter[str]()
        for facet in self.facets:
            if facet.role == "person":
                for value, count in zip(facet.values, facet.counts, strict=True):
                    total[value] += int(count)
        seen: set[str] = set()
        for f, facet in enumerate(self.facets):
            if facet.role != "person":
                continue
            for v, value in enumerate(facet.values):
                if value in seen:
                    continue
                seen.add(value)
                if has_han(value) and "·" not in value and not sound.is_transcription(value):
                    continue
                names = [value, *_surnames(value)]
                for name in names:
                    heard = sound.sound_of(name)
                    if heard:
                        entry = found[has_han(value)]
                        entry[0].append(sound.coarse(heard))
                        entry[1].append(heard)
                        entry[2].append((f, v))
                        entry[3].append(total[value])
        return found

    def by_sound(self, name: str, worst: float = 0.34) -> tuple[Hit, ...]:
        """People of the other script whose names sound like ``name``, nearest first; ties go to who occurs most."""
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        coarse, sounds, hits, counts = self._sounds[not has_han(name)]
        heard = sound.sound_of(name)
        if not coarse or sum(c.isupper() for c in heard) < 2:
            return ()
        near = process.extract(sound.coarse(heard), coarse, scorer=Levenshtein.normalized_distance, limit=120)
        best: tuple[float, int] | None = None
        for _, _, place in near:
            far = sound.distance(heard, sounds[place])
            if far <= (worst if sum(c.isupper() for c in heard) > 2 else 0.5 * worst):
                value = far - 0.03 * min(counts[place], 8)
                if best is None or value < best[0]:
                    best = (value, place)
        return () if best is None else self.same_person(hits[best[1]])

    def same_person(self, hit: Hit) -> tuple[Hit, ...]:
        """The same name in every column of people."""
        name = key(self.facets[hit[0]].values[hit[1]])
        return tuple(other for other in self.names.get(name, [hit]) if self._role(other) == "person")

    def items(self, hits: Sequence[Hit]) -> npt.NDArray[np.int64]:
        """Rows of the items that hold one of the values."""
        parts = [self.facets[f].items([v for g, v in hits if g == f]) for f in dict.fromkeys(f for f, _ in hits)]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)


def _surnames(value: str) -> list[str]:
    if has_han(value):
        parts = [part for part in value.replace("•", "·").split("·") if part]
        return [parts[-1]] if len(parts) > 1 else []
    words = value.split()
    if len(words) < 2:
        return []
    if words[-1].rstrip(".").lower() in {"jr", "sr", "ii", "iii"} and len(words) > 2:
        words = words[:-1]
    return [" ".join(words[-2:])] if words[-2].lower() in _PARTICLES else [words[-1]]


def _name_parts(value: str) -> list[str]:
    """Keys by which a person may be meant beside the full name: the surname, joined particles, pinyin of a Chinese name."""
    found = [key(name) for name in _surnames(value)]
    found += [name.replace(" ", "") for name in found if " " in name]
    if has_han(value) and "·" not in value and len(value) <= 4:
        from pypinyin import lazy_pinyin

        syllables = lazy_pinyin(value)
        for cut in (1, 2):
            if len(syllables) > cut:
                family, given = "".join(syllables[:cut]), "".join(syllables[cut:])
                found += [key(f"{family} {given}"), key(f"{given} {family}")]
    return list(dict.fromkeys(found))
