"""What ``kshot`` and ``cold-items`` share: held-out users show k random positives, and the rest must be found."""

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
from fewrec.evaluation.panels import Marker, Panel, Question
from fewrec.evaluation.protocols.base import RankingDraw, described
from fewrec.evaluation.seeds import derived_rng
from fewrec.evaluation.settings import KShotSettings
from fewrec.evaluation.splits import hold_out, sizes_to_run
from fewrec.types import Catalogue, Examples, Interactions, Rows


@dataclass(frozen=True)
class Person:
    """A held-out user: what she likes, and in which order it would be revealed."""

    row: int
    user_id: str
    positives: Rows
    """(p,) catalogue rows, oldest first."""
    order: Rows
    """Positions in ``positives`` of what may be revealed, shuffled: k = 3 reveals what k = 1 does and two more."""

    def revealed(self, k: int) -> Rows:
        """(k,) catalogue rows, oldest first."""
        return self.positives[np.sort(self.order[:k])]

    def question(self, k: int, catalogue: Catalogue) -> Question:
        """Her question at k."""
        revealed = self.revealed(k)
        hidden = np.delete(self.positives, self.order[:k])
        return Question(self.row, self.user_id, Examples.of_likes(catalogue, revealed), hidden, revealed)


class FewShot:
    """Protocol of held-out users; ``cold`` is the share of items that nobody is seen with (0 for ``kshot``)."""

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
        """More of them where few users teach."""
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
        people = [self._person(user, number, cold) for user in held.tolist()]
        samples = self._samples(people, cold)
        return RankingDraw(
            catalogue=self.catalogue,
            train=lambda n: self.interactions.of_users(others[:n]).without_items(np.flatnonzero(cold)),
            panels=self._panels(samples),
            marker=Marker(
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

    def _person(self, user: int, number: int, cold: NDArray[np.bool_]) -> Person:
        user_id, positives = self.interactions.user_ids[user], self._histories[user].positives
        shuffle = derived_rng("reveal", self.settings.seed, number, user_id)
        return Person(user, user_id, positives, shuffle.permutation(np.flatnonzero(~cold[positives])))

    def _panels(self, samples: Mapping[int, list[Person]]) -> list[Panel]:
        """A panel a k, which also asks the people whom the curves follow: those sampled at the largest k, who are eligible at every k."""
        largest = max(self.settings.k)
        followed = {person.row for person in samples.get(largest, [])}
        panels = []
        for k, sample in samples.items():
            sampled = {person.row for person in sample}
            extra = [person for person in samples.get(largest, []) if person.row not in sampled]
            asked = [*sample, *extra]
            in_curves = np.asarray([person.row in followed for person in asked], dtype=np.bool_)
            questions = tuple(person.question(k, self.catalogue) for person in asked)
            panels.append(Panel(k, questions, np.arange(len(asked)) < len(sample), in_curves))
        return panels

    def _samples(self, people: list[Person], cold: NDArray[np.bool_]) -> Mapping[int, list[Person]]:
        """The test users of every k that has enough, k ascending. Sampling comes after eligibility and keeps the shuffled order."""
        settings, samples = self.settings, {}
        for k in sorted(set(settings.k)):
            able = [person for person in people if self._eligible(person, k, cold)]
            if len(able) >= settings.min_users:
                samples[k] = able[: settings.max_test_users]
        if not samples:
            most = max((len(person.positives) for person in people), default=0)
            raise DataError(
                f"no k of {list(settings.k)} has {settings.min_users} held-out users with k + {settings.min_hidden} positives: "
                f"there are {len(people)} held-out users, with at most {most} positives",
                hint="use more data, or a smaller k, min_hidden or min_users; a positive is a rating of at least 4 of 5, a like, a purchase, ...",
            )
        return samples

    def _eligible(self, person: Person, k: int, cold: NDArray[np.bool_]) -> bool:
        """At least k + 5 positives; with cold items also one to find among the cold and one more among the warm."""
        enough = len(person.positives) >= k + self.settings.min_hidden
        return enough and (not cold.any() or (len(person.order) > k and bool(cold[person.positives].any())))
