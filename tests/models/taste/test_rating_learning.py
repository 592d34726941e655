"""The parts that the rating model learns with, against brute force and answers computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rating_worlds import catalogue_of, ratings_of
from scipy import sparse

from fewrec.models.taste.evidence import Group, maximise
from fewrec.models.taste.factors import learn_factors
from fewrec.models.taste.item_means import learn_item_means
from fewrec.models.taste.link import Link, fit_link
from fewrec.models.taste.persons import people_of
from fewrec.models.taste.rating_learning import popularity
from fewrec.models.taste.views import ItemViews, leading


def group_of(rng: np.random.Generator, n: int, variances: dict[str, float]) -> Group:
    points = rng.normal(size=(n, 2))
    kernels = {"line": points @ points.T, "noise": np.eye(n)}
    covariance = sum(variances[name] * kernel for name, kernel in kernels.items())
    return Group(np.linalg.cholesky(covariance) @ rng.normal(size=n), kernels, np.zeros((n, n)))


# -- evidence -------------------------------------------------------------------------------------------------------------


def test_left_out_means_are_those_of_leaving_out() -> None:
    group = group_of(np.random.default_rng(0), 6, {"line": 1.0, "noise": 0.5})
    found = maximise([group], {"line": 1.0, "noise": 0.5}, 0.0)
    covariance = group.kernels["line"] + 0.5 * np.eye(6)
    for o in range(6):
        others = np.delete(np.arange(6), o)
        expected = covariance[o, others] @ np.linalg.solve(covariance[np.ix_(others, others)], group.y[others])
        assert found.left_out[0][o] == pytest.approx(expected, abs=1e-10)


def test_log_likelihood_is_the_normal_density() -> None:
    group = group_of(np.random.default_rng(1), 5, {"line": 1.0, "noise": 0.5})
    found = maximise([group], {"line": 2.0, "noise": 0.3}, 0.0)
    covariance = 2.0 * group.kernels["line"] + 0.3 * np.eye(5)
    expected = -0.5 * group.y @ np.linalg.inv(covariance) @ group.y - 0.5 * np.linalg.slogdet(covariance)[1]
    assert found.log_likelihood == pytest.approx(expected)


def test_variances_are_found_again_where_data_are_many_and_stay_where_there_are_none() -> None:
    rng = np.random.default_rng(2)
    groups = [group_of(rng, 12, {"line": 1.0, "noise": 0.1}) for _ in range(400)]
    start = {"line": 0.2, "noise": 1.0, "absent": 7.0}
    found = maximise(groups, start, 1.0, max_steps=50).variances
    assert found["line"] == pytest.approx(1.0, rel=0.15)
    assert found["noise"] == pytest.approx(0.1, rel=0.1)
    assert found["absent"] == 7.0
    few = maximise(groups[:1], start, 0.05).variances
    assert few["noise"] == pytest.approx(1.0, rel=0.2)
    assert maximise([], start, 1.0).variances == start


# -- item means -----------------------------------------------------------------------------------------------------------


def test_item_means_are_those_of_the_joint_posterior() -> None:
    """Items, users and weights of features in one normal distribution, conditioned on all ratings at once."""
    rng = np.random.default_rng(0)
    n, m = 7, 9
    entries = [(u, i, float(rng.uniform(-1, 1))) for u in range(n) for i in range(m) if rng.random() < 0.5]
    known = ratings_of(entries, n, m, weight=2.0)
    features, own, bias, noise = rng.normal(size=(m, 3)), rng.uniform(0.1, 0.3, m), 0.4, 0.6
    means, effects = learn_item_means(known, features, features, own, bias, noise)
    prior = features @ features.T + np.diag(own)
    same_user = known.user[:, None] == known.user[None]
    covariance = prior[np.ix_(known.item, known.item)] + bias * same_user + noise / 2 * np.eye(len(known))
    alpha = np.linalg.solve(covariance, known.utility)
    np.testing.assert_allclose(means.mean, prior[:, known.item] @ alpha, atol=1e-3)
    np.testing.assert_allclose(effects, [bias * alpha[known.user == u].sum() for u in range(n)], atol=1e-3)
    # With the users' effects known, so is the variance.
    without = prior[np.ix_(known.item, known.item)] + noise / 2 * np.eye(len(known))
    posterior = prior - prior[:, known.item] @ np.linalg.solve(without, prior[known.item])
    np.testing.assert_allclose(means.loadings @ means.loadings.T + np.diag(means.own), posterior, atol=1e-8)


def test_one_rating_by_hand() -> None:
    """Level variance 1, own .5, bias .5, noise 1: y = 3 moves the rated item by 1.5 / 3 of it, and the others by 1 / 3."""
    constant = np.ones((2, 1))
    means, effects = learn_item_means(ratings_of([(0, 0, 3.0)], 1, 2), constant, constant, np.full(2, 0.5), 0.5, 1.0)
    np.testing.assert_allclose(means.mean, [1.5, 1.0], atol=1e-3)
    assert means.level == pytest.approx(1.0, abs=1e-3)
    assert effects[0] == pytest.approx(0.5, abs=1e-3)


def test_popularity_counts_the_others() -> None:
    heard, asked = popularity(ratings_of([(0, 0, 1.0), (1, 0, 1.0), (0, 1, 1.0)], 2, 3))
    centre = (np.log(3) + np.log(2)) / 3
    np.testing.assert_allclose(heard + centre, [np.log(2), 0, 0])
    np.testing.assert_allclose(asked + centre, [np.log(3), np.log(2), 0])


# -- directions of taste --------------------------------------------------------------------------------------------------


def residuals(strength: float, n: int = 120, m: int = 30) -> tuple[sparse.csr_matrix, sparse.csr_matrix, np.ndarray]:
    rng = np.random.default_rng(5)
    sides = np.where(np.arange(m) % 2, 1.0, -1.0)
    told = strength * rng.normal(size=(n, 1)) * sides + 0.5 * rng.normal(size=(n, m))
    seen = rng.random((n, m)) < 0.5
    user, item = np.nonzero(seen)
    ones = np.ones(len(user))
    return (
        sparse.csr_matrix((told[seen], (user, item)), shape=(n, m)),
        sparse.csr_matrix((ones, (user, item)), shape=(n, m)),
        sides,
    )


def test_a_direction_is_found_and_those_without_support_vanish() -> None:
    left, weight, sides = residuals(0.6)
    found = learn_factors(left, weight, 1.0, 5, n_rounds=60)
    covariance = found.loadings @ found.loadings.T
    agreed = covariance * np.outer(sides, sides)  # 0.36 everywhere, but for the luck of 120 people and for shrinkage
    assert agreed.min() > 0.1
    assert 0.2 < agreed.mean() < 0.4
    assert found.noise == pytest.approx(0.25, rel=0.15)


def test_nothing_is_found_in_noise() -> None:
    left, weight, _ = residuals(0.0)
    found = learn_factors(left, weight, 0.25, 5, n_rounds=60)
    off_diagonal = found.loadings @ found.loadings.T
    np.fill_diagonal(off_diagonal, 0)
    assert np.abs(off_diagonal).max() < 0.03
    nothing = learn_factors(sparse.csr_matrix((3, 4)), sparse.csr_matrix((3, 4)), 0.25, 5)
    assert nothing.loadings.shape == (4, 0)
    assert nothing.noise == 0.25


# -- the curve ------------------------------------------------------------------------------------------------------------


def test_the_curve_is_found_again() -> None:
    rng = np.random.default_rng(0)
    utility = rng.normal(size=20_000)
    liked = rng.random(20_000) < Link(-0.5, 3.0).probability(utility)
    found = fit_link(utility, liked)
    assert found.intercept == pytest.approx(-0.5, abs=0.1)
    assert found.slope == pytest.approx(3.0, rel=0.05)


@given(st.lists(st.tuples(st.floats(-3, 3), st.booleans()), max_size=30))
@settings(deadline=None)
def test_the_curve_never_turns_an_order_around(pairs: list[tuple[float, bool]]) -> None:
    found = fit_link(np.array([u for u, _ in pairs]), np.array([liked for _, liked in pairs], dtype=np.bool_))
    assert found.slope > 0
    assert np.isfinite(found.intercept)


# -- people ---------------------------------------------------------------------------------------------------------------


def test_windows_of_one_history_are_one_person() -> None:
    liked = np.where(np.arange(30) % 3, 1.0, -1.0).astype(np.float32)
    windows = [(np.arange(start, start + 8), liked[start : start + 8]) for start in (0, 3, 6)]
    stranger = np.arange(8), -liked[:8]
    people = people_of([windows[0], stranger, windows[1], windows[2]], 30)
    assert people.n_users == 2
    assert len(people) == 14 + 8
    first = people.utilities[int(people.user[0])].toarray()[0]
    np.testing.assert_array_equal(first[:14], liked[:14])


def test_a_contradiction_keeps_people_apart() -> None:
    values = np.ones(9, dtype=np.float32)
    other = values.copy()
    other[8] = -1
    assert people_of([(np.arange(9), values), (np.arange(9), other)], 9).n_users == 2
    assert people_of([(np.arange(9), values), (np.arange(5), values[:5])], 9).n_users == 1
    assert people_of([(np.arange(9), values), (np.arange(4), values[:4])], 9).n_users == 2


def test_empty_histories() -> None:
    empty = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    assert len(people_of([], 4)) == 0
    assert len(people_of([empty, empty], 4)) == 0


# -- views ----------------------------------------------------------------------------------------------------------------


def test_years_genres_and_numbers_are_read() -> None:
    fields = [
        {"title": "A (1950)", "genres": "Drama|War", "pages": "100"},
        {"title": "B (1960)", "genres": "Drama", "pages": "200"},
        {"title": "C (1970)", "genres": "War", "pages": "300"},
        *[{"title": f"F{i} (1960)", "genres": "Drama", "description": f"a long tale of the number {i}"} for i in range(7)],
    ]
    catalogue = catalogue_of([each["title"] for each in fields], fields)
    views = ItemViews.of(catalogue, 8)
    assert views.categories.shape == (10, 2)
    np.testing.assert_allclose(np.square(views.categories).sum(axis=1), 1, rtol=1e-5)
    assert views.alike("categories", np.array([1, 2]))[0, 1] == 0
    assert views.numbers.shape == (10, 2)  # pages, then years
    pages, years = views.numbers.T
    assert pages[0] < 0 < pages[2]
    assert pages[1] == pages[5] == 0
    assert years[0] < years[1] < years[2]
    assert views.squares("numbers").mean() == pytest.approx((0.3 + 1) / 2, abs=1e-5)


def test_a_catalogue_that_says_nothing() -> None:
    catalogue = catalogue_of(["", "", ""], [{}, {}, {}])
    views = ItemViews.of(catalogue, 8)
    assert views.categories.shape[1] == views.numbers.shape[1] == 0
    assert not views.alike("words", np.arange(3)).any()


def test_leading_directions_keep_what_a_low_rank_can() -> None:
    rng = np.random.default_rng(0)
    rows = (rng.normal(size=(30, 3)) @ rng.normal(size=(3, 200))).astype(np.float32)
    for each in (rows, sparse.csr_matrix(rows), rows.T.copy(), sparse.csr_matrix(rows.T)):
        short = leading(each, 3)
        whole = each @ each.T
        np.testing.assert_allclose(short @ short.T, whole.toarray() if sparse.issparse(whole) else whole, rtol=1e-2, atol=0.5)
