"""The default model, ``auto``: members of different kinds, blended by weights learned on episodes made from training users.

Whether a catalogue is rich in text and sparse in clicks, driven by popularity, or collaborative need not be configured: the episodes
decide, and where there are too few of them a prior over weights does. Every member's score is a prior plus
one contribution per example, so the blend's is too, and the reasons shown add up to the score exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fewrec.errors import NotFittedError
from fewrec.models.base import Additive
from fewrec.models.blend.prior import PriorTable, density, prior_weights
from fewrec.models.blend.weights import DEPTH, KNOTS, BlendConfig, Episodes, Weights, learn_weights
from fewrec.models.episodes import Fold, TuningConfig, make_folds
from fewrec.models.taste.gaussian import GaussianTaste
from fewrec.ops.ranking import ideal_dcg
from fewrec.ops.topk import top_columns
from fewrec.types import Catalogue, Examples, Explanation, Interactions, Matrix, Rows, Vector

Scales = Mapping[str, tuple[Vector, Vector]]
"""Member -> (b,) mean and (b,) standard deviation of its scores over the catalogue, for b users."""


@dataclass(frozen=True)
class Member:
    """One candidate for an ensemble."""

    make: Callable[[], Additive]
    """A new, unfitted model, its settings given."""
    suits: Callable[[Catalogue, Interactions], bool] | None = None
    """Whether it could tell anything here; where not it is left out before anything is fitted. None: everywhere."""
    fallback: str | None = None
    """The member that gets its weight in the prior where it does not suit."""


@dataclass(frozen=True, kw_only=True)
class EnsembleConfig:
    """Settings of :class:`Ensemble`."""

    n_candidates: int = 60
    """Items from the top of each member that an episode is judged on."""
    episodes: TuningConfig = field(
        default_factory=lambda: TuningConfig(
            shots=(0, 1, 3, 5, 10), n_folds=4, max_users=400, every_shot=True, n_repeats=2, max_cells=30_000_000
        )
    )
    """How many episodes are made."""
    blend: BlendConfig = field(default_factory=BlendConfig)
    """The ascent on their NDCG@10."""


class Ensemble:
    """A weighted sum of its members' scores, each standardised over the catalogue for the request at hand.

    A member in two settings is two members: the weights choose between them, which costs less than choosing first. ``readers`` names
    the members that understand statements: the others speak only for the share of examples that are items, and what they leave goes to
    the first reader. ``prior``: weights carried over from another domain; the shipped prior stands in where it does not cover the data.
    ``taste``: the candidate that is the taste model (:attr:`taste`), fitted whatever its weight.
    """

    __not_saved__: tuple[str, ...] = ("_candidates",)

    def __init__(
        self,
        candidates: Mapping[str, Member],
        *,
        name: str = "auto",
        readers: Sequence[str] = ("taste", "content"),
        config: EnsembleConfig | None = None,
        prior: PriorTable | None = None,
        taste: str | None = None,
    ) -> None:
        self._name = name
        self.config = config or EnsembleConfig()
        self._candidates = dict(candidates)
        self._readers = tuple(readers)
        self._carried = prior
        self._taste_name = taste
        self._taste: GaussianTaste | None = None
        self.members: dict[str, Additive] = {}
        self.weights: Weights | None = None

    @property
    def name(self) -> str:
        """What ``--model`` takes."""
        return self._name

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Ensemble:
        """Weights on episodes whose statistics come from other users, then the members that they keep, on all users."""
        suited = {
            name: member
            for name, member in self._candidates.items()
            if not member.suits or member.suits(catalogue, interactions)
        }
        names = tuple(suited)
        prior = prior_weights(density(interactions), self._carried)
        fallbacks = {
            name: member.fallback for name, member in self._candidates.items() if member.fallback and name not in suited
        }
        prior = prior.passed_on(fallbacks).of(names)
        folds = make_folds(catalogue, interactions, rng=rng, config=self.config.episodes)
        episodes = gather_episodes(catalogue, folds, suited, self.config.n_candidates, rng)
        starts = [Weights(names, np.tile(row, (len(KNOTS), 1)).astype(np.float32)) for row in np.eye(len(names))]
        self.weights = learn_weights(episodes, prior, starts, self.config.blend)
        kept = [name for name, column in zip(names, self.weights.at_knots.T, strict=True) if column.sum() > 0]
        if not any(name in kept for name in self._readers):  # statements must always find somebody who reads them
            kept += [name for name in self._readers if name in suited][:1]
        self.weights = self.weights.of(kept)
        self.members = {name: suited[name].make() for name in kept}
        for member in self.members.values():
            member.fit(catalogue, interactions, rng=rng)
        self._taste = self._fitted_taste(catalogue, interactions, rng)
        return self

    def _fitted_taste(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> GaussianTaste | None:
        """The candidate named as the taste model: the member, or fitted beside the members where it has no weight."""
        if self._taste_name is None:
            return None
        found = self.members.get(self._taste_name)
        if found is None:
            found = self._candidates[self._taste_name].make()
            found.fit(catalogue, interactions, rng=rng)
        return found if isinstance(found, GaussianTaste) else None

    @property
    def taste(self) -> GaussianTaste | None:
        """The Gaussian process that stands for this fit: uncertainties, questions and likeness come from it. None where none is named."""
        return self._taste

    def score(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m) blended scores."""
        return self.score_and_scales(examples)[0]

    def score_and_scales(self, examples: Sequence[Examples]) -> tuple[Matrix, Scales]:
        """(b, m) blended scores, and the members' scales, which :meth:`explain` needs: handed to it they are not computed twice."""
        weights = np.stack([self._weights_for(e) for e in examples]) if examples else np.zeros((0, len(self.members)))
        total: Matrix | None = None
        scales: dict[str, tuple[Vector, Vector]] = {}
        for column, (name, member) in enumerate(self._fitted().items()):
            scores = member.score(examples)
            centre, scale = scales[name] = location_and_scale(scores)
            share = (scores - centre[:, None]) * (weights[:, column] / scale)[:, None].astype(np.float32)
            total = share if total is None else total + share
        if total is None:
            raise NotFittedError(f"{self.name} has no members")
        return total, scales

    def explain(self, examples: Examples, rows: Rows, *, scales: Scales | None = None) -> Explanation:
        """The blended score at ``rows``, taken apart into what holds for anybody and what each example adds.

        Args:
            examples: of one user.
            rows: (r,) catalogue rows.
            scales: what :meth:`score_and_scales` gave for this user alone; without it every member scores the catalogue again.
        """
        weights = self._weights_for(examples)
        prior = np.zeros(len(rows), dtype=np.float32)
        parts = np.zeros((len(examples), len(rows)), dtype=np.float32)
        for weight, (name, member) in zip(weights, self._fitted().items(), strict=True):
            if weight > 0:
                centre, scale = scales[name] if scales is not None else location_and_scale(member.score([examples]))
                told = member.explain(examples, rows)
                prior += weight * (told.prior - centre[0]) / scale[0]
                parts += weight * told.parts / scale[0]
        return Explanation(prior, parts)

    def _fitted(self) -> Mapping[str, Additive]:
        if self.weights is None:
            raise NotFittedError(f"{self.name} was asked for scores before it was fitted", hint="call fit(...) first")
        return self.members

    def _weights_for(self, examples: Examples) -> Vector:
        self._fitted()
        assert self.weights is not None
        is_taste = np.array([kind != "request" for kind in examples.kinds], dtype=bool)  # a request tells nothing of a taste
        n = int(is_taste.sum())
        weights = self.weights.at(n).copy()
        n_said = int(np.sum((examples.rows < 0) & is_taste))
        if n_said:
            names = self.weights.members
            deaf = np.array([name not in self._readers for name in names])
            left = weights[deaf].sum() * n_said / n
            weights[deaf] *= 1 - n_said / n
            weights[next(i for i, name in enumerate(names) if name in self._readers)] += left
        return weights


def location_and_scale(scores: Matrix) -> tuple[Vector, Vector]:
    """(b,), (b,): mean and standard deviation of each row; a constant row has scale 1."""
    centre = scores.mean(axis=1, dtype=np.float64).astype(np.float32)
    scale = scores.std(axis=1, dtype=np.float64).astype(np.float32)
    return centre, np.where(scale > 1e-6 * np.maximum(1e-3, np.abs(centre)), scale, 1).astype(np.float32)


def standardised(scores: Matrix) -> Matrix:
    """(b, m) each row with mean 0 and standard deviation 1; all zero where it was constant."""
    centre, scale = location_and_scale(scores)
    result: Matrix = (scores - centre[:, None]) / scale[:, None]
    return result


def gather_episodes(
    catalogue: Catalogue, folds: Sequence[Fold], members: Mapping[str, Member], n_candidates: int, rng: np.random.Generator
) -> Episodes:
    """Fit every member on each fold's users and score the fold's episodes, as many at a time as memory allows."""
    rows: list[tuple[Matrix, Vector]] = []
    for fold in folds:
        fitted = [member.make().fit(catalogue, fold.interactions, rng=rng) for member in members.values()]
        step = max(1, _MAX_SCORES // (len(fitted) * len(catalogue)))
        for start in range(0, len(fold.shots), step):
            part = slice(start, start + step)
            scores = np.stack([standardised(member.score(fold.examples[part])) for member in fitted], axis=1)
            rows += _top_candidates(scores, fold.examples[part], fold.relevant[part], n_candidates, rng)
    return _joined(rows, folds, len(members))


_MAX_SCORES = 50_000_000
"""Scores held at a time, as float32: 200 MB."""


def _top_candidates(
    scores: Matrix, examples: Sequence[Examples], relevant: Sequence[Rows], n_candidates: int, rng: np.random.Generator
) -> list[tuple[Matrix, Vector]]:
    """Per episode: (J, c_e) scores of the candidates, (c_e,) whether each is relevant. ``scores`` (b, J, m)."""
    n_kept = min(n_candidates, scores.shape[2])
    rows = []
    for mine, own, wanted in zip(scores, examples, relevant, strict=True):
        revealed = own.rows[own.rows >= 0]
        mine[:, revealed] = -np.inf
        top = np.unique(top_columns(mine, n_kept))
        top = rng.permutation(top[~np.isin(top, revealed)])
        rows.append((mine[:, top], np.isin(top, wanted).astype(np.float32)))
    return rows


def _joined(rows: Sequence[tuple[Matrix, Vector]], folds: Sequence[Fold], n_members: int) -> Episodes:
    width = max((len(relevant) for _, relevant in rows), default=0)
    scores = np.full((len(rows), n_members, width), -np.float32(1e6), dtype=np.float32)
    relevant = np.zeros((len(rows), width), dtype=np.float32)
    for i, (mine, found) in enumerate(rows):
        scores[i, :, : len(found)] = mine
        relevant[i, : len(found)] = found
    n_relevant = np.array([len(r) for fold in folds for r in fold.relevant], dtype=np.int64)
    return Episodes(
        scores=scores,
        relevant=relevant,
        ideal=ideal_dcg(n_relevant, DEPTH).astype(np.float32),
        shots=np.array([k for fold in folds for k in fold.shots], dtype=np.int64),
        owner=_owners(folds),
    )


def _owners(folds: Sequence[Fold]) -> Rows:
    """(e,) a number per user: within a fold the same user has the same set of likes."""
    owners: dict[tuple[int, tuple[int, ...]], int] = {}
    result = []
    for number, fold in enumerate(folds):
        for examples, relevant in zip(fold.examples, fold.relevant, strict=True):
            likes = tuple(sorted([*examples.rows.tolist(), *relevant.tolist()]))
            result.append(owners.setdefault((number, likes), len(owners)))
    return np.array(result, dtype=np.int64)
