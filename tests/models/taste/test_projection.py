"""Items that came after the fit, against numbers computed by hand and against statements of the same text."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from fewrec.errors import NotFittedError
from fewrec.models.taste import GaussianConfig, GaussianTaste
from fewrec.types import Catalogue, Examples, Interactions


def catalogue_of(vectors: list[list[float]], words: list[list[float]], prefix: str = "i") -> Catalogue:
    ids = tuple(f"{prefix}{row}" for row in range(len(vectors)))
    dense = np.array(vectors, dtype=np.float32)
    return Catalogue(ids, ids, ids, dense, sparse.csr_matrix(np.array(words, dtype=np.float32)), tuple({} for _ in ids), "test")


# Four unit vectors around a mean of zero, so that taking the catalogue's mean out changes nothing.
FITTED = catalogue_of([[1, 0], [-1, 0], [0, 1], [0, -1]], [[1, 0], [0, 1], [1, 0], [0, 1]])
NEW = catalogue_of([[1, 0], [0.6, 0.8]], [[1, 0], [0, 1]], "n")
LIKES = np.array([[1, 0, 0, 0], [1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 0, 0]])


def interactions() -> Interactions:
    user, item = np.nonzero(LIKES)
    ones = np.ones(len(user), dtype=np.float32)
    return Interactions(tuple("abcd"), 4, user, item, ones, ones, np.full(len(user), np.nan))


def fitted(known: Interactions, **settings: float) -> GaussianTaste:
    return GaussianTaste(GaussianConfig(**settings)).fit(FITTED, known, rng=np.random.default_rng(0))


def test_by_hand_without_users() -> None:
    model = fitted(Interactions.empty(4), lexical=0.4, own=0.2, borrowing=1.0, noise=0.1)
    found = model.project(NEW)
    # Nearness 0.5 cos + 0.5 words: n0 to i0..i3 is 1, 0, .5, 0; n1 is .3, .5, .4, .5; shares go by the square.
    np.testing.assert_allclose(found.near.toarray()[0], [0.8, 0, 0.2, 0], atol=1e-6)
    np.testing.assert_allclose(found.near.toarray()[1], np.array([0.09, 0.25, 0.16, 0.25]) / 0.75, atol=1e-6)
    # Without users every prior mean is .05, every s^2 the same, and the text decides everything: K = s^2 t, t(n0, i0) = .4 + .4.
    np.testing.assert_allclose(found.mean, 0.05, atol=1e-7)
    s2 = 0.05 * 0.95 + 0.3 * 0.05
    np.testing.assert_allclose(
        model.kernel_between(found, np.array([0, 1, 2])), s2 * np.array([[0.8, -0.4, 0.4], [0.24, 0.16, 0.32]]), atol=1e-6
    )
    np.testing.assert_allclose(found.variance, 0.8 * s2, atol=1e-6)
    # One like of i0, where K(i0, i0) = s^2: alpha = (1 - .05) / (s^2 + .1).
    liked = Examples.of_likes(FITTED, [0])
    told = model.explain(liked, found)
    alpha = 0.95 / (s2 + 0.1)
    np.testing.assert_allclose(told.parts, alpha * s2 * np.array([[0.8, 0.24]]), rtol=1e-5)
    np.testing.assert_allclose(told.score, 0.05 + alpha * s2 * np.array([0.8, 0.24]), rtol=1e-5)
    left = 0.8 * s2 - (s2 * np.array([0.8, 0.24])) ** 2 / (s2 + 0.1)
    np.testing.assert_allclose(model.uncertainty(liked, found), np.sqrt(left), rtol=1e-5)


def test_a_new_item_lies_where_a_statement_of_its_text_does() -> None:
    model = fitted(interactions(), shrinkage=3.0)
    found = model.project(NEW)
    ones = np.ones(2, dtype=np.float32)
    said = Examples(np.array([-1, -1]), NEW.vectors, ones, ones, ("statement",) * 2, ("a", "b"), NEW.lexical)
    points = model._points(said)
    np.testing.assert_allclose(points.mean, found.mean, atol=1e-6)
    np.testing.assert_allclose(points.spread, found.points.spread, atol=1e-6)
    everything = np.arange(4)
    between = model.kernel_between(found, everything)
    np.testing.assert_allclose(model._kernel(points, model._items(everything)), between, atol=1e-6)
    np.testing.assert_allclose(np.diag(model.kernel_between(found, found)), found.variance, atol=1e-6)
    # What a statement pulls an item by, over its alpha, is the kernel between the new item and that item.
    alone = said.take([1])
    np.testing.assert_allclose(model.explain(alone, everything).parts[0] / model.infer(alone).alpha[0], between[1], atol=1e-5)


def test_parts_add_up_and_examples_narrow() -> None:
    model = fitted(interactions())
    found = model.project(NEW)
    examples = Examples.of_likes(FITTED, [0, 2])
    np.testing.assert_allclose(model.explain(examples, found).prior, found.mean)
    assert (model.uncertainty(examples, found) < model.uncertainty(Examples.none(2), found)).all()
    np.testing.assert_allclose(model.uncertainty(Examples.none(2), found) ** 2, found.variance, rtol=1e-5)
    assert len(found) == 2


def test_unknown_words_are_no_words_and_a_fit_is_needed() -> None:
    model = fitted(interactions())
    other = catalogue_of([[0.6, 0.8]], [[1, 0, 0]], "n")
    assert model.project(other).points.lexical.nnz == 0
    with pytest.raises(NotFittedError):
        GaussianTaste().project(NEW)
