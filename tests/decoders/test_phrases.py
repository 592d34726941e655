"""The phrase decoder on a catalogue with a known geometry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from fewrec.decoders import PhraseDecoder, PhraseDecoderConfig, PhraseVocabulary, sentence
from fewrec.decoders.duplicates import alike, stems
from fewrec.errors import EncoderMismatchError, SettingError
from fewrec.persistence import load_object, save_object
from fewrec.types import Decoder, Matrix

from .films import FIELDS, TopicEncoder, words

SMALL = PhraseDecoderConfig(least_items=1, least_items_of_title=1, least_likeness=0.0, max_shared=1.0)
"""Eight films are too few for phrases of three."""


@pytest.fixture(scope="module")
def decoder(vocabulary: PhraseVocabulary, items: Matrix) -> PhraseDecoder:
    return PhraseDecoder(vocabulary, items, SMALL)


def hand_made() -> tuple[PhraseVocabulary, Matrix]:
    """Four orthonormal phrases, one item each: a vector's coordinates are its decomposition."""
    axes = np.eye(4, dtype=np.float32)
    texts = ("apple", "berry", "cherry", "苹果")
    vocabulary = PhraseVocabulary(
        texts=texts,
        langs=("en", "en", "en", "zh"),
        kinds=("text",) * 4,
        columns=("",) * 4,
        words=tuple((text,) for text in texts),
        occurs=sparse.csr_matrix(axes),
        vectors=axes,
        n_encoded=4,
        entitles=sparse.csr_matrix((4, 4), dtype=np.float32),
    )
    return vocabulary, axes


def test_orthonormal_phrases_get_the_coordinates_as_weights() -> None:
    vocabulary, items = hand_made()
    config = replace(SMALL, ranking_share=0.0, prior_items=1e-6, reading_prior_items=1e-6)
    decoded = PhraseDecoder(vocabulary, items, config).decode(np.array([0.3, 0.6, 0.0, 0.0], dtype=np.float32), lang="en")
    assert [phrase.text for phrase in decoded.phrases] == ["berry", "apple"]
    np.testing.assert_allclose([phrase.weight for phrase in decoded.phrases], [2 / 3, 1 / 3], atol=1e-4)


def test_weights_are_those_that_a_reader_needs(vocabulary: PhraseVocabulary, items: Matrix) -> None:
    """No other weights of the same phrases, read back, come nearer to the vector."""
    config = replace(SMALL, ranking_share=0.0, least_weight=1e-6, reading_prior_items=0.5)
    decoder = PhraseDecoder(vocabulary, items, config)
    taste = items[[0, 4]].mean(axis=0)
    taste /= np.linalg.norm(taste)
    decoded = decoder.decode(taste, lang="en", n_phrases=2)
    assert len(decoded.phrases) == 2  # with three and more a category may weigh what its share is
    best = float(decoder.read(decoded) @ taste)
    for shift in (-0.2, -0.05, 0.05, 0.2):
        one, other = decoded.phrases
        moved = (replace(one, weight=one.weight + shift), replace(other, weight=max(0.0, other.weight - shift)))
        assert float(decoder.read(replace(decoded, phrases=moved)) @ taste) <= best + 1e-6


def test_it_is_a_decoder(decoder: PhraseDecoder) -> None:
    assert isinstance(decoder, Decoder)


@pytest.mark.parametrize("row", range(len(FIELDS)))
def test_an_item_is_told_in_its_own_words(decoder: PhraseDecoder, items: Matrix, row: int) -> None:
    record = set(words(" ".join(FIELDS[row].values())))
    decoded = decoder.decode(items[row], lang="en", kind="item")
    assert decoded.phrases
    assert all(set(words(phrase.text)) <= record for phrase in decoded.phrases)


def test_weights_are_shares_in_falling_order(decoder: PhraseDecoder, items: Matrix) -> None:
    for n_phrases in (1, 3, 8):
        decoded = decoder.decode(items[[0, 3]].mean(axis=0), lang="en", n_phrases=n_phrases)
        weights = [phrase.weight for phrase in decoded.phrases]
        assert 1 <= len(weights) <= n_phrases
        assert weights == sorted(weights, reverse=True)
        assert min(weights) > 0
        assert sum(weights) == pytest.approx(1.0, abs=1e-5)


def test_no_two_phrases_say_the_same(decoder: PhraseDecoder, vocabulary: PhraseVocabulary, items: Matrix) -> None:
    vector_of = dict(zip(zip(vocabulary.langs, vocabulary.texts, strict=True), vocabulary.vectors, strict=True))
    for lang in ("en", "zh"):
        for row in range(len(items)):
            said = [phrase.text for phrase in decoder.decode(items[row], lang=lang, n_phrases=8).phrases]
            for place, one in enumerate(said):
                for other in said[place + 1 :]:
                    assert not alike(stems(words(one)), one, stems(words(other)), other), (one, other)
                    assert vector_of[lang, one] @ vector_of[lang, other] <= decoder.config.max_cosine + 1e-6


def test_a_reader_gets_her_language(decoder: PhraseDecoder, items: Matrix) -> None:
    for vector in items:
        assert not any("一" <= c <= "鿿" for c in decoder.decode(vector, lang="en").text)
        chinese = decoder.decode(vector, lang="zh")
        assert all(any("一" <= c <= "鿿" for c in phrase.text) for phrase in chinese.phrases)


def test_chinese_for_an_english_catalogue_says_the_genre(decoder: PhraseDecoder, items: Matrix) -> None:
    for rows, genre in (((0, 1), "科幻"), ((4, 5), "恐怖"), ((2, 3), "爱情")):
        said = [phrase.text for phrase in decoder.decode(items[list(rows)].mean(axis=0), lang="zh").phrases]
        assert genre in said


def test_a_sentence_in_chinese_is_read_as_its_topic(decoder: PhraseDecoder, encoder: TopicEncoder) -> None:
    said = [phrase.text for phrase in decoder.decode(encoder.encode(["我对科幻片很感兴趣"])[0], lang="en").phrases]
    assert "Sci-Fi" in said


def test_nothing_known_is_said_plainly(decoder: PhraseDecoder) -> None:
    zero = np.zeros(decoder.vocabulary.vectors.shape[1], dtype=np.float32)
    for lang in ("zh", "en"):
        decoded = decoder.decode(zero, lang=lang)
        assert decoded.phrases == ()
        assert decoded.text == sentence([], lang=lang, kind="user") != ""
        assert not decoder.read(decoded).any()


def test_length_of_the_vector_does_not_matter(decoder: PhraseDecoder, items: Matrix) -> None:
    assert decoder.decode(items[0], lang="en") == decoder.decode(items[0] * 8, lang="en") == decoder.decode(items[0], lang="en")


def test_text_begins_as_its_kind(decoder: PhraseDecoder, items: Matrix) -> None:
    assert decoder.decode(items[0], lang="zh", kind="user").text.startswith("喜欢：")
    assert decoder.decode(items[0], lang="zh", kind="item").text.startswith("特点：")
    assert sentence(["space", "love"], lang="en", kind="user") == "Likes: space, love."


def test_reading_back_points_to_what_was_read(decoder: PhraseDecoder, items: Matrix) -> None:
    for row, vector in enumerate(items):
        read = decoder.read(decoder.decode(vector, lang="en"))
        assert np.linalg.norm(read) == pytest.approx(1.0, abs=1e-5)
        assert items[row] @ read > np.median(items @ read)  # to items alike; what is shared names no single one


def test_held_out_items_leave_no_trace(decoder: PhraseDecoder, items: Matrix) -> None:
    held_out = decoder.without_items([0])
    said = [phrase.text for phrase in held_out.decode(items[0], lang="en", n_phrases=8).phrases]
    assert "Star Road" not in said
    assert "Sci-Fi" in said  # the other science fiction film says so
    assert held_out.vocabulary.occurs[:, 0].nnz == 0


def test_banned_words_are_not_said(decoder: PhraseDecoder, items: Matrix) -> None:
    banned = set(words(" ".join(FIELDS[0].values())))
    for phrase in decoder.without_words(banned).decode(items[0], lang="en", n_phrases=8).phrases:
        assert banned.isdisjoint(words(phrase.text))


def test_bad_input_is_refused_with_a_reason(decoder: PhraseDecoder, vocabulary: PhraseVocabulary, items: Matrix) -> None:
    with pytest.raises(SettingError, match="found language 'fr'"):
        decoder.decode(items[0], lang="fr")
    with pytest.raises(SettingError, match="n_phrases=0"):
        decoder.decode(items[0], lang="en", n_phrases=0)
    with pytest.raises(EncoderMismatchError, match="shape"):
        decoder.decode(items[0, :3], lang="en")
    with pytest.raises(SettingError, match="NaN"):
        decoder.decode(np.full_like(items[0], np.nan), lang="en")
    with pytest.raises(SettingError, match="mined from 8 items"):
        PhraseDecoder(vocabulary, items[:3])
    with pytest.raises(EncoderMismatchError, match="dimensions"):
        PhraseDecoder(vocabulary, items[:, :4])


@pytest.mark.parametrize("n_items", [0, 1])
def test_a_catalogue_of_none_or_one(vocabulary: PhraseVocabulary, items: Matrix, n_items: int) -> None:
    small = replace(
        vocabulary, occurs=vocabulary.occurs[:, :n_items].tocsr(), entitles=vocabulary.entitles[:, :n_items].tocsr()
    )
    decoded = PhraseDecoder(small, items[:n_items]).decode(items[0], lang="zh")
    assert all(phrase.weight > 0 for phrase in decoded.phrases)


def test_an_empty_vocabulary_says_nothing(vocabulary: PhraseVocabulary, items: Matrix) -> None:
    none = PhraseVocabulary(
        (),
        (),
        (),
        (),
        (),
        sparse.csr_matrix((0, len(items)), dtype=np.float32),
        items[:0],
        0,
        sparse.csr_matrix((0, len(items))),
    )
    assert PhraseDecoder(none, items).decode(items[0], lang="en").phrases == ()


def test_saved_and_loaded_it_says_the_same(vocabulary: PhraseVocabulary, items: Matrix, tmp_path: Path) -> None:
    save_object(vocabulary, tmp_path)
    loaded = load_object(tmp_path)
    assert loaded.texts == vocabulary.texts
    assert (loaded.occurs != vocabulary.occurs).nnz == 0
    for lang in ("zh", "en"):
        assert PhraseDecoder(loaded, items).decode(items[3], lang=lang) == PhraseDecoder(vocabulary, items).decode(
            items[3], lang=lang
        )


def test_english_endings_make_no_difference() -> None:
    assert stems(["spaceships"]) == stems(["spaceship"])
    assert alike(stems(["love", "stories"]), "love stories", stems(["love", "story"]), "love story")
    assert alike(stems(["科幻"]), "科幻", stems(["科幻片"]), "科幻片")
    assert not alike(stems(["star", "wars"]), "Star Wars", stems(["star", "trek"]), "Star Trek")
