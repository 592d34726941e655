"""What a fit learned, and the fit itself: data -> text -> vectors -> models."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fewrec.columns import title_of
from fewrec.data import SignalConfig, to_interactions
from fewrec.decoders import PhraseVocabulary, mine_phrases
from fewrec.encoders import LexicalSpace
from fewrec.errors import UnknownItemError
from fewrec.models.base import Model
from fewrec.models.blend.ensemble import Ensemble
from fewrec.models.taste import GaussianConfig, GaussianTaste
from fewrec.preparation import prepare_catalogue
from fewrec.text import clean, words
from fewrec.types import Catalogue, Dataset, Encoder
from fewrec.words import WordsIndex

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Fitted:
    """What ``fit`` learned, as it is saved."""

    encoder_name: str
    model_name: str
    catalogue: Catalogue
    lexical: LexicalSpace
    model: Model
    taste: GaussianTaste
    """The Gaussian process that questions, uncertainty and similar items are asked of: the model, its member, or one beside it."""
    vocabulary: PhraseVocabulary
    words: WordsIndex
    """What sentences are held against."""
    signals: SignalConfig
    n_users: int
    notes: tuple[str, ...]

    def row(self, item_id: str) -> int:
        """The catalogue row of an item.

        Raises:
            UnknownItemError: with the ids or titles that look most like it.
        """
        catalogue = self.catalogue
        if item_id in catalogue.row_of:
            return catalogue.row_of[item_id]
        by_title = [
            i for i, title in zip(catalogue.ids, catalogue.titles, strict=True) if title.casefold() == item_id.casefold()
        ]
        near = by_title[:3] or difflib.get_close_matches(item_id, catalogue.ids, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "ids are those of the items file; ingest and fit to add new ones"
        raise UnknownItemError(f"there is no item {item_id!r} among the {len(catalogue):,} fitted ones", hint=hint)

    def with_fields(self, changed: Mapping[str, Mapping[str, str]]) -> Fitted:
        """The same fit with other columns shown and filtered by: item id -> columns.

        Raises:
            UnknownItemError: an item is not in the catalogue.
        """
        titles, fields = list(self.catalogue.titles), list(self.catalogue.fields)
        for item_id, columns in changed.items():
            row = self.row(item_id)
            titles[row], fields[row] = title_of(columns, item_id, clean), columns
        return replace(self, catalogue=replace(self.catalogue, titles=tuple(titles), fields=tuple(fields)))

    @property
    def language(self) -> str:
        """``zh`` where most titles hold Chinese characters, else ``en``."""
        titles = self.catalogue.titles
        n_chinese = sum(any("一" <= char <= "鿿" for char in title) for title in titles)
        return "zh" if 2 * n_chinese > len(titles) else "en"


def learn(
    data: Dataset,
    *,
    encoder: Encoder,
    model: Model,
    names: tuple[str, str],
    signals: SignalConfig,
    notes: Sequence[str],
    seed: int,
    progress: Progress,
) -> Fitted:
    """Encode the items of ``data``, fit ``model`` on its events and mine the phrases. ``names``: of the encoder and the model.

    Raises:
        DataError: there are no items.
    """
    progress(f"encoding {data.items.height:,} items")
    catalogue, lexical = prepare_catalogue(data.items, encoder)
    signals = signals.resolved(data.events)
    interactions, remarks = to_interactions(data.events, catalogue.ids, signals)
    progress(f"fitting {names[1]} on {interactions.n_users:,} users")
    model.fit(catalogue, interactions, rng=np.random.default_rng(seed))
    taste = taste_within(model)
    if taste is None:
        taste = GaussianTaste(GaussianConfig()).fit(catalogue, interactions, rng=np.random.default_rng(seed))
    progress("mining phrases")
    vocabulary = mine_phrases(catalogue.fields, words=words, encode=encoder.encode, items=catalogue.vectors, clean=clean)
    progress("indexing words")
    return Fitted(
        encoder_name=names[0],
        model_name=names[1],
        catalogue=catalogue,
        lexical=lexical,
        model=model,
        taste=taste,
        vocabulary=vocabulary,
        words=WordsIndex.build(catalogue.fields, catalogue.titles),
        signals=signals,
        n_users=interactions.n_users,
        notes=(*notes, *remarks),
    )


def taste_within(model: Model) -> GaussianTaste | None:
    """The Gaussian process of a model: itself, or the one that a blend names; None where there is none."""
    if isinstance(model, GaussianTaste):
        return model
    return model.taste if isinstance(model, Ensemble) else None
