"""``requests``: does a sentence get what it asks for, and what is a sentence worth beside k likes?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from time import perf_counter
from typing import Any, Literal, cast

import numpy as np
import polars as pl

from fewrec.errors import DataError, SettingError
from fewrec.evaluation.cache import content_hash
from fewrec.evaluation.histories import Histories
from fewrec.evaluation.model_calls import Factory
from fewrec.evaluation.outcomes import Outcome, PerUser
from fewrec.evaluation.protocols.base import DrawResult
from fewrec.evaluation.request_rankers import Ranker
from fewrec.evaluation.requests import Request, binary_ndcg, graded_ndcg, half, matching, precision, share_within
from fewrec.evaluation.seeds import derived_rng
from fewrec.evaluation.sentences_of_likes import Facets, sentence_of
from fewrec.evaluation.settings import SampledSettings, Size
from fewrec.evaluation.splits import active_users, hold_out, shuffled_users, sizes_to_run
from fewrec.text import content_words
from fewrec.types import Catalogue, Interactions, Rows

HELD_OUT_LIKES = "held-out-likes"
"""The kind of the sentences that are made of held-out users' likes."""
_ASKED = ("p", "ndcg", "excluded", "unmoved")
_DEPTH = 10


@dataclass(frozen=True, kw_only=True)
class RequestsSettings(SampledSettings):
    """Settings of ``requests``."""

    seeds: int = 1
    """Draws of held-out and training users; the requests are the same in all."""
    small_draws: int = 1
    metrics: tuple[str, ...] = ("p@10", "ndcg@10", "excluded@10", "unmoved@10", "likes-ndcg@10")
    min_users: int = 3
    """With fewer held-out users than this no sentences are made of likes. A request is asked however few there are."""
    half: Literal["all", "development", "test"] = "all"
    """Which of the requests are asked: half of them by the SHA-256 digest of their text (:func:`fewrec.evaluation.requests.half`)."""
    k: tuple[int, ...] = (0, 1, 3, 10)
    """Likes shown beside a sentence that was made of a held-out user's other likes."""
    train_users: tuple[Size, ...] = ("all",)
    held_out: float = 0.2
    """Share of users whose likes become sentences and who are never trained on, in (0, 1)."""
    max_test_users: int | None = 200
    sentence_lang: Literal["zh", "en"] | None = None
    """Language of the sentences made of likes; None for the catalogue's own."""

    family = "requests"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.half not in {"all", "development", "test"}:
            raise SettingError(
                f"half is {self.half!r}, expected all, development or test", hint="leave it out for all requests"
            )
        if not self.k or any(not isinstance(k, int) or k < 0 for k in self.k):
            raise SettingError(
                f"k is {self.k!r}, expected numbers of likes, 0 or more", hint="write numbers, such as --k 0,1,3"
            )
        if not 0 < self.held_out < 1:
            raise SettingError(f"held_out is {self.held_out}, expected a share between 0 and 1", hint="0.2 is the default")


@dataclass(frozen=True)
class _Asked:
    """A request with the catalogue rows that it speaks of."""

    request: Request
    relevant: frozenset[int]
    excluded: frozenset[int] | None
    likes: tuple[int, ...]
    cluster: int
    """The same for several wordings of one request."""


@dataclass(frozen=True)
class _Told:
    """A held-out user whose likes were split: a sentence and examples come from one half, the other half must be found."""

    user: int
    sentence: str
    shown: tuple[int, ...]
    """Rows of the half that the sentence speaks of, in the order in which they are revealed as likes."""
    hidden: frozenset[int]


class Requests:
    """Sentences with what answers them, on one catalogue; and sentences made of the likes of users who are not trained on.

    ``items``: the items table, for the rules. Several wordings of the same request are resampled together, so ``n_users`` of a row is
    the number of different requests.
    """

    name = "requests"

    def __init__(
        self,
        catalogue: Catalogue,
        interactions: Interactions,
        items: pl.DataFrame,
        requests: Sequence[Request],
        settings: RequestsSettings | None = None,
    ) -> None:
        self.settings = settings or RequestsSettings()
        self.catalogue, self.interactions = catalogue, interactions
        self.notes: list[str] = []
        rows = items.to_dicts()
        if [str(row["item_id"]) for row in rows] != list(catalogue.ids):
            raise DataError(
                "the items table and the catalogue hold different items", hint="build the catalogue from that table"
            )
        self.likes: list[float] = np.asarray(interactions.likes.sum(axis=0), dtype=np.float64).ravel().tolist()
        self.asked = self._resolved([one for one in requests if self._in_half(one)], rows)
        self._split()
        texts = repr([(one.request, sorted(one.relevant)) for one in self.asked])
        self.data_hash = content_hash(catalogue, interactions, texts)
        counts = {"users": len(active_users(interactions)), "items": len(catalogue), "events": len(interactions)}
        self.dataset: dict[str, Any] = counts | {"requests": len(self.asked)}

    def _in_half(self, request: Request) -> bool:
        return self.settings.half in {"all", half(request.text)}

    def _resolved(self, requests: Sequence[Request], rows: Sequence[Mapping[str, object]]) -> list[_Asked]:
        found, empty = [], 0
        clusters: dict[str, int] = {}
        for request in requests:
            relevant = self._rows(request.relevant) if request.where is None else matching(request.where, rows)
            likes = self._rows(request.like)
            answer = frozenset(relevant or ()) - set(likes)
            excluded = None if request.excluded is None else frozenset(matching(request.excluded, rows))
            if not answer:
                empty += 1
                continue
            cluster = clusters.setdefault(request.cluster, len(clusters))
            found.append(_Asked(request, answer, excluded, tuple(likes), cluster))
        if empty:
            self.notes.append(f"{empty} requests match no item of this catalogue and were left out")
        if not found:
            raise DataError(
                f"none of the {len(requests)} requests matches an item of this catalogue",
                hint="rules speak of the columns of the items file; --half leaves requests out",
            )
        return found

    def _rows(self, ids: Sequence[str] | None) -> list[int]:
        unknown = [one for one in ids or () if one not in self.catalogue.row_of]
        if unknown:
            raise DataError(f"a request names item {unknown[0]!r}, which is not in the catalogue")
        return [self.catalogue.row_of[one] for one in ids or ()]

    def _split(self) -> None:
        """The numbers of training users that exist; without ten users there are none to hold out."""
        self._enough = len(active_users(self.interactions)) >= 10
        if self._enough:
            _, others = hold_out(self.interactions, self.settings.held_out, self.settings.seed, 0)
            self.sizes, notes = sizes_to_run(self.settings.train_users, len(others))
        else:
            n = len(active_users(self.interactions))
            self.sizes, notes = sizes_to_run(self.settings.train_users, n)
            notes.append(f"{n} users with events: nobody was held out, and no sentence was made of likes")
        self.notes += notes

    def draws(self, train_users: int) -> int:
        """How many draws of that many training users."""
        return self.settings.draws(train_users)

    def key(self) -> dict[str, Any]:
        """What a cell depends on beside data, model, draw and number of training users."""
        names = ("seed", "half", "k", "held_out", "max_test_users", "sentence_lang", "min_users", "metrics")
        return {name: getattr(self.settings, name) for name in names}

    def draw(self, number: int) -> RequestsDraw:
        """Draw ``number``."""
        seed = self.settings.seed
        if self._enough:
            held, others = hold_out(self.interactions, self.settings.held_out, seed, number)
        else:
            held = np.zeros(0, dtype=np.int64)
            others = shuffled_users(self.interactions, active_users(self.interactions), "split", seed, number)
        held_out_likes, ks, notes = self._held_out_likes(held, number)
        return RequestsDraw(self, others, held_out_likes, ks, notes)

    def _held_out_likes(self, held: Rows, number: int) -> tuple[list[_Told], list[int], list[str]]:
        """Held-out users with enough likes for every k, the same users at all of them; the largest k go where too few have them."""
        histories, facets = Histories(self.interactions), Facets(self.catalogue.fields, content_words)
        positives = {int(user): histories[int(user)].positives for user in held}
        ks, notes = sorted(set(self.settings.k)), []
        while ks:
            least = 2 * max(ks[-1], 2)
            able = [user for user in held.tolist() if len(positives[user]) >= least]
            if len(able) >= self.settings.min_users:
                break
            notes.append(f"sentences of likes: k = {ks.pop()} skipped, {len(able)} held-out users have {least} likes")
        lang, found = self.settings.sentence_lang or facets.language, []
        for user in able if ks else ():
            rng = derived_rng("sentence", self.settings.seed, number, self.interactions.user_ids[user])
            order = rng.permutation(np.sort(positives[user])).tolist()
            shown, hidden = order[: len(order) // 2], order[len(order) // 2 :]
            sentence = sentence_of(facets.typical(shown, lang), lang)
            if sentence is not None:
                found.append(_Told(user, sentence, tuple(shown), frozenset(hidden)))
            if len(found) == self.settings.max_test_users:
                break
        return found, ks, notes

    def finish(self, document: dict[str, Any]) -> dict[str, Any]:
        """Put languages and kinds into columns of their own: ``items`` is ``all`` in every row, and ``lang`` and ``kind`` name the part.

        The rows by kind come from ``curves``, where comparisons leave them alone: every cell that is compared widens all intervals.
        """
        rows = [*document["results"], *document["curves"]]
        for row in [*rows, *document["comparisons"]]:
            lang, kind = row["items"].split("|")
            row |= {"items": "all", "lang": lang, "kind": kind}
        return document | {"results": rows, "curves": [], "sentences": sentences_worth(rows)}


@dataclass(frozen=True)
class RequestsDraw:
    """One draw: who is trained on, and the sentences of those who are not."""

    protocol: Requests
    others: Rows
    held_out_likes: Sequence[_Told]
    ks: Sequence[int]
    notes: Sequence[str]

    def run(self, make: Factory, train_users: int, rng: np.random.Generator) -> DrawResult:  # noqa: ARG002 - rankers take their seed when they are made
        """Fit a ranker, ask every request, then every sentence with k likes."""
        ranker = cast(Ranker, make())
        started = perf_counter()
        ranker.fit(self.protocol.interactions.of_users(self.others[:train_users]))
        fit_s = perf_counter() - started
        outcomes = self._requests(ranker) + [one for k in self.ks if self.held_out_likes for one in self._sentences(ranker, k)]
        return DrawResult(fit_s, outcomes, list(self.notes), self._samples(ranker))

    def _requests(self, ranker: Ranker) -> list[Outcome]:
        outcomes = []
        names = tuple(name for name in self.protocol.settings.metrics if name.split("@")[0] in _ASKED)
        if not names:
            return []
        for k in sorted({len(one.likes) for one in self.protocol.asked}):
            asked = [one for one in self.protocol.asked if len(one.likes) == k]
            started = perf_counter()
            values = np.array([self._measured(ranker, one, names) for one in asked])
            rate = len(asked) / (perf_counter() - started)
            clusters = np.array([one.cluster for one in asked], dtype=np.int64)
            for (lang, kind), inside in _parts(asked).items():
                block = PerUser(clusters[inside], names, values[inside])
                section: Literal["results", "curves"] = "results" if kind == "all" else "curves"
                outcomes.append(Outcome(section, k, f"{lang}|{kind}", rate, block))
        return outcomes

    def _measured(self, ranker: Ranker, one: _Asked, names: Sequence[str]) -> list[float]:
        depth = max(_cut(name) for name in names)
        listed = ranker.rank(one.request.text, one.likes, depth)
        anybody = ranker.rank(None, one.likes, depth)
        found = []
        for name in names:
            at = _cut(name)
            if name.startswith("p@"):
                found.append(precision(listed, one.relevant, at))
            elif name.startswith("ndcg"):
                found.append(graded_ndcg(listed, one.relevant, self.protocol.likes, at))
            elif name.startswith("excluded"):
                found.append(np.nan if one.excluded is None else share_within(listed, one.excluded, at))
            else:
                found.append(share_within(listed, set(anybody[:at]), at))
        return found

    def _sentences(self, ranker: Ranker, k: int) -> list[Outcome]:
        names = tuple(name for name in self.protocol.settings.metrics if name.startswith("likes-ndcg"))
        if not names:
            return []
        depth = max(_cut(name) for name in names)
        started = perf_counter()
        lists = [self._unshown(ranker, one, k, depth) for one in self.held_out_likes]
        rate = len(lists) / (perf_counter() - started)
        values = np.array(
            [
                [binary_ndcg(listed, one.hidden, _cut(name)) for name in names]
                for listed, one in zip(lists, self.held_out_likes, strict=True)
            ]
        )
        # Users and requests share one resampler: users come after the requests.
        users = np.array([len(self.protocol.asked) + one.user for one in self.held_out_likes], dtype=np.int64)
        return [Outcome("results", k, f"all|{HELD_OUT_LIKES}", rate, PerUser(users, names, values))]

    @staticmethod
    def _unshown(ranker: Ranker, one: _Told, k: int, depth: int) -> list[int]:
        """The list without the half that the sentence speaks of: those items fit it best, and there is nothing to find in them."""
        listed = ranker.rank(one.sentence, one.shown[:k], depth + len(one.shown), statement=True)
        return [row for row in listed if row not in one.shown][:depth]

    def _samples(self, ranker: Ranker) -> list[dict[str, str]]:
        """A few lists in words."""
        catalogue = self.protocol.catalogue
        texts = [one.request.text for one in self.protocol.asked[::29][:4]] + [one.sentence for one in self.held_out_likes[:2]]
        found = []
        for text in texts:
            titles = [catalogue.titles[row] for row in ranker.rank(text, (), 3)]
            found.append({"items": "all", "kind": "request", "about": text, "text": " · ".join(titles)})
        return found


def _cut(name: str) -> int:
    return int(name.partition("@")[2] or _DEPTH)


def _parts(asked: Sequence[_Asked]) -> dict[tuple[str, str], Rows]:
    """(lang, kind) -> positions; ``all`` stands for every one of them."""
    parts: dict[tuple[str, str], list[int]] = {}
    for position, one in enumerate(asked):
        langs = {"all", one.request.lang or "all"}
        kinds = {"all", one.request.kind or "all"}
        for lang in langs:
            for kind in kinds:
                parts.setdefault((lang, kind), []).append(position)
    return {key: np.array(parts[key], dtype=np.int64) for key in sorted(parts)}


def sentences_worth(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a sentence is worth for each model that was also run as ``MODEL:no-text``: NDCG with and without it by k, and ``likes_saved``.

    ``likes_saved``: how many likes more, without the sentence, reach what k likes reach with it, by linear interpolation between the
    measured k; None where even the largest k measured does not, negative where the sentence did harm.
    """
    curves: dict[tuple[str, int, str], dict[int, float]] = {}
    for row in rows:
        if row["kind"] == HELD_OUT_LIKES:
            curves.setdefault((row["model"], row["train_users"], row["metric"]), {})[row["k"]] = row["mean"]
    found = []
    for (model, n, metric), told in curves.items():
        silent = curves.get((f"{model}:no-text", n, metric))
        for k in sorted(told) if silent else ():
            reached = _likes_for(told[k], silent or {})
            row = {"model": model, "train_users": n, "k": k, "metric": metric, "with": told[k], "without": (silent or {})[k]}
            found.append(row | {"likes_saved": None if reached is None else reached - k})
    return found


def _likes_for(value: float, curve: Mapping[int, float]) -> float | None:
    """The smallest k at which ``curve`` reaches ``value``; None where it does not."""
    ks = sorted(curve)
    if value <= curve[ks[0]]:
        return float(ks[0])
    for low, high in pairwise(ks):
        if curve[high] >= value:
            return low + (high - low) * (value - curve[low]) / (curve[high] - curve[low])
    return None
