"""``content``: items whose words and vectors resemble those of the examples. Needs no training users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from fewrec.models.classics._base import AdditiveBaseline, log_popularity, profiles
from fewrec.models.episodes import choose, make_folds
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector


@dataclass(frozen=True, kw_only=True)
class ContentConfig:
    """Settings for :class:`Content`."""

    lexical: float = 0.5
    """Share of the TF-IDF cosine, the rest is the cosine of vectors, in [0, 1]."""
    centred: bool = True
    """Whether the catalogue's mean vector is subtracted first."""
    popularity: float = 0.0
    """Weight of log popularity, >= 0."""
    dependence: float = 0.5
    """Power of the total weight of the examples by which their sum is divided: 0 is the sum, 1 the mean."""


class Content(AdditiveBaseline):
    """Sum over examples of the text similarity to the item: a mixture of two cosines, that of encoder vectors and that of TF-IDF.

    Statements count through their vectors. With training users, the mixture and a share of log popularity are chosen on them.
    """

    name = "content"

    def __init__(self, config: ContentConfig | None = None) -> None:
        self.config = config or ContentConfig()
        self._choose = config is None

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:
        self._text = _Text(catalogue)
        if self._choose:
            self.config = self._chosen(catalogue, interactions, rng)
        self._prior = self.config.popularity * log_popularity(interactions.likes)

    def _chosen(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> ContentConfig:
        folds = make_folds(catalogue, interactions, rng=rng)
        settings = [
            ContentConfig(lexical=share, centred=centred, popularity=p, dependence=0.5)
            for share, centred in ((0.5, True), (0.0, True), (0.0, False), (0.5, False), (1.0, True))
            for p in (0.0, 0.01, 0.03, 0.1, 0.3)
        ]

        sums: dict[tuple[int, object], Matrix] = {}  # the same three matrices serve all settings of a fold

        def scored(popularity: Vector, config: ContentConfig, examples: Sequence[Examples]) -> Matrix:
            fold = id(examples)
            for centred in (True, False):
                if (fold, centred) not in sums:
                    sums[fold, centred] = self._text.dense_sums(centred, examples)
            if (fold, "lexical") not in sums:
                sums[fold, "lexical"] = self._text.lexical_sums(examples)
            mixed = (1 - config.lexical) * sums[fold, config.centred] + config.lexical * sums[fold, "lexical"]
            scale = np.array([_scale(e, config) for e in examples], dtype=np.float32)
            return mixed * scale[:, None] + config.popularity * popularity

        best = choose(settings, folds, lambda train: log_popularity(train.likes), scored)
        settings = [replace(best, dependence=power) for power in (0.5, 0.0, 1.0)]
        return choose(settings, folds, lambda train: log_popularity(train.likes), scored)

    def _sums(self, examples: Sequence[Examples]) -> Matrix:
        return self._text.sums(self.config, examples)

    def _parts(self, examples: Examples, rows: Rows) -> Matrix:
        return self._text.parts(self.config, examples, rows)


class _Text:
    """The two feature spaces of a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.lexical = catalogue.lexical
        self.items_of_word = sparse.csr_matrix(catalogue.lexical.T)  # (v, m), turned once rather than at every request
        self.vectors = catalogue.vectors
        has_text = np.linalg.norm(self.vectors, axis=1) > 0
        self.centre = self.vectors[has_text].mean(axis=0) if has_text.any() else np.zeros(self.vectors.shape[1], np.float32)
        self.centred = _centre(self.vectors, self.centre)

    def _dense(self, centred: bool, examples: Sequence[Examples]) -> tuple[Matrix, Matrix]:
        """(all examples, d) and (m, d) in the same space."""
        points = np.concatenate([e.vectors for e in examples])
        if centred:
            return _centre(points, self.centre), self.centred
        return points, self.vectors

    def dense_sums(self, centred: bool, examples: Sequence[Examples]) -> Matrix:
        """(b, m) sums of vector cosines."""
        points, items = self._dense(centred, examples)
        ends = np.cumsum([0, *(len(e) for e in examples)])
        strength = np.concatenate([e.utility * e.weight for e in examples])
        spread = sparse.csr_matrix((strength, np.arange(len(points)), ends), shape=(len(examples), len(points)))
        sums: Matrix = (spread @ points) @ items.T
        return sums

    def lexical_sums(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m) sums of TF-IDF cosines."""
        sums: Matrix = (profiles(examples, len(self.vectors)) @ self.lexical @ self.lexical.T).toarray()
        return sums

    def sums(self, config: ContentConfig, examples: Sequence[Examples]) -> Matrix:
        """(b, m)."""
        total = np.zeros((len(examples), len(self.vectors)), dtype=np.float32)
        if config.lexical < 1:
            total += (1 - config.lexical) * self.dense_sums(config.centred, examples)
        if config.lexical > 0:
            total += config.lexical * self.lexical_sums(examples)
        total *= np.array([_scale(e, config) for e in examples], dtype=np.float32)[:, None]
        return total

    def parts(self, config: ContentConfig, examples: Examples, rows: Rows) -> Matrix:
        """(k, r)."""
        points, items = self._dense(config.centred, [examples])
        parts = (1 - config.lexical) * (points @ items[rows].T)
        if config.lexical > 0:
            is_item = examples.rows >= 0
            parts[is_item] += config.lexical * (self.lexical[examples.rows[is_item]] @ self.lexical[rows].T).toarray()
        result: Matrix = parts * (examples.utility * examples.weight * _scale(examples, config))[:, None]
        return result


def _centre(vectors: Matrix, centre: Vector) -> Matrix:
    """Unit rows around ``centre``; an all-zero row stays zero."""
    empty = ~vectors.any(axis=1)
    moved = vectors - centre
    norms = np.linalg.norm(moved, axis=1, keepdims=True)
    unit: Matrix = (moved / np.maximum(norms, 1e-9)).astype(np.float32)
    unit[empty] = 0
    return unit


def _scale(examples: Examples, config: ContentConfig) -> float:
    return float(max(1.0, np.abs(examples.utility * examples.weight).sum()) ** -config.dependence)
