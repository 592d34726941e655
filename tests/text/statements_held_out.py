"""Thirty sentences written after the last change to the rules of ``parse_statement``, before they were run on these.

Each: the sentence, and for every claim expected its topic and the sign of its polarity. ``test_statements.py`` holds the share
that came out right on the first run. Whoever repairs a miss moves all thirty to ``statements_tuned.py`` and writes new ones.
"""

from __future__ import annotations

HELD_OUT: list[tuple[str, list[tuple[str, int]]]] = [
    ("我特别迷王家卫那种风格的片子", [("王家卫那种风格的片子", 1)]),
    ("最近在追《甄嬛传》", [("甄嬛传", 1)]),
    ("综艺看多了有点腻", [("综艺", -1)]),
    ("想给孩子找点科普读物", [("科普读物", 1)]),
    ("恐怖悬疑类的一律不考虑", [("恐怖悬疑类", -1)]),
    ("没那么喜欢摇滚", [("摇滚", -1)]),
    ("我觉得韩国电影很有意思", [("韩国电影", 1)]),
    ("香水味太重的我不喜欢", [("香水味太重", -1)]),
    ("跑步和骑行是我的爱好", [("跑步和骑行", 1)]),
    ("能不能少推一点直播带货", [("直播带货", -1)]),
    ("喜欢轻小说，尤其是异世界题材", [("轻小说", 1), ("异世界题材", 1)]),
    ("動作片不錯，愛情片免了", [("動作片", 1), ("愛情片", -1)]),
    ("不爱吃辣", [("辣", -1)]),
    ("画面精美，就是剧情有点拖", [("画面精美，就是剧情有点拖", 0)]),
    ("治愈系的日常番", [("治愈系的日常番", 1)]),
    ("I enjoy hard sci-fi a lot", [("hard sci-fi", 1)]),
    ("I'm not really a fan of anime", [("anime", -1)]),
    ("Can you recommend books similar to Dune?", [("Dune", 1)]),
    ("I'm fed up with remakes", [("remakes", -1)]),
    ("I don't care for opera", [("opera", -1)]),
    ("Lately I've been listening to bossa nova", [("bossa nova", 1)]),
    ("No more zombie games", [("zombie games", -1)]),
    ("I like Wes Anderson, although his last film was weak", [("Wes Anderson", 1)]),
    ("Stand-up comedy always makes me laugh", [("Stand-up comedy", 1)]),
    ("I would rather not read sad endings", [("sad endings", -1)]),
    ("We love hiking gear but don't need tents", [("hiking gear", 1), ("tents", -1)]),
    ("Everything except country music", [("country music", -1)]),
    ("It was okay, nothing special", [("It was okay, nothing special", 0)]),
    ("Terrible battery life, would not buy again", [("Terrible battery life, would not buy again", -1)]),
    ("gentle slice-of-life manga", [("gentle slice-of-life manga", 1)]),
]
