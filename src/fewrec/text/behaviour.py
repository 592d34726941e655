"""Behaviour as sentences: what was rated, bought, watched or said."""

from __future__ import annotations

from fewrec.text.normalise import clean

_RATED = {
    "zh": {5: "看过并给了五星", 4: "看过并给了四星", 3: "看过并给了三星", 2: "看过并给了两星", 1: "看过并给了一星"},
    "en": {
        5: "Gave five stars to",
        4: "Gave four stars to",
        3: "Gave three stars to",
        2: "Gave two stars to",
        1: "Gave one star to",
    },
}
_DID = {
    "zh": {
        "like": "喜欢",
        "dislike": "不喜欢",
        "purchase": "买过",
        "buy": "买过",
        "view": "看过",
        "watch": "看过",
        "click": "点开过",
        "listen": "听过",
        "play": "玩过",
        "read": "读过",
        "favorite": "收藏了",
        "favourite": "收藏了",
        "save": "收藏了",
        "bookmark": "收藏了",
        "share": "分享了",
        "comment": "评论了",
        "review": "评论了",
        "cart": "加入购物车",
        "search": "搜索过",
        "skip": "跳过了",
        "hide": "屏蔽了",
        "return": "退货了",
    },
    "en": {
        "like": "Liked",
        "dislike": "Disliked",
        "purchase": "Bought",
        "buy": "Bought",
        "view": "Watched",
        "watch": "Watched",
        "click": "Opened",
        "listen": "Listened to",
        "play": "Played",
        "read": "Read",
        "favorite": "Saved as a favourite",
        "favourite": "Saved as a favourite",
        "save": "Saved",
        "bookmark": "Saved",
        "share": "Shared",
        "comment": "Commented on",
        "review": "Reviewed",
        "cart": "Put in the cart",
        "search": "Searched for",
        "skip": "Skipped",
        "hide": "Hid",
        "return": "Returned",
    },
}
_TIMES = {"zh": "（{n} 次）", "en": " {n} times"}
_GOODS = frozenset({"purchase", "buy", "cart", "return"})  # 《》 is for works, 「」 for what is carried home


def event_sentence(event: str, title: str, value: float | None = None, lang: str = "zh", text: str | None = None) -> str:
    """One event as a sentence in ``lang`` (``zh``, anything else is English): 「看过并给了五星：《星际穿越》」.

    ``value``: stars of 5 for ``rating`` (other numbers are said as they are), a count for the other events. ``text``, a review
    or comment, follows as a sentence of its own. An event without wording keeps its own name.
    """
    lang = "zh" if lang == "zh" else "en"
    event = clean(event).lower()
    said = clean(text or "")
    what = _quoted(clean(title), event, lang)
    did = _rated(value, lang) if event == "rating" else _DID[lang].get(event, event if lang == "zh" else event.capitalize())
    times = _TIMES[lang].format(n=int(value)) if event != "rating" and value is not None and 2 <= value < 1e9 else ""
    if not what:
        sentence = did + times
    elif lang == "zh":
        sentence = f"{did}{times}：{what}"
    else:
        sentence = f"{did} {what}{times}"
    return sentence if not said else f"{sentence}。{said}" if lang == "zh" else f"{sentence}. {said}"


def _rated(value: float | None, lang: str) -> str:
    if value is None or value != value:  # noqa: PLR0124  (NaN)
        return "评过分" if lang == "zh" else "Rated"
    stars = _RATED[lang].get(round(value)) if 0.5 <= value <= 5 else None
    return stars or (f"打了 {value:g} 分" if lang == "zh" else f"Gave {value:g} points to")


def _quoted(title: str, event: str, lang: str) -> str:
    if not title or title[0] in '《「"“':
        return title
    if lang == "en":
        return f'"{title}"'
    return f"「{title}」" if event in _GOODS else f"《{title}》"
