"""The whole path, top to bottom: data -> text -> encoder E -> taste -> decoder D -> ranking, one method a stage."""

from __future__ import annotations

import difflib
import zlib
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from fewrec.columns import title_of
from fewrec.data import (
    EVENT_SCHEMA,
    SignalConfig,
    observations_of_user,
    read_events,
    read_items,
    read_statements,
    to_interactions,
)
from fewrec.decoders import PhraseDecoder, PhraseVocabulary, mine_phrases
from fewrec.decoders.registry import Reader, load_decoder
from fewrec.encoders import MANY_TEXTS, LexicalSpace, VectorCache, check_same_encoder, encoder_for, load_encoder
from fewrec.errors import ModelLoadError, NotFittedError, SettingError, UnknownItemError
from fewrec.models.blend.ensemble import Ensemble, Scales
from fewrec.models.blend.prior import DomainPrior
from fewrec.models.registry import make_model
from fewrec.models.taste import GaussianConfig, GaussianTaste
from fewrec.ops.leave_one_out import leave_one_out
from fewrec.persistence import load_object, save_object
from fewrec.preparation import catalogue_of, prepare_catalogue, prepare_statements
from fewrec.ranking import Filters, best_questions, diversified, reasons_of, top_k
from fewrec.text import clean, words
from fewrec.types import (
    Additive,
    Catalogue,
    Dataset,
    Decoded,
    Encoder,
    Examples,
    Explanation,
    Interactions,
    Model,
    Recommendation,
    Recommendations,
    Rows,
    Vector,
)

MAX_EXAMPLES = 300
"""The latest observations of a user that are used: the cost of a taste grows with their cube."""
COMMENT_WEIGHT = 0.3
"""What a review says beside the rating it came with, in units of a plain like."""
STATEMENT_WEIGHT = 10.0
"""A sentence says outright what is wanted, where a like is one case of it: the noise of a tenth of a like's."""
N_CANDIDATES = 200
"""Items that diversity, exploration and questions choose among."""
N_SAMPLED = 2000
"""Items that the spread of scores is measured on: more would cost a second pass over a large catalogue at every request."""

Progress = Callable[[str], None]


class History(Protocol):
    """Where the known users' behaviour is looked up: frames in memory, or a store."""

    def events_of(self, user_id: str) -> pl.DataFrame:
        """One user's events in order of arrival; no rows for a user nobody knows."""

    def statements_of(self, user_id: str) -> pl.DataFrame:
        """One user's statements."""

    def dataset(self) -> Dataset:
        """Everything."""


@dataclass(frozen=True)
class FrameHistory:
    """A history that was read from files or frames."""

    data: Dataset

    def events_of(self, user_id: str) -> pl.DataFrame:
        """One user's events in order of arrival."""
        return self.data.events.filter(pl.col("user_id") == user_id)

    def statements_of(self, user_id: str) -> pl.DataFrame:
        """One user's statements in order of arrival."""
        return self.data.statements.filter(pl.col("user_id") == user_id)

    def dataset(self) -> Dataset:
        """Everything."""
        return self.data


@dataclass(frozen=True)
class Taste:
    """What is known of one asker, ready to rank with. Made by :meth:`Recommender.taste`."""

    user: str | None
    examples: Examples
    seen: Rows
    """Rows of the items among the examples, whatever was said of them."""
    vector: Vector
    """(d,) unit: where the taste points in E's space; what the decoder reads."""


@dataclass(frozen=True)
class Scored:
    """The whole catalogue scored for one taste."""

    scores: Vector
    """(m,) of the model."""
    unit: float
    """What one unit of the taste model's utility is in units of these scores."""
    scales: Scales | None = None
    """Of an ensemble's members, for explaining these scores without scoring again."""


@dataclass(frozen=True)
class Question:
    """An item worth asking about. ``gain``: expected rise of the list's summed utility once it is answered."""

    item_id: str
    title: str
    gain: float


@dataclass(frozen=True)
class Similar:
    """An item like another. ``score``: correlation under the prior, at most about 1."""

    item_id: str
    title: str
    score: float


@dataclass(frozen=True)
class _State:
    """What ``fit`` learned, as it is saved."""

    encoder_name: str
    model_name: str
    catalogue: Catalogue
    lexical: LexicalSpace
    model: Model
    taste: GaussianTaste
    vocabulary: PhraseVocabulary
    signals: SignalConfig
    n_users: int
    notes: tuple[str, ...]


class Recommender:
    """Recommends from a handful of examples. ``fit`` once on a catalogue (events optional), then ask for anybody.

    ``encoder`` and ``model`` take the names of ``fewrec models``; without an ``encoder`` the size of the catalogue decides between
    ``default`` and ``fast`` (:func:`~fewrec.encoders.encoder_for`). ``cache`` is a file that keeps vectors between fits; ``signals``
    says how events count; ``prior`` is what another domain taught (:class:`~fewrec.models.blend.prior.DomainPrior` or its file);
    ``progress`` is told each stage as it starts.
    """

    def __init__(
        self,
        encoder: str | None = None,
        model: str = "auto",
        *,
        signals: SignalConfig | None = None,
        prior: DomainPrior | str | Path | None = None,
        cache: str | Path | None = None,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> None:
        make_model(model)  # an unknown name is an error now, not after an hour of encoding
        self._asked_encoder, self._model_name = encoder, model
        self._prior = DomainPrior.load(prior) if isinstance(prior, str | Path) else prior
        self._cache = VectorCache(cache) if cache is not None else None
        if encoder is not None:
            self._encoder: Encoder = load_encoder(encoder, cache=self._cache)
        self._signals = signals or SignalConfig()
        self._seed = seed
        self._progress: Progress = progress or (lambda _: None)
        self._state: _State | None = None
        self._decoder: PhraseDecoder | None = None
        self._readers: dict[str, Reader] = {}
        self._history: History | None = None

    # -- fit: data -> text -> vectors -> models ---------------------------------------------------------------------------

    def fit(self, items: Any, events: Any = None, statements: Any = None) -> Recommender:
        """Learn a catalogue and, where there are any, its users' events. Paths or data frames; see :mod:`fewrec.data`.

        Raises:
            DataError: an input cannot be used at all. Rows that could not be used are in :attr:`notes`.
        """
        item_table, summary = read_items(items)
        notes = [*map(str, summary.bad), *summary.notes]
        tables = []
        for source, read in ((events, read_events), (statements, read_statements)):
            table, summary = read(source if source is not None else _NO_ROWS[read.__name__])
            notes += [*map(str, summary.bad), *summary.notes] if source is not None else []
            tables.append(table)
        return self.fit_dataset(Dataset(item_table, *tables), notes=notes)

    def fit_dataset(self, data: Dataset, *, notes: Sequence[str] = (), history: History | None = None) -> Recommender:
        """The same for tables that were read before. ``history`` answers for known users instead of ``data`` (a store, say)."""
        encoder_name, choice = self._choose_encoder(data.items.height)
        self._progress(f"encoding {data.items.height:,} items")
        catalogue, lexical = prepare_catalogue(data.items, self._encoder)
        signals = self._signals.resolved(data.events)
        interactions, remarks = to_interactions(data.events, catalogue.ids, signals)
        self._progress(f"fitting {self._model_name} on {interactions.n_users:,} users")
        model = make_model(self._model_name, self._prior)
        model.fit(catalogue, interactions, rng=np.random.default_rng(self._seed))
        taste = _taste_within(model)
        if taste is None:
            taste = GaussianTaste(GaussianConfig()).fit(catalogue, interactions, rng=np.random.default_rng(self._seed))
        self._progress("mining phrases")
        vocabulary = mine_phrases(
            catalogue.fields, words=words, encode=self._encoder.encode, items=catalogue.vectors, clean=clean
        )
        self._state = _State(
            encoder_name,
            self._model_name,
            catalogue,
            lexical,
            model,
            taste,
            vocabulary,
            signals,
            interactions.n_users,
            (*choice, *notes, *remarks),
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
        if n_texts <= MANY_TEXTS:
            return name, []
        faster = f"more than {MANY_TEXTS:,} items and no encoder named: encoded with {name}, many times faster than default"
        return name, [f"{faster} and a little less exact; encoder default is taken where it is named"]

    # -- taste: k examples -> what a user will like -----------------------------------------------------------------------

    def taste(
        self,
        user: str | None = None,
        *,
        like: Sequence[str] = (),
        dislike: Sequence[str] = (),
        say: Sequence[str] = (),
        also: Sequence[Examples] = (),
    ) -> Taste:
        """A taste from a known user's history, from examples given here, or from both. Nothing at all is k = 0: the prior.

        ``also``: examples made elsewhere, such as of items that came after the fit (:meth:`place`), the latest last.

        Raises:
            UnknownItemError: an example is not in the catalogue.
            SettingError: an item is both liked and disliked.
        """
        catalogue = self._fitted().catalogue
        both = set(like) & set(dislike)
        if both:
            raise SettingError(f"both liked and disliked: {', '.join(sorted(both))}", hint="say one of the two")
        parts = [] if user is None else self._examples_of_user(user)
        rows = [self.row(item_id) for item_id in (*like, *dislike)]
        if rows:
            likes = Examples.of_likes(catalogue, rows)
            sign = np.array([1.0] * len(like) + [-1.0] * len(dislike), dtype=np.float32)
            kinds = ("like",) * len(like) + ("dislike",) * len(dislike)
            parts.append(Examples(likes.rows, likes.vectors, sign, likes.weight, kinds, likes.labels))
        if say:
            parts.append(self._said(say, np.full(len(say), STATEMENT_WEIGHT)))
        parts += also
        return self._taste_of(user, _latest(_joined(parts, catalogue), MAX_EXAMPLES))

    def _taste_of(self, user: str | None, examples: Examples) -> Taste:
        rows = examples.rows[examples.rows >= 0]
        return Taste(user, examples, np.unique(rows), self._fitted().taste.taste_vector(examples))

    def _examples_of_user(self, user: str) -> list[Examples]:
        """A known user's events, the reviews among them, and her statements, as examples."""
        state = self._fitted()
        assert self._history is not None
        events = self._history.events_of(user)
        catalogue = state.catalogue
        known = [item_id in catalogue.row_of for item_id in events["item_id"]]
        events = events.filter(pl.Series(known, dtype=pl.Boolean))
        seen = observations_of_user(events, state.signals)
        rows = np.array([catalogue.row_of[item_id] for item_id in seen.item_ids], dtype=np.int64)
        parts = [Examples(rows, catalogue.vectors[rows], seen.utility, seen.weight, seen.kinds, seen.item_ids)]
        liked = {item_id: float(u) for item_id, u in zip(seen.item_ids, seen.utility, strict=True)}
        comments = [
            (text, liked[item_id])
            for item_id, text in events.select("item_id", "text").iter_rows()
            if text and text.strip() and item_id in liked
        ][-20:]
        if comments:
            # A review's point is its words; whether they speak for or against is what the event beside them says.
            sign = np.sign([utility for _, utility in comments]).astype(np.float32)
            said = self._said([text for text, _ in comments], np.full(len(comments), COMMENT_WEIGHT), polarity=sign)
            parts.append(said)
        statements = self._history.statements_of(user)["text"].to_list()
        if statements:
            parts.append(self._said(statements, np.full(len(statements), STATEMENT_WEIGHT)))
        return parts

    def _said(self, texts: Sequence[str], weight: NDArray[Any], polarity: Vector | None = None) -> Examples:
        state = self._fitted()
        said = prepare_statements(texts, self._encoder, state.lexical)
        source = np.array(said.source, dtype=np.int64)
        return Examples(
            rows=np.full(len(source), -1, dtype=np.int64),
            vectors=said.vectors,
            utility=said.polarity if polarity is None else polarity[source],
            weight=np.asarray(weight, dtype=np.float32)[source],
            kinds=("statement",) * len(source),
            labels=said.labels,
            lexical=said.lexical,
        )

    # -- ranking: taste -> list with reasons ------------------------------------------------------------------------------

    def recommend(
        self,
        taste: Taste | None = None,
        *,
        k: int = 10,
        filters: Filters | None = None,
        diversity: float = 0.0,
        exploration: float = 0.0,
        rng: np.random.Generator | None = None,
        scored: Scored | None = None,
    ) -> Recommendations:
        """The k best items for a taste, with the summands of every score as reasons.

        ``diversity`` in [0, 1] trades score for variety among the best 200; ``exploration`` >= 0 orders them by a draw from the
        posterior that far from its mean (1 is Thompson sampling). The scores and reasons shown are always those of the mean.
        ``scored``: what :meth:`scored` gave for this taste, where it is at hand.
        """
        _check_k(k)
        if not 0 <= diversity <= 1:
            raise SettingError(f"diversity is {diversity}, expected 0 to 1")
        if exploration < 0:
            raise SettingError(f"exploration is {exploration}, expected 0 or more")
        state = self._fitted()
        taste = taste or self.taste()
        scored = scored or self.scored(taste)
        scores, unit = scored.scores, scored.unit
        admitted = (filters or Filters()).admitted(state.catalogue, taste.seen)
        order_by = scores
        rows = top_k(scores, admitted, max(k, N_CANDIDATES) if diversity or exploration else k)
        if exploration and len(rows):
            rng = rng or np.random.default_rng([self._seed, zlib.crc32((taste.user or "").encode())])
            covariance = state.taste.covariance(taste.examples, rows).astype(np.float64)
            draw = rng.multivariate_normal(np.zeros(len(rows)), covariance, method="eigh", check_valid="ignore")
            order_by = scores.copy()
            order_by[rows] += exploration * unit * draw
            rows = rows[np.argsort(-order_by[rows], kind="stable")]
        rows = diversified(order_by, rows, state.catalogue.vectors, k, diversity) if diversity else rows[:k]
        return Recommendations(taste.user, self._lines(taste.examples, rows, scored))

    def scored(self, taste: Taste) -> Scored:
        """Score the whole catalogue: the costly part of :meth:`recommend`, for callers who need the scores for more."""
        model = self._fitted().model
        if isinstance(model, Ensemble):
            blended, scales = model.score_and_scales([taste.examples])
            return Scored(blended[0], self._unit(blended[0], taste.examples), scales)
        scores = model.score([taste.examples])[0]
        return Scored(scores, self._unit(scores, taste.examples))

    def explain(self, taste: Taste, rows: Rows, scored: Scored | None = None) -> Explanation:
        """The scores at catalogue rows, taken apart into what holds for anybody and what each example adds.

        ``scored``: what :meth:`scored` gave for this taste, where it is at hand.
        """
        return self._explain(taste.examples, rows, scored)

    def _lines(self, examples: Examples, rows: Rows, scored: Scored) -> tuple[Recommendation, ...]:
        state = self._fitted()
        told = self._explain(examples, rows, scored)
        deviation = scored.unit * state.taste.uncertainty(examples, rows)
        return tuple(
            Recommendation(
                item_id=state.catalogue.ids[row],
                title=state.catalogue.titles[row],
                score=float(told.score[column]),
                uncertainty=float(deviation[column]),
                reasons=reasons_of(told, column, examples, state.catalogue),
            )
            for column, row in enumerate(rows)
        )

    def _explain(self, examples: Examples, rows: Rows, scored: Scored | None = None) -> Explanation:
        model = self._fitted().model
        if isinstance(model, Ensemble):
            return model.explain(examples, rows, scales=None if scored is None else scored.scales)
        if isinstance(model, Additive):
            return model.explain(examples, rows)
        return leave_one_out(model.score, examples, rows)

    def _unit(self, scores: Vector, examples: Examples) -> float:
        """What one unit of the taste model's utility is in units of these scores: the ratio of their spreads over (a sample of) the items."""
        state = self._fitted()
        if state.model is state.taste:
            return 1.0
        sampled = np.arange(len(scores))
        if len(scores) > N_SAMPLED:
            sampled = np.sort(np.random.default_rng(0).choice(len(scores), N_SAMPLED, replace=False))
        spread = float(state.taste.explain(examples, sampled).score.std())
        return float(scores[sampled].std()) / spread if spread > 1e-9 else 1.0

    # -- decoding: vectors -> words ---------------------------------------------------------------------------------------

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

        ``lang`` ``zh`` or ``en``; None is the catalogue's own. ``decoder``: a name of :data:`fewrec.decoders.registry.DECODERS`, or a decoder.
        """
        catalogue = self._fitted().catalogue
        lang = lang or self.language()
        reader = self.reader(decoder) if isinstance(decoder, str) else decoder
        if item is not None:
            return reader.decode(catalogue.vectors[self.row(item)], lang=lang, n_phrases=n_phrases, kind="item")
        taste = taste or self.taste()
        return reader.decode(taste.vector, lang=lang, n_phrases=n_phrases, kind="user")

    def reader(self, name: str) -> Reader:
        """A decoder by its name (:data:`fewrec.decoders.registry.DECODERS`), made once."""
        if name not in self._readers:
            self._readers[name] = load_decoder(name, phrases=self.decoder, encoder=self._encoder)
        return self._readers[name]

    def language(self) -> str:
        """``zh`` where most titles hold Chinese characters, else ``en``."""
        titles = self._fitted().catalogue.titles
        n_chinese = sum(any("一" <= char <= "鿿" for char in title) for title in titles)
        return "zh" if 2 * n_chinese > len(titles) else "en"

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
        state = self._fitted()
        row = self.row(item)
        alike = state.taste.correlation(row)
        admitted = np.ones(len(alike), dtype=bool)
        admitted[row] = False
        catalogue = state.catalogue
        return tuple(Similar(catalogue.ids[r], catalogue.titles[r], float(alike[r])) for r in top_k(alike, admitted, k))

    def audience(self, item: str, *, k: int = 10) -> tuple[tuple[str, Recommendation], ...]:
        """The k known users whom an item suits best and who have not met it, with the item's line in each one's list.

        Scores are the taste model's utilities, which compare between users. A linear score over all users picks ten times k of
        them, their posteriors given what they did pick k, and these are then asked in full, with what they said.
        """
        _check_k(k)
        state = self._fitted()
        assert self._history is not None
        row = self.row(item)
        events = self._history.dataset().events
        interactions, _ = to_interactions(events, state.catalogue.ids, state.signals)
        users = _candidates_for(row, interactions, state.taste.kernel_row(row), 10 * k)
        did = [_of_interactions(interactions, user, state.catalogue) for user in users]
        likely = np.array([state.taste.explain(each, np.array([row])).score[0] for each in did], dtype=np.float32)
        found = []
        for user in users[np.argsort(-likely, kind="stable")[:k]]:
            examples = self.taste(interactions.user_ids[user]).examples
            told = state.taste.explain(examples, np.array([row]))
            uncertainty = float(state.taste.uncertainty(examples, np.array([row]))[0])
            reasons = reasons_of(told, 0, examples, state.catalogue)
            line = Recommendation(item, state.catalogue.titles[row], float(told.score[0]), uncertainty, reasons)
            found.append((interactions.user_ids[user], line))
        found.sort(key=lambda pair: -pair[1].score)
        return tuple(found)

    def ask(self, taste: Taste | None = None, *, k: int = 5) -> tuple[Question, ...]:
        """The k items whose answers would most improve this user's list, best first."""
        _check_k(k)
        state = self._fitted()
        taste = taste or self.taste()
        mean = state.taste.score([taste.examples])[0]
        prior = state.taste.prior_mean
        open_ = np.ones(len(mean), dtype=bool)
        open_[taste.seen] = False
        # The list is drawn from what now looks best and from what people know: both are asked about.
        rows = np.union1d(top_k(mean, open_, N_CANDIDATES // 2), top_k(prior, open_, N_CANDIDATES // 2))
        if len(rows) == 0:
            return ()
        familiarity = prior[rows] / max(float(prior[rows].max()), 1e-9)
        chosen, gains = best_questions(
            mean[rows],
            state.taste.covariance(taste.examples, rows),
            state.taste.noise_of(),
            np.sqrt(familiarity),
            n_questions=k,
        )
        ids, titles = state.catalogue.ids, state.catalogue.titles
        return tuple(Question(ids[r], titles[r], float(gain)) for r, gain in zip(rows[chosen].tolist(), gains, strict=True))

    def place(self, ids: Sequence[str], fields: Sequence[Mapping[str, str]]) -> Catalogue:
        """Items that came after the fit, as points of the fitted spaces: their text encoded, their words weighed as the others' were."""
        return catalogue_of(ids, fields, self._encoder, self._fitted().lexical)[0]

    def with_fields(self, changed: Mapping[str, Mapping[str, str]]) -> Recommender:
        """The same fit with other columns shown and filtered by for some items, until the next fit reads them."""
        state = self._fitted()
        if not changed:
            return self
        titles, fields = list(state.catalogue.titles), list(state.catalogue.fields)
        for item_id, columns in changed.items():
            row = self.row(item_id)
            titles[row], fields[row] = title_of(columns, item_id, clean), columns
        other = copy(self)
        other._state = replace(state, catalogue=replace(state.catalogue, titles=tuple(titles), fields=tuple(fields)))
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
        """The taste model: the model itself, its member, or one beside it."""
        return self._fitted().taste

    @property
    def signals(self) -> SignalConfig:
        """How events count."""
        return self._fitted().signals

    @property
    def encoder(self) -> Encoder:
        """What turns text into vectors."""
        return self._encoder

    def interactions(self) -> Interactions:
        """What the known users did with the fitted items."""
        state = self._fitted()
        assert self._history is not None
        return to_interactions(self._history.dataset().events, state.catalogue.ids, state.signals)[0]

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
        catalogue = self._fitted().catalogue
        if item_id in catalogue.row_of:
            return catalogue.row_of[item_id]
        by_title = [
            i for i, title in zip(catalogue.ids, catalogue.titles, strict=True) if title.casefold() == item_id.casefold()
        ]
        near = by_title[:3] or difflib.get_close_matches(item_id, catalogue.ids, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "ids are those of the items file; ingest and fit to add new ones"
        raise UnknownItemError(f"there is no item {item_id!r} among the {len(catalogue):,} fitted ones", hint=hint)

    def _fitted(self) -> _State:
        if self._state is None:
            raise NotFittedError("the recommender has not been fitted", hint="call fit(items, events) first, or load(path)")
        return self._state

    # -- saving -----------------------------------------------------------------------------------------------------------

    def save(self, path: str | Path, *, history: bool = True) -> None:
        """Write to a folder: JSON and arrays, and (unless ``history`` is False) the users' events and statements as Parquet."""
        folder = Path(path)
        save_object(self._fitted(), folder)
        if history and self._history is not None:
            data = self._history.dataset()
            data.events.write_parquet(folder / "events.parquet")
            data.statements.write_parquet(folder / "statements.parquet")

    @classmethod
    def load(
        cls,
        path: str | Path,
        *,
        history: History | None = None,
        cache: str | Path | None = None,
        encoder: Callable[[str], Encoder] | None = None,
    ) -> Recommender:
        """What :meth:`save` wrote. The encoder must be the one it was fitted with; ``encoder`` makes it from its name in another way.

        Raises:
            ModelLoadError: nothing readable there.
            EncoderMismatchError: the encoder of that name now gives other vectors.
        """
        folder = Path(path)
        state = load_object(folder)
        if not isinstance(state, _State):
            raise ModelLoadError(f"{folder} holds a {type(state).__name__}, not a recommender")
        recommender = cls(state.encoder_name, state.model_name, signals=state.signals, cache=cache)
        if encoder is not None:
            recommender._encoder = encoder(state.encoder_name)
        check_same_encoder(state.catalogue.fingerprint, recommender._encoder)
        recommender._state = state
        if history is None:
            tables = [_parquet(folder / name, empty) for name, empty in _FILES.items()]
            history = FrameHistory(Dataset(pl.DataFrame({"item_id": list(state.catalogue.ids)}), *tables))
        recommender._history = history
        return recommender


_NO_ROWS = {
    "read_events": pl.DataFrame(schema={**EVENT_SCHEMA}),
    "read_statements": pl.DataFrame(schema={"user_id": pl.String, "text": pl.String, "timestamp": pl.Float64}),
}
_FILES = {"events.parquet": _NO_ROWS["read_events"], "statements.parquet": _NO_ROWS["read_statements"]}


def _parquet(path: Path, empty: pl.DataFrame) -> pl.DataFrame:
    return pl.read_parquet(path) if path.exists() else empty


def _check_k(k: int) -> None:
    if k < 1:
        raise SettingError(f"k is {k}, expected 1 or more")


def _taste_within(model: Model) -> GaussianTaste | None:
    if isinstance(model, GaussianTaste):
        return model
    return model.taste if isinstance(model, Ensemble) else None


def _joined(parts: Sequence[Examples], catalogue: Catalogue) -> Examples:
    """Examples one after the other; of two about the same item the later one stands."""
    if not parts:
        return Examples.none(catalogue.vectors.shape[1])
    v = catalogue.lexical.shape[1]
    lexical = sparse.vstack(
        [p.lexical if p.lexical is not None else sparse.csr_matrix((len(p), v), dtype=np.float32) for p in parts]
    ).tocsr()
    rows = np.concatenate([p.rows for p in parts])
    last = {int(row): place for place, row in enumerate(rows) if row >= 0}
    kept = np.array([place for place, row in enumerate(rows) if row < 0 or last[int(row)] == place], dtype=np.int64)
    whole = Examples(
        rows,
        np.concatenate([p.vectors for p in parts]),
        np.concatenate([p.utility for p in parts]),
        np.concatenate([p.weight for p in parts]),
        tuple(kind for p in parts for kind in p.kinds),
        tuple(label for p in parts for label in p.labels),
        lexical,
    )
    return whole.take(kept)


def _latest(examples: Examples, n: int) -> Examples:
    return examples if len(examples) <= n else examples.take(np.arange(len(examples) - n, len(examples)))


def _of_interactions(interactions: Interactions, user: int, catalogue: Catalogue) -> Examples:
    return Examples.of_entries(catalogue, interactions, np.flatnonzero(interactions.user == user)[-MAX_EXAMPLES:])


def _candidates_for(row: int, interactions: Interactions, kernel: Vector, n: int) -> Rows:
    """Users who have not met item ``row``, best first by the sum of its kernel with what they liked and disliked."""
    score = np.asarray(interactions.utilities @ kernel).ravel()
    have = np.zeros(interactions.n_users, dtype=bool)
    have[interactions.user[interactions.item == row]] = True
    return top_k(score.astype(np.float32), ~have, n)
