"""A catalogue that understands sentences: what they claim, and how well each item answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fewrec.text.normalise import clean
from fewrec.words import lexicon
from fewrec.words.columns import Column, columns_like, columns_of
from fewrec.words.evidence import Profile, combined, title_scores
from fewrec.words.facets import Facets, Hit
from fewrec.words.pieces import Pieces
from fewrec.words.reading import read
from fewrec.words.segments import role_of, segments
from fewrec.words.stems import has_han, key, stem, tokens
from fewrec.words.types import Claim, Evidence, Match, Role, Term, Understood
from fewrec.words.vocabulary import Vocabulary

Progress = Callable[[float], None]
_PRICE = re.compile(r".*(?:price|cost|价格|售价|价钱|单价|金额).*|价", re.IGNORECASE)
_SUBTITLE = re.compile(r"\s*[:：(（\-–—/]\s*")
_ARTICLE = re.compile(r"^(?:the|a|an)\s+|,\s*(?:the|a|an)$", re.IGNORECASE)


class WordsIndex:
    """Index of m items by their words. Make one with :meth:`build`."""

    def __init__(self, columns: Sequence[Column], titles: Sequence[str], *, progress: Progress | None = None) -> None:
        self.titles = tuple(clean(title) for title in titles)
        self.columns = tuple(columns)
        texts = [column for column in columns if column.role == "text"]
        self.texts = {column.name: tuple(" ".join(value) for value in column.values) for column in texts}
        joined = [" ".join(parts) for parts in zip(*self.texts.values(), strict=True)] if texts else [""] * len(titles)
        self.numbers = {column.name: column.numbers for column in columns if column.numbers is not None}
        self.facets = Facets(columns, _common_words(self.titles, joined))
        others = [column for column in columns if column.role == "title"]
        self.names = tuple(
            " \n".join((title, *(name for c in others for name in c.values[i]))) for i, title in enumerate(self.titles)
        )
        self.words = Vocabulary(self.names, joined, self.facets)
        self.pieces = Pieces(self.titles, joined, progress)
        self.time_column = next((c.name for c in columns if c.role == "time"), None)
        self.number_columns = tuple(c.name for c in columns if c.role == "number")
        prices = [name for name in self.number_columns if _PRICE.fullmatch(name)]
        self.price_column = prices[0] if prices else self.number_columns[0] if len(self.number_columns) == 1 else None

    @classmethod
    def build(
        cls, fields: Sequence[Mapping[str, str]], titles: Sequence[str], *, progress: Progress | None = None
    ) -> WordsIndex:
        """Index the items.

        Args:
            fields: per item its columns as read, whatever they are called; what they are is told from their values.
            titles: per item its title, in the same order.
            progress: called with the share of the vectors that is done, in [0, 1].

        Raises:
            ValueError: ``fields`` and ``titles`` differ in length.
        """
        if len(fields) != len(titles):
            raise ValueError(f"there must be one title per item, found {len(titles)} titles and {len(fields)} items")
        return cls(columns_of(fields, titles), titles, progress=progress)

    def extended(self, fields: Sequence[Mapping[str, str]], titles: Sequence[str]) -> WordsIndex:
        """An index of other items, newer than this one, with the same columns.

        What this index understood is answered there too (:meth:`evidence`, :meth:`why`), but for claims about a title, whose rows are
        looked up by name: an item that is not among the newer ones has nothing alike there.
        """
        return WordsIndex(columns_like(fields, self.columns), titles)

    @property
    def n_items(self) -> int:
        """Number of items, m."""
        return len(self.titles)

    # -- understanding ------------------------------------------------------------------------------------------------------

    def understand(self, text: str, *, role: Role | None = None) -> tuple[Understood, ...]:
        """What the sentence asks for or says is liked; empty for text without a word.

        ``role`` forces a request or a statement of taste; None tells it from the wording.
        """
        text = clean(text)
        if not any(c.isalnum() for c in text):
            return ()
        claims: list[Claim] = []
        unmatched: list[str] = []
        for segment in segments(text):
            found, missing = read(self, segment.text, segment.polarity, len(claims))
            claims += found
            unmatched += missing
        return (Understood(text, role or role_of(text), tuple(claims), tuple(dict.fromkeys(unmatched))),)

    def terms(self, name: str, raw: str) -> tuple[Term, ...]:
        """Ways in which a theme is said in titles and texts; see :meth:`Vocabulary.terms`."""
        return self.words.terms(name, raw)

    def terms_by_sound(self, word: str, worst: float = 0.3) -> tuple[Term, ...]:
        """Words of titles that sound like a Chinese transcription."""
        return self.words.terms_by_sound(word, worst)

    def corrected(self, word: str) -> str | None:
        """The catalogue's word that a misspelt word was meant to be."""
        return self.words.corrected(word)

    def is_phrase(self, words: Sequence[str]) -> bool:
        """Whether the catalogue says several words together."""
        return self.words.is_phrase(words)

    def is_domain_word(self, name: str) -> bool:
        """Whether a word stands nearly everywhere."""
        return self.words.is_domain_word(name)

    @staticmethod
    def cuts_alone(run: str, position: int) -> bool:
        """Whether the character at ``position`` is a word of its own in a run of Chinese."""
        import rjieba

        start = 0
        for word in rjieba.cut(run):
            if start == position:
                return len(word) == 1
            start += len(word)
        return False

    @cached_property
    def _title_names(self) -> dict[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for row, names in enumerate(self.names):
            for name in dict.fromkeys(name for title in names.split("\n") for name in _title_keys(title)):
                found.setdefault(name, []).append(row)
        return {name: tuple(rows) for name, rows in found.items()}

    def titled(self, text: str) -> tuple[int, ...]:
        """Rows of the items of this title, at most five; empty where none has it."""
        name = key(_ARTICLE.sub("", text.strip()))
        if not name or name in lexicon.carriers():
            return ()
        return self._title_names.get(name, ())[:5]

    def relative_span(self, column: str, sign: int) -> tuple[float | None, float | None]:
        """Bounds of "old" (sign -1) and "recent" (sign 1): a fifth of the items at either end."""
        numbers = self.numbers[column]
        known = numbers[~np.isnan(numbers)]
        if not len(known):
            return None, None
        if sign < 0:
            return None, float(np.quantile(known, 0.2)) + 1.0
        return float(np.quantile(known, 0.8)), None

    # -- evidence -----------------------------------------------------------------------------------------------------------

    def hits(self, claim: Claim) -> tuple[Hit, ...]:
        """The values of the columns that a claim names."""
        return tuple(
            (f, v)
            for value in claim.values
            for f, v in self.facets.names.get(key(value), ())
            if self.facets.facets[f].name in claim.columns and self.facets.facets[f].values[v] == value
        )

    def literal(self, claim: Claim) -> npt.NDArray[np.bool_]:
        """(m,) whether a claim holds as written, without likeness."""
        return self._scores(claim) >= 0.5

    def _scores(self, claim: Claim) -> npt.NDArray[np.float32]:
        scores = np.zeros(self.n_items, dtype=np.float32)
        if claim.kind == "theme":
            return self.words.scores(claim.terms)
        if claim.kind in {"time", "number"}:
            numbers = self.numbers.get(claim.columns[0])
            if numbers is not None and (claim.low is not None or claim.high is not None):
                low = -np.inf if claim.low is None else claim.low
                high = np.inf if claim.high is None else claim.high
                scores[(numbers >= low) & (numbers < high)] = 1.0
        elif claim.kind == "title":
            scores[list(self._rows(claim))] = 1.0
        else:
            scores[self.facets.items(self.hits(claim))] = 1.0
        return scores

    def _rows(self, claim: Claim) -> tuple[int, ...]:
        """Rows of a title's items; by name where the sentence was understood by another index."""
        if all(row < self.n_items and self.titles[row] in claim.values for row in claim.rows):
            return claim.rows
        return tuple(row for value in claim.values for row in self.titled(value))

    def evidence(self, understood: Understood) -> Evidence:
        """How well every item answers a sentence."""
        rows = []
        themes = [claim.text for claim in understood.claims if claim.kind == "theme" and claim.polarity > 0]
        said = " ".join([*themes, *understood.unmatched])
        likeness = np.clip((self.pieces.similarity(said) - 0.1) / 0.7, 0.0, 1.0) if said else None
        for claim in understood.claims:
            scores = self._scores(claim)
            if claim.kind == "title" and claim.polarity > 0:
                scores = title_scores(self, self.profile(self._rows(claim)), self._rows(claim), similar=claim.similar)
            elif claim.kind == "category" and claim.terms and claim.polarity > 0:
                said_so = self.words.scores(claim.terms) > 0
                scores = np.where(scores > 0, 0.9 + 0.1 * said_so, 0.6 * said_so)
            elif claim.kind == "theme" and claim.polarity > 0 and likeness is not None:
                scores = np.maximum(scores, 0.45 * likeness)
            rows.append(scores.astype(np.float32))
        per_claim = np.stack(rows) if rows else np.zeros((0, self.n_items), dtype=np.float32)
        return combined(understood, per_claim, likeness)

    def profile(self, rows: Sequence[int]) -> Profile:
        """What some items are: their values by column."""
        values: dict[str, frozenset[str]] = {}
        for column in self.columns:
            if column.values and column.role not in {"text", "language"}:
                values[column.name] = frozenset(value for row in rows for value in column.values[row])
        return Profile(values, self.pieces.similarity_to(rows))

    # -- explaining ---------------------------------------------------------------------------------------------------------

    def why(self, understood: Understood, row: int) -> tuple[Match, ...]:
        """What in an item answers the claims that are wanted: the claim's words, the column, the piece of text."""
        found = []
        for claim in understood.claims:
            if claim.polarity > 0:
                match = self._match(claim, row)
                if match is not None:
                    found.append(match)
        return tuple(found)

    def _match(self, claim: Claim, row: int) -> Match | None:
        if claim.kind == "theme":
            for column, texts in [("title", self.names), *self.texts.items()]:
                for term in claim.terms:
                    piece = _find(texts[row], term.words)
                    if piece:
                        return Match(claim.text, column, piece)
            return None
        if claim.kind in {"time", "number"}:
            number = float(self.numbers[claim.columns[0]][row])
            return Match(claim.text, claim.columns[0], f"{number:g}") if self._scores(claim)[row] else None
        if claim.kind == "title":
            shared = [
                Match(claim.text, column.name, value)
                for column in self.columns
                if column.role in {"category", "person", "brand"}
                for value in column.values[row]
                if any(value in column.values[other] for other in self._rows(claim))
            ]
            return shared[0] if shared else None
        for f, v in self.hits(claim):
            facet = self.facets.facets[f]
            if facet.holders[v, row]:
                return Match(claim.text, facet.name, facet.values[v])
        return None

    def nearest(self, understood: Understood, limit: int = 3) -> tuple[str, ...]:
        """Values of the catalogue that come nearest to what nothing answers; empty where everything was answered."""
        if not understood.unmatched and any(claim.matched > 1 or claim.kind == "title" for claim in understood.claims):
            return ()
        from rapidfuzz import fuzz, process

        from fewrec.words.pieces import encoder

        names = list(dict.fromkeys(v for facet in self.facets.facets if facet.role != "person" for v in facet.values[:500]))
        people = [v for facet in self.facets.facets if facet.role == "person" for v in facet.values]
        found: list[str] = []
        for word in understood.unmatched or (understood.text[:200],):
            found += [m[0] for m in process.extract(word, people + names, scorer=fuzz.WRatio, score_cutoff=80, limit=1)]
        if names:
            vectors = encoder().encode([" ".join(understood.unmatched) or understood.text[:200], *names])
            found += [names[i] for i in np.argsort(-(vectors[1:] @ vectors[0]))[:limit]]
        else:
            said = " ".join(understood.unmatched) or understood.text[:200]
            found += [self.titles[i] for i in np.argsort(-self.pieces.similarity(said))[:limit]]
        return tuple(dict.fromkeys(found))[:limit]


def _find(text: str, words: Sequence[str]) -> str:
    """The piece of a text in which the words stand, as written; empty where they do not."""
    from fewrec.text.normalise import fold

    folded = fold(text)
    if len(folded) != len(text):
        text = folded
    if has_han("".join(words)):
        start = folded.find("".join(words))
        return text[start : start + len("".join(words))] if start >= 0 else ""
    units = tokens(folded)
    for i in range(len(units) - len(words) + 1):
        if all(units[i + j][0] == word for j, word in enumerate(words)):
            return text[units[i][1] : units[i + len(words) - 1][2]]
    return ""


def _title_keys(title: str) -> list[str]:
    """Keys under which a title may be meant: whole, without an article, before a subtitle, its Chinese and its Latin half."""
    parts = [title, _SUBTITLE.split(title)[0]]
    if has_han(title):
        latin = re.search(r"[A-Za-z][^一-鿿]*$", title)
        if latin and latin.start() > 0:
            parts += [latin[0], title[: latin.start()]]
            parts += [_SUBTITLE.split(latin[0])[0]]
    return list(dict.fromkeys(name for part in parts if (name := key(_ARTICLE.sub("", part.strip())))))


def _common_words(titles: Sequence[str], texts: Sequence[str]) -> frozenset[str]:
    """Stems that running text writes in lower case at least twice as often as in capitals: no names."""
    small: dict[str, int] = {}
    for text in texts[:20_000]:
        for word in re.findall(r"\b[A-Za-z][a-z']+\b", text):
            small[word] = small.get(word, 0) + 1
    del titles
    return frozenset(stem(word) for word, count in small.items() if word.islower() and count > small.get(word.capitalize(), 0))
