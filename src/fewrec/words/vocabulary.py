"""How words of a sentence are said in a catalogue's titles and texts: themselves, synonyms, the other language, misspelt, by sound."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fewrec.words import lexicon, sound
from fewrec.words.facets import Facets
from fewrec.words.lexical import Postings
from fewrec.words.stems import has_han, key, stem
from fewrec.words.types import Term

_SYNONYM = 0.95
_GLOSS = 0.9
_SOUND = 0.85
_MAX_GLOSSES = 6
_COHESION = 0.25
_DIGITS_AFTER = re.compile(r"([^\W\d_]+)(\d+)")
_COMMON_IN_TITLES = 0.25
_COMMON_IN_TEXTS = 0.5


class Vocabulary:
    """Titles and texts of m items with the ways to ask for their words."""

    __not_saved__ = ("_terms",)

    def __init__(self, titles: Sequence[str], texts: Sequence[str], facets: Facets) -> None:
        self.titles = Postings(titles)
        self.texts = Postings(texts)
        self.facets = facets
        self.n_items = len(titles)
        self._terms: dict[str, tuple[Term, ...]] = {}

    def __after_load__(self) -> None:
        self._terms = {}

    def terms(self, name: str, raw: str) -> tuple[Term, ...]:
        """Ways in which a key is said that stand somewhere; empty where none does. ``raw``: as written, in lower case."""
        if name not in self._terms:
            if len(self._terms) > 20_000:
                self._terms.clear()
            self._terms[name] = self._find(name, raw)
        return self._terms[name]

    def _find(self, name: str, raw: str) -> tuple[Term, ...]:
        same = [(other, 1.0) for other in (name, *_other_spellings(name))]
        same += [(other, max(0.7, _SYNONYM - 0.02 * i)) for i, other in enumerate(lexicon.synonyms(name))]
        found = self._present(same)
        if found:
            return found
        if has_han(name):
            glosses = [(key(gloss), _GLOSS - 0.03 * i) for i, gloss in enumerate(lexicon.glosses(name)[:_MAX_GLOSSES])]
            glosses += [(other, weight - 0.02) for gloss, weight in glosses for other in lexicon.synonyms(gloss)]
            found += self._present([(gloss, weight) for gloss, weight in glosses if gloss not in lexicon.carriers()])
        elif self._chinese and len(name) > 2:
            found += self._present([(other, _GLOSS) for other in lexicon.chinese_of(raw) if len(other) > 1])
        return found

    def _present(self, names: Sequence[tuple[str, float]]) -> tuple[Term, ...]:
        found: dict[tuple[str, ...], float] = {}
        for name, weight in names:
            words = tuple(name.split())
            if words and words not in found and self.stands(words):
                found[words] = weight
        return tuple(Term(words, weight) for words, weight in found.items())

    def stands(self, words: Sequence[str]) -> bool:
        """Whether some title or text holds the words side by side."""
        for field in (self.titles, self.texts):
            if all(field.frequency(word) for word in words) and len(field.rows(words)[0]):
                return True
        return False

    @cached_property
    def _chinese(self) -> bool:
        return any(has_han(text) for field in (self.titles, self.texts) for text in field.stemmed[:500])

    def is_phrase(self, words: Sequence[str]) -> bool:
        """Whether several stems are said together: side by side in at least two titles or three texts, and often for how rare they are."""
        if any(word in lexicon.carriers() for word in words):
            return False
        for field, least in ((self.titles, 2), (self.texts, 3)):
            rarest = min(field.frequency(word) for word in words)
            if rarest >= least and len(field.rows(words)[0]) >= max(least, _COHESION * rarest):
                return True
        return False

    def is_domain_word(self, name: str) -> bool:
        """Whether a word stands in so many titles or texts that it tells nothing; never in catalogues of fewer than 50 items."""
        if self.n_items < 50:
            return False
        return (
            self.titles.frequency(name) > _COMMON_IN_TITLES * self.n_items
            or self.texts.frequency(name) > _COMMON_IN_TEXTS * self.n_items
        )

    @cached_property
    def _spellings(self) -> list[str]:
        words = {word for field in (self.titles, self.texts) for word in field.vocabulary if len(word) >= 4 and word.isalpha()}
        words |= {name for names in (self.facets.names, self.facets.parts) for name in names if len(name) >= 4}
        words |= {part for name in self.facets.names for part in name.split() if len(part) >= 4}
        return sorted(word for word in words if not has_han(word))

    def corrected(self, word: str) -> str | None:
        """The catalogue's word that a word of at least five letters was meant to be, as a stem; None where none is near."""
        if len(word) < 5:
            return None
        from rapidfuzz import fuzz, process

        found = process.extract(stem(word), self._spellings, scorer=fuzz.ratio, score_cutoff=78, limit=5)
        if not found:
            return None

        def fitness(match: tuple[str, float, int]) -> float:
            frequency = (
                self.titles.frequency(match[0]) + self.texts.frequency(match[0]) + len(self.facets.parts.get(match[0], ()))
            )
            return match[1] + 8 * (match[0][0] == word[0]) + 2 * float(np.log1p(frequency))

        return str(max(found, key=fitness)[0])

    @cached_property
    def _title_sounds(self) -> tuple[list[str], list[str], list[str]]:
        words = [word for word in self.titles.vocabulary if word.isalpha() and word.isascii() and len(word) >= 3]
        sounds = [sound.sound_of(word) for word in words]
        kept = [i for i, heard in enumerate(sounds) if sum(c.isupper() for c in heard) >= 2]
        return [words[i] for i in kept], [sounds[i] for i in kept], [sound.coarse(sounds[i]) for i in kept]

    def terms_by_sound(self, word: str, worst: float = 0.3) -> tuple[Term, ...]:
        """Words of titles that sound like a transcription: 塞尔达 gives ``zelda``."""
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        words, sounds, coarse = self._title_sounds
        heard = sound.sound_of(word)
        head = sound.coarse(heard)[:1]
        if not words:
            return ()
        best: tuple[float, str] | None = None
        for _, _, place in process.extract(sound.coarse(heard), coarse, scorer=Levenshtein.normalized_distance, limit=80):
            far = sound.distance(heard, sounds[place])
            value = far - 0.02 * min(self.titles.frequency(words[place]), 10)
            if far <= worst and coarse[place].lstrip("aeiou")[:1] == head and (best is None or value < best[0]):
                best = (value, words[place])
        return () if best is None else (Term((best[1],), _SOUND),)

    def scores(self, terms: Sequence[Term]) -> npt.NDArray[np.float32]:
        """(m,) how well each item says one of the terms: 1 in the title, from .9 upwards in a text."""
        return np.maximum(self.titles.scores(terms, 1.0, 0.0), self.texts.scores(terms, 0.9, 0.1))


def _other_spellings(name: str) -> list[str]:
    """Words written together or apart: ``xbox360`` and ``xbox 360``."""
    together = _DIGITS_AFTER.fullmatch(name)
    if together is not None:
        return [f"{together[1]} {together[2]}"]
    return [name.replace(" ", "")] if " " in name and not has_han(name) else []
