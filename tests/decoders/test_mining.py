"""What is mined from a catalogue, phrase by phrase."""

from __future__ import annotations

import numpy as np
import pytest

from fewrec.columns import columns_of
from fewrec.decoders import MiningConfig, PhraseVocabulary, general_entries, mine_phrases

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
    assert rows_of(vocabulary, "Star Road") == {0}


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

    config = MiningConfig(max_phrases=5, max_borrowed=100, general=False)
    mined = mine_phrases(FIELDS, words=words, encode=encode, items=items, config=config)
    assert len(asked) == mined.n_encoded == 5
    borrowed = range(5, len(mined))
    assert borrowed
    for number in borrowed:
        assert mined.kinds[number] == "title"
        mean = items[mined.occurs[number].indices].mean(axis=0)
        np.testing.assert_allclose(mined.vectors[number], mean / np.linalg.norm(mean), atol=1e-6)


def test_titles_are_taken_apart_by_script_and_punctuation() -> None:
    fields = [{"title": "公民凯恩 Citizen Kane"}, {"title": "Fire &amp; Ice: The Lost Temple - PlayStation 2"}]
    mined = mine_phrases(fields, words=words, encode=TopicEncoder().encode, config=MiningConfig(general=False))
    assert {"公民凯恩", "Citizen Kane", "Fire & Ice", "The Lost Temple", "PlayStation 2"} <= set(mined.texts)
    assert mined.langs[mined.texts.index("公民凯恩")] == "zh"


def test_a_title_holds_every_phrase_that_stands_in_it() -> None:
    """However the phrase was found: as a part of one title it still stands within the parts of others."""
    titles = (
        "Charted: First Fortune - PlayStation 3",
        "Charted 2: Among Thieves",
        "Ultimate Pack: Charted Greatest Hits",
        "Mega Man",
        "Mega Man 4",
    )
    mined = mine_phrases([{"title": each} for each in titles], words=words, encode=TopicEncoder().encode)
    assert rows_of(mined, "Charted") == {0, 1, 2}  # its ending looks like a participle's, so it is no word to say by itself
    assert rows_of(mined, "Mega Man") == {3, 4}  # nor may a run of words end in a stop word


@pytest.mark.parametrize("fields", [[], [{}], [{"title": ""}], [{"year": "1999", "title": "!!!"}], [{"title": "🎬🎬"}]])
def test_catalogues_that_say_nothing_leave_the_general_vocabulary(fields: list[dict[str, str]]) -> None:
    mined = mine_phrases(fields, words=words, encode=TopicEncoder().encode)
    assert set(mined.kinds) == {"general"}
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
