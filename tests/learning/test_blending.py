"""Weights are learned where there is evidence, and stay at the prior where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from fewrec.learning.blending import Episodes, Weights, learn_weights
from fewrec.learning.prior import prior_weights


def make_episodes(n: int, good: int, seed: int = 0) -> Episodes:
    """Three members, twenty candidates, one relevant; member ``good`` knows it, the others guess."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, 3, 20)).astype(np.float32)
    relevant = np.zeros((n, 20), dtype=np.float32)
    relevant[:, 0] = 1
    scores[:, good, 0] += 6
    return Episodes(scores, relevant, np.ones(n, dtype=np.float32), rng.choice([1, 3, 10], n), np.arange(n))


def uniform() -> Weights:
    return Weights(("a", "b", "c"), np.full((2, 3), 1 / 3, dtype=np.float32))


def test_the_member_that_knows_wins() -> None:
    weights = learn_weights(make_episodes(200, good=1), uniform(), [])
    assert weights.at(1)[1] > 0.6
    assert weights.at(10)[1] > 0.6


def test_no_episodes_leave_the_prior() -> None:
    empty = make_episodes(0, good=0)
    assert learn_weights(empty, uniform(), []).at(3) == pytest.approx([1 / 3] * 3)


def test_ndcg_by_hand() -> None:
    scores = np.array([[[3.0, 2.0, 1.0]]], dtype=np.float32)  # one member
    relevant = np.array([[0.0, 1.0, 1.0]], dtype=np.float32)
    ideal = np.array([1 + 1 / np.log2(3)], dtype=np.float32)
    episodes = Episodes(scores, relevant, ideal, np.array([1]), np.array([0]))
    expected = (1 / np.log2(3) + 1 / np.log2(4)) / (1 + 1 / np.log2(3))
    assert episodes.ndcg(Weights(("a",), np.ones((2, 1), dtype=np.float32)))[0] == pytest.approx(expected)


def test_weights_interpolate_in_log_k_and_round_trip() -> None:
    weights = Weights.from_mapping({"a": [1.0, 0.0], "b": [0.0, 1.0]})
    assert weights.at(0) == pytest.approx([1, 0])
    assert weights.at(10) == pytest.approx([0, 1])
    assert weights.at(3)[1] == pytest.approx(np.log10(3), abs=1e-6)
    assert Weights.from_mapping(weights.to_mapping()).at(3) == pytest.approx(weights.at(3))


@pytest.mark.parametrize("n_users", [0, 5, 40, 700, 10**6])
def test_the_shipped_prior_sums_to_one_at_every_size(n_users: int) -> None:
    assert prior_weights(n_users).at_knots.sum(axis=1) == pytest.approx([1, 1], abs=1e-4)
