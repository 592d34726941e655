"""``ensemble``: members of any kind (taste model, language models, classics), for lists and for single judgements.

Lists are blended as ``auto`` blends them, by weights learned on episodes made from training users; judgements by logistic stacking. A
member needs no summands: its reasons are what its score loses when an example is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, runtime_checkable

import numpy as np

from fewrec.errors import NotFittedError
from fewrec.models.base import Additive, Model, Predictor
from fewrec.models.blend.ensemble import Ensemble, EnsembleConfig, Member
from fewrec.models.blend.prior import PriorTable
from fewrec.models.blend.weights import KNOTS, Weights
from fewrec.models.episodes import TuningConfig
from fewrec.models.stacking.weights import MIN_ROWS, Stack, fit_stack, plain_stack
from fewrec.models.taste.gaussian import GaussianTaste
from fewrec.ops.calibration import Floats, Labels, logistic
from fewrec.ops.leave_one_out import leave_one_out
from fewrec.types import Catalogue, Examples, Explanation, Interactions, Matrix, Rows, Vector

N_CHECKPOINT_ROWS = 150
"""Validation rows, the first ones, on which members that train choose their checkpoints: they do not weigh the members."""
MAX_VALID = 400
"""Validation rows that weights are learned on at most, the last ones: members that choose checkpoints use the first."""
_SLOW = EnsembleConfig(n_candidates=20, episodes=TuningConfig(shots=(1, 5), n_folds=2, max_users=20, min_users=10, n_repeats=1))
"""Episodes where a member is a language model: every episode costs it a list."""
_MAX_ASIDE = 60
"""Users whose ratings weigh the judges, at most."""
_READERS = ("taste", "content", "llm:", "auto")
"""Beginnings of names of members that understand sentences."""


@runtime_checkable
class _EpisodeLearner(Protocol):
    def fit_episodes(
        self, catalogue: Catalogue, episodes: Sequence[Any], valid: Sequence[Any], *, rng: np.random.Generator
    ) -> Any:
        """Learn from labelled prompts."""


class _Apart:
    """Any model as a member: a score without summands is taken apart by leaving examples out."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @property
    def name(self) -> str:
        """Name of the wrapped model."""
        return self.model.name

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> _Apart:
        """Fit the wrapped model."""
        self.model = self.model.fit(catalogue, interactions, rng=rng)
        return self

    def score(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m) scores of the wrapped model."""
        return self.model.score(examples)

    def explain(self, examples: Examples, rows: Rows) -> Explanation:
        """Exact where the model says it, else by leaving examples out."""
        if isinstance(self.model, Additive):
            return self.model.explain(examples, rows)
        return leave_one_out(self.model.score, examples, rows)


class AnyEnsemble(Ensemble):
    """An :class:`Ensemble` of models by name. ``makers``: name -> what makes it; ``slow`` lessens the episodes that weights are learned on."""

    __not_saved__ = ("_candidates", "_makers")

    def __init__(self, name: str, makers: Mapping[str, Callable[[], Model]], *, slow: bool = False) -> None:
        equal = Weights(tuple(makers), np.full((len(KNOTS), len(makers)), 1 / len(makers), dtype=np.float32))
        super().__init__(
            {each: Member(partial(_apart, make)) for each, make in makers.items()},
            name=name,
            readers=[each for each in makers if each.startswith(_READERS)] or list(makers)[:1],
            config=_SLOW if slow else None,
            prior=PriorTable.everywhere(equal),
        )
        self._makers = dict(makers)
        self.judges: dict[str, Model] = {}
        self.stack: Stack | None = None
        self._judge_names: tuple[str, ...] = ()

    # -- learning -----------------------------------------------------------------------------------------------------

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> AnyEnsemble:
        """Members and their weights for lists and, where users disliked something too, for judgements.

        The latter are learned on a fifth of the users, members having learned from the others.
        """
        super().fit(catalogue, interactions, rng=rng)
        taste = self.members.get("taste")
        self._taste = taste if isinstance(taste, GaussianTaste) else None
        self.judges, self.stack = {}, None
        if (interactions.utility <= 0).any() and (interactions.utility > 0).any():
            aside, rest = _set_aside(interactions, rng)
            examples, rows, labels = _questions(catalogue, interactions, aside, rng)
            trial = {name: make().fit(catalogue, rest, rng=rng) for name, make in self._makers.items()}
            self._choose(trial, examples, rows, labels, rng)
            for name in self._judge_names:
                member = self.members.get(name)
                known = member.model if isinstance(member, _Apart) else member
                self.judges[name] = known or self._makers[name]().fit(catalogue, interactions, rng=rng)
        return self

    def fit_episodes(
        self, catalogue: Catalogue, episodes: Sequence[Any], valid: Sequence[Any], *, rng: np.random.Generator
    ) -> AnyEnsemble:
        """Members learn from ``episodes`` as each does; ``valid`` weighs them. Afterwards this model judges and does not rank."""
        known = interactions_of(episodes, len(catalogue))
        for name, make in self._makers.items():
            model = make()
            if isinstance(model, _EpisodeLearner):
                self.judges[name] = model.fit_episodes(catalogue, episodes, valid, rng=rng)
            else:
                self.judges[name] = model.fit(catalogue, known, rng=rng)
        tried = list(valid[len(valid) - n_weighing(len(valid)) :])
        rows = np.array([each.row for each in tried], dtype=np.int64)
        labels = np.array([each.label for each in tried], dtype=np.bool_)
        self._choose(self.judges, [each.examples for each in tried], rows, labels, rng)
        self.judges = {name: self.judges[name] for name in self._judge_names}
        return self

    def _choose(
        self, judges: Mapping[str, Model], examples: Sequence[Examples], rows: Rows, labels: Labels, rng: np.random.Generator
    ) -> None:
        """Weights from the answers of ``judges`` to labelled questions; of members that count nothing nothing is kept."""
        enough = len(labels) >= MIN_ROWS and bool(labels.any()) and not bool(labels.all())
        if enough:
            found = fit_stack(_answers(judges, examples, rows), labels, rng=rng)
        else:
            found = plain_stack(np.array([isinstance(each, Predictor) for each in judges.values()]))
        self._judge_names = tuple(name for name, weight in zip(judges, found.weights, strict=True) if weight > 1e-6)
        self.stack = found.of(np.flatnonzero(found.weights > 1e-6))

    # -- judgements ---------------------------------------------------------------------------------------------------

    def predict(self, examples: Sequence[Examples], rows: Rows) -> Vector:
        """(b,) probability that the user of ``examples[b]``, who meets item ``rows[b]``, likes it."""
        if self.stack is None:
            raise NotFittedError(
                f"{self.name} has not learned to judge",
                hint="fit it on data that hold dislikes or low ratings, or on labelled prompts",
            )
        log_odds = self.stack.log_odds(_answers(self.judges, examples, rows))
        return np.asarray(logistic(log_odds), dtype=np.float32)

    @property
    def shares(self) -> Mapping[str, float]:
        """Weight of each member that judges, summing to 1."""
        return {} if self.stack is None else dict(zip(self.judges, self.stack.weights.round(4).tolist(), strict=True))


def n_weighing(n_valid: int) -> int:
    """How many of ``n_valid`` rows weigh the members: those by which none chose a checkpoint, or half of them where few are left."""
    return min(MAX_VALID, max(n_valid - N_CHECKPOINT_ROWS, (n_valid + 1) // 2))


def _apart(make: Callable[[], Model]) -> Additive:
    model = make()
    return model if isinstance(model, Additive) else _Apart(model)


def _answers(judges: Mapping[str, Model], examples: Sequence[Examples], rows: Rows) -> Floats:
    """(p, J) log odds of members that judge, scores of the others."""
    columns = []
    for model in judges.values():
        if isinstance(model, Predictor):
            chance = np.clip(np.asarray(model.predict(examples, rows), dtype=np.float64), 1e-6, 1 - 1e-6)
            columns.append(np.log(chance / (1 - chance)))
        else:
            columns.append(_scores(model, examples, rows))
    return np.stack(columns, axis=1)


def _scores(model: Model, examples: Sequence[Examples], rows: Rows) -> Floats:
    """(p,) score of each pair; a user asked about several items is scored once."""
    found = np.empty(len(rows))
    known: dict[int, Vector] = {}
    for place, one in enumerate(examples):
        if id(one) not in known:
            known = {id(one): model.score([one])[0]}  # neighbours share a user
        found[place] = known[id(one)][rows[place]]
    return found


def interactions_of(episodes: Sequence[Any], n_items: int) -> Interactions:
    """Each labelled prompt as a user of its own: the history and, with its label, the item asked about."""
    user: list[int] = []
    item: list[int] = []
    utility: list[float] = []
    for number, episode in enumerate(episodes):
        told = dict(zip(episode.examples.rows.tolist(), episode.examples.utility.tolist(), strict=True))
        told[episode.row] = 1.0 if episode.label else -1.0
        told.pop(-1, None)
        user += [number] * len(told)
        item += list(told)
        utility += list(told.values())
    ids = tuple(f"prompt-{number}" for number in range(len(episodes)))
    values = np.asarray(utility, dtype=np.float32)
    rows = np.asarray(user, dtype=np.int64), np.asarray(item, dtype=np.int64)
    return Interactions(ids, n_items, *rows, values, np.ones_like(values), np.full(len(values), np.nan))


def _set_aside(known: Interactions, rng: np.random.Generator) -> tuple[Rows, Interactions]:
    """Users to weigh members on, a fifth and 100 at most, and the entries of all others."""
    users = rng.permutation(np.flatnonzero(np.bincount(known.user, minlength=known.n_users) >= 2))
    aside = users[: min(_MAX_ASIDE, len(users) // 5)]
    return aside, known.of_users(np.setdiff1d(np.arange(known.n_users), aside))


def _questions(
    catalogue: Catalogue, known: Interactions, users: Rows, rng: np.random.Generator
) -> tuple[list[Examples], Rows, Labels]:
    """At most five of each user's entries are asked about, half of them at least being shown."""
    examples: list[Examples] = []
    rows: list[int] = []
    labels: list[bool] = []
    for user in users.tolist():
        own = rng.permutation(np.flatnonzero(known.user == user))
        n_asked = min(5, len(own) // 2)
        asked, shown = own[:n_asked], np.sort(own[n_asked:])
        examples += [Examples.of_entries(catalogue, known, shown)] * n_asked
        rows += known.item[asked].tolist()
        labels += (known.utility[asked] > 0).tolist()
    return examples, np.array(rows, dtype=np.int64), np.array(labels, dtype=np.bool_)
