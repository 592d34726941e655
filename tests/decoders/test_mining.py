"""What is mined from a catalogue, phrase by phrase."""

from __future__ import annotations

import numpy as np
import pytest

from fewrec.columns import columns_of
from fewrec.decoders import MiningConfig, PhraseVocabulary, general_entries, mine_phrases
from fewrec.decoders.eras import years_of
from fewrec.decoders.grams import title_parts
from fewrec.text import words as folded

from .films import FIELDS, TopicEncoder, words


def rows_of(vocabulary: PhraseVocabulary, text: str, lang: str = "en") -> set[int]:
    number = next(n for n, key in enumerate(zip(vocabulary.texts, vocabulary.langs, strict=True)) if key == (text, lang))
    return set(vocabulary.occurs[number].indices.tolist())


def test_columns_have_their_roles() -> None:
    fields = [
        {
            "title": f"Film {n}",
            "genres": "Drama|War" if n % 2 else "Drama",
            "cast": f"Ann Lee, Bob {n}",
            "description": f"A long text about the number {n}, which goes on for more words than a name would have, and on again.",
            "year": "1994",
            "poster": f"https://example.org/{n}.jpg",
            "empty": "",
        }
        for n in range(12)
    ]
    roles = {column.name: column.role for column in columns_of(fields, str)}
    assert roles == {"title": "title", "genres": "category", "cast": "name", "description": "text"}


def test_phrases_know_the_items_that_hold_them(vocabulary: PhraseVocabulary) -> None:
    assert rows_of(vocabulary, "Sci-Fi") == {0, 1}
    assert rows_of(vocabulary, "Ann Lee") == {0, 1}
    assert rows_of(vocabulary, "deep space") == {0, 1}
    assert rows_of(vocabulary, "practical joke") == {3, 5, 6}
    assert "Star Road" not in vocabulary.texts  # the title of one film says nothing of any other


def test_general_phrases_occur_where_either_language_says_them(vocabulary: PhraseVocabulary) -> None:
    assert rows_of(vocabulary, "科幻", "zh") == {0, 1}  # spelt Sci-Fi in the catalogue
    assert rows_of(vocabulary, "鬼", "zh") == {4, 5}
    assert "science fiction" not in vocabulary.texts  # the catalogue's own word is the one to say


def test_the_translation_of_a_category_is_a_category() -> None:
    fields = [{"title": f"片{n}", "genres": "科幻|剧情" if n % 2 else "剧情"} for n in range(20)]
    mined = mine_phrases(fields, words=words, encode=TopicEncoder().encode)
    number = mined.texts.index("science fiction")
    assert (mined.kinds[number], mined.columns[number]) == ("category", "genres")
    assert set(mined.occurs[number].indices.tolist()) == set(range(1, 20, 2))


def test_no_phrase_twice_in_a_language_and_unit_vectors(vocabulary: PhraseVocabulary) -> None:
    keys = list(zip(vocabulary.langs, vocabulary.texts, strict=True))
    assert len(keys) == len(set(keys))
    lengths = np.linalg.norm(vocabulary.vectors, axis=1)
    assert ((np.abs(lengths - 1) < 1e-5) | (lengths == 0)).all()


def test_max_phrases_bounds_what_is_encoded_and_titles_borrow(items: np.ndarray) -> None:
    asked: list[str] = []

    def encode(texts: tuple[str, ...]) -> np.ndarray:
        asked.extend(texts)
        return TopicEncoder().encode(texts)

    config = MiningConfig(max_phrases=8, max_borrowed=100, general=False, min_items=2)
    mined = mine_phrases(FIELDS, words=words, encode=encode, items=items, config=config)
    assert len(asked) == mined.n_encoded == 8
    borrowed = range(8, len(mined))
    assert borrowed
    for number in borrowed:
        assert mined.kinds[number] == "title"
        mean = items[mined.occurs[number].indices].mean(axis=0)
        np.testing.assert_allclose(mined.vectors[number], mean / np.linalg.norm(mean), atol=1e-6)


def test_titles_are_taken_apart_by_script_and_punctuation() -> None:
    assert title_parts("公民凯恩 Citizen Kane") == ["公民凯恩", "Citizen Kane"]
    assert title_parts("Fire & Ice: The Lost Temple - PlayStation 2") == ["Fire & Ice", "The Lost Temple", "PlayStation 2"]


def test_a_phrase_holds_for_three_items_and_is_no_part_of_a_longer_one() -> None:
    titles = [f"Metal Gear {n} - PlayStation 2" for n in ("Solid", "Acid", "Rising")] + ["Tetris - PlayStation 2", "Lone Wolf"]
    mined = mine_phrases([{"title": each} for each in titles], words=words, encode=TopicEncoder().encode)
    own = [text for text, kind in zip(mined.texts, mined.kinds, strict=True) if kind == "title"]
    assert sorted(own) == ["Metal Gear", "PlayStation 2"]
    assert np.diff(mined.occurs.indptr).min() >= 3


def test_a_phrase_knows_whose_title_it_is() -> None:
    titles = ["Halo - Xbox", "Halo: Reach - Xbox", "Halo 2 - Xbox", *(f"Game {n} - Xbox" for n in "abcdefghijkl")]
    mined = mine_phrases([{"title": each} for each in titles], words=folded, encode=TopicEncoder().encode)
    number = mined.texts.index("Halo")
    assert set(mined.occurs[number].indices.tolist()) == {0, 1, 2}
    assert mined.entitles[number].indices.tolist() == [0]  # Xbox is said of every game; 2 and Reach tell one from another


def test_no_name_is_searched_for_words_and_no_word_for_its_characters() -> None:
    """王家卫 is no 国王, however the characters fall."""
    fields = [
        {"title": f"片{n}", "director": "王家卫", "description": f"一个人在中国王朝里走了第{n}天的长路。"} for n in range(6)
    ]
    mined = mine_phrases(fields, words=folded, encode=TopicEncoder().encode)
    assert "王家卫" in mined.texts
    assert not {"king", "国王"} & set(mined.texts)


def test_decades_are_said_in_both_languages() -> None:
    fields = [{"title": f"Film {n}", "year": str(1990 + n % 3)} for n in range(6)] + [{"title": "Old", "year": "1950"}]
    mined = mine_phrases(fields, words=words, encode=TopicEncoder().encode)
    assert rows_of(mined, "1990s") == rows_of(mined, "1990年代", "zh") == set(range(6))
    assert "1950s" not in mined.texts  # of one film alone
    assert years_of([{"title": "Heat (1995)"}, {"title": "Alien (1979)"}]) == [1995, 1979]
    assert years_of([{"release_date": "2001-05-06"}, {"release_date": ""}]) == [2001, None]
    assert years_of([{"title": "1984", "size": "1950"}]) == [None]


def test_words_of_a_story_that_name_nothing_are_left_out() -> None:
    texts = ["他后来奉命调查一桩命案。", "后来他奉命进城。命案未破。", "奉命之后，后来发生命案。", "命案后来告破，他奉命离开。"]
    fields = [{"title": f"片{n}", "description": each * 3} for n, each in enumerate(texts)]
    mined = mine_phrases(fields, words=folded, encode=TopicEncoder().encode, config=MiningConfig(max_share=1.0, general=False))
    assert {"后来", "奉命", "之后"}.isdisjoint(mined.texts)


def test_a_title_holds_every_phrase_that_stands_in_it() -> None:
    """However the phrase was found: as a part of one title it still stands within the parts of others."""
    titles = (
        "Charted: First Fortune - PlayStation 3",
        "Charted 2: Among Thieves",
        "Ultimate Pack: Charted Greatest Hits",
        "Mega Man",
        "Mega Man 4",
    )
    config = MiningConfig(min_items=2)
    mined = mine_phrases([{"title": each} for each in titles], words=words, encode=TopicEncoder().encode, config=config)
    assert rows_of(mined, "Charted") == {0, 1, 2}  # its ending looks like a participle's, so it is no word to say by itself
    assert rows_of(mined, "Mega Man") == {3, 4}  # though *man* alone says nothing


@pytest.mark.parametrize("fields", [[], [{}], [{"title": ""}], [{"year": "1999", "title": "!!!"}], [{"title": "🎬🎬"}]])
def test_catalogues_that_say_nothing_have_no_phrases(fields: list[dict[str, str]]) -> None:
    mined = mine_phrases(fields, words=words, encode=TopicEncoder().encode)
    assert mined.texts == ()
    assert mined.occurs.shape == (len(mined), len(fields))


def test_general_entries_are_pairs_in_the_right_scripts() -> None:
    entries = general_entries()
    assert len(entries) >= 400
    for entry in entries:
        assert all(spelling.isascii() and spelling == spelling.strip() != "" for spelling in entry.en), entry
        assert all(not spelling.isascii() and spelling == spelling.strip() for spelling in entry.zh), entry
    shown = [entry.en[0] for entry in entries]
    assert len(shown) == len(set(shown))


def test_chinese_running_text_is_no_list_of_names() -> None:
    """It has no blanks to count words by, and its commas would cut it into values that run over full stops."""
    fields = [{"title": f"片{n}", "description": f"第{n}个故事，发生在海边。马龙·白兰度、阿尔·帕西诺主演。"} for n in range(12)]
    assert {column.name: column.role for column in columns_of(fields, str)} == {"title": "title", "description": "text"}
