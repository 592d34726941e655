"""The shared numerics against hand-computed numbers and slow, plain implementations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.ops.calibration import calibrated_loss, fit_logistic, log_losses, logistic, logistic_weights, platt
from fewrec.ops.leave_one_out import leave_one_out, without
from fewrec.ops.ranking import auc, discounts, ideal_dcg, ndcg_of_hits
from fewrec.ops.topk import leading_columns, top_columns, top_k
from fewrec.types import Examples, Matrix


def test_ndcg_by_hand() -> None:
    np.testing.assert_allclose(discounts(3), [1, 1 / np.log2(3), 0.5])
    ideal = ideal_dcg(np.array([1, 2, 9]), 3)
    np.testing.assert_allclose(ideal, [1, 1 + 1 / np.log2(3), 1.5 + 1 / np.log2(3)])
    hits = np.array([[False, True, False], [True, False, True], [True, True, True]])
    wanted = [1 / np.log2(3), 1.5 / (1 + 1 / np.log2(3)), 1.0]
    np.testing.assert_allclose(ndcg_of_hits(hits, ideal), wanted, rtol=1e-6)
    np.testing.assert_allclose(ndcg_of_hits(hits.astype(np.float32), ideal), wanted, rtol=1e-6)


def test_auc_by_pairs() -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.random(40) < 0.4, rng.integers(0, 6, 40).astype(np.float64)
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[labels] for b in scores[~labels]]
    np.testing.assert_allclose(auc(labels, scores), [np.mean(pairs)])
    twice = np.stack([np.ones(40), np.where(np.arange(40) == 0, 2.0, 1.0)])
    repeated = auc(np.append(labels, labels[0]), np.append(scores, scores[0]))
    np.testing.assert_allclose(auc(labels, scores, twice), [np.mean(pairs), repeated[0]])
    assert np.isnan(auc(np.ones(3, dtype=bool), np.arange(3.0)))[0]


def test_selections_agree_with_a_full_sort() -> None:
    scores = np.random.default_rng(1).normal(size=(5, 300)).astype(np.float32)
    full = np.argsort(-scores, axis=1)[:, :7]
    np.testing.assert_array_equal(top_columns(scores, 7), full)
    np.testing.assert_array_equal(leading_columns(scores, 7), full)
    for row in range(5):
        np.testing.assert_array_equal(top_k(scores[row], np.ones(300, dtype=bool), 7), full[row])


def test_a_logistic_curve_stands_where_its_gradient_vanishes() -> None:
    rng = np.random.default_rng(2)
    design = np.stack([rng.normal(size=200), np.ones(200)], axis=1)
    labels = rng.random(200) < logistic(design @ np.array([1.5, -0.5]))
    ridge, centre = np.array([3.0, 0.5]), np.array([1.0, 0.0])
    found = logistic_weights(design, labels, ridge, centre)
    np.testing.assert_allclose(design.T @ (logistic(design @ found) - labels) + ridge * (found - centre), 0, atol=1e-7)
    same = fit_logistic(lambda w: (design @ w, design), labels, ridge, centre, lambda step: np.clip(step, -1, 1))
    np.testing.assert_allclose(same, found, atol=1e-8)


def test_platt_never_turns_an_order_around() -> None:
    scores = np.linspace(-1, 1, 50)
    slope, intercept = platt(scores, scores < 0)
    assert slope > 0
    assert np.isclose(intercept, -slope * scores.mean(), atol=1e-6)
    assert calibrated_loss(scores, scores > 0) < np.log(2) < calibrated_loss(scores, scores < 0)
    np.testing.assert_allclose(log_losses(np.array([0.0, 2.0]), np.array([True, False])), [np.log(2), np.log(1 + np.exp(2))])


def test_leaving_examples_out_adds_up() -> None:
    ones = np.ones(3, dtype=np.float32)
    examples = Examples(np.array([0, 1, 3]), np.eye(3, dtype=np.float32), ones, ones, ("like",) * 3, ("a", "b", "d"))
    gains = np.array([[1, 2, 3, 4], [0, 1, 0, 1], [5, 5, 5, 5], [0, 0, 2, 0]], dtype=np.float32)

    def score(users: Sequence[Examples]) -> Matrix:
        return np.stack([0.5 + gains[each.rows].sum(axis=0) for each in users]).astype(np.float32)

    told = leave_one_out(score, examples, np.array([2, 0]))
    np.testing.assert_allclose(told.parts, gains[[0, 1, 3]][:, [2, 0]])
    np.testing.assert_allclose(told.prior, [0.5, 0.5])
    np.testing.assert_allclose(told.score, score([examples])[0][[2, 0]])
    assert without(examples, 1).labels == ("a", "d")
    none = Examples.none(3)
    np.testing.assert_allclose(leave_one_out(score, none, np.array([1])).prior, [0.5])
