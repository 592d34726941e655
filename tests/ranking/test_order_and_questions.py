"""Order, filters and questions on inputs small enough to check on paper."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from fewrec.errors import SettingError
from fewrec.ranking import Filters, best_questions, diversified, top_k
from fewrec.types import Catalogue

FIELDS = ({"genres": "Drama|War"}, {"genres": "Comedy"}, {"genres": "drama"}, {})


@pytest.fixture
def catalogue() -> Catalogue:
    ids = ("a", "b", "c", "d")
    return Catalogue(ids, ids, ids, np.eye(4, dtype=np.float32), sparse.csr_matrix((4, 0), dtype=np.float32), FIELDS, "test")


def test_top_k_orders_breaks_ties_by_row_and_leaves_out() -> None:
    scores = np.array([1.0, 3.0, 3.0, 2.0, 9.0], dtype=np.float32)
    admitted = np.array([True, True, True, True, False])
    assert top_k(scores, admitted, 3).tolist() == [1, 2, 3]
    assert top_k(scores, admitted, 2).tolist() == [1, 2]
    assert top_k(scores, admitted, 99).tolist() == [1, 2, 3, 0]


def test_diversity_takes_the_different_item_before_the_twin() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    scores = np.array([1.0, 0.9, 0.5], dtype=np.float32)
    rows = np.array([0, 1, 2])
    assert diversified(scores, rows, vectors, 2, 0.0).tolist() == [0, 1]
    assert diversified(scores, rows, vectors, 2, 0.6).tolist() == [0, 2]


def test_filters(catalogue: Catalogue) -> None:
    seen = np.array([2])
    assert Filters().admitted(catalogue, seen).tolist() == [True, True, False, True]
    assert Filters(include_seen=True, deny=["a", "unknown"]).admitted(catalogue, seen).tolist() == [False, True, True, True]
    assert Filters(where={"genres": ["DRAMA"]}, include_seen=True).admitted(catalogue, seen).tolist() == [
        True,
        False,
        True,
        False,
    ]
    assert Filters(allow=["b"]).admitted(catalogue, seen).tolist() == [False, True, False, False]
    with pytest.raises(SettingError, match="no item has a column 'director'"):
        Filters(where={"director": ["x"]}).admitted(catalogue, seen)


def test_the_question_that_can_change_the_list_comes_first_and_its_twin_not_second() -> None:
    mean = np.zeros(4)
    covariance = np.diag([1.0, 1.0, 0.2, 0.01])
    covariance[0, 1] = covariance[1, 0] = 0.99  # the first two would tell the same
    rows, gains = best_questions(mean, covariance, 0.1, np.ones(4), n_questions=3, list_length=1)
    assert rows[0] in {0, 1}
    assert rows[1] == 2
    assert gains[0] > gains[1] > 0
