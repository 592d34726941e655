"""``labels``: does the user like the item or not, on given pairs?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fewrec.errors import DataError
from fewrec.evaluation.cache import content_hash
from fewrec.evaluation.calibration import curve_from_training
from fewrec.evaluation.histories import Histories, History
from fewrec.evaluation.model_calls import Factory, fitted, pair_probabilities, pair_scores
from fewrec.evaluation.outcomes import Outcome, PerPair
from fewrec.evaluation.protocols.base import DrawResult, described
from fewrec.evaluation.seeds import derived_rng
from fewrec.evaluation.settings import Count, LabelsSettings
from fewrec.evaluation.splits import active_users, ascending, shuffled_users, sizes_to_run
from fewrec.models.base import Predictor
from fewrec.types import Catalogue, Examples, Interactions, Rows

OF_PROBABILITIES = ("log-loss", "calibration-error")


@dataclass(frozen=True)
class Pairs:
    """Test pairs with what is shown of each user; pairs of one user are neighbours and share one ``Examples`` object."""

    users: Rows
    """(p,)"""
    examples: tuple[Examples, ...]
    rows: Rows
    """(p,) the item asked about."""
    labels: NDArray[np.bool_]
    """(p,) never shown to a model."""


class Labels:
    """Every test pair is predicted from the user's own training events. A pair may not be in both test and training events."""

    name = "labels"

    def __init__(
        self, catalogue: Catalogue, interactions: Interactions, test: Interactions, settings: LabelsSettings | None = None
    ) -> None:
        self.dataset = described(catalogue, interactions)
        settings = settings or LabelsSettings()
        self.catalogue, self.train, self.settings = catalogue, interactions, settings
        if test.n_items != len(catalogue):
            raise DataError(f"the test events speak of {test.n_items} items, the catalogue holds {len(catalogue)}")
        self._row_of = {user_id: row for row, user_id in enumerate(interactions.user_ids)}
        unknown = [user_id for user_id in test.user_ids if user_id not in self._row_of]
        self._row_of |= {user_id: interactions.n_users + i for i, user_id in enumerate(unknown)}
        self._test_user = np.asarray([self._row_of[user_id] for user_id in test.user_ids], dtype=np.int64)[test.user]
        self._test_item, self._label = test.item, test.utility > 0
        self._check()
        self._histories = Histories(interactions)
        self._training_users = active_users(interactions)
        self.sizes, self.notes = sizes_to_run(settings.train_users, len(self._training_users))
        self.data_hash = content_hash(catalogue, interactions, test)
        self.dataset |= {
            "test_pairs": len(test),
            "test_users": len(np.unique(test.user)),
            "test_positives": int(self._label.sum()),
        }

    def _check(self) -> None:
        m = len(self.catalogue)
        both = np.intersect1d(self.train.user * m + self.train.item, self._test_user * m + self._test_item)
        if len(both):
            user, item = divmod(int(both[0]), m)
            raise DataError(
                f"{len(both)} pairs of user and item stand in the training and in the test events, for example user "
                f"{self.train.user_ids[user]!r} and item {self.catalogue.ids[item]!r}",
                hint="remove the test pairs from the training events",
            )
        if not len(self._label) or self._label.all() or not self._label.any():
            found = f"{int(self._label.sum())} liked and {int((~self._label).sum())} disliked test pairs"
            raise DataError(f"{found}, expected some of both", hint="a rating of at least 4 of 5 is a like, below it a dislike")

    def draws(self, train_users: int) -> int:
        """Draws of training users and of the models' own randomness."""
        return self.settings.draws(train_users)

    def key(self) -> dict[str, Any]:
        """The settings that change what a cell holds."""
        names = ("seed", "k", "max_test_users", "min_users", "metrics", "calibration_users")
        return {name: getattr(self.settings, name) for name in names}

    def draw(self, number: int) -> LabelsDraw:
        """Draw ``number``."""
        training_users = shuffled_users(self.train, self._training_users, "teachers", self.settings.seed, number)
        return LabelsDraw(self, training_users, {k: self._pairs(k, number) for k in ascending(self.settings.k)})

    def _pairs(self, k: Count, number: int) -> Pairs:
        """Pairs of users with at least k training events, user by user."""
        able = [user for user in np.unique(self._test_user).tolist() if k == "all" or len(self._history(user)) >= k]
        cap = self.settings.max_test_users
        if cap is not None and cap < len(able):
            ids = {row: user_id for user_id, row in self._row_of.items()}
            by_id = sorted(able, key=lambda row: ids[row])
            able = derived_rng("tested", self.settings.seed, number).permutation(np.asarray(by_id))[:cap].tolist()
        shown = {user: self._shown(user, k) for user in able}
        order = np.argsort(self._test_user, kind="stable")
        order = order[np.isin(self._test_user[order], able)]
        users = self._test_user[order]
        return Pairs(users, tuple(shown[user] for user in users.tolist()), self._test_item[order], self._label[order])

    def _history(self, user: int) -> History:
        return self._histories[user] if user < self.train.n_users else History.none()

    def _shown(self, user: int, k: Count) -> Examples:
        past = self._history(user)
        return (past if k == "all" else past.last(k)).examples(self.catalogue)


@dataclass(frozen=True)
class LabelsDraw:
    """One draw of training users; the pairs are those of the test events."""

    protocol: Labels
    training_users: Rows
    pairs: Mapping[Count, Pairs]

    def run(self, make: Factory, train_users: int, rng: np.random.Generator) -> DrawResult:
        """TextScoring every pair; a model without probabilities gets a logistic curve learned on its training users."""
        protocol, catalogue = self.protocol, self.protocol.catalogue
        train = protocol.train.of_users(self.training_users[:train_users])
        model, fit_s = fitted(make, catalogue, train, rng)
        predictor = model if isinstance(model, Predictor) else None
        curve = None if predictor else curve_from_training(make, catalogue, train, protocol.settings.calibration_users, rng)
        notes = (
            []
            if predictor or curve
            else [f"{model.name}: no probabilities, since its scores could not be calibrated in every cell"]
        )
        warm = np.bincount(protocol.train.item, minlength=len(catalogue)) > 0
        outcomes = []
        for k, pairs in self.pairs.items():
            started = perf_counter()
            if predictor:
                scores = chances = pair_probabilities(predictor, pairs.examples, pairs.rows)
            else:
                scores = pair_scores(model, pairs.examples, pairs.rows, len(catalogue))
                chances = curve.probability(scores) if curve else np.full(len(scores), np.nan)
            rate = len(np.unique(pairs.users)) / max(perf_counter() - started, 1e-9)
            metrics = tuple(m for m in protocol.settings.metrics if m not in OF_PROBABILITIES or predictor or curve)
            pools = {"all": np.ones(len(pairs.rows), dtype=np.bool_), "warm": warm[pairs.rows], "cold": ~warm[pairs.rows]}
            for items, chosen in pools.items():
                if len(np.unique(pairs.users[chosen])) >= protocol.settings.min_users:
                    block = PerPair(pairs.users[chosen], metrics, pairs.labels[chosen], scores[chosen], chances[chosen])
                    outcomes.append(Outcome("results", k, items, rate, block))
        return DrawResult(fit_s, outcomes, notes)
