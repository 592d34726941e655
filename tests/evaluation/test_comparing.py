"""Intervals of differences: right where theory knows the answer, joint where they claim to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.errors import SettingError
from fewrec.evaluation import KShotSettings, LabelsSettings, TallrecSettings
from fewrec.evaluation.bootstrap import Replicates, Resampler, WeightsOf
from fewrec.evaluation.comparing import Difference, draw_components, simultaneous
from fewrec.evaluation.outcomes import PerPair, PerUser


class World:
    """Models with values in draws, and their comparison."""

    def __init__(self, n_users: int, seed: int = 0, count: int = 2000) -> None:
        self.resampler = Resampler(np.arange(n_users), count, np.random.default_rng(seed))
        self._weights_of = WeightsOf(self.resampler)

    def model(self, *values: np.ndarray, users: list[np.ndarray] | None = None) -> Replicates:
        """``values`` (u, metrics) of each draw."""
        names = tuple(f"m{j}" for j in range(values[0].shape[1]))
        users = users or [np.arange(len(values[0]))] * len(values)
        blocks = {d: PerUser(own, names, of) for d, (own, of) in enumerate(zip(users, values, strict=True))}
        return Replicates(blocks, self.resampler, self._weights_of)

    def against_nothing(
        self, *values: np.ndarray, users: list[np.ndarray] | None = None, metric: str = "m0", group: str = "", peer: str = ""
    ) -> Difference:
        """The difference from a model whose values are all 0."""
        other = self.model(*(np.zeros_like(of) for of in values), users=users)
        draws = list(range(len(values)))
        return Difference.between(self.model(*values, users=users), other, metric, draws, group=group, peer=peer)


def apart(n_draws: int, n: int) -> list[np.ndarray]:
    """Other users in every draw."""
    return [np.arange(d * n, (d + 1) * n) for d in range(n_draws)]


def test_draws_that_alone_matter() -> None:
    """No user differs from another: the variance is that of a mean of D draws, with half a standard error added."""
    effects = np.random.default_rng(3).normal(0, 1, size=10)
    found = World(300).against_nothing(*(np.full((300, 1), 5 + effect) for effect in effects))
    assert found.user_variance < 1e-20
    assert found.draw_variance == pytest.approx(effects.var(ddof=1) / 10)
    assert found.effects == pytest.approx((effects - effects.mean()) / 10)
    caution = 1 + np.sqrt(2 / 9) / 2
    assert draw_components([found]) == pytest.approx([caution * effects.var(ddof=1) / 10])


def test_noise_is_what_draws_vary_by_without_effects() -> None:
    """Users apart: V_noise = V_user, the variance of a mean of all answers. One noise shared by all draws: none, whatever the users."""
    rng = np.random.default_rng(4)
    values = rng.normal(size=(3, 200, 1))
    found = World(600).against_nothing(*values, users=apart(3, 200))
    assert found.noise == pytest.approx(values.var() / 600, rel=0.1)
    assert found.user_variance == pytest.approx(values.var() / 600, rel=0.1)
    same = World(200).against_nothing(values[0], values[0], values[0])
    assert same.noise == pytest.approx(0, abs=1e-20)
    assert same.draw_variance == pytest.approx(0, abs=1e-20)
    assert same.user_variance == pytest.approx(values[0].var() / 200, rel=0.1)


def test_expected_variance_is_the_true_one() -> None:
    """V_user + V_draw - V_noise, on average over worlds, is the variance of the estimate; here it is known: 1/n/D + effect/D."""
    rng = np.random.default_rng(5)
    users, effect, found = apart(5, 80), 0.04, []
    for seed in range(60):
        values = [rng.normal(size=(80, 1)) + rng.normal(0, np.sqrt(effect)) for _ in users]
        one = World(400, seed, count=200).against_nothing(*values, users=users)
        found.append(one.user_variance + one.draw_variance - one.noise)
    assert np.mean(found) == pytest.approx(1 / 400 + effect / 5, rel=0.2)


def test_a_comparison_borrows_from_its_peer_and_its_group() -> None:
    """Own ratios 1, 5 (the same peer) and 3 (another): the first is read as max(1, mean(1, 5), mean(1, 5, 3)) = 3."""
    plain = Difference(np.array([0.0, 1.0, -1.0]), (0, 1, 2), np.zeros(3), noise=0.06, group="n", peer="a")

    def of(ratio: float, **changes: str) -> Difference:
        effects = np.array([1.0, -1.0, 0.0]) * np.sqrt(ratio * plain.noise / 3)  # V_draw = 3/2 of the sum of squares
        return replace(plain, effects=effects, **changes)

    table = [of(1), of(5), of(3, peer="b"), of(40, group="another n")]
    assert table[1].draw_variance == pytest.approx(5 * 0.06)
    expected = [(1.5 * ratio - 1) * 0.06 for ratio in (3, 5, 3, 40)]
    assert draw_components(table) == pytest.approx(expected)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), n_draws=st.integers(1, 4), effect=st.floats(0, 3))
def test_never_narrower_than_users_alone(seed: int, n_draws: int, effect: float) -> None:
    rng = np.random.default_rng(seed)
    values = [rng.normal(size=(30, 1)) + effect * rng.normal() for _ in range(n_draws)]
    world = World(30 * n_draws, seed, count=100)
    found = world.against_nothing(*values, users=apart(n_draws, 30))
    component = draw_components([found])[0]
    assert component >= 0
    intervals, critical = simultaneous([found], world.resampler)
    reach = critical * np.sqrt(found.user_variance + component)
    assert intervals[0].high - intervals[0].estimate == pytest.approx(reach)
    if n_draws == 1:  # the bootstrap over users, nothing else
        t = np.abs(found.replicates[1:] - found.replicates[0]) / found.replicates[1:].std()
        assert component == 0
        assert critical == pytest.approx(np.quantile(t, 0.95))


def test_simultaneous_intervals_hold_together() -> None:
    """40 true differences of 0: in about 5 % of worlds, not in 87 %, does any interval miss it."""
    rng = np.random.default_rng(4)
    missed = alone = 0
    for seed in range(100):
        world, values = World(120, seed, count=400), rng.normal(size=(120, 40))
        mine, other = world.model(values), world.model(np.zeros_like(values))
        found = [Difference.between(mine, other, f"m{j}", [0], group=None, peer=None) for j in range(40)]
        intervals, critical = simultaneous(found, world.resampler)
        assert 2.7 < critical < 3.8
        missed += any(each.low > 0 or each.high < 0 for each in intervals)
        alone += any(np.prod(np.quantile(each.replicates[1:], [0.025, 0.975])) > 0 for each in found)
    assert missed <= 13
    assert alone >= 70


def test_what_a_draw_does_it_does_to_all_cells() -> None:
    """Forty cells that rise and fall with the draw together need no larger critical value than one."""
    effects = np.random.default_rng(7).normal(size=8)
    values = [np.full((50, 40), effect) for effect in effects]
    world = World(50)
    together = [world.against_nothing(*values, metric=f"m{j}") for j in range(40)]
    assert simultaneous(together, world.resampler)[1] == pytest.approx(1.96, abs=0.12)


def test_differences_without_spread() -> None:
    """Equal models differ by exactly 0; equal differences of all users are taken as they are; neither disturbs the others."""
    world = World(200)
    values = np.stack([np.zeros(200), np.full(200, -0.25), np.random.default_rng(5).normal(size=200)], axis=1)
    found = [world.against_nothing(values, metric=f"m{j}") for j in range(3)]
    intervals, critical = simultaneous(found, world.resampler)
    assert (intervals[0].low, intervals[0].high) == (0, 0)
    assert (intervals[1].low, intervals[1].high) == (-0.25, -0.25)
    assert intervals[2].low < values[:, 2].mean() < intervals[2].high
    assert 1.7 < critical < 2.3
    assert simultaneous([], world.resampler)[0] == []


def test_metrics_that_are_no_means() -> None:
    """The AUC of all pairs: each draw pulls it by its own AUC's distance from their mean, a draw's share each."""
    rng = np.random.default_rng(8)
    users, metrics = np.repeat(np.arange(40), 5), ("auc", "calibration-error")
    labels = rng.random(200) < 0.5
    resampler = Resampler(users, 500, rng)
    weights_of = WeightsOf(resampler)

    def model(strength: float) -> Replicates:
        scores = [np.clip(0.5 + strength * (labels - 0.5) + 0.2 * rng.normal(size=200), 0, 1) for _ in range(3)]
        return Replicates({d: PerPair(users, metrics, labels, s, s) for d, s in enumerate(scores)}, resampler, weights_of)

    good, bad = model(0.4), model(0.1)
    found = Difference.between(good, bad, "auc", [0, 1, 2], group=None, peer=None)
    alone = [good.statistic("auc", [d])[0] - bad.statistic("auc", [d])[0] for d in range(3)]
    assert found.effects == pytest.approx((np.asarray(alone) - np.mean(alone)) / 3)
    intervals, _ = simultaneous([found], resampler)
    assert 0 < intervals[0].low < found.replicates[0] < intervals[0].high < 1


def test_what_is_compared_is_named_beforehand() -> None:
    assert KShotSettings().comparing == ("ndcg@10",)
    assert LabelsSettings().comparing == TallrecSettings().comparing == ("auc", "uauc")
    assert KShotSettings(metrics=("mrr", "novelty", "recall@5")).comparing == ("mrr", "recall@5")
    assert KShotSettings(compared=("all",)).comparing == ("ndcg@10", "recall@20", "mrr", "uauc")
    assert KShotSettings(compared=("mrr",)).comparing == ("mrr",)
    for wrong in ("novelty", "auc", "ndcg@5"):
        with pytest.raises(SettingError, match=f"compared is '{wrong}'"):
            KShotSettings(compared=(wrong,))
