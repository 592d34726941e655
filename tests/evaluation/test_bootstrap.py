"""Resampling users: right where theory knows the answer."""

from __future__ import annotations

import numpy as np
import pytest

from fewrec.evaluation.bootstrap import Replicates, Resampler, WeightsOf, interval
from fewrec.evaluation.outcomes import PerPair, PerUser


def replicates(blocks: dict[int, PerUser], seed: int = 0, count: int = 2000) -> Replicates:
    users = np.concatenate([block.users for block in blocks.values()])
    resampler = Resampler(users, count, np.random.default_rng(seed))
    return Replicates(blocks, resampler, WeightsOf(resampler))


def test_interval_of_a_mean_is_the_normal_one() -> None:
    values = np.random.default_rng(1).normal(0.4, 0.1, size=400)
    found = replicates({0: PerUser(np.arange(400), ("m",), values[:, None])})
    estimate, low, high = interval(found.statistic("m", [0]))
    error = values.std() / 20
    assert estimate == pytest.approx(values.mean())
    assert (high - low) / 2 == pytest.approx(1.96 * error, rel=0.08)


def test_users_are_resampled_with_all_their_draws() -> None:
    """The same user in two draws tells half as much as two users do."""
    values = np.random.default_rng(2).normal(0.5, 0.1, size=(200, 1))
    users = np.arange(200)
    same = replicates({0: PerUser(users, ("m",), values), 1: PerUser(users, ("m",), values)})
    other = replicates({0: PerUser(users, ("m",), values), 1: PerUser(users + 200, ("m",), values)})
    spread = [np.std(found.statistic("m", [0, 1])) for found in (same, other)]
    assert spread[0] / spread[1] == pytest.approx(np.sqrt(2), rel=0.1)


def test_missing_values_leave_the_user_out() -> None:
    values = np.array([[0.2], [np.nan], [0.4]])
    found = replicates({0: PerUser(np.arange(3), ("m",), values)})
    assert found.statistic("m", [0])[0] == pytest.approx(0.3)
    assert found.users_of("m", [0]) == 2


def test_pooled_auc_is_bootstrapped_by_user() -> None:
    """A replicate is the AUC of the pairs of the users drawn, each pair as often as its user."""
    rng = np.random.default_rng(6)
    users = np.repeat(np.arange(6), 10)
    labels, scores = rng.random(60) < 0.5, rng.integers(0, 5, size=60).astype(float)
    block = PerPair(users, ("auc", "uauc", "log-loss", "calibration-error"), labels, scores, scores / 5)
    counts = np.array([[1, 1, 1, 1, 1, 1], [0, 2, 1, 0, 3, 0]], dtype=float)
    top, bottom = block.replicate(counts[:, users])
    again = np.repeat(np.arange(60), counts[1, users].astype(int))
    from sklearn.metrics import roc_auc_score

    assert top[1, 0] / bottom[1, 0] == pytest.approx(roc_auc_score(labels[again], scores[again]))
    drawn = [roc_auc_score(labels[users == u], scores[users == u]) for u in (1, 1, 2, 4, 4, 4)]
    assert top[1, 1] / bottom[1, 1] == pytest.approx(np.mean(drawn))
