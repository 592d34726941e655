"""The page's texts in English and Chinese; where both are rendered, the style sheet shows one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape
from typing import Any

from markupsafe import Markup

METRICS = {
    "p": ("what matches among the first N, over the most there can be", "前 N 个中符合要求的比例（以可能的最大数为分母）"),
    "excluded": (
        "share of the first N that the sentence had ruled out; lower is better",
        "前 N 个中被这句话排除在外的比例；越低越好",
    ),
    "unmoved": (
        "share of the first N that is also in the list of somebody who said nothing",
        "前 N 个中，什么都不说的人也会得到的比例",
    ),
    "likes-ndcg": (
        "a sentence made of one half of a held-out user's likes, beside k of them: quality of the list for the other half",
        "由测试用户一半的喜欢写成一句话，再加上其中 k 个喜欢：列表对另一半喜欢的质量",
    ),
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
        "AUC over all pairs of all users: largely measures how positive a user is in general",
        "对所有配对合并计算；很大程度上衡量的是用户总体上有多爱给好评",
    ),
    "coverage": ("share of the catalogue that is in anybody's list", "至少出现在一个人列表里的物品比例"),
    "diversity": ("1 - mean cosine between items of a list", "1 减去列表内物品的平均余弦相似度"),
    "novelty": ("mean surprise of a listed item, in bits", "列表中物品的平均意外程度（比特）"),
    "log-loss": ("mean -ln of the probability of what happened; lower is better", "实际结果概率的负对数均值；越低越好"),
    "cross-recall": (
        "items whose text, read by a second encoder that was trained independently, finds them first (among the first N) in the whole catalogue",
        "用独立训练的第二个编码器读这段文字，能在全部物品中首先（前 N 名内）找到原物品的比例",
    ),
    "support": (
        "share of the phrases whose words stand in the item's own record",
        "短语中的词出现在该物品自身资料里的比例",
    ),
    "ndcg-kept": (
        "NDCG@10 of the list made from the text alone, as a share of that of the list made from the vector; look at the stranger's first",
        "只凭文字排出的列表的 NDCG@10，占凭向量排出的列表的比例；请先看“陌生人”的数值",
    ),
    "overlap": (
        "share of the ten items of the vector's list that the text's list has too",
        "凭向量的前十名中，凭文字也排进前十的比例",
    ),
    "plain-ndcg-kept": (
        "ndcg-kept for a reader who does not know the catalogue: the whole text is encoded",
        "同 ndcg-kept，但读者不了解物品目录：直接编码整段文字",
    ),
    "plain-overlap": (
        "overlap for a reader who does not know the catalogue: the whole text is encoded",
        "同 overlap，读者不了解物品目录",
    ),
    "genre-named": ("users for whom the commonest genre of the likes is named", "说出了用户所喜欢物品中最常见类型的用户比例"),
    "own-phrases": (
        "share of the phrases that stand in the record of one of the user's own likes",
        "出现在用户自己喜欢的某个物品资料里的短语比例",
    ),
    "phrases-said": ("phrases in a text, on average", "每段文字的平均短语数"),
    "echo": (
        "share of the phrases that are the item's title or hold for fewer than three items; lower is better",
        "只是该物品标题、或只适用于不到三个物品的短语比例；越低越好",
    ),
    "lift": (
        "how many times as often the phrases hold for held-out likes as for the catalogue",
        "短语适用于未展示的喜欢物品的频率，是适用于全部物品的频率的几倍",
    ),
    "calibration-error": ("how far stated probabilities are from frequencies", "所说概率与实际频率的偏差"),
}


_language: ContextVar[str | None] = ContextVar("language of the page", default=None)


@contextmanager
def in_language(lang: str | None) -> Iterator[None]:
    """Within the context :func:`both` gives one language alone: ``en`` or ``zh``; None for both."""
    token = _language.set(lang)
    try:
        yield
    finally:
        _language.reset(token)


def both(english: str, chinese: str, tag: str = "span", **attributes: Any) -> Markup:
    """An element per language, of which the page shows one; a single one in :func:`in_language`. The texts are markup already."""
    extra = "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for name, value in attributes.items())
    texts = {"en": english, "zh": chinese}
    wanted = (only,) if (only := _language.get()) else texts
    return Markup("".join(f'<{tag} lang="{lang}"{extra}>{texts[lang]}</{tag}>' for lang in wanted))


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
