"""Answers worked out by hand, or by the textbook formula on worlds small enough to invert."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from fewrec.errors import SettingError
from fewrec.models.classics._base import TIE_BREAK
from fewrec.models.classics._factorise import Side, contributions, half_step
from fewrec.models.classics.als import Als, AlsConfig, item_factors
from fewrec.models.classics.content import Content, ContentConfig
from fewrec.models.classics.cooccurrence import Cooccurrence, CooccurrenceConfig
from fewrec.models.classics.ease import Ease, EaseConfig, Spectrum, item_weights
from fewrec.models.classics.hybrid import Hybrid, HybridConfig
from fewrec.models.classics.item_knn import ItemKnn, ItemKnnConfig
from fewrec.models.classics.item_mean import ItemMean, ItemMeanConfig
from fewrec.models.classics.liked_fraction import LikedFraction, LikedFractionConfig
from fewrec.models.classics.popularity import Popularity
from fewrec.models.classics.user_knn import UserKnn, UserKnnConfig
from fewrec.testing.worlds import catalogue_of, disliked, interactions_of, joined, likes_of, statement
from fewrec.types import Examples

RNG = np.random.default_rng
FOUR_USERS = [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0], [1, 0, 0, 0]]
CATALOGUE = catalogue_of(np.eye(4))


def random_likes(n_users: int, n_items: int, density: float = 0.3) -> sparse.csr_matrix:
    return likes_of(RNG(5).random((n_users, n_items)) < density).likes


def test_popularity_counts_likes_and_not_dislikes() -> None:
    judged = interactions_of(np.array([[1.0, -1.0, np.nan], [0.5, 1.0, np.nan]]))
    model = Popularity().fit(catalogue_of(np.eye(3)), judged, rng=RNG(0))
    np.testing.assert_array_equal(model.score([Examples.none(3)]), [[2, 1, 0]])


def test_item_mean_is_the_shrunk_share_of_likes() -> None:
    judged = interactions_of(np.array([[1.0, -1.0, np.nan], [0.5, 1.0, np.nan]]))
    model = ItemMean(ItemMeanConfig(shrinkage=2.0)).fit(catalogue_of(np.eye(3)), judged, rng=RNG(0))
    overall = (3 + 1) / (4 + 2)
    expected = [(2 + 2 * overall) / 4, (1 + 2 * overall) / 4, overall]
    np.testing.assert_allclose(model.score([Examples.none(3)])[0], expected, rtol=1e-6)
    np.testing.assert_allclose(model.predict([Examples.none(3)] * 2, np.array([1, 0])), [expected[1], expected[0]], rtol=1e-6)


def test_liked_fraction_is_the_users_own_share() -> None:
    judged = interactions_of(np.array([[1.0, -1.0, np.nan, np.nan]]))  # half of the judgements are likes
    model = LikedFraction(LikedFractionConfig(strength=2.0)).fit(CATALOGUE, judged, rng=RNG(0))
    mixed = joined(Examples.of_likes(CATALOGUE, [0, 1, 2]), disliked(CATALOGUE, [3]))
    expected = [(3 + 2 * 0.5) / (4 + 2), 0.5]
    np.testing.assert_allclose(model.predict([mixed, Examples.none(4)], np.array([2, 3])), expected, rtol=1e-6)
    np.testing.assert_allclose(model.score([mixed])[0], np.full(4, expected[0]), rtol=1e-6)


def test_item_knn_cosine_by_hand() -> None:
    model = ItemKnn(ItemKnnConfig(neighbours=None, shrinkage=1.0)).fit(CATALOGUE, likes_of(FOUR_USERS), rng=RNG(0))
    # likes per item 3 3 2 0; together: (0,1) 2, (0,2) 1, (1,2) 2
    scores = model.score([Examples.of_likes(CATALOGUE, [0])])[0]
    np.testing.assert_allclose(
        scores, [TIE_BREAK, 2 / (3 + 1) + TIE_BREAK, 1 / (np.sqrt(6) + 1) + TIE_BREAK * 2 / 3, 0], rtol=1e-5
    )
    np.testing.assert_allclose(model.score([disliked(CATALOGUE, [0])])[0, 1], -0.5 + TIE_BREAK, rtol=1e-5)


def test_item_knn_conditional_probability_by_hand() -> None:
    model = ItemKnn(ItemKnnConfig(neighbours=1, shrinkage=0.0, asymmetry=1.0)).fit(CATALOGUE, likes_of(FOUR_USERS), rng=RNG(0))
    scores = model.score([Examples.of_likes(CATALOGUE, [2])])[0]
    np.testing.assert_allclose(scores, [TIE_BREAK, 1 + TIE_BREAK, TIE_BREAK * 2 / 3, 0], rtol=1e-5)  # both who like 2 like 1


def test_item_knn_weighs_busy_users_less() -> None:
    likes = np.zeros((2, 8))
    likes[0, [0, 1]] = 1
    likes[1, [0, 2, 3, 4, 5, 6, 7]] = 1
    config = ItemKnnConfig(neighbours=None, shrinkage=0.0, asymmetry=1.0, activity=1.0)
    scores = ItemKnn(config).fit(catalogue_of(np.eye(8)), likes_of(likes), rng=RNG(0))
    one, two = scores.score([Examples.of_likes(catalogue_of(np.eye(8)), [0])])[0, 1:3]
    assert one / two == pytest.approx((1 / 2) / (1 / 7), rel=1e-3)


def test_user_knn_by_hand() -> None:
    config = UserKnnConfig(neighbours=None, shrinkage=1.0, activity=1.0)
    model = UserKnn(config).fit(CATALOGUE, likes_of(FOUR_USERS), rng=RNG(0))
    # who likes 2: the second user (3 likes) and the third (2 likes)
    scores = model.score([Examples.of_likes(CATALOGUE, [2])])[0]
    np.testing.assert_allclose(scores[[0, 1, 3]], [1 / 4 + TIE_BREAK, 1 / 4 + 1 / 3 + TIE_BREAK, 0], rtol=1e-5)
    nearest = UserKnn(UserKnnConfig(neighbours=1, shrinkage=1.0, activity=1.0)).fit(CATALOGUE, likes_of(FOUR_USERS), rng=RNG(0))
    np.testing.assert_allclose(
        nearest.score([Examples.of_likes(CATALOGUE, [2])])[0, [0, 1]], [TIE_BREAK, 1 / 3 + TIE_BREAK], rtol=1e-5
    )


def test_cooccurrence_is_naive_bayes() -> None:
    config = CooccurrenceConfig(shrinkage=2.0, popularity=1.0)
    model = Cooccurrence(config).fit(CATALOGUE, likes_of(FOUR_USERS), rng=RNG(0))
    n_likes, n_users = np.array([3, 3, 2, 0]), 4
    together = np.array(FOUR_USERS).T @ np.array(FOUR_USERS)
    for item in (1, 2, 3):
        expected = np.log((n_likes[item] + 0.5) / (n_users + 1))
        for example in {0, 1} - {item}:
            share = n_likes[example] / n_users
            expected += np.log((together[example, item] + 2 * share) / (n_likes[item] + 2) / share)
        examples = Examples.of_likes(CATALOGUE, sorted({0, 1} - {item}))
        assert model.score([examples])[0, item] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("n_users", "n_items"), [(12, 30), (60, 20)])
def test_ease_equals_the_dense_formula(n_users: int, n_items: int) -> None:
    likes = random_likes(n_users, n_items)
    gram = likes.toarray().T.astype(np.float64) @ likes.toarray()
    inverse = np.linalg.inv(gram + 7.0 * np.eye(n_items))
    expected = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(item_weights(likes, 7.0), expected, atol=2e-5)


@pytest.mark.parametrize("n_users", [12, 60])
def test_the_spectrum_used_for_tuning_scores_as_ease_does(n_users: int) -> None:
    catalogue = catalogue_of(RNG(0).normal(size=(20, 4)))
    train = likes_of(random_likes(n_users, 20).toarray())
    config = EaseConfig(reg=9.0, popularity=0.1)
    examples = [Examples.of_likes(catalogue, rows) for rows in ([1], [2, 5, 7], [])]
    exact = Ease(config).fit(catalogue, train, rng=RNG(0)).score(examples)
    quick = Spectrum(train).scores(config, examples)
    for row, shown in enumerate(examples):
        others = np.setdiff1d(np.arange(20), shown.rows)
        np.testing.assert_allclose(quick[row, others], exact[row, others], atol=2e-5)


def test_ease_ignores_items_nobody_likes() -> None:
    model = Ease(EaseConfig(reg=1.0)).fit(CATALOGUE, likes_of(FOUR_USERS), rng=RNG(0))
    np.testing.assert_array_equal(model.score([Examples.of_likes(CATALOGUE, [3])]), model.score([Examples.none(4)]))


@pytest.mark.parametrize("n_factors", [2, 40])
def test_half_step_solves_the_weighted_normal_equations(n_factors: int) -> None:
    rng = RNG(3)
    factors = rng.normal(size=(25, n_factors)).astype(np.float32)
    strength = random_likes(9, 25, density=0.4).toarray() * rng.choice([1.0, -0.5, 2.0], size=(9, 25))
    pull = rng.normal(size=(9, n_factors)).astype(np.float32)
    solved = half_step(Side.of(factors, 2.0), sparse.csr_matrix(strength.astype(np.float32)), alpha=3.0, pull=pull)
    for row in range(9):
        confidence = np.diag(1 + 3.0 * np.abs(strength[row]))
        matrix = factors.T @ confidence @ factors + 2.0 * np.eye(n_factors)
        expected = np.linalg.solve(matrix, factors.T @ confidence @ np.sign(strength[row]) + pull[row])
        np.testing.assert_allclose(solved[row], expected, rtol=2e-3, atol=2e-4)


def test_summands_of_a_folded_in_user_add_up_to_her() -> None:
    side = Side.of(RNG(1).normal(size=(10, 3)).astype(np.float32), 1.0)
    rows, strength = np.array([4, 7, 4, 1]), np.array([1.0, -0.5, 1.0, 0.25], dtype=np.float32)
    observed = sparse.csr_matrix((strength, (np.zeros(4, dtype=int), rows)), shape=(1, 10))
    np.testing.assert_allclose(
        contributions(side, rows, strength, alpha=2.0).sum(axis=0),
        half_step(side, observed, alpha=2.0)[0],
        rtol=1e-4,
        atol=1e-6,
    )


def test_als_lowers_its_objective_and_folds_in_a_training_user_where_she_was() -> None:
    likes = random_likes(30, 20)
    dense = likes.toarray()

    def objective(items: np.ndarray) -> float:
        users = half_step(Side.of(items, 1.0), likes, alpha=4.0)
        errors = (1 + 4.0 * dense) * (dense - users @ items.T) ** 2
        return float(errors.sum() + (users**2).sum() + (items**2).sum())

    by_round = [
        objective(item_factors(likes, AlsConfig(factors=4, reg=1.0, alpha=4.0, n_rounds=n), seed=0)) for n in (1, 2, 5, 20)
    ]
    assert by_round == sorted(by_round, reverse=True)

    catalogue = catalogue_of(np.eye(20))
    model = Als(AlsConfig(factors=4, reg=1.0, alpha=4.0)).fit(catalogue, likes_of(dense), rng=RNG(0))
    shown = np.flatnonzero(dense[3])
    scores = model.score([Examples.of_likes(catalogue, shown)])[0]
    assert scores[shown].mean() > np.delete(scores, shown).mean() + 0.3


def test_hybrid_places_an_item_nobody_met_by_its_text_and_listens_to_statements() -> None:
    rng = RNG(0)
    topic = np.arange(40) % 2
    vectors = np.eye(2)[topic] + 0.05 * rng.normal(size=(40, 2))
    likes = (np.equal.outer(np.arange(60) % 2, topic)) & (rng.random((60, 40)) < 0.5)
    likes[:, [38, 39]] = False  # new items, one of each topic
    catalogue = catalogue_of(vectors)
    model = Hybrid(HybridConfig(factors=4, reg=5.0)).fit(catalogue, likes_of(likes), rng=RNG(0))
    by_items = model.score([Examples.of_likes(catalogue, [0, 2])])[0]
    by_words = model.score([statement(np.array([1.0, 0.0]))])[0]
    assert by_items[38] > by_items[39] + 0.1
    assert by_words[38] > by_words[39] + 0.05


def test_content_mixes_two_cosines() -> None:
    words = np.array([[1, 0], [0.6, 0.8], [0, 1], [0, 0]])
    catalogue = catalogue_of(np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [0.0, 0.0]]), words)
    model = Content(ContentConfig(lexical=0.25, centred=False, dependence=1.0)).fit(
        catalogue, likes_of(np.zeros((0, 4))), rng=RNG(0)
    )
    one = model.score([Examples.of_likes(catalogue, [0])])[0]
    np.testing.assert_allclose(one, [1, 0.75 * 0.8 + 0.25 * 0.6, 0, 0], atol=1e-6)
    both = model.score([joined(Examples.of_likes(catalogue, [0]), disliked(catalogue, [2]))])[0]
    np.testing.assert_allclose(both, [0.5, (0.75 * (0.8 - 0.6) + 0.25 * (0.6 - 0.8)) / 2, -0.5, 0], atol=1e-6)
    said = model.score([statement(np.array([0.0, 1.0]))])[0]
    np.testing.assert_allclose(said, [0, 0.75 * 0.6, 0.75, 0], atol=1e-6)


@pytest.mark.parametrize(
    "make", [lambda: EaseConfig(reg=0.0), lambda: AlsConfig(factors=0), lambda: LikedFractionConfig(strength=0.0)]
)
def test_settings_out_of_range_are_refused(make: object) -> None:
    with pytest.raises(SettingError, match="expected"):
        make()  # type: ignore[operator]
