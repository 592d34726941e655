"""Everything on the page is said twice; the style sheet shows one language at a time."""

from __future__ import annotations

from html import escape
from typing import Any

PROTOCOLS = {
    "kshot": (
        "How good is a list after k examples, when n other users have taught the model?",
        "有 n 个其他用户的数据、新用户给出 k 个例子之后，推荐列表有多好？",
    ),
    "cold-items": ("Can items be recommended that nobody has touched yet?", "还没有任何人接触过的物品，能被推荐吗？"),
    "temporal": ("Would it have worked in time order?", "按时间先后使用，效果如何？"),
    "tallrec": (
        "Will she like this title? K labelled prompts are all that is learned from; every test prompt is answered alone.",
        "她会喜欢这部作品吗？只从 K 条带标签的提示中学习，每条测试提示单独作答。",
    ),
    "labels": ("Like or dislike, on given pairs of user and item?", "对给定的用户与物品：喜欢还是不喜欢？"),
    "candidates": ("Which of some twenty candidates did the user go on to?", "在约二十个候选物品中，用户接下来选了哪一个？"),
}

METRICS = {
    "ndcg": (
        "quality of the head of the list, hits higher up counting more; 1 is perfect",
        "列表前部的质量，命中越靠前越值钱；1 为完美",
    ),
    "recall": ("share of what the user likes that is in the head of the list", "用户喜欢的物品中，出现在列表前部的比例"),
    "mrr": ("1 / place of the first hit", "首个命中名次的倒数"),
    "uauc": (
        "per user, chance that a liked item stands above another; 0.5 is chance; mean over users",
        "逐用户计算：喜欢的物品排在其他物品之前的概率，0.5 为随机；再对用户取平均",
    ),
    "auc": (
        "the same over all pairs together: largely measures how positive a user is in general",
        "对所有配对合并计算；很大程度上衡量的是用户总体上有多爱给好评",
    ),
    "coverage": ("share of the catalogue that is in anybody's list", "至少出现在一个人列表里的物品比例"),
    "diversity": ("1 - mean cosine between items of a list", "1 减去列表内物品的平均余弦相似度"),
    "novelty": ("mean surprise of a listed item, in bits", "列表中物品的平均意外程度（比特）"),
    "log-loss": ("mean -ln of the probability of what happened; lower is better", "实际结果概率的负对数均值；越低越好"),
    "calibration-error": ("how far stated probabilities are from frequencies", "所说概率与实际频率的偏差"),
}

ITEMS = {"all": ("all items", "全部物品"), "warm": ("warm items", "已有数据的物品"), "cold": ("cold items", "冷启动物品")}


def both(english: str, chinese: str, tag: str = "span", **attributes: Any) -> str:
    """Two elements, one of which is shown. The texts are markup already; see :func:`plain`."""
    extra = "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for name, value in attributes.items())
    return f'<{tag} lang="en"{extra}>{english}</{tag}><{tag} lang="zh"{extra}>{chinese}</{tag}>'


def plain(text: object) -> str:
    """Any value as text of the page."""
    return escape(str(text))


def number(value: float | None, digits: int = 3) -> str:
    """``.438``: what is below 1 needs no leading zero in a table of such numbers."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def percent(value: float) -> str:
    """With its sign."""
    return f"{value:+.1%}".replace("+0.0%", "±0%").replace("-0.0%", "±0%").replace("-", "−")
