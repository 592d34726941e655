"""From tables to what models see: item text -> encoder E -> catalogue; sentences -> claims -> points of the same space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from fewrec.columns import SKIPPED_NAMES, title_of
from fewrec.encoders import LexicalSpace
from fewrec.errors import DataError
from fewrec.text import bound, clean, content_words, item_text, mask, parse_statement
from fewrec.types import Catalogue, Encoder, Matrix, Vector

MAX_TERMS = 50_000
MAX_LEXICAL_CHARS = 2000
MAX_SHOWN = 120
"""Characters of a long review that a reason shows."""


@dataclass(frozen=True)
class Said:
    """The claims of some sentences as points of E's space."""

    labels: tuple[str, ...]
    """(s,) the clause that made the claim, as shown."""
    polarity: Vector
    """(s,) in [-1, 1]."""
    vectors: Matrix
    """(s, d)"""
    lexical: sparse.csr_matrix
    """(s, v)"""
    source: tuple[int, ...]
    """(s,) which of the sentences it comes from."""


def prepare_catalogue(items: pl.DataFrame, encoder: Encoder) -> tuple[Catalogue, LexicalSpace]:
    """Clean, mask and encode the items of ``items`` (columns as in ``Dataset.items``).

    Raises:
        DataError: there are no items.
    """
    if items.height == 0:
        raise DataError("there are no items to recommend", hint="give an items file with at least one good row")
    columns = [name for name in items.columns if name not in SKIPPED_NAMES]
    rows = items.select(columns).iter_rows() if columns else iter([()] * items.height)
    fields = [text_fields(dict(zip(columns, row, strict=True))) for row in rows]
    return catalogue_of(items["item_id"].to_list(), fields, encoder)


def text_fields(columns: Mapping[str, object]) -> dict[str, str]:
    """The columns of one item that are text and not empty."""
    return {
        name: str(value)
        for name, value in columns.items()
        if name not in SKIPPED_NAMES and value is not None and str(value) != ""
    }


def catalogue_of(
    ids: Sequence[str], fields: Sequence[Mapping[str, str]], encoder: Encoder, lexical: LexicalSpace | None = None
) -> tuple[Catalogue, LexicalSpace]:
    """Clean, mask and encode items given as columns.

    Args:
        ids: (m,) of the items.
        fields: (m,) header -> text of each item, as :func:`text_fields` gives it.
        encoder: makes the vectors.
        lexical: a space fitted before, used as it is; None fits one on these items.
    """
    texts = [mask(item_text(each)).text for each in fields]
    # Vectors are best of short texts (what comes first counts most), words of long ones.
    tokens = [content_words(mask(item_text(each, max_chars=MAX_LEXICAL_CHARS)).text) for each in fields]
    lexical = lexical or LexicalSpace.fit(tokens, max_terms=MAX_TERMS)
    catalogue = Catalogue(
        ids=tuple(ids),
        titles=tuple(title_of(each, item_id, clean) for each, item_id in zip(fields, ids, strict=True)),
        texts=tuple(texts),
        vectors=encoder.encode(texts),
        lexical=lexical.transform(tokens),
        fields=tuple(fields),
        fingerprint=encoder.fingerprint,
    )
    return catalogue, lexical


def prepare_statements(texts: Sequence[str], encoder: Encoder, lexical: LexicalSpace) -> Said:
    """Every sentence's claims: the topic is encoded, the polarity becomes a number, personal details are masked."""
    masked = [mask(text).text for text in texts]
    claims = [(source, claim) for source, text in enumerate(masked) for claim in parse_statement(text)]
    topics = [claim.topic for _, claim in claims]
    vectors = encoder.encode(topics) if topics else np.zeros((0, encoder.dimensions), dtype=np.float32)
    return Said(
        labels=tuple(bound(claim.text, max_chars=MAX_SHOWN) for _, claim in claims),
        polarity=np.array([claim.polarity for _, claim in claims], dtype=np.float32),
        vectors=vectors,
        lexical=lexical.transform([content_words(topic) for topic in topics]),
        source=tuple(source for source, _ in claims),
    )
