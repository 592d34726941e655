"""What a chat model may say of the evidence."""

from __future__ import annotations

import pytest

from fewrec.llm.chat import check_support
from fewrec.text import words

EVIDENCE = ["Science Fiction", "space travel", "Christopher Nolan", "father and daughter"]
CHINESE = ["科幻", "太空", "克里斯托弗·诺兰", "家庭亲情"]


@pytest.mark.parametrize(
    "sentence",
    [
        "This user enjoys science fiction and space travel.",
        "They especially like the work of Christopher Nolan.",
        "The reader is drawn to sci-fi about a father and his daughters.",  # another spelling, another number
        "该用户喜欢科幻。",  # the general vocabulary has both languages
    ],
)
def test_what_the_evidence_says_is_kept(sentence: str) -> None:
    assert check_support(sentence, EVIDENCE, words=words).kept == (sentence,)


@pytest.mark.parametrize(
    ("sentence", "lost"),
    [
        ("This user enjoys science fiction and romance.", {"romance"}),
        ("This user loves Interstellar by Christopher Nolan.", {"interstellar"}),
        ("This user does not like science fiction.", {"not"}),
        ("A user without interest in space travel.", {"without"}),
        ("The best science fiction of 2014.", {"best", "2014"}),
        ("Christopher Nolan won awards for space travel.", {"won", "award"}),
    ],
)
def test_what_goes_beyond_it_is_dropped_with_its_words(sentence: str, lost: set[str]) -> None:
    checked = check_support(sentence, EVIDENCE, words=words)
    assert checked.kept == ()
    assert lost <= set(checked.dropped[0][1])


def test_chinese() -> None:
    kept = ["该用户喜欢科幻和太空。", "尤其偏爱克里斯托弗·诺兰的作品。"]
    lost = ["他不喜欢科幻。", "他也喜欢爱情片。", "获得奥斯卡奖的科幻作品。"]
    checked = check_support("".join([kept[0], lost[0], kept[1], lost[1], lost[2]]), CHINESE, words=words)
    assert list(checked.kept) == kept
    assert [sentence for sentence, _ in checked.dropped] == lost


def test_sentences_stand_alone() -> None:
    text = "They like space travel. They adore horses! Mostly, it is what the user likes."
    checked = check_support(text, EVIDENCE, words=words)
    assert checked.kept == ("They like space travel.",)
    assert [sentence for sentence, _ in checked.dropped] == ["They adore horses!", "Mostly, it is what the user likes."]
    assert checked.dropped[1][1] == ()  # no false word, and no word of the evidence either
    assert check_support("", EVIDENCE, words=words).kept == ()
    assert check_support("anything", [], words=words).kept == ()
