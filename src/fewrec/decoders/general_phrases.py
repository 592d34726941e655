"""The vocabulary that ships with the package, as far as a catalogue speaks of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from fewrec.columns import Column
from fewrec.decoders.fields import HAN, script
from fewrec.decoders.general import Entry, general_entries
from fewrec.decoders.grams import Draft, Key, Tokenizer, Words, clauses

_ENGLISH_WORD = re.compile(r"[a-z0-9&]+(?:['’][a-z]+)?")


def general_drafts(drafts: Sequence[Draft], columns: Sequence[Column], tokenizer: Tokenizer, words: Words) -> list[Draft]:
    """The general entries that the catalogue does not say itself, in both languages.

    An entry occurs where the spelling that is shown does, or any in the other language; the translation of a category is a category
    and stands for exactly the same items.
    """
    entries = general_entries()
    found = _occurrences(entries, columns, tokenizer, words)
    mined = {(script(draft.text), "".join(draft.words)): draft for draft in drafts}
    taken: set[tuple[str, str]] = set()
    added: list[Draft] = []
    for entry in entries:
        keys = {lang: [tuple(words(spelling)) for spelling in spellings] for lang, spellings in entry.by_language.items()}
        own = {lang: [mined[lang, "".join(k)] for k in keys[lang] if (lang, "".join(k)) in mined] for lang in keys}
        categories = [draft for drafts_ in own.values() for draft in drafts_ if draft.kind == "category"]
        for lang, spellings in entry.by_language.items():
            shown = (lang, "".join(keys[lang][0]))
            if own[lang] or shown in taken:
                continue  # the catalogue's own word for it is the one to say
            taken.add(shown)
            others = [(each, other) for other, of in entry.by_language.items() if other != lang for each in of]
            rows = set().union(*(found[_key(each, other, words)] for each, other in [(spellings[0], lang), *others]))
            draft = Draft("general", keys[lang][0], shown=Counter([spellings[0]]), rows=rows)
            if categories:
                rows = set().union(*(category.rows for category in categories))
                draft = replace(draft, kind="category", column=categories[0].column, rows=rows)
            added.append(draft)
    return added


def _occurrences(
    entries: Sequence[Entry], columns: Sequence[Column], tokenizer: Tokenizer, words: Words
) -> dict[Key, set[int]]:
    """Per spelling the items that say it in whole words: 国王 is not in 中国王. Names of people say nothing general."""
    found: dict[Key, set[int]] = {}
    for entry in entries:
        found |= {_key(spelling, lang, words): set() for lang, each in entry.by_language.items() for spelling in each}
    longest = max(map(len, found))
    for column in columns:
        if column.role == "name":
            continue
        for row, values in enumerate(column.values):
            for value in values:
                for said in _spoken(value, tokenizer):
                    for start in range(len(said)):
                        for end in range(start + 1, min(start + longest, len(said)) + 1):
                            rows = found.get(tuple(said[start:end]))
                            if rows is not None:
                                rows.add(row)
    return found


def _key(spelling: str, lang: str, words: Words) -> Key:
    return tuple(_english(spelling)) if lang == "en" else tuple(words(spelling))


def _spoken(text: str, tokenizer: Tokenizer) -> list[list[str]]:
    """The English words of a text, and its Chinese ones clause by clause."""
    chinese = [[word for _, word in tokenizer.tokens(clause)] for clause in clauses(text)] if HAN.search(text) else []
    return [_english(text), *chinese]


def _english(text: str) -> list[str]:
    """Lower-case English words; hyphens divide, so ``Sci-Fi`` and ``sci fi`` are one."""
    return _ENGLISH_WORD.findall(text.lower())
