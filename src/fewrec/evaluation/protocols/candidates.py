"""``candidates``: the published re-ranking test. About twenty items per user, one of which the user interacted with next."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.errors import DataError
from fewrec.evaluation.cache import content_hash
from fewrec.evaluation.histories import Histories, History
from fewrec.evaluation.ordering import TieBreaker
from fewrec.evaluation.protocols.base import RankingDraw, described
from fewrec.evaluation.ranking import CaseBatch, RankingCase, RankingScorer
from fewrec.evaluation.settings import CandidatesSettings, Count
from fewrec.evaluation.splits import active_users, ascending, entries, shuffled_users, sizes_to_run
from fewrec.types import Catalogue, Interactions, Rows


@dataclass(frozen=True)
class CandidateList:
    """One user's test: which of ``candidates`` (ids, in any order) is ``target``?"""

    user_id: str
    target: str
    candidates: tuple[str, ...]


def read_candidates(path: Path) -> list[CandidateList]:
    """A CSV file ``user_id,target,candidates``; candidates are ids separated by spaces, the target among them."""
    if not path.is_file():
        raise DataError(f"there is no file {path}", hint="--candidates takes a CSV file: user_id,target,candidates")
    lists = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = set(reader.fieldnames or ())
        if missing := sorted({"user_id", "target", "candidates"} - columns):
            raise DataError(f"{path} has no column {', '.join(missing)}", hint="expected columns: user_id,target,candidates")
        for row in reader:
            found = CandidateList(row["user_id"] or "", row["target"] or "", tuple((row["candidates"] or "").split()))
            if found.target not in found.candidates:
                raise DataError(
                    f"{path}:{reader.line_num}: the target {found.target!r} is not among the {len(found.candidates)} candidates",
                    hint="candidates are item ids separated by spaces",
                )
            lists.append(found)
    if not lists:
        raise DataError(f"{path} holds no row")
    return lists


class Candidates:
    """Rank the given candidates. A user's other events are the history; targets are removed from all histories and training data.

    ``train_users``: 0 is the test without interaction data of other users; a number n takes n users who are not tested; ``all`` takes
    all users, tested users' histories included, as the published test does.
    """

    name = "candidates"

    def __init__(
        self,
        catalogue: Catalogue,
        interactions: Interactions,
        lists: Sequence[CandidateList],
        settings: CandidatesSettings | None = None,
    ) -> None:
        self.dataset = described(catalogue, interactions)
        settings = settings or CandidatesSettings()
        self.catalogue, self.settings, self.lists = catalogue, settings, tuple(lists)
        self.notes: list[str] = []
        self._check()
        row_of = {user_id: row for row, user_id in enumerate(interactions.user_ids)}
        unknown = sorted({asked.user_id for asked in self.lists} - set(row_of))
        self._row_of = row_of | {user_id: interactions.n_users + i for i, user_id in enumerate(unknown)}
        self._known = self._without_targets(interactions)
        self._histories = Histories(self._known)
        active = active_users(self._known)
        self._others = np.setdiff1d(active, [self._row_of[asked.user_id] for asked in self.lists])
        self._n_all = len(active)
        self.sizes, notes = sizes_to_run(settings.train_users, len(self._others), self._n_all)
        self.notes += notes
        self.data_hash = content_hash(catalogue, interactions, repr(self.lists))
        self.dataset |= {"lists": len(self.lists), "tested_users": len({asked.user_id for asked in self.lists})}
        if unknown:
            self.notes.append(f"{len(unknown)} tested users have no events at all; they are asked with no examples")

    def _check(self) -> None:
        """Every id known, no candidate twice."""
        for asked in self.lists:
            if unknown := [item for item in (asked.target, *asked.candidates) if item not in self.catalogue.row_of]:
                raise DataError(f"candidates of user {asked.user_id}: item {unknown[0]!r} is not in the catalogue")
            if asked.target not in asked.candidates:
                raise DataError(f"candidates of user {asked.user_id}: the target {asked.target!r} is not among them")
            if twice := [item for item, count in Counter(asked.candidates).items() if count > 1]:
                raise DataError(f"candidates of user {asked.user_id}: item {twice[0]!r} is listed more than once")

    def _without_targets(self, interactions: Interactions) -> Interactions:
        m = len(self.catalogue)
        targets = {self._row_of[asked.user_id] * m + self.catalogue.row_of[asked.target] for asked in self.lists}
        removed = np.isin(interactions.user * m + interactions.item, np.asarray(sorted(targets), dtype=np.int64))
        self.notes.append(
            f"{int(removed.sum())} events on targets were taken out of {len(targets)} tested histories and out of training"
        )
        return entries(interactions, ~removed)

    def draws(self, train_users: int) -> int:
        """Draws of training users and of the models' own randomness."""
        return self.settings.draws(train_users)

    def key(self) -> dict[str, Any]:
        """The settings that change what a cell holds."""
        return {name: getattr(self.settings, name) for name in ("seed", "k", "max_test_users", "min_users", "metrics")}

    def draw(self, number: int) -> RankingDraw:
        """Draw ``number``."""
        seed, m = self.settings.seed, len(self.catalogue)
        others = shuffled_users(self._known, self._others, "teachers", seed, number)
        return RankingDraw(
            catalogue=self.catalogue,
            train=lambda n: self._known.of_users(active_users(self._known) if n == self._n_all else others[:n]),
            batches=[self._batch(k) for k in ascending(self.settings.k)],
            scorer=RankingScorer(
                self.catalogue,
                {"all": np.ones(m, dtype=np.bool_)},
                self.settings.metrics,
                self._known,
                TieBreaker(m, seed, number),
            ),
            min_users=self.settings.min_users,
        )

    def _batch(self, k: Count) -> CaseBatch:
        """The first ``max_test_users`` lists: which lists are asked does not depend on the draw."""
        asked = self.lists[: self.settings.max_test_users]
        able = [one for one in asked if k == "all" or len(self._history(one)) >= k]
        counted = np.ones(len(able), dtype=np.bool_)
        return CaseBatch(k, tuple(self._case(one, k) for one in able), in_results=counted, in_curves=~counted)

    def _history(self, asked: CandidateList) -> History:
        row = self._row_of[asked.user_id]
        return self._histories[row] if row < self._known.n_users else History.none()

    def _case(self, asked: CandidateList, k: Count) -> RankingCase:
        past = self._history(asked)
        shown = (past if k == "all" else past.last(k)).examples(self.catalogue)
        target, candidates = self._rows([asked.target]), self._rows(asked.candidates)
        return RankingCase(
            self._row_of[asked.user_id], asked.user_id, shown, target, excluded=self._rows([]), candidates=candidates
        )

    def _rows(self, ids: Sequence[str]) -> Rows:
        return np.asarray([self.catalogue.row_of[item] for item in ids], dtype=np.int64)
