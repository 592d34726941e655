"""Places in a list: strict order, fair ties."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fewrec.evaluation.ordering import TieBreaker, packed, ranks_of, top_of

SCORES = st.lists(st.sampled_from([-np.inf, -2.5, -1e-30, -0.0, 0.0, 1e-30, 1.0, 7.0, np.inf]), min_size=1, max_size=200)


@given(SCORES, st.integers(0, 1000), st.integers(1, 30))
def test_ranks_and_top_are_a_sort_by_score_then_key(values: list[float], seed: int, n: int) -> None:
    scores = np.asarray(values, dtype=np.float32)
    keys = TieBreaker(len(scores), seed).keys("u")
    assert len(np.unique(keys)) == len(keys)
    order = packed(scores, keys)
    assert (order > 0).all()
    expected = np.lexsort((keys, scores))[::-1]
    everyone = np.arange(len(scores))
    np.testing.assert_array_equal(np.argsort(ranks_of(order, everyone)), expected)
    np.testing.assert_array_equal(ranks_of(order, everyone[:5]), ranks_of(order, everyone)[:5])  # counted and sorted alike
    np.testing.assert_array_equal(top_of(order, n), expected[:n])


def test_what_is_not_in_the_list_is_never_in_its_head() -> None:
    order = packed(np.full(100, -np.inf, dtype=np.float32), TieBreaker(100, 0).keys("u"))
    order[3:] = 0
    assert sorted(top_of(order, 10).tolist()) == [0, 1, 2]


def test_ties_are_fair() -> None:
    """Over many users every item of a constant list comes first equally often, and two items keep no order between them."""
    breaker = TieBreaker(8, "fair")
    keys = np.stack([breaker.keys(f"user {i}") for i in range(8000)])
    first = np.bincount(keys.argmax(axis=1), minlength=8)
    assert first.min() > 1000 - 5 * np.sqrt(1000)
    assert first.max() < 1000 + 5 * np.sqrt(1000)
    for a in range(7):
        assert abs((keys[:, a] > keys[:, a + 1]).mean() - 0.5) < 5 * 0.5 / np.sqrt(8000)
