"""The interface between protocols and the runner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np

from fewrec.errors import DataError
from fewrec.evaluation.model_calls import Factory, fitted
from fewrec.evaluation.outcomes import Outcome
from fewrec.evaluation.ranking import CaseBatch, RankingScorer
from fewrec.evaluation.settings import EvaluationSettings
from fewrec.evaluation.splits import active_users
from fewrec.types import Catalogue, Interactions


@dataclass(frozen=True)
class DrawResult:
    """Results of one model in one draw."""

    fit_s: float
    outcomes: list[Outcome]
    notes: list[str] = field(default_factory=list)
    samples: list[dict[str, str]] = field(default_factory=list)
    """Example texts."""


class Draw(Protocol):
    """One random draw of a protocol: it alone holds both the cases and their labels."""

    def run(self, make: Factory, train_users: int, rng: np.random.Generator) -> DrawResult:
        """Fit a new model on ``train_users`` users and score all cases of the draw."""


class EvaluationProtocol(Protocol):
    """A protocol with its data and settings."""

    @property
    def name(self) -> str:
        """Its name in the registry."""

    @property
    def settings(self) -> EvaluationSettings:
        """Settings, defaults included."""

    @property
    def sizes(self) -> Sequence[int]:
        """Numbers of training users, ascending."""

    @property
    def data_hash(self) -> str:
        """Digest of all input data; part of the cache key."""

    @property
    def dataset(self) -> dict[str, Any]:
        """``users``, ``items``, ``events`` and more, for the document."""

    @property
    def notes(self) -> list[str]:
        """What a reader should know of the data and sizes."""

    def draws(self, train_users: int) -> int:
        """How many draws of that many training users."""

    def key(self) -> dict[str, Any]:
        """What a cell depends on beside data, model, draw and number of training users; JSON-ready."""

    def draw(self, number: int) -> Draw:
        """Draw 0, 1, ..."""


@runtime_checkable
class Finishing(Protocol):
    """A protocol that has more to say about its document than its cells do."""

    def finish(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document as it is handed out."""


@dataclass(frozen=True)
class RankingDraw:
    """A draw of a protocol that ranks: the training entries by number of users, and batches in ascending order of k."""

    catalogue: Catalogue
    train: Callable[[int], Interactions]
    batches: Sequence[CaseBatch]
    scorer: RankingScorer
    min_users: int
    notes: Sequence[str] = ()
    """Notes on this draw for the document."""

    def run(self, make: Factory, train_users: int, rng: np.random.Generator) -> DrawResult:
        """Ascending k: a model that keeps state has seen nothing that it is not shown again."""
        model, fit_s = fitted(make, self.catalogue, self.train(train_users), rng)
        outcomes = [outcome for batch in self.batches for outcome in self.scorer.score(model, batch, self.min_users)]
        return DrawResult(fit_s, outcomes, list(self.notes))


def described(catalogue: Catalogue, interactions: Interactions) -> dict[str, Any]:
    """The counts for the document; data that no protocol can use is refused here."""
    if interactions.n_items != len(catalogue):
        raise DataError(
            f"the interactions speak of {interactions.n_items} items, the catalogue holds {len(catalogue)}",
            hint="build both from the same items file",
        )
    positives = int((interactions.utility > 0).sum())
    if not positives:
        raise DataError(
            f"none of the {len(interactions)} events is positive, so there is nothing to find",
            hint="positive events: ratings of at least 4 of 5, likes, purchases, views, listens",
        )
    users = len(active_users(interactions))
    return {"users": users, "items": len(catalogue), "events": len(interactions), "positives": positives}
