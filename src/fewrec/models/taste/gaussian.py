"""The taste model: few-shot learning as empirical Bayes, a Gaussian process over items whose prior is the population.

    f_u(i) = m(i) + b_u + g_u(i)            y = f_u(i) + noise
    mean(i) = m(i) + K(i,O) (K(O,O) + N)^-1 (y - m(O))
    var(i)  = K(i,i) - K(i,O) (K(O,O) + N)^-1 K(O,i)

f_u(i) is whether u likes i (1 or 0). m and K are the population's mean and covariance of that, shrunk towards a text kernel:

    K(p,q) = bias + sqrt((1 - w_p) (1 - w_q)) cov(p,q) + sqrt(w_p w_q) s_p s_q t(p,q)
    w_p    = shrinkage / (likes_p + borrowing + shrinkage)
    t(p,q) = (1 - lexical - own) v_p.v_q + lexical * l_p.l_q + own * [p = q]

with s_p the prior standard deviation of item p, v its centred vector, l its TF-IDF row. An item with little data borrows the
counts of its neighbours in the text; a statement, of which there is no count at all, borrows everything. Symbols as in docs/concepts.
Sources: Rasmussen & Williams 2006, ch. 2; Yu, Tresp & Schwaighofer, ICML 2005 (hierarchical Bayes: a GP prior learned from users).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from fewrec.errors import DataError, NotFittedError
from fewrec.models.taste.points import Points, Posterior, Projection, words_of
from fewrec.models.taste.popularity import expected_likes
from fewrec.models.taste.population import PopulationSums
from fewrec.models.taste.prior import PopulationPrior
from fewrec.models.taste.similarity import SMALL, TextSpace, nearest, unit_rows
from fewrec.types import Catalogue, Examples, Explanation, Interactions, Matrix, Rows, Vector


@dataclass(frozen=True, kw_only=True)
class GaussianConfig:
    """Hyper-parameters of :class:`GaussianTaste`; few, and learned on training users when left open."""

    noise: float = 0.02
    """Variance of one plain like, > 0; an example of weight w has noise / w."""
    shrinkage: float = 10.0
    """How many likes of an item its text counts for, > 0: with fewer the text decides whom it suits, with more the likes do."""
    borrowing: float = 1.0
    """How many likes the text neighbours of an item count for, >= 0; 0 borrows nothing (statements excepted)."""
    lexical: float = 0.4
    """Share of exact words in the text kernel, in [0, 1 - own]."""
    own: float = 0.2
    """Share of the text kernel that an item shares with nothing else, in (0, 1)."""
    activity: float = 0.5
    """Power by which a user's number of likes divides their say about the others, in [0, 1]."""
    bias: float = 0.0
    """Variance of b_u, how positive a user is in general, >= 0."""
    neighbours: int = 20
    """Items a sparse item borrows from."""


class GaussianTaste:
    """``taste``: mean, variance and exact contributions in closed form, from k = 0 examples upwards."""

    name = "taste"

    def __init__(self, config: GaussianConfig | None = None, *, start: GaussianConfig | None = None) -> None:
        """``config``: settings as they are to be used. Without it they are learned, beginning with ``start``."""
        self.config = config or start or GaussianConfig()
        self._choose = config is None
        self._text: TextSpace | None = None

    # -- learning -----------------------------------------------------------------------------------------------------

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> GaussianTaste:
        """Population sums, item neighbours, and (unless a config was given) hyper-parameters chosen on episodes of these users."""
        if interactions.n_items != len(catalogue):
            raise DataError(
                f"the interactions speak of {interactions.n_items} items, the catalogue holds {len(catalogue)}",
                hint="build both from the same items file",
            )
        if self._choose:
            from fewrec.models.taste.learning import learn_config

            self.config = learn_config(catalogue, interactions, start=self.config, rng=rng)
        text = TextSpace.of(catalogue)
        n_neighbours = self.config.neighbours
        neighbours = catalogue.derived(("neighbours", n_neighbours), lambda: text.neighbours(n_neighbours, 0.5))
        sums = self.sums_of(interactions)
        prior = PopulationPrior.of(sums, expected_likes(catalogue, sums.likes), neighbours, self.config.borrowing)
        self.set_state(catalogue, text, prior)
        return self

    def sums_of(self, interactions: Interactions) -> PopulationSums:
        """The population's sums under this config."""
        return PopulationSums.of(interactions.likes, self.config.activity)

    def set_state(self, catalogue: Catalogue, text: TextSpace, prior: PopulationPrior) -> None:
        """Use these parts; what :meth:`fit` ends with, and what trying many configs on one catalogue shares."""
        self._catalogue = catalogue
        self._text = text
        self._prior = prior
        share = self._text_share(prior.sums.likes)
        self._spread = (prior.deviation * np.sqrt(share)).astype(np.float32)
        self._count_scale = np.sqrt((1 - share) / max(prior.sums.n, 1)).astype(np.float32)
        self._borrow = (sparse.diags(self._count_scale) @ prior.borrow).tocsr()
        self._borrowed = self._count_scale * prior.borrowed
        self._whole = self._whole_kernel() if len(prior.mean) <= SMALL else None

    def _text_share(self, likes: Vector) -> Vector:
        """In [0, 1], how much the text decides of points with so many likes; all of it where there are no users."""
        if self._prior.sums.n == 0:
            return np.ones_like(likes)
        reg = self.config.shrinkage
        return np.asarray(reg / (likes + self.config.borrowing + reg), dtype=np.float32)

    # -- inference ----------------------------------------------------------------------------------------------------

    def infer(self, examples: Examples) -> Posterior:
        """The posterior of one user. Solving costs O(k^3), k the number of examples."""
        points = self._points(examples)
        return self._posterior(examples, self._kernel(points, points), points.mean)

    def score(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m) posterior means."""
        self._fitted()
        scores = np.repeat(self._prior.mean[None], len(examples), axis=0)  # (b, m)
        others = []
        for row, each in enumerate(examples):
            if self._whole is not None and (each.rows >= 0).all():
                scores[row] += self._weighed(each, self._whole) @ self._whole[each.rows]
            else:
                others.append(row)
        if any(len(examples[row]) for row in others):
            added = scores[others]
            self._add_pulls(added, [examples[row] for row in others])
            scores[others] = added
        return scores

    def _whole_kernel(self) -> Matrix:
        """(m, m) K between all items of a small catalogue, made with the fit: a user's scores are then a few of its rows."""
        text, prior, config = self._fitted(), self._prior, self.config
        meaning, words = text.grams
        kernel: Matrix = (1 - config.lexical - config.own) * meaning
        kernel += config.lexical * words
        kernel[np.diag_indices(len(kernel))] += config.own
        kernel *= self._spread
        kernel *= self._spread[:, None]
        kernel += prior.covariance * self._count_scale * self._count_scale[:, None]
        kernel += config.bias
        return kernel

    def _weighed(self, examples: Examples, whole: Matrix) -> Vector:
        """(k,) alpha of examples that are all items, by the whole kernel."""
        rows = examples.rows
        return self._posterior(examples, whole[rows[:, None], rows], self._prior.mean[rows]).alpha

    def _add_pulls(self, scores: Matrix, examples: Sequence[Examples]) -> None:
        """Add K(., O) alpha of every user to ``scores`` (b, m) without K: sums over their examples first, then one pass over the items."""
        text, prior, config = self._fitted(), self._prior, self.config
        b, m = scores.shape
        together = np.zeros((m, b), dtype=np.float32)
        alike = np.zeros((b, m), dtype=np.float32)
        meaning = np.zeros((b, text.dense.shape[1]), dtype=np.float32)
        words, offset = [], np.zeros(b, dtype=np.float32)
        for user, each in enumerate(examples):
            points = self._points(each)
            paired = points.counts @ prior.sums.pairs if prior.sums.n > 0 else None  # (k, m)
            alpha = self._posterior(each, self._kernel(points, points, paired), points.mean).alpha
            if paired is not None:
                together[:, user] = paired.T @ alpha
                offset[user] = alpha @ (points.counts @ prior.sums.likes) / prior.sums.n
            scaled = alpha * points.spread
            meaning[user] = scaled @ points.dense
            words.append(points.lexical.T @ scaled)
            is_item = points.rows >= 0
            np.add.at(alike[user], points.rows[is_item], config.own * scaled[is_item])
            scores[user] += config.bias * alpha.sum()
        alike += ((1 - config.lexical - config.own) * meaning) @ text.dense.T
        if config.lexical > 0:
            for user, said in enumerate(words):
                alike[user] += text.items_saying(config.lexical * said)
        alike *= self._spread
        scores += alike
        if prior.sums.n > 0:
            scores += (self._borrow @ together).T  # (b, m)
            scores -= np.outer(offset, self._borrowed)

    def project(self, new_items: Catalogue) -> Projection:
        """Items that are not in the fit, as points of the kernel's space: they lie where a statement of the same text would.

        Such an item has no count of its own: its nearest fitted items in the text speak for its mean and its covariances, and its own
        text decides the rest. ``new_items`` (n items) must be encoded and weighed in the spaces of the fitted catalogue.

        Raises:
            NotFittedError: before :meth:`fit`.
        """
        width = self._fitted().lexical.shape[1]
        words = new_items.lexical.tocsr() if new_items.lexical.shape[1] == width else None
        points, near = self._new_points(new_items.vectors, words)
        return Projection(points, near, self._prior_variance(points))

    def kernel_between(self, left: Rows | Projection, right: Rows | Projection) -> Matrix:
        """(p, r) prior covariance K between fitted items (catalogue rows) or projected ones."""
        return self._kernel(self._at(left), self._at(right))

    def explain(self, examples: Examples, rows: Rows | Projection) -> Explanation:
        """The posterior mean at catalogue ``rows`` or projected items, as m(i) plus alpha_o K(i, o) for every example o."""
        self._fitted()
        if self._whole is not None and not isinstance(rows, Projection) and (examples.rows >= 0).all():
            alpha = self._weighed(examples, self._whole)
            return Explanation(self._prior.mean[rows], alpha[:, None] * self._whole[examples.rows[:, None], rows])
        points, items = self._points(examples), self._at(rows)
        kernel = self._kernel(points, items)  # (k, r)
        alpha = self._posterior(examples, self._kernel(points, points), points.mean).alpha
        return Explanation(items.mean, alpha[:, None] * kernel)

    def uncertainty(self, examples: Examples, rows: Rows | Projection) -> Vector:
        """(r,) posterior standard deviation of f_u at catalogue ``rows`` or projected items, in the unit of the score."""
        kernel, posterior, variance = self._kernel_and_variance(examples, rows)
        variance = variance - np.einsum("kr,kl,lr->r", kernel, posterior.inverse, kernel)
        return np.asarray(np.sqrt(np.maximum(variance, 1e-12)), dtype=np.float32)

    def covariance(self, examples: Examples, rows: Rows) -> Matrix:
        """(r, r) posterior covariance at ``rows``: what joint draws and questions need."""
        self._fitted()
        items = self._items(rows)
        points = self._points(examples)
        kernel = self._kernel(points, items)
        posterior = self._posterior(examples, self._kernel(points, points), points.mean)
        joint = self._kernel(items, items) - kernel.T @ posterior.inverse @ kernel
        return np.asarray((joint + joint.T) / 2, dtype=np.float32)

    @property
    def prior_mean(self) -> Vector:
        """(m,) m(i): the probability of a like by an unknown user."""
        self._fitted()
        return self._prior.mean

    def kernel_row(self, row: int) -> Vector:
        """(m,) K(row, i) for every item i."""
        self._fitted()
        if self._whole is not None:
            return np.asarray(self._whole[row], dtype=np.float32)
        counted = self.score([_like(self._catalogue, row)])[0] - self._prior.mean
        pull = self.infer(_like(self._catalogue, row)).alpha[0]
        return np.asarray(counted / pull, dtype=np.float32)

    def correlation(self, row: int) -> Vector:
        """(m,) K(row, i) / (s_row s_i): how alike items are under the prior, text and behaviour together."""
        deviation = self._prior.deviation
        return np.asarray(self.kernel_row(row) / (deviation * deviation[row]), dtype=np.float32)

    def noise_of(self, weight: float = 1.0) -> float:
        """Noise variance of an example of this weight."""
        return self.config.noise / weight

    def taste_vector(self, examples: Examples) -> Vector:
        """(d,) unit vector of E's space: where this user's taste points, for a decoder. Zero when there is nothing to go by.

        The examples' vectors weighted by utility and weight, dislikes by half of theirs, since being away from a point is no direction.
        (Not by alpha: among hundreds of likes it singles out the unexpected ones, and reads as what is odd about a user rather than what
        they like.) Where nothing is liked, the vector starts at what everybody likes.
        """
        self._fitted()
        vectors = self._catalogue.vectors
        strength = examples.utility * examples.weight * np.where(examples.utility > 0, 1, 0.5)
        taste = strength @ examples.vectors if len(examples) else np.zeros(vectors.shape[1], dtype=np.float32)
        if not (strength > 0).any():
            average = unit_rows((self._prior.mean @ vectors)[None])[0]
            taste = taste / max(1.0, float(np.abs(strength).sum())) + average
        direction: Vector = unit_rows(taste[None].astype(np.float32))[0]
        return direction

    # -- the kernel ---------------------------------------------------------------------------------------------------

    def _fitted(self) -> TextSpace:
        if self._text is None:
            raise NotFittedError("taste was asked for scores before it was fitted", hint="call fit(...) first")
        return self._text

    def _points(self, examples: Examples) -> Points:
        """Where the examples lie. A statement is a new item without a count: its text neighbours speak for it."""
        text = self._fitted()
        k = len(examples)
        is_item = examples.rows >= 0
        points = self._items(np.maximum(examples.rows, 0))
        if is_item.all():
            return points
        said = np.flatnonzero(~is_item)
        new, _ = self._new_points(examples.vectors[said], words_of(examples, said, text.lexical.shape[1]))
        back = sparse.csr_matrix((np.ones(len(said), dtype=np.float32), (said, np.arange(len(said)))), shape=(k, len(said)))
        keep = sparse.diags(is_item.astype(np.float32))
        points.dense[said] = new.dense
        spread = np.where(is_item, points.spread, 0).astype(np.float32)
        spread[said] = new.spread
        mean = np.where(is_item, points.mean, 0).astype(np.float32)
        mean[said] = new.mean
        return Points(
            counts=(keep @ points.counts + back @ new.counts).tocsr(),
            spread=spread,
            dense=points.dense,
            lexical=(keep @ points.lexical + back @ new.lexical).tocsr(),
            rows=examples.rows,
            mean=mean,
        )

    def _new_points(self, vectors: Matrix, words: sparse.csr_matrix | None) -> tuple[Points, sparse.csr_matrix]:
        """Points that are not items of the fit, from their vectors (n, d) of E and words (n, v); and (n, m) who speaks for them."""
        text, prior, n = self._fitted(), self._prior, len(vectors)
        if words is None:
            words = sparse.csr_matrix((n, text.lexical.shape[1]), dtype=np.float32)
        dense = text.place(vectors)
        alike = 0.5 * np.maximum(dense @ text.dense.T, 0) + 0.5 * (words @ text.lexical.T).toarray()
        near = nearest(alike, self.config.neighbours)  # (n, m)
        if self.config.borrowing == 0:
            near = sparse.csr_matrix((n, len(prior.mean)), dtype=np.float32)
        share = float(self._text_share(np.zeros(1, dtype=np.float32))[0])
        counts = near * np.float32(np.sqrt((1 - share) / max(prior.sums.n, 1)))
        typical = float(np.sqrt((prior.mean @ prior.deviation**2) / max(float(prior.mean.sum()), 1e-9)))
        spread = np.full(n, typical * np.sqrt(share), dtype=np.float32)
        rows = np.full(n, -1, dtype=np.int64)
        mean = np.asarray(near @ prior.mean, dtype=np.float32)
        return Points(counts.tocsr(), spread, dense, words, rows, mean), near

    def _at(self, where: Rows | Projection) -> Points:
        return where.points if isinstance(where, Projection) else self._items(where)

    def _items(self, rows: Rows) -> Points:
        text, prior = self._fitted(), self._prior
        return Points(self._borrow[rows], self._spread[rows], text.dense[rows], text.lexical[rows], rows, prior.mean[rows])

    def _kernel(self, left: Points, right: Points, paired: sparse.csr_matrix | None = None) -> Matrix:
        """(k, r) K between two sets of points; ``paired`` (k, m) is left's counts times the pairs, where known."""
        sums, config = self._prior.sums, self.config
        alike = (1 - config.lexical - config.own) * (left.dense @ right.dense.T)
        alike += config.lexical * (left.lexical @ right.lexical.T).toarray()
        alike += config.own * ((left.rows[:, None] == right.rows) & (left.rows[:, None] >= 0))
        kernel = alike * np.outer(left.spread, right.spread)
        if sums.n > 0:
            if paired is None:
                paired = left.counts @ sums.pairs
            kernel += (paired @ right.counts.T).toarray()
            kernel -= np.outer(left.counts @ sums.likes, right.counts @ sums.likes) / sums.n
        total: Matrix = (kernel + config.bias).astype(np.float32)
        return total

    def _posterior(self, examples: Examples, kernel: Matrix, mean: Vector) -> Posterior:
        """``kernel`` (k, k) between the examples, ``mean`` (k,) what the prior expects of them."""
        if len(examples) == 0:
            return Posterior(np.zeros(0, dtype=np.float32), np.zeros((0, 0), dtype=np.float32))
        noisy = kernel.astype(np.float64)
        noisy[np.diag_indices(len(noisy))] += self.config.noise / np.maximum(examples.weight, 1e-6)
        inverse = np.linalg.inv(noisy)
        # A like is a 1 in the population's terms, whatever its strength; a dislike lies as far below zero as it is strong.
        observed = np.where(examples.utility > 0, 1.0, examples.utility)
        return Posterior((inverse @ (observed - mean)).astype(np.float32), inverse.astype(np.float32))

    def _kernel_and_variance(self, examples: Examples, rows: Rows | Projection) -> tuple[Matrix, Posterior, Vector]:
        self._fitted()
        items, points = self._at(rows), self._points(examples)
        variance = rows.variance if isinstance(rows, Projection) else self._prior_variance(items)
        posterior = self._posterior(examples, self._kernel(points, points), points.mean)
        return self._kernel(points, items), posterior, variance

    def _prior_variance(self, points: Points) -> Vector:
        """(k,) K(p, p)."""
        sums, config = self._prior.sums, self.config
        has_text = np.square(points.dense).sum(axis=1), np.asarray(points.lexical.power(2).sum(axis=1)).ravel()
        alike = (1 - config.lexical - config.own) * has_text[0] + config.lexical * has_text[1] + config.own * (points.rows >= 0)
        variance: Vector = alike * points.spread**2
        if sums.n > 0:
            variance = variance + np.asarray((points.counts @ sums.pairs).multiply(points.counts).sum(axis=1)).ravel()
            variance = variance - (points.counts @ sums.likes) ** 2 / sums.n
        return (variance + config.bias).astype(np.float32)


def _like(catalogue: Catalogue, row: int) -> Examples:
    return Examples.of_likes(catalogue, [row])
