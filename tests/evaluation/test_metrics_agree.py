"""Metrics: hand-computed values, and agreement with trec_eval and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss as sk_log_loss
from sklearn.metrics import ndcg_score, roc_auc_score

from fewrec.errors import SettingError
from fewrec.evaluation.metrics import (
    Ranked,
    auc,
    calibration_error,
    coverage,
    diversity,
    log_loss,
    mrr,
    ndcg,
    novelty,
    parse_metric,
    recall,
    uauc,
    user_auc,
)


def ranked_of(*places: list[int], n_candidates: int) -> Ranked:
    owner = np.repeat(np.arange(len(places)), [len(p) for p in places])
    return Ranked(
        np.concatenate([np.asarray(p) for p in places]), owner, np.full(len(places), n_candidates), np.zeros((len(places), 0))
    )


def test_hand_computed() -> None:
    ranked = ranked_of([1, 3], [4], n_candidates=5)
    ideal = 1 + 1 / np.log2(3)
    np.testing.assert_allclose(ndcg(ranked, 3), [(1 + 0.5) / ideal, 0])
    np.testing.assert_allclose(recall(ranked, 3), [1, 0])
    np.testing.assert_allclose(mrr(ranked), [1, 0.25])
    np.testing.assert_allclose(uauc(ranked), [5 / 6, 1 / 4])  # pairs in order: of 2 x 3, all but (3rd, 2nd); of 1 x 4, one


@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_agrees_with_trec_eval_and_scikit_learn(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.permutation(n).astype(float)
    relevant = rng.permutation(n)[: rng.integers(1, n)]
    places = (scores[relevant][:, None] < scores[None, :]).sum(1) + 1
    ranked = ranked_of(places.tolist(), n_candidates=n)
    judged = {"u": {str(i): int(i in relevant) for i in range(n)}}
    measures = {"ndcg_cut.10", "recall.20", "recip_rank"}
    trec = pytrec_eval.RelevanceEvaluator(judged, measures).evaluate({"u": {str(i): scores[i] for i in range(n)}})["u"]
    labels = np.isin(np.arange(n), relevant)
    assert ndcg(ranked, 10)[0] == pytest.approx(trec["ndcg_cut_10"]) == pytest.approx(ndcg_score([labels], [scores], k=10))
    assert recall(ranked, 20)[0] == pytest.approx(trec["recall_20"])
    assert mrr(ranked)[0] == pytest.approx(trec["recip_rank"])
    assert uauc(ranked)[0] == pytest.approx(roc_auc_score(labels, scores))


@given(st.integers(0, 2**32 - 1), st.integers(4, 60))
def test_weighted_auc_and_log_loss_agree_with_scikit_learn(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) < rng.integers(1, n))
    chances = rng.integers(1, 10, size=n) / 10  # many ties
    weights = rng.integers(0, 4, size=n).astype(float)
    assert auc(labels, chances)[0] == pytest.approx(roc_auc_score(labels, chances))
    if (weights[labels] > 0).any() and (weights[~labels] > 0).any():
        assert auc(labels, chances, weights[None])[0] == pytest.approx(roc_auc_score(labels, chances, sample_weight=weights))
    else:
        assert np.isnan(auc(labels, chances, weights[None])[0])
    assert log_loss(labels, chances).mean() == pytest.approx(sk_log_loss(labels, chances))


def test_user_auc_leaves_out_users_of_one_class() -> None:
    users = np.array([5, 3, 5, 3, 9])
    found, values = user_auc(users, np.array([True, True, False, False, True]), np.array([0.9, 0.1, 0.2, 0.1, 0.7]))
    assert found.tolist() == [3, 5, 9]
    np.testing.assert_allclose(values, [0.5, 1.0, np.nan])


def test_calibration_error_by_hand() -> None:
    labels, chances = np.array([True, False, True, True]), np.array([0.12, 0.18, 0.91, 1.0])
    # bin 1: half liked, mean .15; bin 9: all liked, mean .955
    assert calibration_error(labels, chances)[0] == pytest.approx((2 * 0.35 + 2 * 0.045) / 4)
    assert calibration_error(np.array([True, False]), np.array([0.5, 0.5]))[0] == 0


def test_coverage_is_the_mean_and_its_spread_is_the_jackknife() -> None:
    top = np.array([[0, 1], [1, 2], [1, -1]])
    values = coverage(top, n_items=10)
    assert values.mean() == pytest.approx(0.3)
    without = [len(set(np.delete(top, u, axis=0).ravel()) - {-1}) / 10 for u in range(3)]
    jackknife = 2 / 3 * np.sum((np.asarray(without) - np.mean(without)) ** 2)
    assert values.var(ddof=1) / 3 == pytest.approx(jackknife)


def test_diversity_and_novelty() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 0], [0, 0]], dtype=np.float32)
    np.testing.assert_allclose(diversity(np.array([[0, 1], [0, 2], [0, 3], [1, -1]]), vectors), [1, 0, np.nan, np.nan])
    np.testing.assert_allclose(novelty(np.array([[0, 1], [2, -1], [-1, -1]]), np.array([1.0, 3.0, 5.0])), [2, 5, np.nan])


@pytest.mark.parametrize("name", ["ndcg", "ndcg@0", "NDCG@10", "auc", "precision@5", "mrr@10", "", "log-loss"])
def test_unknown_metric_says_what_there_is(name: str) -> None:
    with pytest.raises(SettingError, match="unknown metric") as caught:
        parse_metric(name, "ranked")
    assert "uauc" in str(caught.value)


def test_names_without_a_cut_off_mean_ten() -> None:
    assert parse_metric("coverage", "ranked").at == parse_metric("coverage@10", "ranked").at == 10
    assert parse_metric("ndcg@5", "ranked").better == "higher"
    assert parse_metric("diversity", "ranked").better is None
