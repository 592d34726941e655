"""What is expected of an item by its text."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from fewrec.models.taste import GaussianConfig, GaussianTaste
from fewrec.models.taste.popularity import expected_likes
from fewrec.models.taste.prior import SHAPES, likely_counts
from fewrec.types import Catalogue, Examples, Interactions


def two_series(n_items: int = 60) -> Catalogue:
    """Items of two series, told apart by a word and, up to noise, by a direction."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(n_items, 8)).astype(np.float32) * 0.3
    vectors[::2, 0] += 1
    vectors[1::2, 1] += 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = np.zeros((n_items, 2), dtype=np.float32)
    words[::2, 0] = words[1::2, 1] = 1
    ids = tuple(f"i{row}" for row in range(n_items))
    return Catalogue(ids, ids, ids, vectors, sparse.csr_matrix(words), tuple({} for _ in ids), "test")


def test_expected_likes_follow_the_text_and_add_up() -> None:
    catalogue = two_series()
    likes = np.where(np.arange(60) % 2 == 0, 12, 1).astype(np.float32)
    expected = expected_likes(catalogue, likes)
    assert expected[::2].min() > expected[1::2].max()
    # A Poisson regression with a free constant reproduces the total.
    np.testing.assert_allclose(expected.sum(), likes.sum(), rtol=0.02)


def test_nothing_is_expected_where_nobody_likes_anything() -> None:
    assert not expected_likes(two_series(), np.zeros(60, dtype=np.float32)).any()


def test_equal_texts_are_expected_to_be_liked_alike() -> None:
    catalogue = two_series()
    empty = np.zeros_like(catalogue.vectors)
    mute = Catalogue(
        catalogue.ids, catalogue.ids, ("",) * 60, empty, sparse.csr_matrix((60, 0), dtype=np.float32), catalogue.fields, "t"
    )
    likes = np.arange(60, dtype=np.float32)
    np.testing.assert_allclose(expected_likes(mute, likes), likes.mean(), rtol=1e-3)


def test_a_new_item_of_the_popular_series_is_expected_to_be_popular() -> None:
    catalogue = two_series()
    rng = np.random.default_rng(3)
    matrix = rng.random((50, 60)) < np.where(np.arange(60) % 2 == 0, 0.5, 0.05)
    matrix[:, [58, 59]] = False  # nobody has met the last two
    user, item = np.nonzero(matrix)
    ones = np.ones(len(user), dtype=np.float32)
    interactions = Interactions(tuple(map(str, range(50))), 60, user, item, ones, ones, np.full(len(user), np.nan))
    model = GaussianTaste(GaussianConfig()).fit(catalogue, interactions, rng=rng)
    scores = model.score([Examples.none(8)])[0]
    assert scores[58] > 3 * scores[59]


def test_likes_are_drawn_to_what_is_expected_by_how_much_counts_spread() -> None:
    # Counts that spread no more than Poisson's are all but ignored; counts that spread far more are believed.
    rng = np.random.default_rng(0)
    expected = np.full(4000, 2.0, dtype=np.float32)
    even = rng.poisson(2.0, 4000).astype(np.float32)
    uneven = rng.poisson(2.0 * rng.gamma(0.1, 10.0, 4000)).astype(np.float32)
    assert np.abs(likely_counts(even, expected) - 2).max() < 1.5
    assert np.abs(likely_counts(uneven, expected) - uneven).max() < 0.1 * uneven.max()


def test_one_like_among_few_users_says_little_in_a_large_catalogue() -> None:
    likes = np.zeros(10_000, dtype=np.float32)
    likes[:200] = 1
    likes[:3] = 5
    likely = likely_counts(likes, np.full(10_000, 0.02, dtype=np.float32))
    assert 0.02 < likely[100] < 0.6
    assert likely[0] > 3 * likely[100]
    assert likely[5000] < 0.02


def test_likely_counts_by_hand() -> None:
    likes, expected = np.array([0.0, 3.0], dtype=np.float32), np.array([1.0, 1.0], dtype=np.float32)

    def evidence(a: float) -> float:
        # P(0) P(3) of a negative binomial with mean 1 and shape a, up to a factor that a does not change.
        return float(2 * a * np.log(a / (1 + a)) + 3 * np.log(1 / (1 + a)) + np.log(a * (a + 1) * (a + 2)))

    a = max(SHAPES, key=evidence)
    assert likely_counts(likes, expected) == pytest.approx((likes + a) / (1 + a), rel=1e-5)
