"""A sentence in words as claims: what it is about, and whether that is liked.

A negated sentence embeds near its topic, so what says *liked* or *not liked* (the carrier) is cut off and becomes a number:
「不喜欢恐怖片」 is the topic 恐怖片 with polarity -1. The wordings are tables in ``carriers_zh.py`` and ``carriers_en.py``; the steps are here:
clauses, a carrier for each, then what clauses without a topic or without a carrier say about their neighbours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from fewrec.text import clauses as cut
from fewrec.text.carriers import AGAINST, WEAK, Rule, Wording
from fewrec.text.carriers_en import ENGLISH
from fewrec.text.carriers_zh import CHINESE
from fewrec.text.characters import HAN
from fewrec.text.normalise import clean, simplify
from fewrec.text.sentiment import sentiment

_MAX_STATEMENT = 600  # characters; longer text is a review, and its words of praise and blame decide
_MAX_CLAUSE = 160
_MAX_CONTINUATION = 40
_HAN = re.compile(f"[{HAN}]")
_SENTENCE_END = re.compile(r"[。！？!?\n.]")
_OPPOSES = re.compile(r"\s*(?:但是?|不过|可是|然而|而不是|却|but|however|though|although|whereas|while|yet|except)")
# A title in capitals may begin like a carrier (Love Actually, No Country for Old Men); I and plain dislike open no title.
_TITLE = re.compile(
    r"(?!I['’ ]|Hate |Dislike |Avoid )[A-Z][\w'’-]*(?: (?:[A-Z0-9][\w'’:.-]*|of|the|and|in|a|to|for|on|with|from|&))* [A-Z0-9][\w'’-]*"
)
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_PUNCTUATION = " \t,.;:!?，。；：！？、~～…—-·'’\"“”「」『』"


@dataclass(frozen=True)
class Claim:
    """``topic``: what to encode; ``polarity`` in [-1, 1], above 0 liked; ``text``: the clause that said so, as written."""

    topic: str
    polarity: float
    text: str


@dataclass(frozen=True)
class _Clause:
    """A clause, what its carrier says (None without one), and its topics as written (empty where it names none)."""

    text: str
    view: str
    sentence: int
    polarity: float | None
    topic: str = ""
    beside: str = ""
    against: str = ""


def parse_statement(text: str) -> list[Claim]:
    """The claims of a statement, in their order; none for empty text.

    Text without a carrier is its own topic: liked (+1) where it names something («科幻», "space opera"), otherwise as its
    words of praise and blame say, between -1 and 1. Topics are shown as they were written; only the comparing is folded.
    """
    text = clean(text)
    if not text.strip(_PUNCTUATION):
        return []
    view = _view(text)
    if len(text) <= _MAX_STATEMENT:
        clauses = _clauses(text, view)
        claims = _claims(clauses)
        if claims:
            return claims
        bare = [clause.polarity for clause in clauses if clause.polarity is not None and not clause.topic]
        if len(clauses) == 1 and bare:
            return [Claim(text, bare[0], text)]
    balance = None if _is_title(text) else sentiment(view)
    return [Claim(text, 1.0 if balance is None else balance, text)]


def _is_title(text: str) -> bool:
    """Whether English words stand in capitals as in titles: ``Bad Boys`` and ``Crash Nitro Kart`` blame nothing."""
    longer = [word for word in _LATIN_WORD.findall(text) if len(word) >= 4]
    return len(longer) >= 2 and all(word[0].isupper() and not word.isupper() for word in longer) and _HAN.search(text) is None


def _view(text: str) -> str:
    """Lower case, simplified, plain apostrophes: character by character, so that places in it are places in the text."""
    lower = text.lower()
    if len(lower) != len(text):  # one of the few letters whose lower case is two characters
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    view = simplify(lower).replace("’", "'").replace("‘", "'")
    return cut.SHIELDED.sub(lambda title: title[0][0] + "\ue000" * (len(title[0]) - 2) + title[0][-1], view)


def _clauses(text: str, view: str) -> list[_Clause]:
    clauses, start, sentence = [], 0, 0
    for end in [*cut.CLAUSE_END.finditer(view), None]:
        stop = len(view) if end is None else end.start()
        if (
            end is not None
            and end[0] in {",", "，"}
            and cut.JOINED.match(view[start:stop].lstrip(_PUNCTUATION))
            and not _comma(view[start:stop])
        ):
            continue
        inner = cut.INNER.search(view, start, stop)
        for begin, finish in (
            [(start, stop)] if inner is None else [(start, inner.start("split")), (inner.start("split"), stop)]
        ):
            if view[begin:finish].strip(_PUNCTUATION):
                clauses.append(_read(text[begin:finish], view[begin:finish], sentence))
        if end is not None:
            sentence += _SENTENCE_END.search(end[0]) is not None
            start = end.end()
    return clauses


def _comma(view: str) -> bool:
    return "," in view or "，" in view


def _read(text: str, view: str, sentence: int) -> _Clause:
    """Find the clause's carrier."""
    left = len(view) - len(view.lstrip(_PUNCTUATION))
    opposing = _OPPOSES.match(view, left)
    start = opposing.end() if opposing else left
    chinese = _HAN.search(view) is not None
    start += len(view[start:]) - len(view[start:].lstrip(_PUNCTUATION))
    body = view[start:].rstrip(_PUNCTUATION)
    if chinese:
        body = re.sub(r"(?:[啊呀吧呢哦噢啦嘛哈哟喔吗了的\s~!]|谢谢|拜托)+$", "", body)
    whole = text.strip(_PUNCTUATION)
    if not body or len(body) > _MAX_CLAUSE or _TITLE.fullmatch(whole):
        return _Clause(whole, view, sentence, None)
    wording = CHINESE if chinese else ENGLISH
    carrier = _carrier(body, wording)
    if carrier is not None:
        rule, found = carrier
        start += len(body) - len(found.string)
        groups = found.groupdict()
        polarity = rule.polarity
        if groups.get("no"):
            polarity = -polarity * (WEAK if groups.get("weak") else 1.0) if polarity > 0 else -polarity
        topic, beside, against = (
            _tidy(text, view, start + found.start(group), start + found.end(group), wording) if groups.get(group) else ""
            for group in "tvu"
        )
        return _Clause(whole, view, sentence, polarity, topic, beside, against)
    return _Clause(whole, view, sentence, None)


def _carrier(body: str, wording: Wording) -> tuple[Rule, re.Match[str]] | None:
    """The first rule that fits the clause without its opening words ("honestly I", 其实我), or else all of it."""
    opening = wording.opening.match(body)
    rest = body[opening.end() :] if opening else body
    for string in (rest, body) if len(rest) != len(body) else (body,):
        for rule in wording.rules:
            found = rule.pattern.fullmatch(string)
            if found is not None:
                return rule, found
    return None


def _tidy(text: str, view: str, start: int, end: int, wording: Wording) -> str:
    """The topic without amounts in front and particles behind; empty where a pronoun or nothing is left."""
    before = (-1, -1)
    while (start, end) != before and start < end:
        before = (start, end)
        part = view[start:end]
        start += len(part) - len(part.lstrip(_PUNCTUATION))
        end -= len(part) - len(part.rstrip(_PUNCTUATION))
        amount = wording.amount.match(view, start, end)
        if amount and amount.end() < end:
            start = amount.end()
        tail = wording.tail.search(view[start:end])
        if tail and tail.start() > 0:
            end = start + tail.start()
    if start >= end:
        return ""
    topic, seen = text[start:end], view[start:end]
    if wording.pronoun.fullmatch(seen) or _is_generic(seen):
        return ""
    titles: list[str] = cut.SHIELDED.findall(topic)
    if len(titles) == 1 and len(topic) - len(titles[0]) <= 5 and topic.startswith(titles[0]) and titles[0][0] in "《":
        return titles[0][1:-1]  # 《星际穿越》这部电影
    return topic[1:-1] if len(titles) == 1 and titles[0] == topic else topic


def _claims(clauses: list[_Clause]) -> list[Claim]:
    """Claims of clauses with carriers; empty where the text is a review or has no carrier."""
    carrying = [clause for clause in clauses if clause.topic and not _judges_a_part(clause)]
    if not carrying or (len(clauses) >= 4 and len(carrying) * 3 < len(clauses)):
        return []
    claims: list[Claim] = []
    waiting: list[_Clause] = []  # without a carrier so far
    last: _Clause | None = None  # with one
    for clause in clauses:
        near = last is not None and last.sentence == clause.sentence
        if clause.topic:
            # "work is hard, I want to see …": what leads up to a wish is no taste
            claims += [] if cut.WISHES.match(clause.view) else _kept(waiting)
            waiting = []
            assert clause.polarity is not None
            claims.append(Claim(clause.topic, clause.polarity, clause.text))
            if clause.beside:
                claims.append(Claim(clause.beside, clause.polarity, clause.text))
            if clause.against:
                claims.append(Claim(clause.against, AGAINST, clause.text))
            last = clause
        elif clause.polarity is not None:
            if waiting and waiting[-1].sentence == clause.sentence:
                claims.append(Claim(waiting.pop().text, clause.polarity, clause.text))
                last = clause
            elif claims and (cut.CHANGED.search(clause.view) or claims[-1].polarity * clause.polarity < 0):
                claims[-1] = replace(claims[-1], polarity=clause.polarity, text=f"{claims[-1].text}，{clause.text}")
        elif near and (more := _continuation(clause)) is not None:
            if more:
                claims.append(Claim(more, claims[-1].polarity, clause.text))
        elif not _says_nothing(clause):
            waiting.append(clause)
    return claims + _kept(waiting)


def _judges_a_part(clause: _Clause) -> bool:
    """Whether the clause speaks of the plot, the acting, the parcel: of one thing under review, not of a taste."""
    topic = _view(clause.topic)
    return clause.view.strip(_PUNCTUATION).startswith(topic) and cut.ASPECT.fullmatch(topic) is not None


def _continuation(clause: _Clause) -> str | None:
    """A further topic under the carrier before ("…, especially westerns"); empty for a reason; None where it stands alone."""
    if _says_nothing(clause) or cut.REASON.match(clause.view.lstrip(_PUNCTUATION)):
        return ""
    if _OPPOSES.match(clause.view) or len(clause.text) > _MAX_CONTINUATION:
        return None
    start = len(clause.view) - len(clause.view.lstrip(_PUNCTUATION))
    link = cut.CONTINUES.match(clause.view, start)
    rest = clause.view[link.end() :] if link else clause.view
    if not link and sentiment(rest) is not None:
        return ""
    shown = clause.text[-len(rest.strip(_PUNCTUATION)) :] if link else clause.text
    return shown.strip(_PUNCTUATION)


def _kept(waiting: list[_Clause]) -> list[Claim]:
    """Clauses without a carrier beside some that have one: what names a thing is liked, what tells a story is dropped."""
    return [Claim(clause.text, 1.0, clause.text) for clause in waiting if cut.STORY.search(clause.view) is None]


def _says_nothing(clause: _Clause) -> bool:
    return _is_generic(clause.view.strip(_PUNCTUATION))


def _is_generic(view: str) -> bool:
    """Whether the words name nothing. The longest match is enough: to search on would take exponential time."""
    return any(
        found is not None and found.end() == len(view) for found in (CHINESE.generic.match(view), ENGLISH.generic.match(view))
    )
