"""How :class:`~fewrec.models.taste.ratings.RatingTaste` learns: variances, then item means, then directions of taste, then the curve.

1. Variances by marginal likelihood on a sample of ratings, item means integrated out exactly; the curve from the same sample, every
   rating being expected from all the others.
2. Item means from all ratings.
3. Where there are users enough: some are set aside, means and directions of taste are learned from the others, and the variances and the
   curve are learned again on those set aside; then means and directions are learned from everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fewrec.models.taste.evidence import Group, maximise
from fewrec.models.taste.factors import Factors, learn_factors
from fewrec.models.taste.item_means import ItemMeans, learn_item_means
from fewrec.models.taste.link import Link, fit_link
from fewrec.models.taste.views import VIEWS, ItemViews
from fewrec.types import Interactions, Rows

Floats = NDArray[np.float64]

VARIANCES: Mapping[str, float] = {
    "noise": 0.72,
    "bias": 0.12,
    "item_own": 0.06,
    "item_popularity": 0.04,
    "item_meaning": 0.04,
    "item_words": 0.04,
    "item_categories": 0.04,
    "item_numbers": 0.04,
    "taste_meaning": 0.04,
    "taste_words": 0.04,
    "taste_categories": 0.04,
    "taste_numbers": 0.012,
}
"""Centres of the priors, for utilities in [-1, 1]: guessed before anything was measured, and found good enough on training users
(``docs/decisions/0009-rating-taste.md``). ``item_popularity`` is per squared natural log of the number of ratings."""


@dataclass(frozen=True, kw_only=True)
class RatingConfig:
    """Settings of :class:`~fewrec.models.taste.ratings.RatingTaste`."""

    prior_deviation: float = 0.5
    """Standard deviation of the prior on the log of each variance, >= 0; 0 keeps :data:`VARIANCES`. Twice that for users set aside."""
    level: float = 1.0
    """Variance of the overall mean utility around 0, > 0."""
    rank: int = 64
    """Directions of meaning, and of words, that item means are predicted from."""
    n_sampled: int = 1000
    """Ratings for the marginal likelihood, at most: its cost is their number cubed."""
    n_sampled_of_user: int = 30
    n_factors: int = 12
    """Directions of taste to begin with; those without support vanish."""
    min_users: int = 200
    """Users with five ratings from which on directions of taste are looked for."""
    n_aside: int = 150
    """Users set aside for it, at most; a fifth of them where they are fewer."""


@dataclass(frozen=True)
class Learned:
    """Everything that is the same for all users."""

    variances: Mapping[str, float]
    means: ItemMeans
    factors: Factors
    link: Link


def learn(views: ItemViews, known: Interactions, config: RatingConfig, rng: np.random.Generator) -> Learned:
    """From the ratings of all training users; there may be none."""
    if not (known.utility > 0).any() or not (known.utility <= 0).any():  # nothing differs, so there is nothing to explain
        means, _ = item_means(views, known, VARIANCES, config)
        return Learned(VARIANCES, means, Factors.none(len(views), VARIANCES["noise"]), Link())
    sample = _sampled(known, config, rng)
    found = maximise([_joint_group(views, known, sample, config)], VARIANCES, config.prior_deviation)
    link = fit_link(found.left_out[0], known.utility[sample] > 0)
    able = np.flatnonzero(np.bincount(known.user, minlength=known.n_users) >= 5)
    if len(able) >= config.min_users and config.n_factors:
        return _with_directions(views, known, able, found.variances, config, rng)
    means, _ = item_means(views, known, found.variances, config)
    return Learned(found.variances, means, Factors.none(len(views), found.variances["noise"]), link)


def _with_directions(
    views: ItemViews,
    known: Interactions,
    able: Rows,
    variances: Mapping[str, float],
    config: RatingConfig,
    rng: np.random.Generator,
) -> Learned:
    """How much directions of taste explain is learned on users whom they were not learned from; then everybody teaches."""
    aside = rng.permutation(able)[: min(config.n_aside, len(able) // 5)]
    rest, tested = known.of_users(np.setdiff1d(np.arange(known.n_users), aside)), known.of_users(aside)
    means, effects = item_means(views, rest, variances, config)
    trial = _directions(rest, means, effects, variances["noise"], config)
    groups, entries = _user_groups(views, tested, means, trial, config, rng)
    found = maximise(groups, {**variances, "together": 1.0}, 2 * config.prior_deviation, max_steps=15)
    utility = [means.mean[tested.item[mine]] + left for mine, left in zip(entries, found.left_out, strict=True)]
    link = fit_link(np.concatenate(utility), tested.utility[np.concatenate(entries)] > 0)
    means, effects = item_means(views, known, found.variances, config)
    whole = _directions(known, means, effects, found.variances["noise"], config)
    scale = found.variances["together"]
    return Learned(found.variances, means, Factors(whole.loadings * np.sqrt(scale), whole.own * scale, whole.noise), link)


def item_means(
    views: ItemViews, known: Interactions, variances: Mapping[str, float], config: RatingConfig
) -> tuple[ItemMeans, Floats]:
    """The means and what predicts them; what people's own tastes add to a rating is noise here."""
    heard, asked = popularity(known)
    own = np.full(len(views), variances["item_own"])
    blocks = [np.full((len(views), 1), np.sqrt(config.level))]
    for name in VIEWS:
        summary = views.summary(name).astype(np.float64)
        blocks.append(np.sqrt(variances[f"item_{name}"]) * summary)
        own += variances[f"item_{name}"] * np.maximum(views.squares(name) - np.square(summary).sum(axis=1), 0)
    shared = np.concatenate(blocks, axis=1)
    at_training, at_asking = (
        np.concatenate([shared, np.sqrt(variances["item_popularity"]) * p[:, None]], axis=1) for p in (heard, asked)
    )
    taste = sum(variances[f"taste_{name}"] * float(views.squares(name).mean()) for name in VIEWS)
    return learn_item_means(known, at_training, at_asking, own, variances["bias"], variances["noise"] + taste)


def popularity(known: Interactions) -> tuple[Floats, Floats]:
    """(m,), (m,): ln of the number of others who rated the item plus one, for one of its raters and for somebody who asks."""
    n_ratings = np.bincount(known.item, minlength=known.n_items).astype(np.float64)
    asked = np.log1p(n_ratings)
    centre = asked.mean() if len(asked) else 0.0
    return np.log(np.maximum(n_ratings, 1)) - centre, asked - centre


def _sampled(known: Interactions, config: RatingConfig, rng: np.random.Generator) -> Rows:
    """(o,) entries: users in random order, some of each, until there are enough."""
    chosen: list[Rows] = []
    n = 0
    entries = _by_user(known)
    for user in rng.permutation(len(entries)).tolist():
        if n >= config.n_sampled:
            break
        mine = rng.permutation(entries[user])[: min(config.n_sampled_of_user, config.n_sampled - n)]
        chosen.append(mine)
        n += len(mine)
    return np.concatenate(chosen).astype(np.int64) if chosen else np.zeros(0, dtype=np.int64)


def _by_user(known: Interactions) -> list[Rows]:
    """Entries of each user that has some."""
    order = np.argsort(known.user, kind="stable")
    ends = np.cumsum(np.bincount(known.user, minlength=known.n_users))
    return [part for part in np.split(order, ends[:-1]) if len(part)] if len(ends) else []


def _joint_group(views: ItemViews, known: Interactions, sample: Rows, config: RatingConfig) -> Group:
    """The sampled ratings with every kernel that could explain them."""
    item, user = known.item[sample], known.user[sample]
    same_user = user[:, None] == user[None]
    heard = popularity(known)[0][item]
    kernels: dict[str, Floats] = {
        "noise": np.diag(1 / known.weight[sample].astype(np.float64)),
        "bias": same_user.astype(np.float64),
        "item_own": (item[:, None] == item[None]).astype(np.float64),
        "item_popularity": np.outer(heard, heard),
    }
    for name, alike in _alike(views, item).items():
        kernels[f"item_{name}"] = alike
        kernels[f"taste_{name}"] = same_user * alike
    n = len(sample)
    return Group(known.utility[sample].astype(np.float64), kernels, np.full((n, n), config.level))


def _alike(views: ItemViews, item: Rows) -> dict[str, Floats]:
    """View -> (o, o) inner products, views that say nothing of these items left out."""
    found = {}
    for name in VIEWS:
        alike = views.alike(name, item)
        if alike.any():
            found[name] = np.asarray(alike, dtype=np.float64)
    return found


def _directions(known: Interactions, means: ItemMeans, effects: Floats, noise: float, config: RatingConfig) -> Factors:
    """Directions of taste in what means and user effects leave."""
    left = (known.utility - means.mean[known.item] - effects[known.user]).astype(np.float64)
    places, shape = (known.user, known.item), (known.n_users, known.n_items)
    weight = sparse.csr_matrix((known.weight.astype(np.float64), places), shape=shape)
    return learn_factors(sparse.csr_matrix((left, places), shape=shape), weight, noise, config.n_factors)


def _user_groups(
    views: ItemViews, tested: Interactions, means: ItemMeans, factors: Factors, config: RatingConfig, rng: np.random.Generator
) -> tuple[list[Group], list[Rows]]:
    """One group for each user set aside, with item means that were learned from the others; and the places of the user's entries in it."""
    groups, entries = [], []
    for own in _by_user(tested):
        mine = rng.permutation(own)[: config.n_sampled_of_user]
        item = tested.item[mine]
        loadings = factors.loadings[item]
        kernels: dict[str, Floats] = {
            "noise": np.diag(1 / tested.weight[mine].astype(np.float64)),
            "bias": np.ones((len(mine), len(mine))),
            "together": loadings @ loadings.T + np.diag(factors.own[item]),
        }
        kernels |= {f"taste_{name}": alike for name, alike in _alike(views, item).items()}
        unknown = means.loadings[item] @ means.loadings[item].T + np.diag(means.own[item])
        groups.append(Group(tested.utility[mine] - means.mean[item], kernels, unknown))
        entries.append(mine)
    return groups, entries
