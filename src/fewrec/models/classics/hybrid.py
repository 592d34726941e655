"""``hybrid``: matrix factorisation whose item factors start from what the items say about themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg, sparse

from fewrec.errors import SettingError
from fewrec.models.classics._base import AdditiveBaseline, popularity_prior
from fewrec.models.classics._factorise import Side, contributions, half_step
from fewrec.models.episodes import TuningConfig, choose_by_turns, make_folds
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows


@dataclass(frozen=True, kw_only=True)
class HybridConfig:
    """Settings for :class:`Hybrid`."""

    factors: int = 32
    """Numbers per user and item, >= 1."""
    reg: float = 30.0
    """L2 weight of users, and of items around what their text predicts, > 0."""
    alpha: float = 5.0
    """Confidence of a like is 1 + alpha, >= 0."""
    feature_reg: float = 10.0
    """L2 weight of the map from text to factors, relative to ``reg``, > 0."""
    popularity: float = 0.0
    """Weight of the share of training users who like the item, >= 0: its bias."""
    n_rounds: int = 15
    """Alternations, >= 1."""

    def __post_init__(self) -> None:
        if min(self.factors, self.n_rounds) < 1 or not min(self.reg, self.feature_reg) > 0 or self.alpha < 0:
            raise SettingError(f"{self}: expected factors and n_rounds >= 1, reg and feature_reg > 0, alpha >= 0")


class Hybrid(AdditiveBaseline):
    """ALS where item i is y_i = W f_i + e_i: a linear map of its text vector, and an offset learned from its likes.

    The objective is that of collaborative topic regression (Wang & Blei, KDD 2011) and regression-based latent factors (Agarwal & Chen,
    KDD 2009): sum c_ui (p_ui - x_u.y_i)^2 + reg (|X|^2 + |Y - FW'|^2) + reg feature_reg |W|^2, minimised in turn over X, Y and W. Chosen
    over LightFM's gradient steps because each step is exact, users unknown in training fold in exactly, and there is no learning rate. An item nobody
    likes is its text alone; a statement is an observation at W E(statement). Popularity breaks ties and is all there is at k = 0.
    """

    name = "hybrid"

    def __init__(self, config: HybridConfig | None = None) -> None:
        self.config = config or HybridConfig()
        self._choose = config is None

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:
        seed = int(rng.integers(2**31))
        if self._choose:
            folds = make_folds(catalogue, interactions, rng=rng, config=TuningConfig(n_folds=2))

            def scored(train: Interactions, config: HybridConfig, examples: Sequence[Examples]) -> Matrix:
                fitted = _Representation(catalogue, train.likes, replace(config, n_rounds=6), seed=seed)
                return fitted.scores(examples) + popularity_prior(train.likes, config.popularity)

            turns = {
                "feature_reg": (10.0, 1.0, 100.0),
                "reg": (30.0, 3.0, 10.0, 100.0),
                "alpha": (5.0, 1.0, 20.0),
                "factors": (32, 16, 64),
                "popularity": (0.0, 0.03, 0.1, 0.3),
            }
            self.config = choose_by_turns(HybridConfig(), turns, folds, lambda train: train, scored)
        self._prior = popularity_prior(interactions.likes, self.config.popularity)
        self._representation = _Representation(catalogue, interactions.likes, self.config, seed=seed)

    def _sums(self, examples: Sequence[Examples]) -> Matrix:
        return self._representation.scores(examples)

    def _parts(self, examples: Examples, rows: Rows) -> Matrix:
        return self._representation.parts(examples, rows)


class _Representation:
    """Item factors and the map from text to them."""

    def __init__(self, catalogue: Catalogue, likes: sparse.csr_matrix, config: HybridConfig, *, seed: int) -> None:
        rng = np.random.default_rng(seed)
        features = _with_constant(catalogue.vectors)
        liked_by = likes.T.tocsr()
        known = np.diff(liked_by.indptr) > 0
        ridge = _Ridge(features[known], config.feature_reg)
        items = rng.normal(0, 0.1 / np.sqrt(config.factors), (len(features), config.factors)).astype(np.float32)
        items[~known] = 0
        for _ in range(config.n_rounds):
            users = half_step(Side.of(items, config.reg), likes, alpha=config.alpha)
            from_text = features @ ridge.fit(items[known])
            items = half_step(Side.of(users, config.reg), liked_by, alpha=config.alpha, pull=np.float32(config.reg) * from_text)
            items[~known] = 0  # nobody met it, which is not the same as nobody liking it: it takes no part in training
        self._map = ridge.fit(items[known])
        self._side = Side.of(items, config.reg)
        self._items = np.where(known[:, None], items, features @ self._map)
        self._alpha = config.alpha

    def scores(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m) of users folded in from their examples."""
        side, points = self._observed_from(examples)
        users = np.repeat(np.arange(len(examples)), [len(e) for e in examples])
        strength = np.concatenate([e.utility * e.weight for e in examples])
        observed = sparse.csr_matrix((strength, (users, points)), shape=(len(examples), len(side.factors)))
        scores: Matrix = half_step(side, observed, alpha=self._alpha) @ self._items.T
        return scores

    def parts(self, examples: Examples, rows: Rows) -> Matrix:
        """(k, r)."""
        side, points = self._observed_from([examples])
        parts: Matrix = contributions(side, points, examples.utility * examples.weight, alpha=self._alpha) @ self._items[rows].T
        return parts

    def _observed_from(self, examples: Sequence[Examples]) -> tuple[Side, Rows]:
        """The items with the statements after them, and which of these points each example is."""
        rows = np.concatenate([e.rows for e in examples])
        stated = _with_constant(np.concatenate([e.vectors for e in examples])[rows < 0]) @ self._map
        points = np.where(rows >= 0, rows, len(self._items) - 1 + np.cumsum(rows < 0))
        return self._side.seen_at(np.concatenate([self._items, stated])), points


class _Ridge:
    """Ridge regression from fixed features (p, d), the last of them a constant without penalty, to changing targets."""

    def __init__(self, features: Matrix, reg: float) -> None:
        self._features = features
        gram = (features.T @ features).astype(np.float64)
        gram[np.diag_indices(len(gram))] += reg
        gram[-1, -1] += 1e-6 - reg
        self._factor = linalg.cho_factor(gram)

    def fit(self, targets: Matrix) -> Matrix:
        """(d, f) for ``targets`` (p, f)."""
        solution: Matrix = linalg.cho_solve(self._factor, self._features.T @ targets).astype(np.float32)
        return solution


def _with_constant(vectors: Matrix) -> Matrix:
    return np.concatenate([vectors, np.ones((len(vectors), 1), dtype=np.float32)], axis=1)
