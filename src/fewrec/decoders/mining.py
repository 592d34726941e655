"""Phrases mined from a catalogue: what several of its items have in common, and how that is said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

import numpy as np
from scipy import sparse

from fewrec.columns import TITLE_NAMES, Column, columns_of
from fewrec.decoders.eras import decade, years_of
from fewrec.decoders.fields import HAN, script
from fewrec.decoders.general_phrases import general_drafts
from fewrec.decoders.grams import Draft, Drafts, Key, Tokenizer, Words, text_grams, title_grams
from fewrec.decoders.vocabulary import PhraseVocabulary
from fewrec.types import Matrix

Encode = Callable[[Sequence[str]], Matrix]
"""Texts -> (len, d) unit rows."""

_COMMON_TITLE_WORD = 0.005
"""Words of more than this share of the titles (a platform, an edition) make no title a different one."""


@dataclass(frozen=True, kw_only=True)
class MiningConfig:
    """Settings of :func:`mine_phrases`."""

    max_phrases: int = 8000
    """Most mined phrases that are encoded, >= 0: what ``fit`` pays for. The general vocabulary comes on top."""
    max_borrowed: int = 24000
    """Most further phrases of titles, which borrow the mean vector of the items that hold them, >= 0; only where these are given."""
    min_items: int = 3
    """A phrase must hold for this many items, >= 1: what is true of one item alone is its name, not what it is like."""
    max_share: float = 0.1
    """A phrase of running text holds for at most this share of the items, or for five."""
    min_association: float = 2.0
    """Pointwise mutual information, in nats, that the words of a longer phrase must have."""
    general: bool = True
    """Whether the vocabulary that ships with the package joins."""


def mine_phrases(
    fields: Sequence[Mapping[str, str]],
    *,
    words: Words,
    encode: Encode,
    items: Matrix | None = None,
    clean: Callable[[str], str] = unescape,
    config: MiningConfig = MiningConfig(),
) -> PhraseVocabulary:
    """Phrases that hold for several items each.

    Args:
        fields: The columns of each item, as ``Catalogue.fields`` holds them.
        words: Text -> folded words.
        encode: Texts -> unit rows in E's space; called once, with at most ``max_phrases`` mined phrases and the general ones.
        items: (m, d) vectors of the items; given, phrases of titles for which ``max_phrases`` leaves no room borrow their mean.
        clean: Applied to every value before anything else.
        config: Bounds.
    """
    columns = columns_of(fields, clean)
    tokenizer = Tokenizer(words)
    most = int(max(config.min_items, 5, config.max_share * len(fields)))
    listed = _categories_and_names(columns, words, config.min_items)
    listed |= {key: draft for key, draft in _eras(fields, words, config.min_items).items() if key not in listed}
    texts = text_grams(columns, tokenizer, min_items=config.min_items, most_items=most, min_association=config.min_association)
    titles = title_grams(columns, tokenizer, config.min_items)
    budget = config.max_phrases + (config.max_borrowed if items is not None else 0)
    mined = _chosen(listed, titles, texts, budget)
    encoded, borrowed = mined[: config.max_phrases], [each for each in mined[config.max_phrases :] if each.kind == "title"]
    if config.general:
        general = general_drafts(mined, columns, tokenizer, words)
        encoded = encoded + [draft for draft in general if len(draft.rows) >= config.min_items]
    vocabulary = encoded + borrowed
    occurs = _matrix([draft.rows for draft in vocabulary], len(fields))
    spoken = tuple(draft.text for draft in vocabulary)
    vectors = np.asarray(encode(spoken[: len(encoded)]), dtype=np.float32)
    if items is not None:
        vectors = vectors.reshape(len(encoded), items.shape[1])
        if borrowed:
            means = occurs[len(encoded) :] @ items  # (borrowed, d)
            lengths = np.linalg.norm(means, axis=1, keepdims=True)
            vectors = np.vstack([vectors, np.divide(means, lengths, out=np.zeros_like(means), where=lengths > 0)])
    return PhraseVocabulary(
        texts=spoken,
        langs=tuple(script(text) for text in spoken),
        kinds=tuple(draft.kind for draft in vocabulary),
        columns=tuple(draft.column for draft in vocabulary),
        words=tuple(draft.words for draft in vocabulary),
        occurs=occurs,
        vectors=np.ascontiguousarray(vectors),
        n_encoded=len(encoded),
        entitles=_matrix(_entitled(vocabulary, columns, words), len(fields)),
    )


def _matrix(rows: Sequence[set[int]], n_items: int) -> sparse.csr_matrix:
    """(len(rows), n_items) float32, 1 where a set holds an item."""
    indptr = np.cumsum([0] + [len(each) for each in rows])
    indices = np.asarray([row for each in rows for row in sorted(each)], dtype=np.int32)
    return sparse.csr_matrix((np.ones(len(indices), dtype=np.float32), indices, indptr), shape=(len(rows), n_items))


def _categories_and_names(columns: Sequence[Column], words: Words, min_items: int) -> Drafts:
    """Values of lists that enough items hold."""
    drafts: Drafts = {}
    for role in ("category", "name"):
        for column in columns:
            if column.role != role:
                continue
            for row, values in enumerate(column.values):
                for value in values:
                    key = tuple(words(value)) if len(value) <= 60 else ()
                    if key and (len("".join(key)) > 1 or HAN.search(value)):
                        draft = drafts.setdefault(key, Draft(role, key, column.name))
                        draft.shown[value] += 1
                        draft.rows.add(row)
    return {key: draft for key, draft in drafts.items() if len(draft.rows) >= min_items}


def _eras(fields: Sequence[Mapping[str, str]], words: Words, min_items: int) -> Drafts:
    """Decades, in both languages, of enough items."""
    drafts: Drafts = {}
    for row, year in enumerate(years_of(fields)):
        for text in (decade(year, lang) for lang in ("en", "zh")) if year is not None else ():
            key = tuple(words(text))
            draft = drafts.setdefault(key, Draft("era", key, shown=Counter([text])))
            draft.rows.add(row)
    return {key: draft for key, draft in drafts.items() if len(draft.rows) >= min_items}


def _chosen(listed: Drafts, titles: Drafts, texts: Drafts, budget: int) -> list[Draft]:
    """The phrases kept, at most ``budget``: values of lists, those of most items first, then phrases of titles and texts, in turn.

    What stands in both a title and a text, or is a value as well, is one phrase that holds for the items of either.
    """
    merged: Drafts = {}
    for drafts in (listed, titles, texts):
        for key, draft in drafts.items():
            if key in merged:
                if merged[key].kind not in ("category", "name", "era"):
                    merged[key].rows |= draft.rows
            else:
                merged[key] = draft
    kept = sorted((d for d in merged.values() if d.kind in ("category", "era", "name")), key=lambda d: -len(d.rows))
    queues = [sorted((d for d in merged.values() if d.kind == kind), key=_worth) for kind in ("title", "text")]
    longest = max(map(len, queues))
    kept += [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]
    return kept[:budget]


def _worth(draft: Draft) -> tuple[float, Key]:
    """Order of phrases of one source: those of many items first, longer ones a little before shorter ones."""
    return -len(draft.rows) * (1 + 0.5 * (min(len(draft.words), 3) - 1)), draft.words


def _entitled(drafts: Sequence[Draft], columns: Sequence[Column], words: Words) -> list[set[int]]:
    """Per phrase the items whose title it amounts to: no other word of the title is left, but for those of many titles.

    *Halo* is the title of *Halo - Xbox*, not of *Halo: Reach*, which has a word more.
    """
    titles = [each for each in columns if each.role == "title" or each.name.lower().partition("_")[0] in TITLE_NAMES]
    said: list[list[frozenset[str]]] = []
    counts: Counter[str] = Counter()
    n_items = max((len(column.values) for column in titles), default=0)
    for column in titles:
        said.append([frozenset(words(values[0])) if values else frozenset() for values in column.values])
        counts.update(word for each in said[-1] for word in each)
    common = {word for word, count in counts.items() if count > max(_COMMON_TITLE_WORD * n_items, 10) and not word.isdigit()}
    own: dict[frozenset[str], set[int]] = defaultdict(set)
    for column_said in said:
        for row, title in enumerate(column_said):
            for telling in {title, title - common}:
                if telling:
                    own[telling].add(row)
    found = []
    for draft in drafts:
        key = frozenset(words(draft.text))
        entitled = own.get(key, set())
        found.append(entitled if draft.kind == "category" else entitled | own.get(key - common, set()))
    return found
