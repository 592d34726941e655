"""Episodes come from training users, statistics from other folds, and settings from clear differences only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fewrec.models.classics.ease import EaseConfig
from fewrec.models.episodes import Fold, TuningConfig, choose, choose_by_turns, fold_ndcg, make_folds
from fewrec.testing.worlds import block_world, catalogue_of, likes_of
from fewrec.types import Examples, Interactions, Matrix


def test_folds_never_learn_from_the_users_they_ask() -> None:
    catalogue, interactions = block_world(n_users=40)
    folds = make_folds(catalogue, interactions, rng=np.random.default_rng(0))
    likes = {tuple(row.indices) for row in interactions.likes}
    asked: set[str] = set()
    for fold in folds:
        learned = set(fold.interactions.user_ids)
        assert learned < set(interactions.user_ids)
        asked |= set(interactions.user_ids) - learned
        for examples, relevant, k in zip(fold.examples, fold.relevant, fold.shots, strict=True):
            assert len(examples) == k
            assert not set(examples.rows) & set(relevant)
            assert tuple(sorted([*examples.rows, *relevant])) in likes
    assert asked == set(interactions.user_ids)


def test_many_users_make_one_fold_of_a_bounded_size() -> None:
    catalogue = catalogue_of(np.eye(30))
    interactions = likes_of(np.random.default_rng(0).random((900, 30)) < 0.5)
    (fold,) = make_folds(catalogue, interactions, rng=np.random.default_rng(0), config=TuningConfig(max_cells=6000))
    assert fold.interactions.n_users == 600
    assert len(fold.examples) == 200


def test_too_few_users_keep_the_default() -> None:
    catalogue, interactions = block_world(n_users=12)
    folds = make_folds(catalogue, interactions, rng=np.random.default_rng(0))
    assert folds == []
    assert choose([3, 4], folds, lambda train: train, lambda *_: pytest.fail("nothing to score")) == 3


def test_ndcg_by_hand() -> None:
    catalogue = catalogue_of(np.eye(4))
    fold = Fold(
        Interactions.empty(4),
        (Examples.of_likes(catalogue, [0]), Examples.none(4)),
        (np.array([1, 3]), np.array([2])),
        np.array([1, 0]),
    )
    scores = np.array([[9, 3, 2, 1], [4, 3, 2, 1]], dtype=np.float32)
    found = [(1 + 1 / np.log2(4)) / (1 + 1 / np.log2(3)), 1 / np.log2(4)]  # the revealed item is not in the list
    np.testing.assert_allclose(fold_ndcg(scores, fold), found, rtol=1e-6)


def test_ndcg_gives_ties_no_credit_for_their_place_in_the_file() -> None:
    m = 2000
    fold = Fold(Interactions.empty(m), (Examples.none(2),), (np.arange(10),), np.array([0]))
    assert fold_ndcg(np.zeros((1, m), dtype=np.float32), fold)[0] < 0.3
    fold = Fold(Interactions.empty(m), (Examples.none(2),), (np.arange(m - 10, m),), np.array([0]))
    assert fold_ndcg(np.zeros((1, m), dtype=np.float32), fold)[0] < 0.3


def test_a_clearly_better_setting_wins_and_an_equal_one_does_not() -> None:
    catalogue, interactions = block_world(n_users=40)
    folds = make_folds(catalogue, interactions, rng=np.random.default_rng(0))

    def score(train: Interactions, sign: int, examples: list[Examples]) -> Matrix:
        counts = (train.likes.T @ train.likes).toarray()
        return np.stack([sign * counts[e.rows].sum(axis=0) for e in examples]).astype(np.float32)

    assert choose([-1, 1], folds, lambda train: train, score) == 1
    assert choose([1, 2], folds, lambda train: train, score) == 1


def test_turns_change_one_field_at_a_time() -> None:
    catalogue, interactions = block_world(n_users=40)
    folds = make_folds(catalogue, interactions, rng=np.random.default_rng(0))
    tried: set[EaseConfig] = set()

    def score(train: Interactions, config: EaseConfig, examples: list[Examples]) -> Matrix:
        tried.add(config)
        return np.ones((len(examples), len(catalogue)), dtype=np.float32)

    turns = {"reg": (1.0, 2.0), "popularity": (0.5,)}
    assert choose_by_turns(EaseConfig(), turns, folds, lambda train: train, score) == EaseConfig()
    assert tried == {EaseConfig(), EaseConfig(reg=1.0), EaseConfig(reg=2.0), EaseConfig(popularity=0.5)}


def test_long_histories_are_asked_about_as_often_as_short_ones() -> None:
    """One user in ten has twelve likes, the others two: with every_shot, ten likes are revealed as often as one."""
    rng = np.random.default_rng(0)
    liked = np.zeros((3000, 30), dtype=bool)
    for user in range(3000):
        liked[user, rng.permutation(30)[: 12 if user % 10 == 0 else 2]] = True
    catalogue, interactions = catalogue_of(np.eye(30)), likes_of(liked)
    config = TuningConfig(shots=(1, 10), max_users=60, n_repeats=1)
    (few,) = make_folds(catalogue, interactions, rng=np.random.default_rng(0), config=config)
    (even,) = make_folds(catalogue, interactions, rng=np.random.default_rng(0), config=replace(config, every_shot=True))
    assert np.sum(few.shots == 10) < 20
    assert np.sum(even.shots == 1) == np.sum(even.shots == 10) == 60
    learned = set(even.interactions.user_ids)
    assert 60 <= interactions.n_users - len(learned) <= 120
    # Those who took part with ten likes are a quarter of all who could at most: statistics keep the rest, or there are more folds.
    many = make_folds(
        catalogue, interactions, rng=np.random.default_rng(0), config=replace(config, max_users=200, every_shot=True)
    )
    assert len(many) == config.n_folds
    assert sum(np.sum(fold.shots == 10) for fold in many) == 200
