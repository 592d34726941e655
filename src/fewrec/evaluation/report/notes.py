"""Notes are written in English into the document; here they are said in Chinese."""

from __future__ import annotations

import re

_CHINESE = (
    (r"no comparisons: the model '(.+)' was not among (.+)", r"没有比较：\2 中不含模型 \1"),
    (r"trivial baselines that were not run: (.+)", r"未运行的简单基线：\1"),
    (
        r"(.+): largest number of training users and one draw only; compare through `comparisons`, which use that draw for both",
        r"\1：仅在训练用户数最大时运行一次抽样；请通过“两两比较”对照，其中双方使用同一次抽样",
    ),
    (
        r"some cells rest on as few as (\d+) users; read their intervals before their means",
        r"有的格子只有 \1 位用户；请先看区间，再看均值",
    ),
    (
        r"one draw only: the intervals say nothing about other training users or other random choices",
        r"只有一次抽样：区间不反映其他训练用户或其他随机选择",
    ),
    (r"train_users = (.+) skipped: there are (\d+) training users", r"跳过训练用户数 \1：可用于训练的用户只有 \2 位"),
    (
        r"k = (\d+): draws with fewer than (\d+) users of k \+ (\d+) positives are left out",
        r"k = \1：正例达到 k + \3 的用户不足 \2 位的抽样已略去",
    ),
    (r"(\d+) events without a timestamp were left out", r"略去了 \1 条没有时间戳的事件"),
    (
        r"(\d+) events on targets were taken out of (\d+) tested histories and out of training",
        r"已从 \2 份受测历史和训练数据中移除 \1 条目标事件",
    ),
    (
        r"(\d+) tested users have no events at all; they are asked with no examples",
        r"\1 位受测用户没有任何事件，按零个例子提问",
    ),
    (
        r"(.+): no probabilities, since its scores could not be calibrated in every cell",
        r"\1：无法在每一格校准其分数，因此没有概率",
    ),
    (
        r"(.+): no probabilities, since there are too few validation prompts to calibrate its scores",
        r"\1：验证提示太少，无法校准其分数，因此没有概率",
    ),
    (
        r"no column of categories was found in the items: genre-named was not measured",
        r"物品资料中没有类别列：未测量 genre-named",
    ),
    (r"a decoder that cannot forget items has no results on held-out ones", r"无法“忘记”物品的解码器没有未见物品上的结果"),
    (r"k = (\d+): fewer than (\d+) users; left out", r"k = \1：用户不足 \2 位，已略去"),
    (r"controls that were not run: (.+)", r"未运行的对照：\1"),
    (r"item knowledge was found for (\d+) of (\d+) titles", r"\2 个标题中有 \1 个找到了物品知识"),
    (
        r"test users are not known: no per-user AUC, and intervals take every prompt for another user",
        r"不知道测试用户是谁：没有逐用户 AUC，区间把每条提示当作不同的用户",
    ),
)


def in_chinese(note: str) -> str:
    """The note in Chinese; a note of somebody else's stays as it is."""
    for pattern, said in _CHINESE:
        if match := re.fullmatch(pattern, note):
            return match.expand(said)
    return note
