"""Phrases mined from a catalogue: its categories and names, parts of titles, and the keyphrases of its running text."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import unescape
from itertools import pairwise

import numpy as np
from scipy import sparse

from fewrec.columns import Column, columns_of
from fewrec.decoders.fields import HAN, script
from fewrec.decoders.general import Entry, general_entries
from fewrec.decoders.stopwords import stopwords
from fewrec.decoders.vocabulary import PhraseVocabulary
from fewrec.types import Matrix

Words = Callable[[str], list[str]]
"""Text -> its folded words (Chinese segmented)."""
Encode = Callable[[Sequence[str]], Matrix]
"""Texts -> (len, d) unit rows."""

_TITLE_PARTS = re.compile(r"\s*[:：()（）\[\]【】《》「」|/;；·•]\s*|\s+[-–—~]\s+|\s*[,，]\s+")
_SENTENCES = re.compile(r"[.!?,;:()\[\]\"“”。！？，；：（）《》、|\n]+|\s[-–—]+\s|\.\.\.")
_RUNS = re.compile(r"[㐀-䶿一-鿿豈-﫿]+|[^\W㐀-䶿一-鿿豈-﫿]+(?:['’&.-][^\W㐀-䶿一-鿿豈-﫿]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")


MAX_PART = 6
"""A part of a title of more words is cut."""


@dataclass(frozen=True, kw_only=True)
class MiningConfig:
    """Settings of :func:`mine_phrases`."""

    max_phrases: int = 8000
    """Most mined phrases that are encoded, >= 0: what ``fit`` pays for. The general vocabulary comes on top."""
    max_borrowed: int = 24000
    """Most further parts of titles, which borrow the mean vector of the items that hold them, >= 0; only where these are given."""
    min_items: int = 2
    """A phrase of running text must occur in this many items."""
    max_share: float = 0.1
    """... and in at most this share of them, or in five."""
    min_association: float = 2.0
    """Pointwise mutual information, in nats, that the words of a longer phrase must have."""
    general: bool = True
    """Whether the vocabulary that ships with the package joins."""


@dataclass
class _Draft:
    """A phrase while it is being counted."""

    kind: str
    words: tuple[str, ...]
    column: str = ""
    is_part: bool = False
    """Whether it is a whole part of a title."""
    shown: Counter[str] = field(default_factory=Counter)
    rows: set[int] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The commonest spelling; of equally common ones the first in code-point order."""
        return min(self.shown, key=lambda text: (-self.shown[text], text))


def mine_phrases(
    fields: Sequence[Mapping[str, str]],
    *,
    words: Words,
    encode: Encode,
    items: Matrix | None = None,
    clean: Callable[[str], str] = unescape,
    config: MiningConfig = MiningConfig(),
) -> PhraseVocabulary:
    """Phrases of a catalogue with ``fields[row]`` the columns of each item, as ``Catalogue.fields`` holds them.

    Every category is kept; the other phrases are nominated by the items in turn, each item's most telling first, so that
    every item has a say however small ``max_phrases`` is. Parts of titles for which ``max_phrases`` leaves no room
    borrow, if ``items`` (m, d) are given, the mean of the items that hold them. ``clean`` is applied to every value before anything else.
    """
    columns = columns_of(fields, clean)
    budget = config.max_phrases + (config.max_borrowed if items is not None else 0)
    mined = _nominated(_categories_and_names(columns, words), _titles(columns, words), _texts(columns, words, config), budget)
    encoded, borrowed = mined[: config.max_phrases], mined[config.max_phrases :]
    if borrowed:  # only parts of titles, and of them the rarest, whose few items say best what the phrase is
        mined = encoded + [draft for draft in borrowed if draft.is_part]
        mined.sort(key=lambda draft: (draft.kind != "category", -len(draft.rows)))
        encoded, borrowed = mined[: config.max_phrases], mined[config.max_phrases :]
    if config.general:
        encoded += _general(mined, _records(columns), words)
    vocabulary = encoded + borrowed
    indptr = np.cumsum([0] + [len(draft.rows) for draft in vocabulary])
    indices = np.asarray([row for draft in vocabulary for row in sorted(draft.rows)], dtype=np.int32)
    occurs = sparse.csr_matrix((np.ones(len(indices), dtype=np.float32), indices, indptr), shape=(len(vocabulary), len(fields)))
    texts = tuple(draft.text for draft in vocabulary)
    vectors = np.asarray(encode(texts[: len(encoded)]), dtype=np.float32)
    if items is not None and borrowed:
        means = occurs[len(encoded) :] @ items  # (borrowed, d)
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        vectors = np.vstack([vectors, np.divide(means, lengths, out=np.zeros_like(means), where=lengths > 0)])
    return PhraseVocabulary(
        texts=texts,
        langs=tuple(script(text) for text in texts),
        kinds=tuple(draft.kind for draft in vocabulary),
        columns=tuple(draft.column for draft in vocabulary),
        words=tuple(draft.words for draft in vocabulary),
        occurs=occurs,
        vectors=np.ascontiguousarray(vectors),
        n_encoded=len(encoded),
    )


Drafts = dict[tuple[str, ...], _Draft]


def _note(drafts: Drafts, kind: str, text: str, row: int, words: Words, column: str = "") -> None:
    """Count one occurrence of ``text`` in item ``row``."""
    key = tuple(words(text))
    if key and (len("".join(key)) > 1 or HAN.search(text)):
        draft = drafts.setdefault(key, _Draft(kind, key, column))
        draft.shown[text] += 1
        draft.rows.add(row)


def _categories_and_names(columns: Sequence[Column], words: Words) -> Drafts:
    drafts: Drafts = {}
    for role in ("category", "name"):
        for column in columns:
            if column.role == role:
                for row, values in enumerate(column.values):
                    for value in values:
                        if len(value) <= 60:
                            _note(drafts, role, value, row, words, column.name if role == "category" else "")
    return drafts


def _titles(columns: Sequence[Column], words: Words) -> Drafts:
    """Parts of titles: what stands between brackets, colons and dashes, apart by script, and shared runs of words in them."""
    drafts: Drafts = {}
    grams: Drafts = {}
    for column in columns:
        if column.role != "title":
            continue
        for row, (title, *_) in ((row, values) for row, values in enumerate(column.values) if values):
            for part in _by_script(title):
                tokens = _tokens(part, words)
                spoken = [token for token in tokens if token[1] not in stopwords() and not token[1].isdigit()]
                if not spoken:
                    continue
                for piece in [part] if len(tokens) <= MAX_PART else _pieces(tokens):
                    _note(drafts, "title", piece, row, words)
                for start in range(len(tokens)):
                    for size in (1, 2, 3):
                        gram = tokens[start : start + size]
                        if len(gram) == size and _is_spoken(gram):
                            _note(grams, "title", _joined(gram), row, words)
    for draft in drafts.values():
        draft.is_part = True
    says_more = any(column.role != "title" for column in columns)
    for key, draft in grams.items():
        if key not in drafts:
            if len(draft.rows) > 1 or not says_more:  # a word of one title alone tells little where there is more to tell
                drafts[key] = draft
        else:
            drafts[key].rows |= draft.rows
    _count_all(drafts, columns, words)
    return drafts


def _count_all(drafts: Drafts, columns: Sequence[Column], words: Words) -> None:
    """Every title in which the words of a phrase stand in a row holds it, whatever part or run it was found as: *Uncharted 2* holds *Uncharted*."""
    longest = max(map(len, drafts), default=0)
    for column in columns:
        if column.role != "title":
            continue
        for row, (title, *_) in ((row, values) for row, values in enumerate(column.values) if values):
            for part in _by_script(title):
                said = words(part)
                for start in range(len(said)):
                    for end in range(start + 1, min(start + longest, len(said)) + 1):
                        draft = drafts.get(tuple(said[start:end]))
                        if draft is not None:
                            draft.rows.add(row)


def _pieces(tokens: Sequence[tuple[str, str]]) -> list[str]:
    """A long part cut where it has a stop word, and else after every fourth word."""
    pieces: list[list[tuple[str, str]]] = [[]]
    for token in tokens:
        if token[1] in stopwords():
            pieces.append([])
        else:
            if len(pieces[-1]) == MAX_PART - 2:
                pieces.append([])
            pieces[-1].append(token)
    return [_joined(piece) for piece in pieces if piece]


def _by_script(title: str) -> list[str]:
    """The parts of a title, Chinese and other script apart: 公民凯恩 Citizen Kane gives two."""
    parts = []
    for part in _TITLE_PARTS.split(title):
        if HAN.search(part):
            parts += [run.strip() for run in re.split(r"(?<=[㐀-鿿])\s+(?=[A-Za-z])|(?<=[A-Za-z])\s+(?=[㐀-鿿])", part)]
        else:
            parts.append(part.strip(" -–—.!?'\""))
    return [part for part in parts if part]


def _texts(columns: Sequence[Column], words: Words, config: MiningConfig) -> Drafts:
    """Keyphrases of running text: one to three words between punctuation, told apart from chance by their association.

    A phrase with the first name of somebody of a name column is about one of the story's people, and left out.
    """
    first_names = _first_names(columns)
    counts: Counter[tuple[str, ...]] = Counter()
    drafts: Drafts = {}
    n_tokens = 0
    n_rows = 0
    for column in columns:
        if column.role != "text":
            continue
        n_rows = max(n_rows, len(column.values))
        for row, texts in enumerate(column.values):
            for clause in (clause for text in texts for clause in _SENTENCES.split(text)):
                tokens = _tokens(clause, words)
                n_tokens += len(tokens)
                for start in range(len(tokens)):
                    for size in (1, 2, 3):
                        gram = tokens[start : start + size]
                        if len(gram) < size:
                            break
                        key = tuple(token[1] for token in gram)
                        counts[key] += 1
                        if _is_spoken(gram) and first_names.isdisjoint(word for word, _ in gram):
                            draft = drafts.setdefault(key, _Draft("text", key))
                            draft.shown[_joined(gram)] += 1
                            draft.rows.add(row)
    most = max(config.min_items, 5, config.max_share * n_rows)
    telling = [
        draft
        for key, draft in drafts.items()
        if config.min_items <= len(draft.rows) <= most
        and (len(key) == 1 or _association(key, counts, n_tokens) >= config.min_association)
    ]
    return _refolded(telling, words)


def _refolded(drafts: Sequence[_Draft], words: Words) -> Drafts:
    """Phrases by their folded words, as those of the other columns: ``drug dealer`` and ``drug dealers`` are one."""
    found: Drafts = {}
    for draft in drafts:
        key = tuple(words(draft.text))
        if key in found:
            found[key].shown.update(draft.shown)
            found[key].rows |= draft.rows
        elif key:
            found[key] = replace(draft, words=key)
    return found


def _first_names(columns: Sequence[Column]) -> frozenset[str]:
    """First words, as written, of the values of two and more words in name columns, where at least two values share them."""
    values = {value for column in columns if column.role == "name" for row in column.values for value in row}
    counts = Counter(value.split()[0] for value in values if " " in value)
    return frozenset(word for word, count in counts.items() if count > 1)


def _association(key: tuple[str, ...], counts: Counter[tuple[str, ...]], n_tokens: int) -> float:
    """Pointwise mutual information of the words per gap, in nats (Church & Hanks, 1990)."""
    alone = sum(math.log(counts[(word,)] / n_tokens) for word in key)
    return (math.log(counts[key] / n_tokens) - alone) / (len(key) - 1)


def _tokens(text: str, words: Words) -> list[tuple[str, str]]:
    """The words of a text as (as written, folded); Chinese runs are segmented by ``words``."""
    tokens = []
    for run in _RUNS.findall(text):
        if not HAN.match(run):
            shown = _POSSESSIVE.sub("", run)
            tokens.append((shown, shown.casefold()))
            continue
        start = 0
        for word in words(run):
            # folding keeps the length of Chinese (traditional to simplified), so the slice is what was written
            tokens.append((run[start : start + len(word)], word))
            start += len(word)
    return tokens


def _is_spoken(gram: Sequence[tuple[str, str]]) -> bool:
    """Whether a run of words can stand alone: neither end is a stop word or a number.

    Single Latin words have four letters and are no adverbs or participles, as far as their endings tell.
    """
    first, last = gram[0][1], gram[-1][1]
    if first in stopwords() or last in stopwords() or first.isdigit() or (len(gram) == 1 and last.isdigit()):
        return False
    if len(gram) > 1:
        return True
    return len(first) >= 2 if HAN.match(first) else len(first) >= 4 and not first.endswith(("ly", "ed"))


def _joined(gram: Sequence[tuple[str, str]]) -> str:
    """Words put together again, with spaces except between Chinese ones."""
    text = gram[0][0]
    for (before, _), (after, _) in pairwise(gram):
        text += after if HAN.match(before[-1:]) and HAN.match(after[:1]) else f" {after}"
    return text


def _nominated(listed: Drafts, titles: Drafts, texts: Drafts, budget: int) -> list[_Draft]:
    """The phrases kept: all categories, then what the items nominate in turn, until there are ``budget``."""
    merged: Drafts = {}
    for drafts in (listed, titles, texts):
        for key, draft in drafts.items():
            if key in merged:
                merged[key].rows |= draft.rows
            else:
                merged[key] = draft
    kept = sorted((key for key, draft in merged.items() if draft.kind == "category"), key=lambda k: -len(merged[k].rows))
    kept = kept[:budget]
    ballots = _ballots(merged)
    seen = set(kept)
    for round_ in range(max(map(len, ballots.values()), default=0)):
        for row in sorted(ballots):
            if len(kept) >= budget:
                return [merged[key] for key in kept]
            if round_ < len(ballots[row]) and ballots[row][round_] not in seen:
                seen.add(ballots[row][round_])
                kept.append(ballots[row][round_])
    return [merged[key] for key in kept]


def _ballots(merged: Drafts) -> dict[int, list[tuple[str, ...]]]:
    """Per item its phrases in turn from each source, the most telling of a source first.

    Telling = shared by a few items rather than by one or by many, and longer rather than shorter.
    """
    own: dict[int, dict[str, list[tuple[float, tuple[str, ...]]]]] = defaultdict(lambda: defaultdict(list))
    for key, draft in merged.items():
        n_rows = len(draft.rows)
        shared = 0.5 if n_rows == 1 else 1.0
        value = shared * (1 + 0.5 * (min(len(key), 3) - 1)) / math.log(2 + n_rows)
        if draft.is_part:
            value += 10.0  # what the title is made of goes before words cut out of it
        if draft.kind != "category":
            for row in draft.rows:
                own[row][draft.kind].append((-value, key))
    ballots = {}
    for row, by_kind in own.items():
        lists = [[key for _, key in sorted(by_kind[kind])] for kind in ("title", "text", "name") if kind in by_kind]
        turns = max(map(len, lists))
        ballots[row] = [keys[turn] for turn in range(turns) for keys in lists if turn < len(keys)]
    return ballots


def _records(columns: Sequence[Column]) -> list[str]:
    """Everything an item says, as one text per item."""
    rows = zip(*(column.values for column in columns), strict=True)
    return [" | ".join(value for values in row for value in values) for row in rows]


def _general(drafts: Sequence[_Draft], records: Sequence[str], words: Words) -> list[_Draft]:
    """The general entries that the catalogue does not say itself, in both languages.

    An entry occurs where any of its spellings in either language does; the translation of a category is a category and
    stands for exactly the same items.
    """
    entries = general_entries()
    found = _occurrences(entries, records)
    mined = {(script(draft.text), "".join(draft.words)): draft for draft in drafts}
    taken: set[tuple[str, str]] = set()
    added: list[_Draft] = []
    for number, entry in enumerate(entries):
        keys = {lang: [tuple(words(spelling)) for spelling in spellings] for lang, spellings in entry.by_language.items()}
        own = {lang: [mined[lang, "".join(k)] for k in keys[lang] if (lang, "".join(k)) in mined] for lang in keys}
        categories = [draft for drafts_ in own.values() for draft in drafts_ if draft.kind == "category"]
        for lang, spellings in entry.by_language.items():
            shown = (lang, "".join(keys[lang][0]))
            if own[lang] or shown in taken:
                continue  # the catalogue's own word for it is the one to say
            taken.add(shown)
            draft = _Draft("general", keys[lang][0], shown=Counter([spellings[0]]), rows=set(found[number]))
            if categories:
                rows = set().union(*(category.rows for category in categories))
                draft = replace(draft, kind="category", column=categories[0].column, rows=rows)
            added.append(draft)
    return added


def _occurrences(entries: Sequence[Entry], records: Sequence[str]) -> list[set[int]]:
    """Per entry the items whose record holds one of its spellings: whole words in English, characters in Chinese."""
    of_english = {tuple(_english(spelling)): number for number, e in enumerate(entries) for spelling in reversed(e.en)}
    of_chinese = {spelling: number for number, e in enumerate(entries) for spelling in reversed(e.zh)}
    longest_english, longest_chinese = max(map(len, of_english)), max(map(len, of_chinese))
    found: list[set[int]] = [set() for _ in entries]
    for row, record in enumerate(records):
        for run in HAN_RUNS.findall(record):
            for start in range(len(run)):
                for size in range(1, min(longest_chinese, len(run) - start) + 1):
                    number = of_chinese.get(run[start : start + size])
                    if number is not None and (size > 1 or len(run) == 1):
                        found[number].add(row)
        tokens = _english(record)
        for start in range(len(tokens)):
            for size in range(1, longest_english + 1):
                number = of_english.get(tuple(tokens[start : start + size]))
                if number is not None:
                    found[number].add(row)
    return found


HAN_RUNS = re.compile(r"[㐀-䶿一-鿿豈-﫿]+")
_ENGLISH_WORD = re.compile(r"[a-z0-9&]+(?:['’][a-z]+)?")


def _english(text: str) -> list[str]:
    """Lower-case English words; hyphens divide, so ``Sci-Fi`` and ``sci fi`` are one."""
    return _ENGLISH_WORD.findall(text.lower())
