"""The whole path, top to bottom: data -> text -> encoder E -> taste -> decoder D -> ranking. A front over the stages."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np

from fewrec import explanation, queries, sentences
from fewrec.data import SignalConfig, to_interactions
from fewrec.decoders import PhraseDecoder
from fewrec.decoders.registry import Reader, load_decoder
from fewrec.encoders import ENCODED_FAST, MANY_TEXTS, VectorCache, check_same_encoder, encoder_for, load_encoder
from fewrec.encoders.function import as_encoder
from fewrec.errors import ModelLoadError, NotFittedError, SettingError
from fewrec.examples import ExampleMaker, Taste
from fewrec.explanation import Scored
from fewrec.fitted import Fitted, Progress, learn
from fewrec.history import FrameHistory, History, read_dataset, read_history, write_history
from fewrec.models.base import Model
from fewrec.models.blend.prior import DomainPrior
from fewrec.models.registry import make_model
from fewrec.models.taste import GaussianTaste
from fewrec.persistence import load_object, save_object
from fewrec.preparation import catalogue_of
from fewrec.queries import Question, Similar
from fewrec.ranking import Filters
from fewrec.types import (
    Catalogue,
    Dataset,
    Decoded,
    Encoder,
    Examples,
    Explanation,
    Interactions,
    Matrix,
    Recommendation,
    Recommendations,
    Rows,
)
from fewrec.words import WordsIndex

__all__ = ["Question", "Recommender", "Scored", "Similar", "Taste"]


class Recommender:
    """Recommends from a handful of examples. ``fit`` once on a catalogue (events optional), then ask for anybody.

    ``encoder`` and ``model`` take the names of ``fewrec models``, ``module:Class``, or objects: an :class:`~fewrec.types.Encoder` or a function
    from texts to vectors, a :class:`~fewrec.models.base.Model` not yet fitted. Without an ``encoder`` the size of the catalogue decides
    between ``default`` and ``fast`` (:func:`~fewrec.encoders.encoder_for`). ``cache`` is a file that keeps vectors between fits; ``signals``
    says how events count; ``prior`` is what another domain taught (:class:`~fewrec.models.blend.prior.DomainPrior` or its file);
    ``progress`` is told each stage as it starts.
    """

    def __init__(
        self,
        encoder: str | Encoder | Callable[[Sequence[str]], Matrix] | None = None,
        model: str | Model = "auto",
        *,
        signals: SignalConfig | None = None,
        prior: DomainPrior | str | Path | None = None,
        cache: str | Path | None = None,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> None:
        self._model = None if isinstance(model, str) else model
        self._model_name = model if isinstance(model, str) else model.name
        if isinstance(model, str):
            make_model(model)  # an unknown name is an error now, not after an hour of encoding
        self._prior = DomainPrior.load(prior) if isinstance(prior, str | Path) else prior
        self._cache = VectorCache(cache) if cache is not None else None
        self._asked_encoder: str | None = None
        if encoder is not None:
            self._encoder: Encoder = (
                load_encoder(encoder, cache=self._cache) if isinstance(encoder, str) else as_encoder(encoder)
            )
            self._asked_encoder = encoder if isinstance(encoder, str) else self._encoder.name
        self._signals = signals or SignalConfig()
        self._seed = seed
        self._progress: Progress = progress or (lambda _: None)
        self._state: Fitted | None = None
        self._decoder: PhraseDecoder | None = None
        self._readers: dict[str, Reader] = {}
        self._history: History | None = None

    # -- fit --------------------------------------------------------------------------------------------------------------

    def fit(self, items: Any, events: Any = None, statements: Any = None) -> Recommender:
        """Learn a catalogue and, where there are any, its users' events. Paths or data frames; see :mod:`fewrec.data`.

        Raises:
            DataError: an input cannot be used at all. Rows that could not be used are in :attr:`notes`.
        """
        data, notes = read_dataset(items, events, statements)
        return self.fit_dataset(data, notes=notes)

    def fit_dataset(self, data: Dataset, *, notes: Sequence[str] = (), history: History | None = None) -> Recommender:
        """Learn from tables that were read before. ``history`` answers for known users instead of ``data`` (a store, say)."""
        encoder_name, choice = self._choose_encoder(data.items.height)
        self._state = learn(
            data,
            encoder=self._encoder,
            model=self._model if self._model is not None else make_model(self._model_name, self._prior),
            names=(encoder_name, self._model_name),
            signals=self._signals,
            notes=(*choice, *notes),
            seed=self._seed,
            progress=self._progress,
        )
        self._decoder, self._readers = None, {}
        self._history = history or FrameHistory(data)
        return self

    def _choose_encoder(self, n_texts: int) -> tuple[str, list[str]]:
        """The name that was asked for; else by the number of texts, with a note where the choice is not the usual one."""
        if self._asked_encoder is not None:
            return self._asked_encoder, []
        name = encoder_for(n_texts)
        self._encoder = load_encoder(name, cache=self._cache)
        return name, [] if n_texts <= MANY_TEXTS else [ENCODED_FAST]

    # -- taste ------------------------------------------------------------------------------------------------------------

    def taste(
        self,
        user: str | None = None,
        *,
        like: Sequence[str] = (),
        dislike: Sequence[str] = (),
        say: str | Sequence[str] = (),
        want: str | Sequence[str] = (),
        also: Sequence[Examples] = (),
    ) -> Taste:
        """A taste from a known user's history, from examples given here, or from both. Nothing at all is k = 0: the prior.

        ``say``: sentences, taken as statements of taste («我喜欢科幻片») or as requests («想看科幻片», "show me westerns") by their wording;
        ``want``: sentences that are requests however they are worded. One string is one sentence. ``also``: examples made elsewhere, such as of items that came after the fit (:meth:`place`), the latest last.

        Raises:
            UnknownItemError: an example is not in the catalogue.
            SettingError: an item is both liked and disliked.
        """
        return ExampleMaker(self._fitted(), self._encoder, self._history).taste(
            user, like, dislike, _sentences(say), _sentences(want), also
        )

    # -- lists ------------------------------------------------------------------------------------------------------------

    def recommend(
        self,
        taste: Taste | None = None,
        *,
        k: int = 10,
        filters: Filters | None = None,
        diversity: float = 0.0,
        exploration: float = 0.0,
        focus: float | None = None,
        rng: np.random.Generator | None = None,
        scored: Scored | None = None,
    ) -> Recommendations:
        """The k best items for a taste, with the summands of every score as reasons.

        ``diversity`` in [0, 1] trades score for variety among the best 200; ``exploration`` >= 0 orders them by a draw from the
        posterior that far from its mean (1 is Thompson sampling). The scores and reasons shown are always those of the mean.
        ``focus`` in [0, 1]: how strictly requests hold; None follows from how much they match.
        ``scored``: the result of :meth:`scored` for this taste, where it is at hand.

        Raises:
            SettingError: ``k``, ``diversity`` or ``exploration`` out of range, or a filter on a column that no item has.
        """
        _check_k(k)
        if not 0 <= diversity <= 1:
            raise SettingError(f"diversity is {diversity}, expected 0 to 1")
        if exploration < 0:
            raise SettingError(f"exploration is {exploration}, expected 0 or more")
        state = self._fitted()
        taste = taste or self.taste()
        scored = scored or self.scored(taste, focus=focus)
        admitted = (filters or Filters()).admitted(state.catalogue, taste.seen)
        rng = rng or np.random.default_rng([self._seed, zlib.crc32((taste.user or "").encode())])
        rows = explanation.ordered(state, taste, scored, admitted, k, diversity=diversity, exploration=exploration, rng=rng)
        return Recommendations(
            taste.user,
            explanation.lines(state, taste, rows, scored),
            understood=sentences.claims_of(taste.sentences),
            unmatched=sentences.unmatched(taste.sentences),
            nearest=sentences.nearest(state.words, taste.sentences),
        )

    def scored(self, taste: Taste, *, focus: float | None = None) -> Scored:
        """Score the whole catalogue: the costly part of :meth:`recommend`, for callers who need the scores for more."""
        return explanation.scored(self._fitted(), taste, focus)

    def explain(self, taste: Taste, rows: Rows, scored: Scored | None = None) -> Explanation:
        """The scores at catalogue ``rows`` (r,), taken apart into a prior and one contribution per example, sentences among them.

        ``scored``: the result of :meth:`scored` for this taste, where it is at hand.
        """
        return explanation.explained(self._fitted(), taste, rows, scored or self.scored(taste))

    # -- words ------------------------------------------------------------------------------------------------------------

    def describe(
        self,
        taste: Taste | None = None,
        *,
        item: str | None = None,
        lang: str | None = None,
        n_phrases: int = 5,
        decoder: str | Reader = "phrases",
    ) -> Decoded:
        """Preference text for a taste, or feature text for an item: what its vector says, in the reader's language.

        ``lang`` ``zh`` or ``en``; None is the catalogue's own. ``decoder``: a name of ``fewrec models``, or a decoder.
        """
        state = self._fitted()
        lang = lang or state.language
        reader = self.reader(decoder) if isinstance(decoder, str) else decoder
        if item is not None:
            return reader.decode(state.catalogue.vectors[self.row(item)], lang=lang, n_phrases=n_phrases, kind="item")
        taste = taste or self.taste()
        if isinstance(reader, PhraseDecoder) and taste.dislikes is not None:
            # What is not liked is said apart: the likes are read from a vector that it did not push away.
            liked = taste.examples.take(np.flatnonzero(taste.examples.utility > 0))
            likes = state.taste.taste_vector(liked)
            return reader.decode(likes, lang=lang, n_phrases=n_phrases, kind="user", dislikes=taste.dislikes)
        return reader.decode(taste.vector, lang=lang, n_phrases=n_phrases, kind="user")

    def reader(self, name: str) -> Reader:
        """A decoder by its name, made once."""
        if name not in self._readers:
            self._readers[name] = load_decoder(name, phrases=self.decoder, encoder=self._encoder)
        return self._readers[name]

    def language(self) -> str:
        """``zh`` where most titles hold Chinese characters, else ``en``."""
        return self._fitted().language

    @property
    def decoder(self) -> PhraseDecoder:
        """The phrase decoder of this catalogue."""
        if self._decoder is None:
            state = self._fitted()
            self._decoder = PhraseDecoder(state.vocabulary, state.catalogue.vectors)
        return self._decoder

    # -- items and users beside each other --------------------------------------------------------------------------------

    def similar(self, item: str, *, k: int = 10) -> tuple[Similar, ...]:
        """The k items most like ``item``: by the prior's correlation, text and behaviour together."""
        _check_k(k)
        return queries.similar(self._fitted(), item, k)

    def audience(self, item: str, *, k: int = 10) -> tuple[tuple[str, Recommendation], ...]:
        """The k known users whom an item suits best and who have not met it, with the item's line in each one's list."""
        _check_k(k)
        return queries.audience(self._fitted(), self._known(), item, k, self.taste)

    def ask(self, taste: Taste | None = None, *, k: int = 5) -> tuple[Question, ...]:
        """The k items whose answers would most improve this user's list, best first."""
        _check_k(k)
        return queries.questions(self._fitted(), taste or self.taste(), k)

    def place(self, ids: Sequence[str], fields: Sequence[Mapping[str, str]]) -> Catalogue:
        """Items that came after the fit, as points of the fitted spaces: encoded and weighed as the fitted items were."""
        return catalogue_of(ids, fields, self._encoder, self._fitted().lexical)[0]

    def with_fields(self, changed: Mapping[str, Mapping[str, str]]) -> Recommender:
        """This fit with other columns shown and filtered by for some items, until the next fit reads them."""
        state = self._fitted()
        if not changed:
            return self
        other = copy(self)
        other._state = state.with_fields(changed)
        return other

    # -- what is known ----------------------------------------------------------------------------------------------------

    @property
    def catalogue(self) -> Catalogue:
        """The items as fitted."""
        return self._fitted().catalogue

    @property
    def model(self) -> Model:
        """The fitted model."""
        return self._fitted().model

    @property
    def taste_model(self) -> GaussianTaste:
        """The Gaussian process of the fit: the model itself, its member, or one beside it."""
        return self._fitted().taste

    @property
    def signals(self) -> SignalConfig:
        """How events count."""
        return self._fitted().signals

    @property
    def words(self) -> WordsIndex:
        """The index that sentences are understood by."""
        return self._fitted().words

    @property
    def encoder(self) -> Encoder:
        """What turns text into vectors."""
        return self._encoder

    def interactions(self) -> Interactions:
        """What the known users did with the fitted items."""
        state = self._fitted()
        return to_interactions(self._known().dataset().events, state.catalogue.ids, state.signals)[0]

    @property
    def names(self) -> tuple[str, str]:
        """Of the encoder and the model, as ``fit`` takes them."""
        state = self._fitted()
        return state.encoder_name, state.model_name

    @property
    def notes(self) -> tuple[str, ...]:
        """Rows that were left out of the fit and remarks about the data."""
        return self._fitted().notes

    @property
    def n_users(self) -> int:
        """Users whose events were learned from."""
        return self._fitted().n_users

    def row(self, item_id: str) -> int:
        """The catalogue row of an item.

        Raises:
            UnknownItemError: with the ids or titles that look most like it.
        """
        return self._fitted().row(item_id)

    def _fitted(self) -> Fitted:
        if self._state is None:
            raise NotFittedError("the recommender has not been fitted", hint="call fit(items, events) first, or load(path)")
        return self._state

    def _known(self) -> History:
        self._fitted()
        assert self._history is not None
        return self._history

    # -- saving -----------------------------------------------------------------------------------------------------------

    def save(self, path: str | Path, *, history: bool = True) -> None:
        """Write to a folder: JSON and arrays, and (unless ``history`` is False) the users' events and statements as Parquet."""
        folder = Path(path)
        save_object(self._fitted(), folder, trust=(type(self._fitted().model).__module__,))
        if history:
            write_history(self._known(), folder)

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        history: History | None = None,
        cache: str | Path | None = None,
        encoder: Callable[[str], Encoder] | Encoder | None = None,
        trust: Collection[str] = (),
    ) -> Recommender:
        """Read a folder that :meth:`save` wrote. The encoder must be that of the fit; ``encoder`` is it, or makes it from its name.

        ``trust``: modules from outside whose classes the folder may name (``docs/guide/extending.md``).

        Raises:
            ModelLoadError: nothing readable there.
            EncoderMismatchError: the encoder of that name now gives other vectors.
        """
        folder = Path(path)
        state = load_object(folder, trust=trust)
        if not isinstance(state, Fitted):
            raise ModelLoadError(f"{folder} holds a {type(state).__name__}, not a recommender")
        if encoder is None:
            vectors = VectorCache(cache) if cache is not None else None
            encoder = load_encoder(state.encoder_name, cache=vectors, trust=trust)
        elif not isinstance(encoder, Encoder):
            encoder = encoder(state.encoder_name)
        recommender = cls(encoder, state.model, signals=state.signals, cache=cache)
        recommender._asked_encoder, recommender._model_name = state.encoder_name, state.model_name
        recommender._model = None  # another fit makes a new one by its name
        check_same_encoder(state.catalogue.fingerprint, recommender._encoder)
        recommender._state = state
        recommender._history = history or read_history(folder, state.catalogue.ids)
        return recommender


def _sentences(given: str | Sequence[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _check_k(k: int) -> None:
    if k < 1:
        raise SettingError(f"k is {k}, expected 1 or more")
