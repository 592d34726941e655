"""``taste`` as a model name: it ranks by likes, and judges by ratings. Two posteriors of the same kind, for two kinds of question.

Ranking asks what users will find by themselves and like, of everything there is: what nobody touches is a weak no, and likes alone are
known (:mod:`gaussian`). Judging asks whether they will like an item that they meet: only what was rated counts, dislikes as much as likes
(:mod:`ratings`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.models.taste.gaussian import GaussianConfig, GaussianTaste
from fewrec.models.taste.rating_learning import RatingConfig
from fewrec.models.taste.ratings import LabelledPrompt, RatingTaste
from fewrec.types import Catalogue, Examples, Explanation, Interactions, Rows, Vector


class TasteModel(GaussianTaste):
    """:class:`~fewrec.models.taste.gaussian.GaussianTaste` for lists, :class:`~fewrec.models.taste.ratings.RatingTaste` for single judgements."""

    def __init__(
        self,
        config: GaussianConfig | None = None,
        ratings: RatingConfig | None = None,
        *,
        start: GaussianConfig | None = None,
    ) -> None:
        super().__init__(config, start=start)
        self.judge = RatingTaste(ratings)

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> TasteModel:
        """Learn to rank from likes and to judge from ratings."""
        super().fit(catalogue, interactions, rng=rng)
        self.judge.fit(catalogue, interactions, rng=rng)
        return self

    def fit_episodes(
        self,
        catalogue: Catalogue,
        episodes: Sequence[LabelledPrompt],
        valid: Sequence[LabelledPrompt],
        *,
        rng: np.random.Generator,
    ) -> TasteModel:
        """Learn to judge from labelled prompts alone; afterwards this model judges and does not rank."""
        self.judge.fit_episodes(catalogue, episodes, valid, rng=rng)
        return self

    def predict(self, examples: Sequence[Examples], rows: Rows) -> Vector:
        """(b,) probability that the user of ``examples[b]``, who meets item ``rows[b]``, likes it."""
        return self.judge.predict(examples, rows)

    def explain_prediction(self, examples: Examples, rows: Rows) -> Explanation:
        """Log odds of :meth:`predict` at ``rows``: those of an unknown user, and what each example adds."""
        return self.judge.explain_prediction(examples, rows)
