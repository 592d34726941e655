"""The vocabulary that ships with the package, as far as a catalogue speaks of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from fewrec.decoders.fields import HAN, Column, script
from fewrec.decoders.general import Entry, general_entries
from fewrec.decoders.grams import Draft, Key, Tokenizer, Words, clauses

_ENGLISH_WORD = re.compile(r"[a-z0-9&]+(?:['’][a-z]+)?")


def general_drafts(drafts: Sequence[Draft], columns: Sequence[Column], tokenizer: Tokenizer, words: Words) -> list[Draft]:
    """The general entries that the catalogue does not say itself, in both languages.

    An entry occurs where any of its spellings in either language does; the translation of a category is a category and
    stands for exactly the same items.
    """
    entries = general_entries()
    found = _occurrences(entries, columns, tokenizer, words)
    mined = {(script(draft.text), "".join(draft.words)): draft for draft in drafts}
    taken: set[tuple[str, str]] = set()
    added: list[Draft] = []
    for number, entry in enumerate(entries):
        keys = {lang: [tuple(words(spelling)) for spelling in spellings] for lang, spellings in entry.by_language.items()}
        own = {lang: [mined[lang, "".join(k)] for k in keys[lang] if (lang, "".join(k)) in mined] for lang in keys}
        categories = [draft for drafts_ in own.values() for draft in drafts_ if draft.kind == "category"]
        for lang, spellings in entry.by_language.items():
            shown = (lang, "".join(keys[lang][0]))
            if own[lang] or shown in taken:
                continue  # the catalogue's own word for it is the one to say
            taken.add(shown)
            draft = Draft("general", keys[lang][0], shown=Counter([spellings[0]]), rows=set(found[number]))
            if categories:
                rows = set().union(*(category.rows for category in categories))
                draft = replace(draft, kind="category", column=categories[0].column, rows=rows)
            added.append(draft)
    return added


def _occurrences(entries: Sequence[Entry], columns: Sequence[Column], tokenizer: Tokenizer, words: Words) -> list[set[int]]:
    """Per entry the items that say one of its spellings in whole words: 国王 is not in 中国王. Names of people say nothing general."""
    number_of: dict[Key, int] = {}
    for number, entry in reversed(list(enumerate(entries))):
        number_of |= {tuple(_english(spelling)): number for spelling in entry.en}
        number_of |= {tuple(words(spelling)): number for spelling in entry.zh}
    longest = max(map(len, number_of))
    found: list[set[int]] = [set() for _ in entries]
    for column in columns:
        if column.role == "name":
            continue
        for row, values in enumerate(column.values):
            for value in values:
                for said in _spoken(value, tokenizer):
                    for start in range(len(said)):
                        for end in range(start + 1, min(start + longest, len(said)) + 1):
                            number = number_of.get(tuple(said[start:end]), -1)
                            if number >= 0:
                                found[number].add(row)
    return found


def _spoken(text: str, tokenizer: Tokenizer) -> list[list[str]]:
    """The English words of a text, and its Chinese ones clause by clause."""
    chinese = [[word for _, word in tokenizer.tokens(clause)] for clause in clauses(text)] if HAN.search(text) else []
    return [_english(text), *chinese]


def _english(text: str) -> list[str]:
    """Lower-case English words; hyphens divide, so ``Sci-Fi`` and ``sci fi`` are one."""
    return _ENGLISH_WORD.findall(text.lower())
