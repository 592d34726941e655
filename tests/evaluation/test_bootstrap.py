"""Intervals: right where theory knows the answer, joint where they claim to be."""

from __future__ import annotations

import numpy as np
import pytest

from fewrec.evaluation.bootstrap import Replicates, Resampler, WeightsOf, interval, simultaneous
from fewrec.evaluation.outcomes import PerPair, PerUser


def replicates(blocks: dict[int, PerUser], seed: int = 0, count: int = 2000) -> Replicates:
    users = np.concatenate([block.users for block in blocks.values()])
    resampler = Resampler(users, count, np.random.default_rng(seed))
    return Replicates(blocks, resampler, WeightsOf(resampler))


def test_interval_of_a_mean_is_the_normal_one() -> None:
    values = np.random.default_rng(1).normal(0.4, 0.1, size=400)
    found = replicates({0: PerUser(np.arange(400), ("m",), values[:, None])})
    estimate, low, high = interval(found.statistic("m", [0], resample_draws=False))
    error = values.std() / 20
    assert estimate == pytest.approx(values.mean())
    assert (high - low) / 2 == pytest.approx(1.96 * error, rel=0.08)


def test_users_are_resampled_with_all_their_draws() -> None:
    """The same user in two draws tells half as much as two users do."""
    values = np.random.default_rng(2).normal(0.5, 0.1, size=(200, 1))
    users = np.arange(200)
    same = replicates({0: PerUser(users, ("m",), values), 1: PerUser(users, ("m",), values)})
    other = replicates({0: PerUser(users, ("m",), values), 1: PerUser(users + 200, ("m",), values)})
    spread = [np.std(found.statistic("m", [0, 1], resample_draws=False)) for found in (same, other)]
    assert spread[0] / spread[1] == pytest.approx(np.sqrt(2), rel=0.1)


def test_training_draws_widen_a_difference() -> None:
    """With differences that depend on the draw alone, the spread is that of a mean of D draws, unbiased."""
    effects = np.random.default_rng(3).normal(0, 1, size=10)
    users = np.arange(300)
    found = replicates({d: PerUser(users, ("m",), np.full((300, 1), 5 + effect)) for d, effect in enumerate(effects)})
    spread = np.std(found.statistic("m", list(range(10)), resample_draws=True)[1:])
    assert spread == pytest.approx(effects.std(ddof=1) / np.sqrt(10), rel=0.1)
    assert np.std(found.statistic("m", list(range(10)), resample_draws=False)[1:]) < 1e-9


def test_missing_values_leave_the_user_out() -> None:
    values = np.array([[0.2], [np.nan], [0.4]])
    found = replicates({0: PerUser(np.arange(3), ("m",), values)})
    assert found.statistic("m", [0], resample_draws=False)[0] == pytest.approx(0.3)
    assert found.users_of("m", [0]) == 2


def test_simultaneous_intervals_hold_together() -> None:
    """40 true differences of 0: in about 5 % of worlds, not in 87 %, does any interval miss it."""
    rng = np.random.default_rng(4)
    missed = alone = 0
    for world in range(100):
        values = rng.normal(size=(120, 40))
        found = replicates({0: PerUser(np.arange(120), tuple(f"m{j}" for j in range(40)), values)}, seed=world, count=400)
        statistics = [found.statistic(f"m{j}", [0], resample_draws=True) for j in range(40)]
        intervals, critical = simultaneous(statistics)
        assert 2.7 < critical < 3.8
        missed += any(low > 0 or high < 0 for _, low, high in intervals)
        alone += any(low > 0 or high < 0 for _, low, high in ((s[0], *np.quantile(s[1:], [0.025, 0.975])) for s in statistics))
    assert missed <= 13
    assert alone >= 70


def test_differences_without_spread() -> None:
    """Equal models differ by exactly 0; equal differences of all users are taken as they are; neither disturbs the others."""
    noisy = np.random.default_rng(5).normal(0.0, 1.0, size=500)
    intervals, critical = simultaneous([np.zeros(500), np.full(500, -0.25), noisy])
    assert intervals[0] == (0, 0, 0)
    assert intervals[1] == (-0.25, -0.25, -0.25)
    assert intervals[2][1] < noisy[0] < intervals[2][2]
    assert 1.7 < critical < 3.3
    assert simultaneous([])[0] == []


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
