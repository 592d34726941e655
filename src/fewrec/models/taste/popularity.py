"""How many likes an item's text leads one to expect: what is known of an item that nobody has met."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from fewrec.models.taste.similarity import TextSpace
from fewrec.types import Catalogue, Vector

PENALTY = 10.0
"""L2 weight of the regression, in units of the likes of a typical item (docs/decisions/0010)."""
MIN_ITEMS = 3
"""Items that must share a word before it has a weight of its own."""
_STEPS = 60


def expected_likes(catalogue: Catalogue, likes: Vector, *, penalty: float = PENALTY) -> Vector:
    """(m,) exp(w . text_i + c), a Poisson regression of the items' likes (m,) >= 0 on their vectors and words.

    Not of the logarithm of likes: what is wanted is the chance of a like, of which many items have none. Counts vary far more
    than Poisson's would (an item's text says little of its fame), so the penalty grows with the mean count instead of being
    outvoted by large ones. Items without a like take part: most of them were there and nobody wanted them.
    Source: McCullagh & Nelder 1989, ch. 6; Agarwal & Chen, KDD 2009 (regression priors for cold items).
    """
    total = float(likes.sum())
    if total <= 0:
        return np.zeros_like(likes)
    features = catalogue.derived("popularity features", lambda: _Features(TextSpace.of(catalogue)))
    mean = total / len(likes)
    reg = penalty * max(1.0, mean)
    counts = likes.astype(np.float64)

    def objective(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logs = np.minimum(features.dot(weights), 30.0)
        expected = np.exp(logs)
        slope = weights.copy()
        slope[-1] = 0  # the constant has no penalty
        value = (expected - counts * logs).sum() + reg / 2 * slope @ slope
        return float(value), features.sums(expected - counts) + reg * slope

    start = np.zeros(features.n_weights)
    start[-1] = np.log(mean)
    found = optimize.minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    logs = np.minimum(features.dot(found.x), np.log(likes.max()))
    return np.asarray(np.exp(logs), dtype=np.float32)


class _Features:
    """(m, d' + words + 1): meaning, words of at least MIN_ITEMS items, a constant."""

    def __init__(self, text: TextSpace) -> None:
        n_items = np.diff(text.items_of_word.indptr)
        self._dense = text.dense
        self._words = sparse.csr_matrix(text.lexical[:, np.flatnonzero(n_items >= MIN_ITEMS)])
        self._items_of_word = sparse.csr_matrix(self._words.T)
        self.n_weights = self._dense.shape[1] + self._words.shape[1] + 1

    def dot(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        d = self._dense.shape[1]
        found: NDArray[np.float64] = self._dense @ weights[:d].astype(np.float32) + self._words @ weights[d:-1] + weights[-1]
        return found

    def sums(self, per_item: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n_weights,) features, weighted and summed over the items."""
        meaning = per_item.astype(np.float32) @ self._dense
        return np.concatenate([meaning, self._items_of_word @ per_item, [per_item.sum()]])
