"""``random``: an arbitrary order. The floor that any model must clear."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.models.classics._base import Baseline
from fewrec.types import Catalogue, Examples, Explanation, Interactions, Matrix, Rows, Vector


class Random(Baseline):
    """Uniform scores in [0, 1), drawn from the seed of the fit and the user's examples, so that asking twice changes nothing.

    Without examples all items score the same, as of any model that knows nothing: one draw for everybody would be a single list
    whose luck all users share, and the evaluation orders equal scores at random per user anyway.
    """

    name = "random"

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:  # noqa: ARG002 - as in the base
        self._seed = int(rng.integers(2**63))
        self._n_drawn = len(catalogue)

    def _score(self, examples: Sequence[Examples]) -> Matrix:
        return np.stack([self._draw(e) for e in examples])

    def explain(self, examples: Examples, rows: Rows) -> Explanation:
        """Nothing the user did matters: all of the score is prior."""
        self._fitted()
        return Explanation(prior=self._draw(examples)[rows], parts=np.zeros((len(examples), len(rows)), dtype=np.float32))

    def _draw(self, examples: Examples) -> Vector:
        if len(examples) == 0:
            return np.zeros(self._n_drawn, dtype=np.float32)
        rng = np.random.default_rng([self._seed, *sorted(int(row) + 1 for row in examples.rows)])
        return rng.random(self._n_drawn, dtype=np.float32)
