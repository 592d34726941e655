"""The taste model for ratings: will this user like that item, given what they liked and disliked before?

    f_u(i) = m(i) + b_u + g_u(i)            y = f_u(i) + noise / weight          y: utility in [-1, 1]
    mean(i) = m(i) + K(i,O) (K(O,O) + N)^-1 (y - m(O))
    K(p,q)  = bias + V_m(p,q) + sum_j taste_j k_j(p,q) + w_p.w_q                 P(like) = logistic(intercept + slope * mean(i))

m(i) is an empirical-Bayes item mean, predicted for new items from their text, categories, numbers and popularity, V_m what is still
unknown of it (:mod:`item_means`); the k_j are the views of the items (:mod:`views`); the w are directions in which the ratings of many
people deviate together (:mod:`factors`). The variances come from the marginal likelihood (:mod:`evidence`), the two numbers of the curve
from ratings that were left out (:mod:`link`). Unlike ranking, where likes alone are known, nothing is made of what a user has not rated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from fewrec.errors import DataError, NotFittedError
from fewrec.models.taste.factors import Factors
from fewrec.models.taste.item_means import ItemMeans
from fewrec.models.taste.link import Link
from fewrec.models.taste.persons import people_of
from fewrec.models.taste.rating_learning import RatingConfig, learn
from fewrec.models.taste.views import VIEWS, ItemViews
from fewrec.types import Catalogue, Examples, Explanation, Interactions, Matrix, Rows, Vector

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Points:
    """Items or statements as points of the kernel's space: covariances are inner products of features, plus what is an item's own."""

    mean: Floats
    """(p,) m."""
    features: Floats
    """(p, q)"""
    words: sparse.csr_matrix
    """(p, v)"""
    rows: Rows
    """(p,) catalogue row, -1 for a statement."""
    own: Floats
    """(p,) variance that an item shares with itself alone."""


class LabelledPrompt(Protocol):
    """A user's history, an item that they then met, and whether they liked it."""

    @property
    def examples(self) -> Examples:
        """The history."""

    @property
    def row(self) -> int:
        """The item's catalogue row."""

    @property
    def label(self) -> bool:
        """Whether the user liked the item."""


class RatingTaste:
    """``score`` and ``explain`` speak in log odds of a like, ``predict`` in probabilities; all three are the same posterior."""

    name = "taste"

    def __init__(self, config: RatingConfig | None = None) -> None:
        self.config = config or RatingConfig()
        self._views: ItemViews | None = None

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> RatingTaste:
        """Item means, variances, directions of taste and the curve, from the ratings of all training users (there may be none)."""
        if interactions.n_items != len(catalogue):
            raise DataError(
                f"the interactions speak of {interactions.n_items} items, the catalogue holds {len(catalogue)}",
                hint="build both from the same items file",
            )
        views = ItemViews.of(catalogue, self.config.rank)
        learned = learn(views, interactions, self.config, rng)
        self._views = views
        self.variances: dict[str, float] = dict(learned.variances)
        self._means: ItemMeans = learned.means
        self._factors: Factors = learned.factors
        self._link: Link = learned.link
        return self

    def fit_episodes(
        self,
        catalogue: Catalogue,
        episodes: Sequence[LabelledPrompt],
        valid: Sequence[LabelledPrompt],
        *,
        rng: np.random.Generator,
    ) -> RatingTaste:
        """Learn from labelled prompts: their histories are ratings too, and prompts of one person are put together.

        ``valid`` is left aside: hundreds of labels that choose anything would be most of what a model of 16 prompts has learned from.
        """
        del valid
        histories = []
        for prompt in episodes:
            told = dict(zip(prompt.examples.rows.tolist(), prompt.examples.utility.tolist(), strict=True))
            told[prompt.row] = 1.0 if prompt.label else -1.0
            told.pop(-1, None)  # a statement is no rating
            histories.append((np.array(list(told), dtype=np.int64), np.array(list(told.values()), dtype=np.float32)))
        return self.fit(catalogue, people_of(histories, len(catalogue)), rng=rng)

    # -- answers ------------------------------------------------------------------------------------------------------

    def predict(self, examples: Sequence[Examples], rows: Rows) -> Vector:
        """(b,) in (0, 1): probability that the user of ``examples[b]``, who meets item ``rows[b]``, likes it."""
        self._fitted()
        utility = np.empty(len(rows))
        of: dict[int, list[int]] = {}  # pairs of one user are answered together
        for place, one in enumerate(examples):
            of.setdefault(id(one), []).append(place)
        for places in of.values():
            utility[places] = self._utility(examples[places[0]], self._items(rows[places]))
        return np.asarray(self._link.probability(utility), dtype=np.float32)

    def score(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m) log odds of a like."""
        items = self._items(np.arange(len(self._fitted())))
        found = np.empty((len(examples), len(items.rows)), dtype=np.float32)
        for row, one in enumerate(examples):
            found[row] = self._link.logit(self._utility(one, items))
        return found

    def explain(self, examples: Examples, rows: Rows) -> Explanation:
        """The log odds at ``rows``: those of an unknown user, plus slope * alpha_o K(i, o) for every example o."""
        self._fitted()
        points, items = self._points(examples), self._items(rows)
        parts = self._link.slope * self._pull(examples, points)[:, None] * self._kernel(points, items)
        return Explanation(self._link.logit(items.mean).astype(np.float32), parts.astype(np.float32))

    def explain_prediction(self, examples: Examples, rows: Rows) -> Explanation:
        """The same: here a judgement is all there is to explain."""
        return self.explain(examples, rows)

    def uncertainty(self, examples: Examples, rows: Rows) -> Vector:
        """(r,) posterior standard deviation of f_u at ``rows``, in units of utility."""
        self._fitted()
        points, items = self._points(examples), self._items(rows)
        across = self._kernel(points, items)
        squared_words = np.asarray(items.words.power(2).sum(axis=1)).ravel()
        variance = np.square(items.features).sum(axis=1) + items.own + self.variances["taste_words"] * squared_words
        if len(examples):
            variance = variance - np.einsum("kr,kr->r", across, self._solve(examples, points, across))
        return np.asarray(np.sqrt(np.maximum(variance, 1e-12)), dtype=np.float32)

    # -- the posterior ------------------------------------------------------------------------------------------------

    def _utility(self, examples: Examples, items: _Points) -> Floats:
        if not len(examples):
            return items.mean
        points = self._points(examples)
        return np.asarray(items.mean + self._pull(examples, points) @ self._kernel(points, items))

    def _pull(self, examples: Examples, points: _Points) -> Floats:
        """(k,) alpha = (K + N)^-1 (y - m)."""
        return self._solve(examples, points, examples.utility.astype(np.float64) - points.mean)

    def _solve(self, examples: Examples, points: _Points, right: Floats) -> Floats:
        if not len(examples):
            return right
        noise = self.variances["noise"] / np.maximum(examples.weight.astype(np.float64), 1e-6)
        covariance = self._kernel(points, points) + np.diag(noise)
        found: Floats = linalg.cho_solve(linalg.cho_factor(covariance, lower=True, check_finite=False), right)
        return found

    def _kernel(self, left: _Points, right: _Points) -> Floats:
        """(p, r) K between two sets of points."""
        kernel = left.features @ right.features.T
        if left.words.nnz and right.words.nnz:
            kernel += self.variances["taste_words"] * (left.words @ right.words.T).toarray()
        same = (left.rows[:, None] == right.rows[None]) & (left.rows[:, None] >= 0)
        return np.asarray(kernel + same * left.own[:, None])

    def _items(self, rows: Rows) -> _Points:
        views, means, factors = self._fitted(), self._means, self._factors
        blocks = [np.full((len(rows), 1), np.sqrt(self.variances["bias"])), means.loadings[rows]]
        blocks += [np.sqrt(self.variances[f"taste_{name}"]) * views.view(name)[rows] for name in VIEWS if name != "words"]
        blocks.append(factors.loadings[rows])
        return _Points(
            mean=means.mean[rows],
            features=np.concatenate(blocks, axis=1),
            words=views.text.lexical[rows],
            rows=np.asarray(rows),
            own=means.own[rows] + factors.own[rows],
        )

    def _points(self, examples: Examples) -> _Points:
        """Where the examples lie. Of a statement meaning and words are known; for the rest it is any item."""
        points = self._items(np.maximum(examples.rows, 0))
        said = np.flatnonzero(examples.rows < 0)
        if not len(said):
            return points
        views, means = self._fitted(), self._means
        d, q = views.text.dense.shape[1], len(means.anywhere)
        points.mean[said] = means.level
        points.features[said] = 0
        points.features[said, 0] = np.sqrt(self.variances["bias"])
        points.features[said, 1 : 1 + q] = means.anywhere
        placed = np.sqrt(self.variances["taste_meaning"]) * views.text.place(examples.vectors[said])
        points.features[said, 1 + q : 1 + q + d] = placed
        keep = sparse.diags((examples.rows >= 0).astype(np.float32))
        words = (keep @ points.words).tocsr()
        if examples.lexical is not None and examples.lexical.shape[1] == words.shape[1]:
            words = (words + sparse.diags((examples.rows < 0).astype(np.float32)) @ examples.lexical).tocsr()
        own = np.where(examples.rows < 0, 0.0, points.own)
        return _Points(points.mean, points.features, words, np.asarray(examples.rows), own)

    def _fitted(self) -> ItemViews:
        if self._views is None:
            raise NotFittedError(f"{self.name} was asked about ratings before it was fitted", hint="call fit(...) first")
        return self._views
