"""A model of one's own in 20 lines, evaluated beside ours; it needs no line of fewrec.

Usage, in this folder::

    fewrec evaluate --items ITEMS --events EVENTS --models auto,popularity,own_model:MyModel

It scores an item by the share of its likers among those who like each example: a prior, and one part for every example, so that
``explain`` is exact. ``python own_model.py`` runs the contract suite on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.types import Catalogue, Examples, Explanation, Interactions, Matrix, Rows


class MyModel:
    """Conditional popularity: p(item) plus, for every example o, p(item | o) - p(item)."""

    name = "own_model:MyModel"

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> MyModel:  # noqa: ARG002
        """Learn from training users, of whom there may be none."""
        likes = interactions.likes.toarray()  # (n, m); use sparse matrices for a large catalogue
        together, liked = likes.T @ likes, likes.sum(axis=0)
        self.prior = (liked / (len(likes) + 1)).astype(np.float32)
        self.parts = (together / (liked[:, None] + 5) - self.prior * (liked / (liked + 5))[:, None]).astype(np.float32)
        return self

    def explain(self, examples: Examples, rows: Rows) -> Explanation:
        """Why the items at ``rows`` score as they do."""
        strength = np.where(examples.rows >= 0, examples.utility * examples.weight, 0)  # a statement has row -1
        return Explanation(self.prior[rows], (strength[:, None] * self.parts[examples.rows][:, rows]).astype(np.float32))

    def score(self, examples: Sequence[Examples]) -> Matrix:
        """(users, items), higher is better."""
        everything = np.arange(len(self.prior))
        scores = [self.explain(each, everything).score for each in examples]
        return np.array(scores, dtype=np.float32).reshape(len(examples), len(self.prior))


if __name__ == "__main__":
    from fewrec.testing import ModelContract

    class Promises(ModelContract):
        """What every model promises."""

        def make(self) -> MyModel:
            """With default settings."""
            return MyModel()

    print(f"{len(Promises().check())} promises hold")
