"""The default model, ``auto``: members of different kinds, blended by weights learned on episodes made from training users.

Nobody has to say which regime a catalogue is in (rich in text and sparse in clicks, driven by popularity, collaborative): the episodes
say it, and where there are too few of them a prior over weights does. Every member's score is a prior plus
one contribution per example, so the blend's is too, and the reasons shown add up to the score exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fewrec.episodes import Fold, TuningConfig, make_folds
from fewrec.errors import NotFittedError
from fewrec.learning.blending import DEPTH, DISCOUNT, BlendConfig, Episodes, Weights, learn_weights
from fewrec.learning.prior import prior_weights
from fewrec.types import Additive, Catalogue, Examples, Explanation, Interactions, Matrix, Rows, Vector


@dataclass(frozen=True, kw_only=True)
class EnsembleConfig:
    """Settings of :class:`Ensemble`."""

    n_candidates: int = 60
    """Items from the top of each member that an episode is judged on."""
    max_cubic_items: int = 4000
    """Items with a like above which members whose fit costs their cube (``cubic``) are left out: with 17,000 items one such fit takes
    minutes, and every fold needs one."""
    episodes: TuningConfig = field(default_factory=lambda: TuningConfig(n_folds=4, max_users=240, n_repeats=2))
    """How many episodes are made."""
    blend: BlendConfig = field(default_factory=BlendConfig)
    """The ascent on their NDCG@10."""


class Ensemble:
    """A weighted sum of its members' scores, each standardised over the catalogue for the request at hand.

    ``makers`` maps a member's name to what makes it, its settings given (a member in two settings is two members: the weights choose
    between them, which costs less than choosing first); ``readers`` names the members that understand statements: the
    others speak only for the share of examples that are items, and what they leave goes to the first reader.
    """

    __not_saved__: tuple[str, ...] = ("makers", "_asked")
    _asked: tuple[Examples, Mapping[str, tuple[Vector, Vector]]] | None = None
    """The last single user scored, with the location and scale of each member: her explanation follows and needs them again."""

    def __init__(
        self,
        makers: Mapping[str, Callable[[], Additive]],
        *,
        name: str = "auto",
        readers: Sequence[str] = ("taste", "content"),
        cubic: Sequence[str] = ("ease", "ease:calm"),
        config: EnsembleConfig | None = None,
        prior: Weights | None = None,
    ) -> None:
        self._name = name
        self.config = config or EnsembleConfig()
        self.makers = dict(makers)
        self._readers = tuple(readers)
        self._cubic = frozenset(cubic)
        self._given_prior = prior
        self.members: dict[str, Additive] = {}
        self.weights: Weights | None = None

    @property
    def name(self) -> str:
        """What ``--model`` takes."""
        return self._name

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Ensemble:
        """Members first (their settings are given), then the weights on episodes whose statistics come from other users."""
        n_liked = len(np.unique(interactions.item[interactions.utility > 0]))
        too_many = n_liked > self.config.max_cubic_items
        makers = {name: make for name, make in self.makers.items() if not (too_many and name in self._cubic)}
        members = {name: make() for name, make in makers.items()}
        for member in members.values():
            member.fit(catalogue, interactions, rng=rng)
        names = tuple(members)
        n_active = int(np.sum(np.diff(interactions.likes.indptr) > 0))
        prior = (self._given_prior or prior_weights(n_active)).of(names)
        folds = make_folds(catalogue, interactions, rng=rng, config=self.config.episodes)
        episodes = gather_episodes(catalogue, folds, makers, self.config.n_candidates, rng)
        starts = [Weights(names, np.tile(row, (2, 1)).astype(np.float32)) for row in np.eye(len(names))]
        self.weights = learn_weights(episodes, prior, starts, self.config.blend)
        kept = [name for name, column in zip(names, self.weights.at_knots.T, strict=True) if column.sum() > 0]
        if not any(name in kept for name in self._readers):  # statements must always find somebody who reads them
            kept += [name for name in self._readers if name in members][:1]
        self.weights = self.weights.of(kept)
        self.members = {name: members[name] for name in kept}
        return self

    def score(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m) blended scores."""
        weights = np.stack([self._weights_for(e) for e in examples]) if examples else np.zeros((0, len(self.members)))
        total: Matrix | None = None
        found: dict[str, tuple[Vector, Vector]] = {}
        for column, (name, member) in enumerate(self._fitted().items()):
            scores = member.score(examples)
            centre, scale = found[name] = location_and_scale(scores)
            share = (scores - centre[:, None]) * (weights[:, column] / scale)[:, None].astype(np.float32)
            total = share if total is None else total + share
        if len(examples) == 1:
            self._asked = (examples[0], found)
        if total is None:
            raise NotFittedError(f"{self.name} has no members")
        return total

    def explain(self, examples: Examples, rows: Rows) -> Explanation:
        """The blended score at ``rows``, taken apart into what holds for anybody and what each example adds."""
        weights = self._weights_for(examples)
        prior = np.zeros(len(rows), dtype=np.float32)
        parts = np.zeros((len(examples), len(rows)), dtype=np.float32)
        asked = self._asked
        known = asked[1] if asked is not None and asked[0] is examples else {}
        for weight, (name, member) in zip(weights, self._fitted().items(), strict=True):
            if weight > 0:
                centre, scale = known.get(name) or location_and_scale(member.score([examples]))
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
        weights = self.weights.at(len(examples)).copy()
        n_said = int(np.sum(examples.rows < 0))
        if n_said:
            names = self.weights.members
            deaf = np.array([name not in self._readers for name in names])
            left = weights[deaf].sum() * n_said / len(examples)
            weights[deaf] *= 1 - n_said / len(examples)
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
    catalogue: Catalogue,
    folds: Sequence[Fold],
    makers: Mapping[str, Callable[[], Additive]],
    n_candidates: int,
    rng: np.random.Generator,
) -> Episodes:
    """Fit every member on each fold's users and score the fold's episodes."""
    blocks = []
    for fold in folds:
        fold_scores = []
        for make in makers.values():
            member = make()
            member.fit(catalogue, fold.interactions, rng=rng)
            fold_scores.append(standardised(member.score(fold.examples)))
        blocks.append(_candidates(np.stack(fold_scores, axis=1), fold, n_candidates, rng))
    return _joined(blocks, folds, len(makers))


def _candidates(scores: Matrix, fold: Fold, n_candidates: int, rng: np.random.Generator) -> list[tuple[Matrix, Vector]]:
    """Per episode: (J, c_e) scores of the candidates, (c_e,) whether each is relevant. ``scores`` (b, J, m)."""
    n_kept = min(n_candidates, scores.shape[2])
    rows = []
    for episode, examples in enumerate(fold.examples):
        mine = scores[episode]
        revealed = examples.rows[examples.rows >= 0]
        mine[:, revealed] = -np.inf
        top = np.unique(np.argpartition(-mine, n_kept - 1, axis=1)[:, :n_kept])
        top = rng.permutation(top[~np.isin(top, revealed)])
        rows.append((mine[:, top], np.isin(top, fold.relevant[episode]).astype(np.float32)))
    return rows


def _joined(blocks: Sequence[list[tuple[Matrix, Vector]]], folds: Sequence[Fold], n_members: int) -> Episodes:
    rows = [row for block in blocks for row in block]
    width = max((len(relevant) for _, relevant in rows), default=0)
    scores = np.full((len(rows), n_members, width), -np.float32(1e6), dtype=np.float32)
    relevant = np.zeros((len(rows), width), dtype=np.float32)
    for i, (mine, found) in enumerate(rows):
        scores[i, :, : len(found)] = mine
        relevant[i, : len(found)] = found
    n_relevant = [len(r) for fold in folds for r in fold.relevant]
    return Episodes(
        scores=scores,
        relevant=relevant,
        ideal=np.array([DISCOUNT[: min(n, DEPTH)].sum() for n in n_relevant], dtype=np.float32),
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
