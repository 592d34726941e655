"""Test cases of ranking protocols, and the metrics of the lists that a model makes for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fewrec.evaluation.metrics import Metric, Ranked, coverage, diversity, novelty, parse_metric, self_information
from fewrec.evaluation.metrics.plugged import OWN, checked
from fewrec.evaluation.metrics.ranked import Values
from fewrec.evaluation.model_calls import CandidateScorer, candidate_scores, scores_of
from fewrec.evaluation.ordering import Packed, TieBreaker, packed, ranks_of, top_of
from fewrec.evaluation.outcomes import Outcome, PerUser
from fewrec.evaluation.settings import Count
from fewrec.models.base import Model
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector

SECTIONS: tuple[Literal["results", "curves"], ...] = ("results", "curves")


@dataclass(frozen=True)
class RankingCase:
    """One ranked list to make for one user. Only ``examples`` is shown to the model."""

    user: int
    """Row among all users of the data: a user has the same row in every draw."""
    user_id: str
    examples: Examples
    relevant: Rows
    """(r,) catalogue rows of the positives that are hidden."""
    excluded: Rows
    """Catalogue rows that are not ranked: what was revealed."""
    candidates: Rows | None = None
    """(c,) catalogue rows to rank; None for the whole catalogue."""


@dataclass(frozen=True)
class CaseBatch:
    """All cases of one k. A model scores each once, however many sets of items the scores are ranked on."""

    k: Count
    cases: tuple[RankingCase, ...]
    in_results: NDArray[np.bool_]
    """(q,) cases that count for the table."""
    in_curves: NDArray[np.bool_]
    """(q,) cases of users eligible at every k; a curve over k is about the same users throughout."""


@dataclass(frozen=True)
class RankingScorer:
    """Turns scores into metrics. ``pools``: name of a set of items -> (m,) whether an item is in it."""

    catalogue: Catalogue
    pools: Mapping[str, NDArray[np.bool_]]
    metrics: tuple[str, ...]
    known: Interactions
    """Training data that define how novel an item is; equal for all models and sizes."""
    ties: TieBreaker

    @cached_property
    def parsed(self) -> tuple[Metric, ...]:
        """The parsed metrics."""
        return tuple(parse_metric(name, "ranked") for name in self.metrics)

    @cached_property
    def information(self) -> NDArray[np.float64]:
        """(m,) self-information of the items in bits."""
        return self_information(self.known)

    def score(self, model: Model, batch: CaseBatch, min_users: int) -> list[Outcome]:
        """One outcome for every set of items, twice where there are curves; a set with fewer than ``min_users`` users gives none."""
        lists, seconds = self._rank(model, batch)
        users = np.asarray([case.user for case in batch.cases])
        users_per_s = len(users) / max(seconds, 1e-9)
        outcomes = []
        for name, lined_up in lists.items():
            ranked = lined_up.ranked()
            for section in SECTIONS:
                chosen = (batch.in_results if section == "results" else batch.in_curves)[lined_up.asked]
                if chosen.sum() >= min_users:
                    values = self._values(ranked, chosen, int(self.pools[name].sum()))
                    block = PerUser(users[lined_up.asked][chosen], self.metrics, values)
                    outcomes.append(Outcome(section, batch.k, name, users_per_s, block))
        return outcomes

    def _rank(self, model: Model, batch: CaseBatch) -> tuple[dict[str, _Lists], float]:
        """Every case's list in every set of items, and the seconds that scoring took."""
        depth = max((metric.at for metric in self.parsed if metric.kind not in OWN), default=0)
        lists = {name: _Lists(depth) for name in self.pools}
        total = 0.0
        for start, scores, seconds in self._scores(model, batch):
            total += seconds
            for number, row in enumerate(scores, start):
                self._line_up(batch.cases[number], number, row, lists)
        return lists, total

    def _scores(self, model: Model, batch: CaseBatch) -> Iterator[tuple[int, Matrix, float]]:
        """Of the whole catalogue, or of given candidates alone where a model asks for that."""
        examples = [case.examples for case in batch.cases]
        candidates = [q.candidates for q in batch.cases if q.candidates is not None]
        if isinstance(model, CandidateScorer) and len(candidates) == len(examples):
            return candidate_scores(model, examples, candidates, len(self.catalogue))
        return scores_of(model, examples, len(self.catalogue))

    def _line_up(self, case: RankingCase, number: int, scores: Vector, lists: Mapping[str, _Lists]) -> None:
        """One case's ``scores`` (m,) into the list of every set of items where the user has something to find."""
        order = packed(scores, self.ties.keys(case.user_id))
        if case.candidates is None:
            order[case.excluded] = 0
        else:
            listed = order[case.candidates]
            order[:] = 0
            order[case.candidates] = listed
        for name, pool in self.pools.items():
            relevant = case.relevant[pool[case.relevant]]
            if len(relevant):
                lists[name].add(number, order if pool.all() else np.where(pool, order, np.uint64(0)), relevant)

    def _values(self, ranked: Ranked, chosen: NDArray[np.bool_], n_items: int) -> Values:
        """(chosen users, metrics)."""
        columns = []
        for metric in self.parsed:
            if metric.kind == "coverage":  # a fact about the chosen lists together
                columns.append(coverage(ranked.top[chosen, : metric.at], n_items))
            else:
                columns.append(self._column(ranked, metric)[chosen])
        return np.stack(columns, axis=1)

    def _column(self, ranked: Ranked, metric: Metric) -> Values:
        """(b,) one metric that each list has for itself."""
        if metric.function is not None:
            return checked(metric.name, metric.function, ranked, metric.at)
        top = ranked.top[:, : metric.at]
        return diversity(top, self.catalogue.vectors) if metric.kind == "diversity" else novelty(top, self.information)


class _Lists:
    """The lists of one set of items, while they are being made."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.asked: list[int] = []
        self.ranks: list[Rows] = []
        self.n_candidates: list[int] = []
        self.top: list[Rows] = []

    def add(self, number: int, order: Packed, relevant: Rows) -> None:
        """``order`` (m,), 0 where an item is not in the list."""
        self.asked.append(number)
        self.ranks.append(ranks_of(order, relevant))
        self.n_candidates.append(int(np.count_nonzero(order)))
        head = np.full(self.depth, -1, dtype=np.int64)
        if self.depth:
            best = top_of(order, self.depth)
            head[: len(best)] = best
        self.top.append(head)

    def ranked(self) -> Ranked:
        """All lists together."""
        sizes = [len(ranks) for ranks in self.ranks]
        ranks = np.concatenate(self.ranks) if sizes else np.zeros(0, dtype=np.int64)
        owner = np.repeat(np.arange(len(sizes)), sizes)
        return Ranked(
            ranks,
            owner,
            np.asarray(self.n_candidates, dtype=np.int64),
            np.asarray(self.top, dtype=np.int64).reshape(len(sizes), self.depth),
        )
