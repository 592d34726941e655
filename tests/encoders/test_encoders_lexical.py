"""The TF-IDF space, against numbers computed by hand and an independent library."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.encoders import LexicalSpace
from fewrec.errors import SettingError
from fewrec.persistence import load_object, save_object

WORDS = st.sampled_from(["科幻", "film", "sea", "love", "war", "月", "x"])
DOCUMENTS = st.lists(st.lists(WORDS, max_size=12), max_size=10)


def test_weights_by_hand() -> None:
    space = LexicalSpace.fit([["a", "a", "b"], ["b"], []])
    assert space.terms == ("a", "b")
    idf_a, idf_b = math.log(4 / 2) + 1, math.log(4 / 3) + 1  # n = 3 documents, df = 1 and 2
    row = np.array([(1 + math.log(2)) * idf_a, idf_b])
    expected = np.array([row / np.linalg.norm(row), [0, 1], [0, 0]])
    np.testing.assert_allclose(
        space.transform([["a", "b", "a", "unseen"], ["b", "b"], ["unseen"]]).toarray(), expected, rtol=1e-6
    )


@given(fitted=DOCUMENTS, asked=DOCUMENTS)
def test_rows_are_unit_or_zero_float32_csr(fitted: list[list[str]], asked: list[list[str]]) -> None:
    space = LexicalSpace.fit(fitted)
    rows = space.transform(asked)
    assert rows.shape == (len(asked), len(space))
    assert rows.format == "csr"
    assert rows.dtype == np.float32
    known = [any(word in space.terms for word in words) for words in asked]
    np.testing.assert_allclose(np.linalg.norm(rows.toarray(), axis=1), known, atol=1e-6)


@settings(deadline=None)  # the first call imports scikit-learn
@given(documents=DOCUMENTS.filter(any))
def test_agrees_with_scikit_learn(documents: list[list[str]]) -> None:
    text = pytest.importorskip("sklearn.feature_extraction.text")
    theirs = text.TfidfVectorizer(analyzer=lambda words: words, sublinear_tf=True).fit_transform(documents)
    space = LexicalSpace.fit(documents)
    np.testing.assert_allclose(space.transform(documents).toarray(), theirs.toarray(), atol=1e-6)


def test_rare_terms_and_a_bound_on_terms() -> None:
    documents = [["a", "b", "c"], ["a", "b"], ["a", "d"]]
    assert LexicalSpace.fit(documents, min_df=2).terms == ("a", "b")
    assert LexicalSpace.fit(documents, max_terms=3).terms == ("a", "b", "c")  # c and d tie: the alphabet decides
    assert LexicalSpace.fit(documents, max_terms=0).transform(documents).shape == (3, 0)
    with pytest.raises(SettingError, match="min_df must be at least 1"):
        LexicalSpace.fit(documents, min_df=0)


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    documents = [["科幻", "film"], ["half \ud83d", "film"]]
    space = LexicalSpace.fit(documents)
    save_object(space, tmp_path)
    loaded = load_object(tmp_path)
    assert loaded.terms == space.terms
    np.testing.assert_array_equal(loaded.transform(documents).toarray(), space.transform(documents).toarray())
