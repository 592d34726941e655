"""Weights are learned where there is evidence, and stay at the prior where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from fewrec.models.blend.prior import density, prior_weights
from fewrec.models.blend.weights import KNOTS, Episodes, Weights, learn_weights
from fewrec.types import Interactions


def make_episodes(n: int, good: int, seed: int = 0) -> Episodes:
    """Three members, twenty candidates, one relevant; member ``good`` knows it, the others guess."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(n, 3, 20)).astype(np.float32)
    relevant = np.zeros((n, 20), dtype=np.float32)
    relevant[:, 0] = 1
    scores[:, good, 0] += 6
    return Episodes(scores, relevant, np.ones(n, dtype=np.float32), rng.choice([0, 1, 3, 10], n), np.arange(n))


def uniform() -> Weights:
    return Weights(("a", "b", "c"), np.full((len(KNOTS), 3), 1 / 3, dtype=np.float32))


def test_the_member_that_knows_wins() -> None:
    weights = learn_weights(make_episodes(200, good=1), uniform(), [])
    assert weights.at(0)[1] > 0.6
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
    assert episodes.ndcg(Weights(("a",), np.ones((len(KNOTS), 1), dtype=np.float32)))[0] == pytest.approx(expected)


def test_weights_interpolate_in_log_k_and_round_trip() -> None:
    weights = Weights.from_mapping({"a": [0.5, 1.0, 0.0], "b": [0.5, 0.0, 1.0]})
    assert weights.at(0) == pytest.approx([0.5, 0.5])
    assert weights.at(1) == pytest.approx([1, 0])
    assert weights.at(10) == pytest.approx([0, 1])
    assert weights.at(300) == pytest.approx([0, 1])
    assert weights.at(3)[1] == pytest.approx(np.log10(3), abs=1e-6)
    assert Weights.from_mapping(weights.to_mapping()).at(3) == pytest.approx(weights.at(3))


def test_who_takes_no_part_passes_its_weight_on() -> None:
    weights = Weights.from_mapping({"a": [0.5, 0.4, 0.0], "b": [0.5, 0.4, 0.0], "c": [0.0, 0.2, 1.0]})
    assert weights.passed_on({"b": "c"}).of(["a", "c"]).at(1) == pytest.approx([0.4, 0.6])
    assert weights.passed_on({"b": "stranger"}).at(1) == pytest.approx([0.4, 0.4, 0.2])


def test_the_ascent_keeps_count_of_what_it_moves() -> None:
    """The gain that the ascent believes in is that of the weights it returns, also for k between knots."""
    episodes = make_episodes(200, good=1)
    weights = learn_weights(episodes, uniform(), [])
    k3 = episodes.shots == 3
    mixed = np.stack([weights.at(int(k)) for k in episodes.shots])
    by_hand = episodes.ndcg_of(np.einsum("ej,ejc->ec", mixed, episodes.scores), np.arange(200))
    assert episodes.ndcg(weights) == pytest.approx(by_hand, abs=1e-6)
    assert by_hand[k3].mean() > episodes.ndcg(uniform())[k3].mean()


@pytest.mark.parametrize("others", [0, 0.5, 4, 70, 10**6])
def test_the_shipped_prior_says_something_at_every_size(others: float) -> None:
    weights = prior_weights(others)
    assert all(weights.at(k).sum() == pytest.approx(1, abs=1e-5) for k in (0, 1, 5, 10))
    assert (weights.at_knots >= 0).all()


def test_density_is_how_many_others_like_what_one_likes() -> None:
    # Three users: item 0 is liked by all, item 1 by two, item 2 by one: (3*2 + 2*1 + 0) / 6.
    user, item = np.array([0, 1, 2, 0, 1, 2]), np.array([0, 0, 0, 1, 1, 2])
    ones = np.ones(6, dtype=np.float32)
    interactions = Interactions(("a", "b", "c"), 3, user, item, ones, ones, np.zeros(6))
    assert density(interactions) == pytest.approx(8 / 6)
    assert density(Interactions.empty(3)) == 0
