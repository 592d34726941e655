"""What may be said at all: what several items share, never what one is called; and what is not liked."""

from __future__ import annotations

import numpy as np
import pytest

from fewrec.decoders import PhraseDecoder, Records, mine_phrases, sentence
from fewrec.decoders.cover import CoverConfig, cover
from fewrec.encoders import load_encoder
from fewrec.evaluation.metrics.shared_phrases import coverage, echo, frequencies, lift
from fewrec.sample import load
from fewrec.text import clean, fold, words
from fewrec.types import Matrix

SERIES = ("Space Marine", "Puzzle Garden", "Kart Racing", "Halo")
PARTS = ((2, "Xbox"), (3, "Xbox"), (4, "PlayStation 2"), (5, "PlayStation 2"))
GAMES = (
    *({"title": f"{series} {number} - {platform}"} for series in SERIES for number, platform in PARTS),
    {"title": "Halo - Xbox"},
    {"title": "Lumines"},
    {"title": "Tetris"},
)


@pytest.fixture(scope="module")
def vectors() -> Matrix:
    return load_encoder("default").encode([game["title"] for game in GAMES])


@pytest.fixture(scope="module")
def decoder(vectors: Matrix) -> PhraseDecoder:
    encode = load_encoder("default").encode
    return PhraseDecoder(mine_phrases(GAMES, words=words, encode=encode, items=vectors, clean=clean), vectors)


def test_no_item_is_told_by_its_title_nor_in_phrases_of_two(decoder: PhraseDecoder, vectors: Matrix) -> None:
    records = Records(GAMES, words=words, fold=fold)
    said = 0
    for row, game in enumerate(GAMES):
        for phrase in decoder.decode(vectors[row], lang="en", kind="item").phrases:
            said += 1
            assert fold(phrase.text) != fold(game["title"])
            assert len(records.holders(phrase.text)) >= 3
            assert records.supports(phrase.text, row)
    assert said >= len(GAMES)


def test_a_taste_is_what_its_items_share(decoder: PhraseDecoder, vectors: Matrix) -> None:
    said = [phrase.text for phrase in decoder.decode(vectors[:4].mean(axis=0), lang="en").phrases]
    assert "Space Marine" in said
    assert not {"Puzzle Garden", "Kart Racing"} & set(said)


def test_dislikes_are_said_apart_and_share_nothing_with_likes(decoder: PhraseDecoder, vectors: Matrix) -> None:
    likes, dislikes = vectors[:2].mean(axis=0), vectors[[2, 3, 6, 7]].mean(axis=0)
    decoded = decoder.decode(likes, lang="en", dislikes=dislikes)
    liked, disliked = ({phrase.text for phrase in phrases} for phrases in (decoded.phrases, decoded.disliked))
    assert disliked
    assert not liked & disliked
    assert "Space Marine" not in disliked  # liked and disliked alike
    assert sum(phrase.weight for phrase in decoded.disliked) == pytest.approx(1.0, abs=1e-5)
    assert decoded.text.startswith("Likes: ")
    assert ". Does not like: " in decoded.text
    assert decoder.decode(np.zeros_like(likes), lang="en", dislikes=dislikes).text.startswith("Does not like: ")


def test_sentences_of_likes_and_dislikes() -> None:
    assert sentence(["科幻"], lang="zh", kind="user", dislikes=["恐怖", "战争"]) == "喜欢：科幻。不喜欢：恐怖、战争。"
    assert sentence([], lang="zh", kind="user") == "还没有可以说的偏好。"


def test_the_sample_is_told_in_both_languages_without_titles() -> None:
    films = load().items
    fields = films.to_dicts() if hasattr(films, "to_dicts") else [dict(item.fields) for item in films]
    encode = load_encoder("default").encode
    vectors = encode([" ".join(str(value) for value in each.values() if value) for each in fields])
    texts = [{name: str(value or "") for name, value in each.items()} for each in fields]
    decoder = PhraseDecoder(mine_phrases(texts, words=words, encode=encode, items=vectors, clean=clean), vectors)
    titles = {fold(each[name]) for each in texts for name in ("title", "title_en") if each.get(name)}
    for lang in ("zh", "en"):
        counts = []
        for vector in vectors[:20]:
            said = [phrase.text for phrase in decoder.decode(vector, lang=lang, kind="item").phrases]
            assert titles.isdisjoint(fold(text) for text in said)
            counts.append(len(said))
        assert np.mean(counts) >= 2


def test_cover_prefers_what_covers_more_and_costs_less() -> None:
    holds = np.array([[1, 1, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]], dtype=bool)
    weights, base = np.full(4, 0.25, dtype=np.float32), np.array([0.1, 0.1, 0.4], dtype=np.float32)
    ones = np.ones(3, dtype=np.float32)

    def free(number: int) -> np.ndarray:
        return np.zeros(3, dtype=bool)

    config = CoverConfig(cost=1.0, fade=0.0, least=1)
    assert cover(holds, weights, base, base, ones, 3, config, block=free).tolist() == [0]
    assert cover(holds, weights, base, 0 * base, ones, 3, config, block=free).tolist() == [0, 2]
    assert cover(holds, weights, base, base, ones, 3, CoverConfig(least=3), block=free).tolist()[0] == 0
    assert cover(holds[:, :0], weights, base[:0], base[:0], ones[:0], 3, config, block=free).tolist() == []


def test_measures_by_hand() -> None:
    holders = [np.array([0, 1, 2]), np.array([3, 4])]
    assert echo(holders, [False, False]) == 0.5
    assert echo(holders, [True, False]) == 1.0
    assert echo([], []) == 0.0
    hidden = np.array([1, 2, 9, 8])
    assert frequencies(holders, hidden, 10) == pytest.approx((0.5, 0.5))
    assert lift(holders, hidden, 10) == pytest.approx(1.0)
    assert np.isnan(lift([], hidden, 10))
    assert coverage(holders, hidden) == 0.5
    assert np.isnan(coverage(holders, hidden[:0]))
