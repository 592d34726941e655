"""``temporal``: would it have worked in time order? Train on events before one point in time, test on events after it."""

from __future__ import annotations

from typing import Any

import numpy as np

from fewrec.errors import DataError
from fewrec.evaluation.cache import content_hash
from fewrec.evaluation.histories import Histories
from fewrec.evaluation.ordering import TieBreaker
from fewrec.evaluation.protocols.base import RankingDraw, described
from fewrec.evaluation.ranking import CaseBatch, RankingCase, RankingScorer
from fewrec.evaluation.settings import Count, TemporalSettings
from fewrec.evaluation.splits import active_users, ascending, entries, shuffled_users, sizes_to_run
from fewrec.types import Catalogue, Interactions, Rows


class Temporal:
    """One global split in time, as a system lives through it. An item that a user met on both sides counts as met after.

    ``times_are_real``: whether ``interactions.time`` holds points in time. A position in a list looks like a number too, and splitting
    at one would put the future of some users before the past of others.
    """

    name = "temporal"

    def __init__(
        self,
        catalogue: Catalogue,
        interactions: Interactions,
        *,
        times_are_real: bool,
        settings: TemporalSettings | None = None,
    ) -> None:
        if not times_are_real:
            raise DataError(
                "the events' timestamps are not points in time, so nothing can be split in time order",
                hint="timestamp must be ISO-8601 or Unix time; for positions in a list use the kshot protocol",
            )
        self.dataset = described(catalogue, interactions)
        settings = settings or TemporalSettings()
        self.catalogue, self.settings = catalogue, settings
        dated = ~np.isnan(interactions.time)
        if not dated.any():
            raise DataError("no event has a timestamp", hint="fill the timestamp column, or use the kshot protocol")
        self.cut = float(np.quantile(interactions.time[dated], settings.quantile))
        self._before = entries(interactions, dated & (interactions.time < self.cut))
        self._after = entries(interactions, dated & (interactions.time >= self.cut))
        self._histories, self._futures = Histories(self._before), Histories(self._after)
        self._training_users = active_users(self._before)
        self._tested = np.unique(self._after.user[self._after.utility > 0])
        if not len(self._training_users) or len(self._tested) < settings.min_users:
            raise DataError(
                f"split at time {self.cut:.0f}: {len(self._training_users)} users with events before it and {len(self._tested)} with positive "
                f"ones after it, expected at least 1 and {settings.min_users}",
                hint="move the split with quantile, or use more data",
            )
        self.sizes, self.notes = sizes_to_run(settings.train_users, len(self._training_users))
        self.data_hash = content_hash(catalogue, interactions)
        self.dataset |= {"split_time": self.cut, "events_before": len(self._before), "events_after": len(self._after)}
        if n_undated := int((~dated).sum()):
            self.notes.append(f"{n_undated} events without a timestamp were left out")

    def draws(self, train_users: int) -> int:
        """Draws of training and sampled test users."""
        return self.settings.draws(train_users)

    def key(self) -> dict[str, Any]:
        """The settings that change what a cell holds."""
        names = ("seed", "k", "quantile", "max_test_users", "min_users", "metrics")
        return {name: getattr(self.settings, name) for name in names}

    def draw(self, number: int) -> RankingDraw:
        """Draw ``number``: the split is the same, the training subset, sample and ties are not."""
        seed, m = self.settings.seed, len(self.catalogue)
        training_users = shuffled_users(self._before, self._training_users, "teachers", seed, number)
        tested = shuffled_users(self._before, self._tested, "tested", seed, number)
        warm = np.bincount(self._before.item, minlength=m) > 0
        apart = {"warm": warm, "cold": ~warm} if warm.any() and not warm.all() else {}
        return RankingDraw(
            catalogue=self.catalogue,
            train=lambda n: self._before.of_users(training_users[:n]),
            batches=[self._batch(k, tested) for k in ascending(self.settings.k)],
            scorer=RankingScorer(
                self.catalogue,
                {"all": np.ones(m, dtype=np.bool_)} | apart,
                self.settings.metrics,
                self._before,
                TieBreaker(m, seed, number),
            ),
            min_users=self.settings.min_users,
        )

    def _batch(self, k: Count, tested: Rows) -> CaseBatch:
        """Cases of users with at least k events before the split; ``all`` includes users with none."""
        able = [user for user in tested.tolist() if k == "all" or len(self._histories[user]) >= k]
        cases = tuple(self._case(user, k) for user in able[: self.settings.max_test_users])
        counted = np.ones(len(cases), dtype=np.bool_)
        return CaseBatch(k, cases, in_results=counted, in_curves=~counted)

    def _case(self, user: int, k: Count) -> RankingCase:
        past = self._histories[user]
        shown = past if k == "all" else past.last(k)
        wanted = self._futures[user].positives
        return RankingCase(user, self._before.user_ids[user], shown.examples(self.catalogue), wanted, excluded=past.rows)
