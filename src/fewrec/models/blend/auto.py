"""``auto``: lists by the blend of members, single judgements by one model of ratings that is handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from fewrec.errors import NotFittedError
from fewrec.models.blend.ensemble import Ensemble, Member
from fewrec.types import Catalogue, Examples, Explanation, Interactions, Rows, Vector


class Judge(Protocol):
    """Learns from ratings or from labelled prompts; answers with probabilities, and says why."""

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Any:
        """From the ratings of training users."""

    def fit_episodes(
        self, catalogue: Catalogue, episodes: Sequence[Any], valid: Sequence[Any], *, rng: np.random.Generator
    ) -> Any:
        """From labelled prompts; ``valid`` may choose settings and nothing else."""

    def predict(self, examples: Sequence[Examples], rows: Rows) -> Vector:
        """(b,) probabilities of a like."""

    def explain_prediction(self, examples: Examples, rows: Rows) -> Explanation:
        """Log odds of :meth:`predict`, taken apart."""


class Auto(Ensemble):
    """An :class:`Ensemble` that also judges. ``make_judge`` makes what it judges by; the other settings are the ensemble's."""

    __not_saved__ = ("_candidates", "_make_judge")

    def __init__(
        self, candidates: Mapping[str, Member], make_judge: Callable[[], Judge], *, taste: str = "taste", **settings: Any
    ) -> None:
        super().__init__(candidates, taste=taste if taste in candidates else None, **settings)
        self._make_judge = make_judge
        self.judge: Judge | None = None

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Auto:
        """Learn the ensemble and what it judges by, each from all the training users."""
        super().fit(catalogue, interactions, rng=rng)
        self.judge = self._make_judge()
        self.judge.fit(catalogue, interactions, rng=rng)
        return self

    def fit_episodes(
        self, catalogue: Catalogue, episodes: Sequence[Any], valid: Sequence[Any], *, rng: np.random.Generator
    ) -> Auto:
        """Learn to judge from labelled prompts alone; afterwards this model judges and does not rank."""
        self.judge = self._make_judge()
        self.judge.fit_episodes(catalogue, episodes, valid, rng=rng)
        return self

    def predict(self, examples: Sequence[Examples], rows: Rows) -> Vector:
        """(b,) probability that the user of ``examples[b]``, who meets item ``rows[b]``, likes it."""
        return self._judge().predict(examples, rows)

    def explain_prediction(self, examples: Examples, rows: Rows) -> Explanation:
        """Log odds of :meth:`predict` at ``rows``: those of an unknown user, and what each example adds."""
        return self._judge().explain_prediction(examples, rows)

    def _judge(self) -> Judge:
        if self.judge is None:
            raise NotFittedError(f"{self.name} was asked for a judgement before it was fitted", hint="call fit(...) first")
        return self.judge
