"""A fitted recommender together with what came since: every answer of the service comes from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from fewrec import sentences
from fewrec.data import observations_of_user
from fewrec.errors import SettingError, UnknownItemError
from fewrec.models.taste.similarity import TextSpace
from fewrec.ranking import Filters, reasons_of, top_k
from fewrec.recommender import Question, Recommender, Scored, Similar, Taste
from fewrec.serving.overlay import NewItems, Overlay
from fewrec.store import Store
from fewrec.types import Decoded, Examples, Explanation, Recommendation, Recommendations, Vector
from fewrec.words import WordsIndex

N_STAND_INS = 3
"""Fitted neighbours whose audiences are the candidates for a new item."""


@dataclass(frozen=True)
class Live:
    """One state of the service. It never changes; a new one takes its place."""

    fit_id: str
    fitted: Recommender
    """As it was fitted."""
    overlay: Overlay
    store: Store

    @cached_property
    def recommender(self) -> Recommender:
        """The fit, with the columns that items have now."""
        return self.fitted.with_fields(self.overlay.changed)

    @property
    def new_items(self) -> NewItems | None:
        """Items that came after the fit."""
        return self.overlay.new_items

    def _new_item_row(self, item_id: str) -> int | None:
        return None if self.new_items is None else self.new_items.points.row_of.get(item_id)

    # -- tastes ------------------------------------------------------------------------------------------------------------

    def taste(
        self,
        user: str | None = None,
        *,
        like: Sequence[str] = (),
        dislike: Sequence[str] = (),
        say: Sequence[str] = (),
        want: Sequence[str] = (),
    ) -> Taste:
        """As :meth:`Recommender.taste`, with new items among the examples and in the user's history."""
        if both := set(like) & set(dislike):
            raise SettingError(f"both liked and disliked: {', '.join(sorted(both))}", hint="say one of the two")
        also = []
        if self.new_items is not None:
            if user is not None:
                also.append(self._history_with_new_items(user, self.new_items))
            for ids, sign in ((like, 1.0), (dislike, -1.0)):
                rows = [row for item_id in ids if (row := self._new_item_row(item_id)) is not None]
                also.append(
                    _examples(self.new_items, rows, np.full(len(rows), sign, np.float32), np.ones(len(rows), np.float32))
                )
        known_like = [item_id for item_id in like if self._new_item_row(item_id) is None]
        known_dislike = [item_id for item_id in dislike if self._new_item_row(item_id) is None]
        return self.recommender.taste(
            user, like=known_like, dislike=known_dislike, say=say, want=want, also=[each for each in also if len(each)]
        )

    def _history_with_new_items(self, user: str, new_items: NewItems) -> Examples:
        events = self.store.events_of(user)
        events = events.filter(pl.col("item_id").is_in(list(new_items.points.ids)))
        seen = observations_of_user(events, self.recommender.signals)
        rows = [new_items.points.row_of[item_id] for item_id in seen.item_ids]
        return _examples(new_items, rows, seen.utility, seen.weight, seen.kinds)

    # -- lists -------------------------------------------------------------------------------------------------------------

    def recommend(
        self,
        taste: Taste,
        *,
        k: int,
        filters: Filters,
        diversity: float = 0.0,
        exploration: float = 0.0,
        focus: float | None = None,
    ) -> Recommendations:
        """The k best of fitted items and new items, by score. Diversity and exploration order the fitted items among themselves."""
        scored = self.recommender.scored(taste, focus=focus)
        hidden = replace(filters, deny=(*filters.deny, *self.overlay.gone)) if self.overlay.gone else filters
        found = self.recommender.recommend(
            taste, k=k, filters=hidden, diversity=diversity, exploration=exploration, focus=focus, scored=scored
        )
        lines = [self._with_titles(line) for line in found.items]
        if self.new_items is not None:
            lines = _merged(lines, self._new_item_lines(self.new_items, taste, scored, k, filters), k)
        return replace(found, items=tuple(lines))

    def _new_item_lines(
        self, new_items: NewItems, taste: Taste, scored: Scored, k: int, filters: Filters
    ) -> list[Recommendation]:
        points = new_items.points
        columns = {name for fields in points.fields for name in fields}
        if not set(filters.where) <= columns:
            return []
        admitted = filters.admitted(points, np.zeros(0, dtype=np.int64))
        if not filters.include_seen:
            for label in taste.examples.labels:
                row = points.row_of.get(label)
                if row is not None:
                    admitted[row] = False
        has_text = np.diff(new_items.near.indptr) > 0
        of_model = scored.scores - scored.said.sum(axis=0)
        scores = np.where(has_text, new_items.near @ of_model, of_model.mean())
        scores = scores + self._beyond(new_items, taste.examples, scored.unit).sum(axis=0)
        scores = (scores + self._said(new_items, taste, scored).sum(axis=0)).astype(np.float32)
        return [self._with_titles(self._line(new_items, row, taste, scored)) for row in top_k(scores, admitted, k).tolist()]

    def _words_of(self, new_items: NewItems) -> WordsIndex:
        points = new_items.points
        return points.derived("words", lambda: self.fitted.words.extended(points.fields, points.titles))

    def _said(self, new_items: NewItems, taste: Taste, scored: Scored) -> np.ndarray:
        """(s, n) what each sentence adds to each new item: as strong as for the fitted items, by the new item's own words."""
        parts = np.zeros((len(taste.sentences), len(new_items)), dtype=np.float32)
        for place, sentence in enumerate(taste.sentences):
            answered = sentence.evidence.relevance - sentence.evidence.excluded
            row = int(np.abs(answered).argmax())
            if answered[row] != 0:
                here = self._words_of(new_items).evidence(sentence.understood)
                parts[place] = scored.said[place, row] / answered[row] * (here.relevance - here.excluded)
        return parts

    def _beyond(self, new_items: NewItems, examples: Examples, unit: float) -> np.ndarray:
        """(k, n) what a new item's text says about each example beyond its neighbours' text."""
        if len(examples) == 0:
            return np.zeros((0, len(new_items)), dtype=np.float32)
        model = self.recommender.taste_model
        config, n_users = model.config, self.recommender.n_users
        space = TextSpace.of(self.fitted.catalogue)
        spread = np.sqrt(np.maximum(model.prior_mean * (1 - model.prior_mean), 0))  # (m,) s_i
        typical = float(spread.mean())
        at_examples = np.where(examples.rows >= 0, spread[np.maximum(examples.rows, 0)], typical)
        at_new_items = np.where(np.diff(new_items.near.indptr) > 0, new_items.near @ spread, typical)
        alike = (1 - config.lexical - config.own) * (space.place(examples.vectors) @ new_items.dense_beyond.T)
        words = self._words(examples)
        if words is not None:
            alike = alike + config.lexical * (words @ new_items.lexical_beyond.T).toarray()
        share = config.shrinkage / (n_users + config.shrinkage)
        pull = model.infer(examples).alpha * at_examples
        beyond: np.ndarray = (unit * share * pull[:, None] * alike * at_new_items[None]).astype(np.float32)
        return beyond

    def _words(self, examples: Examples):  # type: ignore[no-untyped-def]
        """(k, v) TF-IDF of the examples: the catalogue's rows for items, their own for what was said."""
        lexical = self.fitted.catalogue.lexical
        if lexical.shape[1] == 0 or examples.lexical is None or examples.lexical.shape[1] != lexical.shape[1]:
            return None
        from scipy import sparse

        is_item = examples.rows >= 0
        place = np.flatnonzero(is_item)
        pick = sparse.csr_matrix(
            (np.ones(len(place), dtype=np.float32), (place, examples.rows[is_item])), shape=(len(examples), lexical.shape[0])
        )
        return pick @ lexical + examples.lexical

    def _line(self, new_items: NewItems, row: int, taste: Taste, scored: Scored) -> Recommendation:
        """A new item's line: the mixture's reasons, and the mixture's variance (that within its neighbours and that between them)."""
        points, examples = new_items.points, taste.examples
        mine = new_items.near[row]
        one = NewItems(points, mine, new_items.dense_beyond[row : row + 1], new_items.lexical_beyond[row])
        beyond = self._beyond(one, examples, scored.unit)[:, 0]
        if mine.nnz:
            of_model = replace(scored, said=np.zeros_like(scored.said))
            told = self.recommender.explain(taste, mine.indices.astype(np.int64), of_model)
            weights = mine.data / mine.data.sum()
            prior, parts, means = float(told.prior @ weights), told.parts @ weights, told.score
            within = scored.unit * self.recommender.taste_model.uncertainty(examples, mine.indices.astype(np.int64))
            variance = float(weights @ within**2 + weights @ (means - means @ weights) ** 2)
        else:
            scores = scored.scores - scored.said.sum(axis=0)
            prior, parts, variance = float(scores.mean()), np.zeros(len(examples)), float(scores.var())
        parts = parts + beyond
        for anchor, said in zip(taste.anchors, self._said(new_items, taste, scored)[:, row], strict=True):
            parts[anchor] += said
        told = Explanation(np.array([prior], dtype=np.float32), parts[:, None].astype(np.float32))
        reasons = reasons_of(told, 0, examples, self.recommender.catalogue)
        return Recommendation(
            points.ids[row],
            points.titles[row],
            float(told.score[0]),
            float(np.sqrt(variance)),
            sentences.with_matches(reasons, self._words_of(new_items), taste.sentences, row),
        )

    def _with_titles(self, line: Recommendation) -> Recommendation:
        """Reasons name new items by their titles; the fit knows only their ids."""
        if self.new_items is None:
            return line
        reasons = tuple(
            replace(reason, title=self.title(reason.item_id)) if reason.item_id is not None else reason
            for reason in line.reasons
        )
        return replace(line, reasons=reasons)

    # -- items -------------------------------------------------------------------------------------------------------------

    def title(self, item_id: str) -> str:
        """Of a fitted item or a new item; the id of any other."""
        row = self.recommender.catalogue.row_of.get(item_id)
        if row is not None:
            return self.recommender.catalogue.titles[row]
        place = self._new_item_row(item_id)
        return item_id if place is None or self.new_items is None else self.new_items.points.titles[place]

    def check_item(self, item_id: str) -> None:
        """Raise :class:`UnknownItemError` for an item that is not, or no longer, there."""
        if item_id in self.overlay.gone:
            raise UnknownItemError(f"the item {item_id!r} was deleted", hint="put it again to have it back")
        if self._new_item_row(item_id) is None:
            self.recommender.row(item_id)

    def similar(self, item_id: str, *, k: int) -> tuple[Similar, ...]:
        """The k items most like an item. NewItems are compared by their text alone."""
        self.check_item(item_id)
        new_items, gone = self.new_items, self.overlay.gone
        place = self._new_item_row(item_id)
        if place is None:
            found = [each for each in self.recommender.similar(item_id, k=k + len(gone)) if each.item_id not in gone]
            text = self._text_likeness(self.recommender.row(item_id), fitted=True) if new_items is not None else None
        else:
            assert new_items is not None
            to_fitted = self._text_likeness(place, fitted=False, among_fitted=True)
            admitted = np.ones(len(to_fitted), dtype=bool)
            admitted[[self.recommender.row(each) for each in gone]] = False
            catalogue = self.recommender.catalogue
            best = top_k(to_fitted, admitted, k)
            found = [Similar(catalogue.ids[row], catalogue.titles[row], float(to_fitted[row])) for row in best.tolist()]
            text = self._text_likeness(place, fitted=False)
        if new_items is not None and text is not None:
            points = new_items.points
            found += [
                Similar(points.ids[row], points.titles[row], float(text[row])) for row in range(len(points)) if row != place
            ]
        return tuple(sorted(found, key=lambda each: -each.score)[:k])

    def _text_likeness(self, row: int, *, fitted: bool, among_fitted: bool = False) -> Vector:
        """(n,) or (m,) text kernel between one item and the new items, or the fitted items."""
        assert self.new_items is not None
        config, space, points = self.recommender.taste_model.config, TextSpace.of(self.fitted.catalogue), self.new_items.points
        own_dense = space.dense[row] if fitted else space.place(points.vectors[row : row + 1])[0]
        own_words = space.lexical[row] if fitted else points.lexical[row]
        dense, words = (space.dense, space.lexical) if among_fitted else (space.place(points.vectors), points.lexical)
        alike = (1 - config.lexical - config.own) * (dense @ own_dense)
        if words.shape[1]:
            alike = alike + config.lexical * (words @ own_words.T).toarray().ravel()
        likeness: Vector = alike.astype(np.float32)
        return likeness

    def features(self, item_id: str, *, lang: str | None) -> Decoded:
        """Feature text of an item."""
        self.check_item(item_id)
        place = self._new_item_row(item_id)
        if place is None:
            return self.recommender.describe(item=item_id, lang=lang)
        assert self.new_items is not None
        lang = lang or self.recommender.language()
        return self.recommender.decoder.decode(self.new_items.points.vectors[place], lang=lang, n_phrases=5, kind="item")

    def profile(self, taste: Taste, *, lang: str | None) -> Decoded:
        """Preference text of a taste."""
        return self.recommender.describe(taste, lang=lang)

    def audience(self, item_id: str, *, k: int) -> tuple[tuple[str, Recommendation], ...]:
        """Whom an item suits. A new item's candidates are the audiences of its nearest fitted items."""
        self.check_item(item_id)
        place = self._new_item_row(item_id)
        if place is None:
            return self.recommender.audience(item_id, k=k)
        assert self.new_items is not None
        mine = self.new_items.near[place]
        stand_ins = mine.indices[np.argsort(-mine.data)][:N_STAND_INS]
        ids = self.recommender.catalogue.ids
        users = {user: None for row in stand_ins for user, _ in self.recommender.audience(ids[row], k=k)}
        found = []
        for user in users:
            taste = self.taste(user)
            if item_id not in taste.examples.labels:
                line = self._line(self.new_items, place, taste, self.recommender.scored(taste))
                found.append((user, self._with_titles(line)))
        return tuple(sorted(found, key=lambda pair: -pair[1].score)[:k])

    def questions(self, taste: Taste, *, k: int) -> tuple[Question, ...]:
        """What to ask. NewItems are not asked about: few people can know them."""
        gone = self.overlay.gone
        found = self.recommender.ask(taste, k=k + min(len(gone), 20))
        return tuple(each for each in found if each.item_id not in gone)[:k]


def _examples(
    new_items: NewItems, rows: Sequence[int], utility: Vector, weight: Vector, kinds: Sequence[str] | None = None
) -> Examples:
    """NewItems as observations at the points of their texts."""
    place = np.asarray(rows, dtype=np.int64)
    points = new_items.points
    return Examples(
        rows=np.full(len(place), -1, dtype=np.int64),
        vectors=points.vectors[place],
        utility=utility,
        weight=weight,
        kinds=tuple(kinds) if kinds is not None else tuple("like" if each > 0 else "dislike" for each in utility),
        labels=tuple(points.ids[row] for row in rows),
        lexical=points.lexical[place],
    )


def _merged(fitted: list[Recommendation], new: list[Recommendation], k: int) -> list[Recommendation]:
    """Each new item before the first fitted item of a lower score; the order among the fitted ones stays."""
    lines: list[Recommendation] = []
    waiting = list(new)
    for line in fitted:
        while waiting and waiting[0].score > line.score:
            lines.append(waiting.pop(0))
        lines.append(line)
    return (lines + waiting)[:k]


def where_of(conditions: Mapping[str, str | Sequence[str]]) -> dict[str, list[str]]:
    """``{"genres": "Drama"}`` or ``{"genres": ["Drama", "Comedy"]}`` as :class:`Filters` takes it."""
    return {name: [value] if isinstance(value, str) else list(value) for name, value in conditions.items()}
