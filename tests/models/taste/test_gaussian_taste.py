"""The taste model against answers computed by hand and by the textbook formula."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from fewrec.errors import DataError, NotFittedError
from fewrec.models.taste import GaussianConfig, GaussianTaste
from fewrec.models.taste.popularity import expected_likes
from fewrec.models.taste.prior import likely_counts
from fewrec.types import Catalogue, Examples, Interactions


def make_catalogue(n_items: int = 8, seed: int = 0) -> Catalogue:
    vectors = np.random.default_rng(seed).normal(size=(n_items, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = tuple(f"i{row}" for row in range(n_items))
    words = sparse.identity(n_items, dtype=np.float32, format="csr")
    return Catalogue(ids, ids, ids, vectors, words, tuple({} for _ in ids), "test")


def make_interactions(matrix: np.ndarray) -> Interactions:
    user, item = np.nonzero(matrix)
    ones = np.ones(len(user), dtype=np.float32)
    ids = tuple(f"u{row}" for row in range(len(matrix)))
    return Interactions(ids, matrix.shape[1], user, item, ones, ones, np.full(len(user), np.nan))


@pytest.fixture
def catalogue() -> Catalogue:
    return make_catalogue()


@pytest.fixture
def interactions() -> Interactions:
    return make_interactions(np.random.default_rng(1).random((12, 8)) < 0.4)


def fitted(catalogue: Catalogue, interactions: Interactions, **settings: float) -> GaussianTaste:
    model = GaussianTaste(GaussianConfig(**settings))
    return model.fit(catalogue, interactions, rng=np.random.default_rng(0))


def examples_of(catalogue: Catalogue) -> Examples:
    """A like, a dislike of half strength, and a sentence."""
    rows = np.array([2, 5, -1])
    vectors = np.stack([catalogue.vectors[2], catalogue.vectors[5], catalogue.vectors[7]])
    utility = np.array([1.0, -0.5, 1.0], dtype=np.float32)
    weight = np.array([1.0, 0.4, 2.0], dtype=np.float32)
    return Examples(rows, vectors, utility, weight, ("like", "rating", "statement"), ("i2", "i5", "like i7"))


def test_prior_mean_is_the_smoothed_share_of_likes(catalogue: Catalogue) -> None:
    likes = np.zeros((4, 8))
    likes[:3, 0] = 1
    likes[0, 1] = 1
    likes[3, 2] = 1
    model = fitted(catalogue, make_interactions(likes), borrowing=0.0, activity=0.0)
    base = 5 / (5 * 8)  # likes per user and item, one user added
    counts = np.array([3, 1, 1, 0, 0, 0, 0, 0], dtype=np.float32)
    promised = expected_likes(catalogue, counts)
    assert (promised[:3] < counts[:3]).all()  # more likes than the text promises: believed in part
    expected = np.where(counts > 0, likely_counts(counts, promised), 0) / 5 + 0.3 * base / 5
    np.testing.assert_allclose(model.prior_mean, expected, rtol=1e-5)
    np.testing.assert_allclose(model.score([Examples.none(6)])[0], expected, rtol=1e-5)


def test_posterior_is_the_textbook_formula(catalogue: Catalogue, interactions: Interactions) -> None:
    model = fitted(catalogue, interactions)
    seen = Examples.of_likes(catalogue, [1, 4])
    everything = np.arange(8)
    prior = model.covariance(Examples.none(6), everything).astype(np.float64)
    noise = model.config.noise * np.eye(2)
    gain = prior[:, [1, 4]] @ np.linalg.inv(prior[np.ix_([1, 4], [1, 4])] + noise)
    mean = model.prior_mean + gain @ (1 - model.prior_mean[[1, 4]])
    covariance = prior - gain @ prior[[1, 4]]
    np.testing.assert_allclose(model.score([seen])[0], mean, atol=1e-4)
    np.testing.assert_allclose(model.covariance(seen, everything), covariance, atol=1e-4)
    np.testing.assert_allclose(model.uncertainty(seen, everything), np.sqrt(np.diag(covariance)), atol=1e-3)


def test_contributions_add_up_to_the_score(catalogue: Catalogue, interactions: Interactions) -> None:
    model = fitted(catalogue, interactions)
    examples = examples_of(catalogue)
    told = model.explain(examples, np.arange(8))
    assert told.parts.shape == (3, 8)
    np.testing.assert_allclose(told.score, model.score([examples])[0], atol=1e-4)


def test_a_batch_is_its_users_one_by_one(catalogue: Catalogue, interactions: Interactions) -> None:
    model = fitted(catalogue, interactions)
    users = [Examples.none(6), examples_of(catalogue), Examples.of_likes(catalogue, [0, 3, 6])]
    single = np.concatenate([model.score([user]) for user in users])
    np.testing.assert_allclose(model.score(users), single, atol=1e-5)


def test_the_order_of_examples_does_not_matter(catalogue: Catalogue, interactions: Interactions) -> None:
    model = fitted(catalogue, interactions)
    examples = examples_of(catalogue)
    np.testing.assert_allclose(model.score([examples]), model.score([examples.take([2, 0, 1])]), atol=1e-5)


def test_a_like_draws_what_it_resembles_and_a_dislike_repels_it() -> None:
    catalogue = make_catalogue(40)
    model = GaussianTaste().fit(catalogue, Interactions.empty(40), rng=np.random.default_rng(0))
    liked = Examples.of_likes(catalogue, [0])
    disliked = Examples(liked.rows, liked.vectors, -liked.utility, liked.weight, ("dislike",), liked.labels)
    alike = model.correlation(0)
    alike[0] = -1
    nearest = int(np.argmax(alike))
    prior = model.prior_mean[nearest]
    assert model.score([liked])[0][nearest] > prior > model.score([disliked])[0][nearest]


def test_examples_shrink_uncertainty(catalogue: Catalogue, interactions: Interactions) -> None:
    model = fitted(catalogue, interactions)
    before = model.uncertainty(Examples.none(6), np.arange(8))
    after = model.uncertainty(Examples.of_likes(catalogue, [2]), np.arange(8))
    assert (after <= before + 1e-5).all()
    assert after[2] < 0.7 * before[2]


def test_knows_nothing_without_users_and_examples(catalogue: Catalogue) -> None:
    model = GaussianTaste().fit(catalogue, Interactions.empty(8), rng=np.random.default_rng(0))
    assert np.ptp(model.score([Examples.none(6)])) == 0


def test_asks_for_a_fit_and_for_one_catalogue(catalogue: Catalogue) -> None:
    with pytest.raises(NotFittedError, match="before it was fitted"):
        GaussianTaste().score([Examples.none(6)])
    with pytest.raises(DataError, match="3 items, the catalogue holds 8"):
        GaussianTaste().fit(catalogue, Interactions.empty(3), rng=np.random.default_rng(0))


def test_the_whole_kernel_of_a_small_catalogue_says_the_same(catalogue: Catalogue, interactions: Interactions) -> None:
    model = fitted(catalogue, interactions)
    users = [Examples.none(6), Examples.of_likes(catalogue, [0, 3, 6]), Examples.of_likes(catalogue, [5])]
    whole, found, told = model._whole, model.score(users), model.explain(users[1], np.arange(8))
    np.testing.assert_allclose(whole, model.covariance(Examples.none(6), np.arange(8)), atol=1e-5)
    model._whole = None  # as in a catalogue that is not small: by sums over the examples
    np.testing.assert_allclose(model.score(users), found, atol=1e-5)
    np.testing.assert_allclose(model.explain(users[1], np.arange(8)).parts, told.parts, atol=1e-5)
    np.testing.assert_allclose(model.kernel_row(3), np.asarray(whole)[3], atol=1e-4)


def test_scores_do_not_depend_on_who_was_asked_before(catalogue: Catalogue, interactions: Interactions) -> None:
    model, user = fitted(catalogue, interactions), Examples.of_likes(catalogue, [0, 3, 6])
    before = model.score([user])
    model.score([user, Examples.none(6)] * 40)
    np.testing.assert_array_equal(model.score([user]), before)


def test_text_decides_the_less_the_more_an_item_is_liked(catalogue: Catalogue) -> None:
    likes = np.zeros((40, 8))
    likes[:, 0] = likes[:20, 1] = likes[0, 2] = 1
    model = fitted(catalogue, make_interactions(likes), shrinkage=10.0, borrowing=0.0, activity=0.0)
    share = (model._spread / model._prior.deviation) ** 2
    np.testing.assert_allclose(share[:4], [10 / 50, 10 / 30, 10 / 11, 1], rtol=1e-5)


def test_larger_catalogues_keep_the_main_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fewrec.models.taste.similarity.SMALL", 10)
    monkeypatch.setattr("fewrec.models.taste.gaussian.SMALL", 10)
    monkeypatch.setattr("fewrec.models.taste.similarity.DIRECTIONS", 4)
    catalogue = make_catalogue(40)
    model = fitted(catalogue, make_interactions(np.random.default_rng(1).random((12, 40)) < 0.2))
    assert model._text is not None
    assert model._text.dense.shape == (40, 4)
    users = [examples_of(catalogue), Examples.of_likes(catalogue, [0, 3, 6])] * 20
    scores = model.score(users)
    told = model.explain(users[0], np.arange(40))
    np.testing.assert_allclose(told.score, scores[0], atol=1e-4)
    np.testing.assert_allclose(model.score([users[1]])[0], scores[1], atol=1e-5)
