"""Runs of words counted over a catalogue: what several titles, or several texts, have in common."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from fewrec.columns import Column
from fewrec.decoders.fields import HAN
from fewrec.decoders.stopwords import stopwords

Words = Callable[[str], list[str]]
"""Text -> its folded words (Chinese segmented)."""
Key = tuple[str, ...]
"""The folded words of a phrase."""
Token = tuple[str, str]
"""A word as written, and folded."""

_TITLE_PARTS = re.compile(r"\s*[:：()（）\[\]【】《》「」|/;；·•!?！？\"“”]\s*|\s+[-–—~]+\s*|\s*[,，]\s+")
_SENTENCES = re.compile(r"[.!?,;:()\[\]\"“”。！？，；：（）《》、|\n]+|\s[-–—]+\s|\.\.\.")
_RUNS = re.compile(r"[㐀-䶿一-鿿豈-﫿]+|[^\W㐀-䶿一-鿿豈-﫿]+(?:['’&.-][^\W㐀-䶿一-鿿豈-﫿]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_SCRIPTS = re.compile(r"(?<=[㐀-鿿])\s+(?=[A-Za-z])|(?<=[A-Za-z])\s+(?=[㐀-鿿])")
_LINKS = frozenset({"of", "and", "the", "in", "de", "la", "&", "的", "与", "和", "之"})
"""Stop words that may stand within a phrase of running text."""
_BEFORE_NOUNS = frozenset(
    ["a", "an", "the", "his", "her", "its", "their", "of", "in", "on", "for", "with", "from", "by", "about", "into", "no"]
)
_FUNCTION_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "to",
        "for",
        "with",
        "from",
        "by",
        "and",
        "or",
        "vs",
        "is",
        "not",
        "&",
        "的",
        "与",
        "和",
        "之",
    ]
) | {"compatible", "featuring", "included", "includes", "inc", "new"}
"""Words at which no phrase of a title begins or ends."""
_NO_NOUN = ("ly", "ed", "ting", "king", "ming", "ving")
"""Endings of English words that are seldom the name of anything: adverbs, participles."""
_ZH_NAMING = ("n", "vn", "an", "i", "l", "j", "x", "eng", "nz")
"""Parts of speech, by their first letters in jieba's tag set, of Chinese words that name a thing."""

MIN_NOUN = 0.4
"""Share of its occurrences in which the last word of an English phrase stands where a noun would."""
MAX_WORDS = 3
"""Words of a phrase of running text, at most; one more of a title."""


@dataclass
class Draft:
    """A phrase while it is being counted."""

    kind: str
    words: Key
    column: str = ""
    shown: Counter[str] = field(default_factory=Counter)
    rows: set[int] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The commonest spelling; of equally common ones the first in code-point order."""
        return min(self.shown, key=lambda text: (-self.shown[text], text))


Drafts = dict[Key, Draft]


class Tokenizer:
    """Words as written beside their folded forms, which are remembered."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._folded: dict[str, str] = {}

    def tokens(self, text: str) -> list[Token]:
        """The words of a text; Chinese runs are segmented, a possessive ending is left out."""
        found: list[Token] = []
        for run in _RUNS.findall(text):
            if HAN.match(run):
                start = 0
                for word in self._words(run):
                    # folding keeps the length of Chinese (traditional to simplified), so the slice is what was written
                    found.append((run[start : start + len(word)], word))
                    start += len(word)
                continue
            if run not in self._folded:
                self._folded[run] = " ".join(self._words(_POSSESSIVE.sub("", run))) or run.casefold()
            found.append((run, self._folded[run]))
        return found


def clauses(text: str) -> list[str]:
    """Running text cut at its punctuation."""
    return _SENTENCES.split(text)


def title_parts(title: str) -> list[str]:
    """The parts of a title, Chinese and other script apart: 公民凯恩 Citizen Kane gives two."""
    parts: list[str] = []
    for part in _TITLE_PARTS.split(title):
        parts += [run.strip() for run in _SCRIPTS.split(part)] if HAN.search(part) else [part.strip(" -–—.'")]
    return [part for part in parts if part]


def title_grams(columns: Sequence[Column], tokenizer: Tokenizer, min_items: int) -> Drafts:
    """Runs of one to four words that stand in a row in the titles of at least ``min_items`` items."""
    drafts: Drafts = {}
    for column in columns:
        if column.role == "title":
            for row, values in enumerate(column.values):
                for part in (part for title in values for part in title_parts(title)):
                    _count(drafts, "title", row, tokenizer.tokens(part), MAX_WORDS + 1, _is_name)
    return _shared(drafts, min_items, 0.6)


def text_grams(
    columns: Sequence[Column], tokenizer: Tokenizer, *, min_items: int, most_items: int, min_association: float
) -> Drafts:
    """Keyphrases of running text: one to three words between punctuation that go together more than by chance.

    A phrase with the first name of somebody of a name column is about one of the story's people, and left out.
    """
    first_names = _first_names(columns)
    counts: Counter[Key] = Counter()
    n_tokens = 0
    as_noun: Counter[str] = Counter()
    drafts: Drafts = {}

    def is_said(gram: Sequence[Token]) -> bool:
        return _is_spoken(gram) and first_names.isdisjoint(word for word, _ in gram)

    for column in columns:
        if column.role != "text":
            continue
        for row, texts in enumerate(column.values):
            for clause in (clause for text in texts for clause in clauses(text)):
                tokens = tokenizer.tokens(clause)
                n_tokens += len(tokens)
                counts.update(tuple(word for _, word in gram) for gram in _runs(tokens, MAX_WORDS))
                as_noun.update(_nouns(tokens))
                _count(drafts, "text", row, tokens, MAX_WORDS, is_said)
    return {
        key: draft
        for key, draft in _shared(drafts, min_items, 0.8).items()
        if len(draft.rows) <= most_items
        and (len(key) == 1 or _association(key, counts, n_tokens) >= min_association)
        and (_is_noun(key[-1]) if HAN.match(key[-1]) else as_noun[key[-1]] >= MIN_NOUN * counts[key[-1:]])
    }


def _runs(tokens: Sequence[Token], longest: int) -> Iterator[Sequence[Token]]:
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + longest, len(tokens)) + 1):
            yield tokens[start:end]


def _count(
    drafts: Drafts, kind: str, row: int, tokens: Sequence[Token], longest: int, keep: Callable[[Sequence[Token]], bool]
) -> None:
    for gram in _runs(tokens, longest):
        if keep(gram):
            key = tuple(word for _, word in gram)
            draft = drafts.setdefault(key, Draft(kind, key))
            draft.shown[joined(gram)] += 1
            draft.rows.add(row)


def _shared(drafts: Drafts, min_items: int, swallowed_share: float) -> Drafts:
    """The drafts of enough items, without those that nearly always stand within one longer phrase (*Gear* in *Metal Gear*)."""
    kept = {key: draft for key, draft in drafts.items() if len(draft.rows) >= min_items}
    swallowed: set[Key] = set()
    for key, draft in kept.items():
        for part in _within(key):
            if part in kept and len(draft.rows) >= swallowed_share * len(kept[part].rows):
                swallowed.add(part)
    return {key: draft for key, draft in kept.items() if key not in swallowed}


def _within(key: Key) -> Iterable[Key]:
    """The shorter runs within a run."""
    return (key[start:end] for start in range(len(key)) for end in range(start + 1, len(key) + 1) if end - start < len(key))


def _first_names(columns: Sequence[Column]) -> frozenset[str]:
    """First words, as written, of the values of two and more words in name columns, where at least two values share them."""
    values = {value for column in columns if column.role == "name" for row in column.values for value in row}
    counts = Counter(value.split()[0] for value in values if " " in value)
    return frozenset(word for word, count in counts.items() if count > 1)


def _association(key: Key, counts: Counter[Key], n_tokens: int) -> float:
    """Pointwise mutual information of the words per gap, in nats (Church & Hanks, 1990)."""
    alone = sum(math.log(counts[(word,)] / n_tokens) for word in key)
    return (math.log(counts[key] / n_tokens) - alone) / (len(key) - 1)


def _ends_well(gram: Sequence[Token]) -> bool:
    """Whether neither end is a stop word, and the first no number."""
    first, last = gram[0][1], gram[-1][1]
    return not (first in stopwords() or last in stopwords() or first.isdigit())


def _is_name(gram: Sequence[Token]) -> bool:
    """Whether a run of words of a title can stand alone. Short words may where they are no ordinary ones: *DS*, *3DS*, *Wii*."""
    first, last = gram[0][1], gram[-1][1]
    if (
        first in _FUNCTION_WORDS
        or last in _FUNCTION_WORDS
        or first.isdigit()
        or {"compatible", "included"} & {w for _, w in gram}
    ):
        return False
    if len(gram) == 1 and first in stopwords():
        return False
    shown, word = gram[0]
    if len(gram) > 1 or HAN.match(word):
        return len("".join(word for _, word in gram)) > 1
    return len(word) >= 3 or (len(word) == 2 and shown.isupper())


def _is_spoken(gram: Sequence[Token]) -> bool:
    """Whether a run of words of a text can stand alone: single Latin words have four letters and the ending of a noun."""
    if not _ends_well(gram) or gram[-1][1].isdigit():
        return False
    first = gram[0][1]
    if len(gram) > 1:
        within = all(word not in stopwords() or word in _LINKS for _, word in gram)
        return within and not first.endswith(_NO_NOUN) and not any(HAN.match(word) and len(word) == 1 for _, word in gram)
    return len(first) >= 2 if HAN.match(first) else len(first) >= 4 and not first.endswith(_NO_NOUN)


def _nouns(tokens: Sequence[Token]) -> Iterator[str]:
    """The words of an English clause that stand where nouns do.

    That is after an article, a preposition or another word that is no stop word, and before a stop word or the end.
    """
    last = len(tokens) - 1
    for place, (_, word) in enumerate(tokens):
        before = tokens[place - 1][1] if place else ""
        after = tokens[place + 1][1] if place < last else ""
        if (not after or after in stopwords()) and (before in _BEFORE_NOUNS or (before and before not in stopwords())):
            yield word


def _is_noun(word: str) -> bool:
    """Whether a Chinese word names a thing, by its part of speech; names of a story's people do not count."""
    import rjieba  # its dictionary takes a moment to load, and English text never gets here

    tags = [tag for _, tag in rjieba.tag(word)]
    return bool(tags) and all(tag.startswith(_ZH_NAMING) and not tag.startswith("nr") for tag in tags)


def joined(gram: Sequence[Token]) -> str:
    """Words put together again, with spaces except between Chinese ones, and without a possessive ending of the last."""
    text = gram[0][0]
    for (before, _), (after, _) in pairwise(gram):
        text += after if HAN.match(before[-1:]) and HAN.match(after[:1]) else f" {after}"
    return _POSSESSIVE.sub("", text)
