"""Learning a prior over ensemble weights from whole catalogues: what ``fewrec learn prior`` and ``benchmarks/learn_prior.py`` do.

For several numbers of training users, none at all included, members are fitted on them, and episodes of users held out are scored.
Runs are put together by the co-like density of behaviour, users of every run counting alike, and the ascent is run on each group; a group's
weights are the mean over bootstrap resamples of users, which is smoother than any one optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fewrec.errors import DataError
from fewrec.models.blend.ensemble import Member, gather_episodes
from fewrec.models.blend.prior import DomainPrior, PriorTable, density, shipped_prior
from fewrec.models.blend.weights import BlendConfig, Episodes, Weights, learn_weights
from fewrec.models.episodes import Fold
from fewrec.models.taste.learning import learn_config
from fewrec.types import Catalogue, Examples, Interactions

SIZES = (0, 10, 30, 100, 300, 10**9)
"""Numbers of training users; the last stands for all."""
SHOTS = (0, 1, 3, 5, 10)
MIN_HIDDEN = 5
"""Likes of a held-out user that are to be found, at least."""
N_TESTED = 250
N_CANDIDATES = 60
RESAMPLES = 8
MIN_WEIGHT = 0.01
MIN_TESTED = 20
"""Held-out users below whom weights would be noise."""


@dataclass(frozen=True)
class Run:
    """One catalogue at one number of training users."""

    name: str
    density: float
    members: tuple[str, ...]
    episodes: Episodes


def learn_domain_prior(
    catalogue: Catalogue,
    interactions: Interactions,
    members: Mapping[str, Member],
    *,
    rng: np.random.Generator,
    progress: Callable[[str], None] = lambda _: None,
) -> DomainPrior:
    """What this catalogue and its users teach: a row of weights for each number of training users.

    Raises:
        DataError: too few users with enough likes to learn from.
    """
    runs = list(runs_of("", catalogue, interactions, members, sizes=SIZES, rng=rng, progress=progress))
    rows: dict[float, Weights] = {}
    for run in runs:
        progress(f"weights where {run.density:.1f} others like the same")
        start = shipped_prior().at(run.density).of(run.members)
        rows[run.density] = Weights.from_mapping(mean_weights([run], start))
    progress("settings of the taste model")
    counts = {"items": len(catalogue), "users": interactions.n_users, "likes": int(interactions.likes.nnz)}
    return DomainPrior(PriorTable(tuple(sorted(rows.items()))), learn_config(catalogue, interactions, rng=rng), counts)


def runs_of(
    name: str,
    catalogue: Catalogue,
    interactions: Interactions,
    members: Mapping[str, Member],
    *,
    sizes: Sequence[int],
    rng: np.random.Generator,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Run]:
    """A fifth of the users is held out; so many of the others, up to each of ``sizes``, are learned from."""
    n_likes = np.diff(interactions.likes.indptr)
    users = rng.permutation(interactions.n_users)
    held_out, others = users[: len(users) // 5], users[len(users) // 5 :]
    tested = held_out[n_likes[held_out] > MIN_HIDDEN][:N_TESTED]
    if len(tested) < MIN_TESTED:
        raise DataError(
            f"{len(tested)} of the {len(held_out)} users held out have {MIN_HIDDEN + 1} likes or more, {MIN_TESTED} are needed",
            hint="a prior is learned where there are many users, and used where there are few",
        )
    for n_users in sorted({min(size, len(others)) for size in sizes}):
        fold = _fold(catalogue, interactions, tested, interactions.of_users(others[:n_users]), rng)
        suited = {
            key: member for key, member in members.items() if not member.suits or member.suits(catalogue, fold.interactions)
        }
        episodes = gather_episodes(catalogue, [fold], suited, N_CANDIDATES, rng)
        progress(f"{name} {n_users:,} users: {len(episodes.shots):,} episodes".strip())
        yield Run(f"{name} {n_users}", density(fold.interactions), tuple(suited), episodes)


def mean_weights(runs: Sequence[Run], start: Weights) -> Mapping[str, list[float]]:
    """The mean over resamples of the weights found from ``start``; members that count little anywhere are left out."""
    names = tuple(dict.fromkeys(name for run in runs for name in run.members))
    found = []
    for resample in range(RESAMPLES):
        pooled = _pooled(runs, names, np.random.default_rng(resample))
        at_knots = learn_weights(pooled, start.of(names), [], BlendConfig(caution=0.25)).at_knots
        found.append(at_knots / at_knots.sum(axis=1, keepdims=True))
    mean = np.mean(found, axis=0)
    mean[mean < MIN_WEIGHT] = 0
    kept = {name: column for name, column in zip(names, mean.T, strict=True) if column.any()}
    return {name: [round(float(w), 3) for w in column] for name, column in kept.items()}


def _fold(
    catalogue: Catalogue, interactions: Interactions, tested: Sequence[int], population: Interactions, rng: np.random.Generator
) -> Fold:
    likes = interactions.likes
    shown, hidden, shots = [], [], []
    for user in tested:
        order = rng.permutation(likes.indices[likes.indptr[user] : likes.indptr[user + 1]]).astype(np.int64)
        for k in SHOTS:
            if len(order) >= k + MIN_HIDDEN:
                shown.append(Examples.of_likes(catalogue, order[:k]))
                hidden.append(order[k:])
                shots.append(k)
    return Fold(population, tuple(shown), tuple(hidden), np.array(shots, dtype=np.int64))


def _pooled(runs: Sequence[Run], names: tuple[str, ...], rng: np.random.Generator) -> Episodes:
    """As many users of every run, drawn with replacement; a member that a run lacks says nothing there."""
    width = max(run.episodes.scores.shape[2] for run in runs)
    n_drawn = min(len(np.unique(run.episodes.owner)) for run in runs)
    parts = []
    for number, run in enumerate(runs):
        own = run.episodes
        of_user = {user: np.flatnonzero(own.owner == user) for user in np.unique(own.owner)}
        drawn = [of_user[user] for user in rng.choice(list(of_user), n_drawn)]
        rows = np.concatenate(drawn)
        owner = number * n_drawn + np.repeat(np.arange(n_drawn), [len(each) for each in drawn])
        scores = np.full((len(rows), len(names), width), -np.float32(1e6), dtype=np.float32)
        is_padding = own.scores[rows, 0] <= -1e5
        for place, name in enumerate(names):
            told = own.scores[rows, run.members.index(name)] if name in run.members else np.zeros(is_padding.shape)
            scores[:, place, : is_padding.shape[1]] = np.where(is_padding, -1e6, told)
        relevant = np.zeros((len(rows), width), dtype=np.float32)
        relevant[:, : own.relevant.shape[1]] = own.relevant[rows]
        parts.append((scores, relevant, own.ideal[rows], own.shots[rows], owner))
    return Episodes(*(np.concatenate(each) for each in zip(*parts, strict=True)))
