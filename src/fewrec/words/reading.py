"""From a piece of a sentence to claims about the catalogue's own values, years, numbers, titles and words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fewrec.text.normalise import fold
from fewrec.words import lexicon, sound
from fewrec.words.spans import Span, numbers, times
from fewrec.words.stems import has_han, key, tokens
from fewrec.words.types import Claim, Kind, Term

if TYPE_CHECKING:
    from fewrec.words.facets import Hit
    from fewrec.words.index import WordsIndex

_QUOTED = re.compile(r"[《「“\"]([^》」”\"]{1,80})[》」”\"]")
_LIKE_EN = re.compile(
    r"(?<!\bi )(?<!\bi'd )(?<!would )\b(?:like|similar to|in the (?:style|vein|spirit) of|reminiscent of|fans of|comparable to|akin to)\s+",
    re.IGNORECASE,
)
_LIKE_ZH = re.compile(
    r"(?:像|类似于?|和|跟|与)(?P<t>[^，。]{1,30}?)(?:那样|这样|一样|那种|这种|类似|差不多|之类|那类|这类|的|$)"
)
_COMPARES = re.compile(r"(?:像|类似于?|和|跟|与|\b(?:like|similar to|in the (?:style|vein|spirit) of)\s*)$", re.IGNORECASE)
_OR = re.compile(r"\bor\b|或者?|还是|\beither\b", re.IGNORECASE)
_PERSON_CUE = re.compile(r"(?:导演|主演|执导|出演|演|拍|唱|写)的?$|\b(?:by|with|starring|from|directed by|of)\s+$")
_KINDS: dict[str, Kind] = {"person": "person", "brand": "brand", "place": "place", "language": "language"}
_STARRING = re.compile(r"\bstarring\b", re.IGNORECASE)
_MAX_WORDS = 5
_MAX_CHINESE = 10
_MAX_CLAIMS = 24


@dataclass
class _Work:
    """A piece being read: ``free`` marks the characters that no claim has used."""

    text: str
    view: str
    free: list[bool]
    claims: list[tuple[int, int, Claim]] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)

    def take(self, start: int, end: int, claim: Claim) -> None:
        self.claims.append((start, end, claim))
        self.free[start:end] = [False] * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        return all(self.free[start:end])


def read(index: WordsIndex, text: str, polarity: float, first_group: int) -> tuple[list[Claim], list[str]]:
    """Claims of one piece; groups are numbered from ``first_group``."""
    text = _STARRING.sub("with", text)
    view = fold(text)
    if len(view) != len(text):
        text = view
    work = _Work(text, view, [True] * len(view))
    _titles(index, work)
    _spans(index, work)
    _facets(index, work)
    _themes(index, work)
    claims = _grouped(work, first_group)
    return [replace(claim, polarity=polarity) for claim in claims[:_MAX_CLAIMS]], work.unmatched


def _titles(index: WordsIndex, work: _Work) -> None:
    for quoted in _QUOTED.finditer(work.text):
        rows = index.titled(quoted[1])
        if rows:
            before = _COMPARES.search(work.view[: quoted.start()])
            start = before.start() if before else quoted.start()
            work.take(start, quoted.end(), _title_claim(index, quoted[1], rows, similar=before is not None))
    for found in _LIKE_ZH.finditer(work.view):
        rows = index.titled(found["t"]) if work.is_free(*found.span()) else ()
        if rows:
            work.take(*found.span(), _title_claim(index, found["t"], rows, similar=True))
    for found in _LIKE_EN.finditer(work.view):
        words = [(start, end) for _, start, end in tokens(work.view) if start >= found.end()][:8]
        for count in range(len(words), 0, -1):
            start, end = words[0][0], words[count - 1][1]
            rows = index.titled(work.view[start:end])
            if rows and work.is_free(start, end):
                work.take(found.start(), end, _title_claim(index, work.text[start:end], rows, similar=True))
                break


def _title_claim(index: WordsIndex, text: str, rows: tuple[int, ...], *, similar: bool) -> Claim:
    return Claim(
        text,
        "title",
        matched=len(rows),
        values=tuple(dict.fromkeys(index.titles[row] for row in rows)),
        rows=rows,
        similar=similar,
    )


def _spans(index: WordsIndex, work: _Work) -> None:
    for column in index.number_columns:
        named = re.search(rf"{re.escape(fold(column))}\w*\s*", work.view)
        if named is not None:
            spans = numbers(work.view[named.end() :])
            if spans:
                _take_span(index, work, _moved(spans[0], named.end()), column, "number", named.start())
    if index.time_column is not None:
        for span in times(work.view):
            _take_span(index, work, span, index.time_column, "time")
    if index.price_column is not None:
        for span in numbers(work.view):
            _take_span(index, work, span, index.price_column, "number")


def _moved(span: Span, by: int) -> Span:
    return replace(span, start=span.start + by, end=span.end + by)


def _take_span(index: WordsIndex, work: _Work, span: Span, column: str, kind: str, start: int | None = None) -> None:
    start = span.start if start is None else start
    kind_of: Kind = "time" if kind == "time" else "number"
    if not work.is_free(start, span.end):
        return
    low, high = span.low, span.high
    if span.relative:
        low, high = index.relative_span(column, span.relative)
    claim = Claim(
        work.text[start : span.end].strip(), kind_of, columns=(column,), low=low, high=high,
        values=(_shown(low, high, whole=kind == "time"),),
    )  # fmt: skip
    work.take(start, span.end, replace(claim, matched=int(index.literal(claim).sum())))


def _shown(low: float | None, high: float | None, *, whole: bool) -> str:
    """Bounds as text: ``1980–1989``, ``< 1960``."""
    if low is not None and high is not None:
        last = high - 1 if whole else high
        return f"{low:g}" if last == low else f"{low:g}–{last:g}"
    return f"≥ {low:g}" if low is not None else f"< {high:g}" if high is not None else ""


def _facets(index: WordsIndex, work: _Work) -> None:
    """Values of the columns, the longest names first from left to right."""
    units = tokens(work.view)
    position = 0
    while position < len(units):
        token, start, end = units[position]
        if has_han(token):
            _chinese_facets(index, work, start, end)
            position += 1
            continue
        taken = 1
        for count in range(min(_MAX_WORDS, len(units) - position), 0, -1):
            run = units[position : position + count]
            if any(has_han(t) for t, _, _ in run) or not work.is_free(run[0][1], run[-1][2]):
                continue
            name = " ".join(t for t, _, _ in run)
            if count == 1 and (name in lexicon.carriers() or len(name) == 1):
                continue
            raw = work.view[run[0][1] : run[-1][2]]
            hits = index.facets.resolve(name, raw)
            if not hits and count == 1 and name in index.facets.parts and _PERSON_CUE.search(work.view[:start]):
                hits = tuple(index.facets.parts[name])
            if hits:
                _take_hits(index, work, run[0][1], run[-1][2], hits)
                taken = count
                break
        position += taken


def _chinese_facets(index: WordsIndex, work: _Work, start: int, end: int) -> None:
    position = start
    while position < end:
        step = 1
        for stop in range(min(end, position + _MAX_CHINESE), position, -1):
            name = work.view[position:stop]
            alone = stop - position == end - start
            if not work.is_free(position, stop) or (len(name) == 1 and not alone):
                continue
            if name in lexicon.carriers() and name not in index.facets.names:
                continue
            hits = index.facets.resolve(name)
            if hits:
                _take_hits(index, work, position, stop, hits)
                step = stop - position
                break
        position += step


def _take_hits(index: WordsIndex, work: _Work, start: int, end: int, hits: tuple[Hit, ...]) -> None:
    facets = [index.facets.facets[f] for f, _ in hits]
    values = tuple(dict.fromkeys(facet.values[v] for facet, (_, v) in zip(facets, hits, strict=True)))
    columns = tuple(dict.fromkeys(facet.name for facet in facets))
    name = key(work.view[start:end])
    terms: tuple[Term, ...] = ()
    if facets[0].role == "category" and all(key(value) != name for value in values):
        terms = index.terms(name, work.view[start:end])  # "gangsters" for Crime: films that say so come first
    matched = len(index.facets.items(hits))
    kind = _KINDS.get(facets[0].role, "category")
    work.take(start, end, Claim(work.text[start:end], kind, matched=matched, values=values, columns=columns, terms=terms))


def _themes(index: WordsIndex, work: _Work) -> None:
    """What is left: words and phrases of titles and texts, names by their sound, words misspelt."""
    units = tokens(work.view)
    position = 0
    while position < len(units):
        token, start, end = units[position]
        if has_han(token):
            _chinese_themes(index, work, start, end)
            position += 1
            continue
        position += _english_theme(index, work, units[position:])


def _english_theme(index: WordsIndex, work: _Work, units: list[tuple[str, int, int]]) -> int:
    for count in range(min(4, len(units)), 0, -1):
        run = units[:count]
        start, end = run[0][1], run[-1][2]
        name = " ".join(token for token, _, _ in run)
        if any(has_han(token) for token, _, _ in run) or not work.is_free(start, end):
            continue
        if count > 1:
            if not lexicon.is_known(name) and not index.is_phrase([token for token, _, _ in run]):
                continue
        elif name in lexicon.carriers() or (len(name) == 1 and not name.isdigit()) or index.is_domain_word(name):
            return 1
        raw = work.view[start:end]
        terms = index.terms(name, raw)
        if not terms and count == 1:
            return _heard(index, work, units) or _misspelt(index, work, start, end)
        if terms:
            _take_terms(index, work, start, end, terms)
            return count
    return 1


def _heard(index: WordsIndex, work: _Work, units: list[tuple[str, int, int]]) -> int:
    """A name that the catalogue writes in Chinese characters: number of words it takes, 0 where none sounds so."""
    run = []
    for unit in units[:3]:
        if has_han(unit[0]) or unit[0] in lexicon.carriers() or not work.is_free(unit[1], unit[2]):
            break
        run.append(unit)
    for count in range(len(run), 0, -1):
        start, end = run[0][1], run[count - 1][2]
        hits = index.facets.by_sound(work.view[start:end], worst=0.22 if count > 1 else 0.18) if end - start > 4 else ()
        if hits:
            _take_hits(index, work, start, end, hits)
            return count
    return 0


def _misspelt(index: WordsIndex, work: _Work, start: int, end: int) -> int:
    better = index.corrected(work.view[start:end])
    if better is not None:
        hits = index.facets.resolve(better) or tuple(index.facets.parts.get(better, ()))
        if hits and better not in lexicon.carriers():
            _take_hits(index, work, start, end, hits)
            return 1
        terms = index.terms(better, better)
        if terms:
            _take_terms(index, work, start, end, terms)
            return 1
    work.unmatched.append(work.text[start:end])
    return 1


def _chinese_themes(index: WordsIndex, work: _Work, start: int, end: int) -> None:
    """Free runs of Chinese characters, cut into words that the catalogue answers, the longest first."""
    position = start
    while position < end:
        if not work.free[position]:
            position += 1
            continue
        stop = position
        while stop < end and work.free[stop]:
            stop += 1
        _chinese_run(index, work, position, stop)
        position = stop


def _chinese_run(index: WordsIndex, work: _Work, start: int, stop: int) -> None:
    run = work.view[start:stop]
    core = _without_carriers(run)
    if core is not None:
        begin = start + core[0]
        name = run[core[0] : core[1]]
        if sound.is_transcription(name) or "·" in work.view[max(0, start - 1) : stop + 1]:
            whole = _whole_name(work, begin, begin + len(name))
            hits = index.facets.by_sound(work.view[whole[0] : whole[1]])
            longer = whole != (begin, begin + len(name))
            if hits and (longer or not index.terms(name, name)):
                _take_hits(index, work, *whole, hits)
                return
            terms = index.terms_by_sound(name, 0.2) if len(name) > 2 and not index.terms(name, name) else ()
            if terms:
                _take_terms(index, work, begin, begin + len(name), terms)
                return
    position = start
    while position < stop:
        if not work.free[position]:
            position += 1
            continue
        step = 1
        for length in range(min(_MAX_CHINESE, stop - position), 0, -1):
            word = work.view[position : position + length]
            if word in lexicon.carriers():
                step = length
                break
            if length == 1 and not index.cuts_alone(run, position - start):
                continue
            terms = index.terms(word, word)
            if terms:
                _take_terms(index, work, position, position + length, terms)
                step = length
                break
        position += step
    left = "".join(c if work.free[start + i] else " " for i, c in enumerate(run)).split()
    for part in left:
        rest = _without_carriers(part)
        if rest is None or len(part) < 2:
            continue
        word = part[rest[0] : rest[1]] if rest[1] - rest[0] > 1 else part
        begin = work.view.find(word, start)
        hits = index.facets.by_sound(word) if sound.is_transcription(word) else ()
        if hits:
            _take_hits(index, work, begin, begin + len(word), hits)
        elif sound.is_transcription(word) and (terms := index.terms_by_sound(word)):
            _take_terms(index, work, begin, begin + len(word), terms)
        else:
            work.unmatched.append(word)


def _whole_name(work: _Work, start: int, end: int) -> tuple[int, int]:
    """The name with its further parts across dots: 汤姆·汉克斯."""
    while end + 1 < len(work.view) and work.view[end] in "·•・" and has_han(work.view[end + 1]):
        end += 1
        while end < len(work.view) and has_han(work.view[end]) and work.view[end] not in "的导主演":
            end += 1
    return start, end


def _without_carriers(run: str) -> tuple[int, int] | None:
    """Bounds of a run without the words of the carrier at its ends; None where nothing is left."""
    start, end = 0, len(run)
    changed = True
    while changed and start < end:
        changed = False
        for length in (4, 3, 2, 1):
            if end - start >= length and run[start : start + length] in lexicon.carriers():
                start, changed = start + length, True
                break
        for length in (4, 3, 2, 1):
            if end - start >= length and run[end - length : end] in lexicon.carriers():
                end, changed = end - length, True
                break
    return (start, end) if start < end else None


def _take_terms(index: WordsIndex, work: _Work, start: int, end: int, terms: tuple[Term, ...]) -> None:
    claim = Claim(work.text[start:end], "theme", terms=terms)
    work.take(start, end, replace(claim, matched=int(index.literal(claim).sum())))


def _grouped(work: _Work, first: int) -> list[Claim]:
    """Claims in the order of the text; those beside an "or" share a group."""
    ordered = sorted(work.claims, key=lambda claim: claim[0])
    groups = list(range(first, first + len(ordered)))
    for found in _OR.finditer(work.view):
        before = [i for i, (_, end, _) in enumerate(ordered) if end <= found.start()]
        after = [i for i, (start, _, _) in enumerate(ordered) if start >= found.end()]
        if before and after:
            groups[after[0]] = groups[before[-1]]
    return [replace(claim, group=group) for (_, _, claim), group in zip(ordered, groups, strict=True)]
