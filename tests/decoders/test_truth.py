"""What decides whether a phrase is true: records, chances, likeness, and the reader who knows the catalogue."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from fewrec.decoders import CatalogueReader, Expectation, PhraseDecoder, PhraseDecoderConfig, PhraseVocabulary, Records
from fewrec.decoders.duplicates import alike, stems
from fewrec.decoders.geometry import likeness
from fewrec.decoders.neighbourhood import NeighbourhoodConfig, neighbourhood
from fewrec.decoders.support import SupportConfig, chances
from fewrec.text import fold
from fewrec.text import words as folded
from fewrec.types import Decoded, Matrix, Phrase

from .films import FIELDS, TopicEncoder, words


@pytest.fixture(scope="module")
def records() -> Records:
    return Records(FIELDS, words=folded, fold=fold)


def test_a_phrase_stands_where_all_its_words_do(records: Records) -> None:
    assert records.holders("deep space").tolist() == [0, 1]
    assert records.holders("Deep Spaces").tolist() == [0, 1]  # case and plural aside
    assert records.holders("joke practical").tolist() == [3, 5, 6]
    assert records.holders("deep ghost").tolist() == []
    assert records.holders("...").tolist() == []
    assert records.supports("love letter", 2)
    assert not records.supports("love letter", 4)


def test_chinese_is_supported_through_the_translation(records: Records) -> None:
    assert records.holders("科幻").tolist() == [0, 1]
    assert records.holders("恐怖").tolist() == [4, 5]
    assert records.holders("科学").tolist() == []


def test_chinese_is_found_however_it_was_cut() -> None:
    records = Records([{"title": "流浪地球"}, {"title": "地球最后的夜晚"}, {"title": "The Sun"}], words=folded, fold=fold)
    assert records.holders("地球").tolist() == [0, 1]
    assert records.holders("流浪地球").tolist() == [0]
    assert records.holders("流浪 地球最后").tolist() == []


def test_words_of_a_record_hold_both_languages(records: Records) -> None:
    said = records.words_of(4)
    assert {"ghost", "horror", "恐怖"} <= said
    assert "科幻" not in said


def test_chinese_stands_between_words_only() -> None:
    fields = [{"title": "国王的演讲"}, {"director": "王家卫"}, {"title": "中国王牌"}, {"title": "恐怖直播", "year": "2013"}]
    records = Records(fields, words=folded, fold=fold)
    assert records.holders("国王").tolist() == [0]
    assert records.holders("2010年代").tolist() == records.holders("2010s").tolist() == [3]


def test_genres_are_the_same_in_either_language(records: Records) -> None:
    assert records.same("sci-fi", "Sci-Fi")
    assert records.same("科幻", "Sci-Fi")
    assert records.same("science fiction", "科幻片")
    assert not records.same("science", "Sci-Fi")
    assert not records.same("xyz", "zyx")


def test_reading_needs_nothing_but_the_phrases(vocabulary: PhraseVocabulary, items: Matrix, records: Records) -> None:
    """As the phrase decoder reads its own texts; and phrases that nobody mined are read as well."""
    config = PhraseDecoderConfig(least_items=1, least_items_of_title=1, least_likeness=0.0, max_shared=1.0)
    decoder = PhraseDecoder(vocabulary, items, config)
    reader = CatalogueReader(Expectation(vocabulary, items, centre=items.mean(axis=0)), records, TopicEncoder().encode)
    decoded = [decoder.decode(vector, lang="en", n_phrases=4) for vector in items]
    read = reader.read(decoded)
    own = np.stack([decoder.read(each) for each in decoded])
    assert np.einsum("bd,bd->b", read, own).min() > 0.95
    found = np.einsum("bd,bd->b", read, items)
    assert (found > read @ items.mean(axis=0)).all()  # what is shared leads to items alike, not to the one item
    strange = reader.read([Decoded("en", "", (Phrase("space trench", 1.0),)), Decoded("zh", "", ()), decoded[0]])
    assert np.linalg.norm(strange, axis=1) == pytest.approx([1.0, 0.0, 1.0], abs=1e-5)
    np.testing.assert_allclose(strange[2], read[0], atol=1e-5)  # no text changes another's
    assert reader.read([Decoded("en", "", ())]).shape == (1, items.shape[1])


finite = st.floats(-8, 8)


@given(st.floats(0.001, 1), finite, st.floats(0.001, 0.999), st.floats(0.001, 0.9))
def test_more_evidence_is_never_less_likely(share: float, z: float, commonness: float, step: float) -> None:
    def likely(s: float, near: float, common: float) -> float:
        rows = (np.array([x], dtype=np.float32) for x in (s, near, common))
        return float(chances(*rows, SupportConfig())[0])

    base = likely(share, z, commonness)
    assert 0 <= base <= 1
    assert likely(min(share + step, 1.0), z, commonness) >= base
    assert likely(share, z + step, commonness) >= base


def test_known_mixtures_are_trusted_and_strangers_are_not(items: Matrix) -> None:
    config, support = NeighbourhoodConfig(), SupportConfig()
    mean = items[[1, 4]].mean(axis=0)
    around = neighbourhood(mean / np.linalg.norm(mean), items, config)
    assert sorted(around.parts.tolist()) == [1, 4]
    assert around.part_weights == pytest.approx([0.5, 0.5], abs=0.02)
    assert support.trust(around.explained) == 1.0
    held_out = neighbourhood(items[0], items, config, np.arange(1, 8))
    assert 0 not in held_out.parts.tolist() + held_out.near.tolist()
    assert held_out.near[0] == 1  # the other film in deep space
    assert support.trust(held_out.explained) < 1.0
    assert held_out.near_weights.sum() == pytest.approx(1.0)
    assert [support.trust(x) for x in (0.0, 0.85, 0.9, 0.95, 1.0)] == pytest.approx([0, 0, 0.5, 1, 1])


def test_items_drawn_at_random_have_likeness_one() -> None:
    """And a phrase of one topic much more: by simulation, and by hand for two opposite items three times."""
    rng = np.random.default_rng(0)
    items = rng.normal(size=(2000, 16)).astype(np.float32)
    items[:50, 0] += 3.0
    rows = [np.arange(50), *(rng.choice(2000, 20, replace=False) for _ in range(200))]
    indptr = np.cumsum([0, *(len(each) for each in rows)])
    occurs = sparse.csr_matrix((np.ones(indptr[-1], np.float32), np.concatenate(rows), indptr), shape=(201, 2000))
    found = likeness(occurs, items, items)
    assert found[1:].mean() == pytest.approx(1.0, abs=0.08)
    assert found[0] > 10
    two = np.array([[1.0, 0.0], [-1.0, 0.0]] * 2, dtype=np.float32)
    held = sparse.csr_matrix(np.array([[1, 1, 1, 0], [1, 1, 0, 0]], dtype=np.float32))
    assert likeness(held, two, two).tolist() == pytest.approx([1 / 3, 1.0])  # (1 - 1 + 1)² / 3; two holders say nothing


def test_names_in_two_scripts_are_one_name() -> None:
    def same(one: str, other: str) -> bool:
        return alike(stems(words(one)), one, stems(words(other)), other)

    assert same("诺兰 Christopher Nolan", "克里斯托弗诺兰")
    assert same("克里斯托弗·诺兰", "诺兰 Christopher Nolan")
    assert not alike(frozenset(), "克里斯托弗·诺兰", frozenset(), "克里斯托弗·沃肯")
    assert not alike(frozenset(), "龙 Dragon", frozenset(), "恐龙")


def test_held_out_items_are_in_no_borrowed_vector(items: Matrix) -> None:
    from fewrec.decoders import MiningConfig, mine_phrases

    config = MiningConfig(max_phrases=8, max_borrowed=100, general=False, min_items=2)
    mined = mine_phrases(FIELDS, words=words, encode=TopicEncoder().encode, items=items, config=config)
    decoder = PhraseDecoder(mined, items).without_items([0, 4])
    for number in range(mined.n_encoded, len(mined)):
        known = [row for row in mined.occurs[number].indices.tolist() if row not in {0, 4}]
        mean = items[known].mean(axis=0) if known else np.zeros(items.shape[1])
        np.testing.assert_allclose(decoder.vocabulary.vectors[number], mean / max(float(np.linalg.norm(mean)), 1e-9), atol=1e-6)
