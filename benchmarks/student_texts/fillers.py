"""What the gaps of the templates are filled with: words by kind, in English alone and in Chinese and English together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from mimesis import Person
from mimesis.locales import Locale
from templates import GENRES, PLATFORMS
from wordfreq import zipf_frequency

from sources import LEXICOGRAPHER, read_dictionary

T = TypeVar("T")
_GAP = re.compile(r"\{(\w+)\}")
_GENRES = [(zh, en) for en, zh in GENRES]
_ROMAN = ("II", "III", "IV", "V", "VI", "X")


def first_kinds(folder: Path) -> dict[str, str]:
    """Word -> kind of its commonest meaning; nouns before adjectives before verbs, unless the word is hardly used as a noun."""
    kinds: dict[str, str] = {}
    for part, sort in (("verb", "verb"), ("adj", "adjective"), ("noun", "")):
        files: dict[str, str] = {}
        for line in (folder / f"data.{part}").read_text(encoding="latin-1").splitlines():
            if not line.startswith("  "):
                offset, lexicographer = line.split(maxsplit=2)[:2]
                files[offset] = lexicographer
        for line in (folder / f"index.{part}").read_text(encoding="latin-1").splitlines():
            if line.startswith("  "):
                continue
            fields = line.split()
            n_tagged, offsets = int(fields[4 + int(fields[3]) + 1]), fields[4 + int(fields[3]) + 2 :]
            word = fields[0].replace("_", " ")
            if part == "noun" and word in kinds and n_tagged == 0:
                continue
            kinds[word] = sort or LEXICOGRAPHER.get(files[offsets[0]], "other")
    return kinds


@dataclass
class Fillers:
    """Lists by gap, and the draws from them."""

    english: dict[str, list[str]]
    pairs: dict[str, list[tuple[str, str]]]
    names: list[tuple[str, str]]
    common: list[str]
    rng: np.random.Generator

    def fill_pair(self, english: str, chinese: str) -> tuple[str, str]:
        """Both sides of a template with the same things in their gaps, (Chinese, English); ``person2`` is another person."""
        zh: dict[str, str] = {}
        en: dict[str, str] = {}
        for gap in dict.fromkeys(_GAP.findall(english + chinese)):
            kind = gap.rstrip("23")
            if kind in {"year", "n"}:
                zh[gap] = en[gap] = str(self.rng.integers(1925, 2026) if kind == "year" else self.rng.integers(1, 13))
            else:
                zh[gap], en[gap] = self.draw({"name": self.names, "genre": _GENRES}.get(kind) or self.pairs[kind])
        return chinese.format(**zh), english.format(**en)

    def fill_english(self, template: str) -> str:
        """A template of English titles, filled from a wider vocabulary."""
        en: dict[str, str] = {}
        for gap in dict.fromkeys(_GAP.findall(template)):
            kind = gap.rstrip("23")
            if kind in {"year", "n"}:
                en[gap] = str(self.rng.integers(1925, 2026) if kind == "year" else self.rng.integers(1, 13))
            elif kind in {"name", "genre"}:
                en[gap] = self.draw(self.names if kind == "name" else _GENRES)[1]
            elif kind in {"platform", "roman"}:
                en[gap] = self.draw(PLATFORMS if kind == "platform" else _ROMAN)
            else:
                en[gap] = self.draw(self.common if kind == "any" else self.english[kind]).title()
        return template.format(**en)

    def draw(self, values: Sequence[T]) -> T:
        return values[int(self.rng.integers(len(values)))]


def make_fillers(wordnet: Path, common: list[str], rng: np.random.Generator) -> Fillers:
    kinds = first_kinds(wordnet)
    english: dict[str, list[str]] = defaultdict(list)
    for word, kind in kinds.items():
        if zipf_frequency(word, "en") >= 2.3 and word.replace(" ", "").isalpha():
            english[kind].append(word)
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for _, simplified, meanings in read_dictionary():
        meaning = meanings[0].split(";")[0].strip()
        meaning = meaning.removeprefix("a ").removeprefix("an ").removeprefix("the ")
        kind = kinds.get(meaning.lower())
        if (
            kind
            and kind not in {"verb", "other"}
            and zipf_frequency(meaning, "en") >= 2.8
            and zipf_frequency(simplified, "zh") >= 2.5
        ):
            pairs[kind].append((simplified, meaning))
    people_zh, people_en = Person(Locale.ZH, seed=1), Person(Locale.EN, seed=1)
    names = [(people_zh.full_name().replace(" ", ""), people_en.full_name()) for _ in range(4000)]
    return Fillers(dict(english), dict(pairs), names, common, rng)
