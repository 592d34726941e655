"""Neighbours found by bounds are those found by sorting."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from fewrec.models.taste.similarity import DIRECTIONS, SMALL, TextSpace, nearest
from fewrec.types import Catalogue


@settings(max_examples=60, deadline=None)
@given(
    m=st.integers(1, 400),
    n_kept=st.integers(1, 30),
    group=st.sampled_from([2, 8, 32]),
    sparsity=st.floats(0, 1),
    seed=st.integers(0, 999),
)
def test_nearest_is_the_top_of_a_sort(m: int, n_kept: int, group: int, sparsity: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    alike = (rng.random((3, m)) * (rng.random((3, m)) > sparsity)).astype(np.float32)
    found = nearest(alike, n_kept, group=group).toarray()
    for row, mine in zip(found, alike, strict=True):
        top = np.argsort(-mine, kind="stable")[:n_kept]
        expected = np.zeros(m)
        expected[top] = mine[top].astype(np.float64) ** 2
        np.testing.assert_allclose(row, expected / max(expected.sum(), 1e-30), atol=1e-6)


def test_equal_similarities_are_cut_at_the_number_asked_for() -> None:
    found = nearest(np.full((2, 100), 0.5, dtype=np.float32), 20)
    assert np.diff(found.indptr).tolist() == [20, 20]
    np.testing.assert_allclose(found.data, 1 / 20, rtol=1e-6)


def test_a_large_catalogue_without_text_has_no_directions_to_look_along() -> None:
    m = SMALL + 1
    names = tuple(map(str, range(m)))
    vectors = np.zeros((m, DIRECTIONS + 1), dtype=np.float32)
    words = sparse.csr_matrix((m, 1), dtype=np.float32)
    space = TextSpace.of(Catalogue(names, names, ("",) * m, vectors, words, ({},) * m, "none"))
    assert not space.dense.any()
    assert not space.place(vectors[:2]).any()
    assert space.neighbours(5, 0.5).nnz == 0
