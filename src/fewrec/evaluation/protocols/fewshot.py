"""What ``kshot`` and ``cold-items`` share: k random positives of held-out users are revealed, the others are the relevant items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fewrec.errors import DataError
from fewrec.evaluation.cache import content_hash
from fewrec.evaluation.histories import Histories
from fewrec.evaluation.ordering import TieBreaker
from fewrec.evaluation.protocols.base import RankingDraw, described
from fewrec.evaluation.ranking import CaseBatch, RankingCase, RankingScorer
from fewrec.evaluation.seeds import derived_rng
from fewrec.evaluation.settings import KShotSettings
from fewrec.evaluation.splits import hold_out, sizes_to_run
from fewrec.types import Catalogue, Examples, Interactions, Rows


@dataclass(frozen=True)
class HeldOutUser:
    """A held-out user: their positives, and the order in which these are revealed."""

    row: int
    user_id: str
    positives: Rows
    """(p,) catalogue rows, oldest first."""
    order: Rows
    """Positions in ``positives`` of what may be revealed, shuffled: k = 3 reveals what k = 1 does and two more."""

    def revealed(self, k: int) -> Rows:
        """(k,) catalogue rows, oldest first."""
        return self.positives[np.sort(self.order[:k])]

    def case(self, k: int, catalogue: Catalogue) -> RankingCase:
        """The case of this user at k."""
        revealed = self.revealed(k)
        hidden = np.delete(self.positives, self.order[:k])
        return RankingCase(self.row, self.user_id, Examples.of_likes(catalogue, revealed), hidden, revealed)


class FewShot:
    """Protocol of held-out users; ``cold`` is the share of items removed from all training data (0 for ``kshot``)."""

    def __init__(
        self, name: str, catalogue: Catalogue, interactions: Interactions, settings: KShotSettings, cold: float
    ) -> None:
        self.name = name
        self.catalogue = catalogue
        self.interactions = interactions
        self.settings = settings
        self.cold = cold
        self.dataset = described(catalogue, interactions)
        self.data_hash = content_hash(catalogue, interactions)
        _, others = hold_out(interactions, settings.held_out, settings.seed, 0)
        self.sizes, self.notes = sizes_to_run(settings.train_users, len(others))
        self._histories = Histories(interactions)

    def draws(self, train_users: int) -> int:
        """Number of draws; more for small training sets."""
        return self.settings.draws(train_users)

    def key(self) -> dict[str, Any]:
        """The settings that change what a cell holds."""
        names = ("seed", "k", "held_out", "min_hidden", "max_test_users", "min_users", "metrics")
        return {name: getattr(self.settings, name) for name in names} | {"cold": self.cold}

    def draw(self, number: int) -> RankingDraw:
        """Draw ``number``: its own held-out users, training order, cold items and revealed positives."""
        seed = self.settings.seed
        held, others = hold_out(self.interactions, self.settings.held_out, seed, number)
        cold = np.zeros(len(self.catalogue), dtype=np.bool_)
        cold[derived_rng("cold", seed, number).permutation(len(cold))[: round(self.cold * len(cold))]] = True
        held_out = [self._held_out_user(user, number, cold) for user in held.tolist()]
        samples = self._samples(held_out, cold)
        return RankingDraw(
            catalogue=self.catalogue,
            train=lambda n: self.interactions.of_users(others[:n]).without_items(np.flatnonzero(cold)),
            batches=self._batches(samples),
            scorer=RankingScorer(
                catalogue=self.catalogue,
                pools={"all": np.ones_like(cold)} | ({"warm": ~cold, "cold": cold} if cold.any() else {}),
                metrics=self.settings.metrics,
                known=self.interactions.of_users(others),
                ties=TieBreaker(len(self.catalogue), seed, number),
            ),
            min_users=self.settings.min_users,
            notes=[
                f"k = {k}: draws with fewer than {self.settings.min_users} users of k + {self.settings.min_hidden} positives are left out"
                for k in sorted(set(self.settings.k) - set(samples))
            ],
        )

    def _held_out_user(self, user: int, number: int, cold: NDArray[np.bool_]) -> HeldOutUser:
        user_id, positives = self.interactions.user_ids[user], self._histories[user].positives
        shuffle = derived_rng("reveal", self.settings.seed, number, user_id)
        return HeldOutUser(user, user_id, positives, shuffle.permutation(np.flatnonzero(~cold[positives])))

    def _batches(self, samples: Mapping[int, list[HeldOutUser]]) -> list[CaseBatch]:
        """A batch a k, which also asks the held_out whom the curves follow: those sampled at the largest k, who are eligible at every k."""
        largest = max(self.settings.k)
        followed = {user.row for user in samples.get(largest, [])}
        batches = []
        for k, sample in samples.items():
            sampled = {user.row for user in sample}
            extra = [user for user in samples.get(largest, []) if user.row not in sampled]
            asked = [*sample, *extra]
            in_curves = np.asarray([user.row in followed for user in asked], dtype=np.bool_)
            cases = tuple(user.case(k, self.catalogue) for user in asked)
            batches.append(CaseBatch(k, cases, np.arange(len(asked)) < len(sample), in_curves))
        return batches

    def _samples(self, held_out: list[HeldOutUser], cold: NDArray[np.bool_]) -> Mapping[int, list[HeldOutUser]]:
        """The test users of every k that has enough, k ascending. Sampling comes after eligibility and keeps the shuffled order."""
        settings, samples = self.settings, {}
        for k in sorted(set(settings.k)):
            able = [user for user in held_out if self._eligible(user, k, cold)]
            if len(able) >= settings.min_users:
                samples[k] = able[: settings.max_test_users]
        if not samples:
            most = max((len(user.positives) for user in held_out), default=0)
            raise DataError(
                f"no k of {list(settings.k)} has {settings.min_users} held-out users with k + {settings.min_hidden} positives: "
                f"there are {len(held_out)} held-out users, with at most {most} positives",
                hint="use more data, or a smaller k, min_hidden or min_users; a positive is a rating of at least 4 of 5, a like, a purchase, ...",
            )
        return samples

    def _eligible(self, user: HeldOutUser, k: int, cold: NDArray[np.bool_]) -> bool:
        """At least k + 5 positives; with cold items also one to find among the cold and one more among the warm."""
        enough = len(user.positives) >= k + self.settings.min_hidden
        return enough and (not cold.any() or (len(user.order) > k and bool(cold[user.positives].any())))
