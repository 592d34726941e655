"""A sentence cut into what is wanted and what is ruled out, without the words that only carry it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fewrec.text.normalise import clean, simplify
from fewrec.text.statements import parse_statement
from fewrec.words.stems import has_han
from fewrec.words.types import Role

MAX_CHARACTERS = 600
"""Longer text is cut here: a request is a sentence or two."""

_REQUEST = re.compile(
    r"\b(?:show me|recommend|suggest|looking for|look for|find me|give me|i want|i wanna|i need|i'd like|i would like|can you|any\b.*\?|"
    r"want to (?:see|watch|play|read|hear|buy)|what .*\?|in the mood for|something)\b|想[看听玩读找买要追]|想来|推荐|求|找|来[点些部]|有没有|有什么|给我|帮我|我要|要看|需要",
    re.IGNORECASE,
)
_TASTE = re.compile(
    r"\b(?:i (?:really |absolutely |also |always |just )*(?:love|like|enjoy|adore|hate|dislike|loved|liked|enjoyed|prefer)\b(?! to see)|i(?:'?m| am) (?:a (?:big |huge )?fan|(?:really |very )?into|(?:really |very )?interested in)|"
    r"my favou?rites?|i (?:can't stand|don't like|do not like))|(?:我|一直|最|超|很|特别|非常|从小)(?:就|也|都|不|比较|很|最|超|挺|更|还|真的?|特别|一直|太|非常|个人)*"
    r"(?:喜欢|爱(?:看|听|玩|读)?|讨厌|迷|讨厌|受不了)|^(?:喜欢|不喜欢|讨厌|热爱|爱看)|感兴趣|有兴趣|情有独钟|爱好者|忠实(?:粉丝|观众|读者|听众)",
    re.IGNORECASE,
)
_BESIDES = re.compile(r"除了[^，,。]*(?:还|也)")
_EN_NOT = re.compile(
    r"(?:,\s*)?\b(?:but\s+|and\s+|just\s+|please\s+)*(?:(?:that|which|who)(?:\s+(?:is|are)\s+|['’]s\s+|\s+)?(?=not|isn|aren|don|doesn))?"
    r"(?:not\s+(?!only|just)(?:with|by|in|from|for|about|on)?\b|no\s+(?!one\b|matter)|without\b|except(?:\s+for)?\b|excluding\b|exclude\b|other\s+than\b|apart\s+from\b|anything\s+but\b|"
    r"nothing\s+(?!but\b)|none\s+of\b|minus\b|avoid(?:ing)?\b|hate\b|(?:i\s+)?(?:don['’]?t|do\s+not|didn['’]?t|doesn['’]?t)\s+(?:want|like|need|show\s+me|have|feature|include|care\s+for)\b|"
    r"(?:isn|aren|wasn)['’]?t\b|free\s+of\b|rather\s+than\b|instead\s+of\b|(?:i['’]?m\s+)?(?:allergic|sick|tired)\s+(?:to|of)\b|(?:i\s+)?can['’]?t\s+(?:stand|have|eat)\b)",
    re.IGNORECASE,
)  # fmt: skip
_EN_END = re.compile(r"[,.;!?:]|\bbut\b(?! also)|\bplease\b", re.IGNORECASE)
_ZH_BEFORE = re.compile(
    r"(?:但|但是|可|可是|而|只是|只要)?(?:也|又|都|请|千万|最好|我)*(?:不要|不想要?(?:看|听|玩|买|读)?|不爱(?:看|听|玩|读)?|不喜欢(?:看|听|玩)?|不看|不听|不玩|不买|不含|不带|不包括|"
    r"别(?:要|给我?|来|推荐|放|是)|(?<!有)没有|(?<![是也])不是|并非|除了|除去|除开|排除|去掉|讨厌|避开|拒绝|(?<![\w])非(?![常洲凡典诚得]))(?:太|那么|有|是)?"
)
_ZH_AFTER = re.compile(
    r"(?:就|都|也|的)*(?:除外|之外|以外|不要|不看|不听|不玩|不行|免谈|算了|不考虑|就免了|别来|别推荐)了?(?=$|[，,。；;！!？?\s])"
)
_CLAUSE = re.compile(r"[，,。；;！!？?\n]+|\.(?=\s|$)")


@dataclass(frozen=True)
class Segment:
    """A piece of a sentence, and whether what it names is wanted (+1) or not (-1)."""

    text: str
    polarity: float


def role_of(text: str) -> Role:
    """``taste`` for a statement of likes («我喜欢…», "I love …"), ``request`` for everything else, a bare phrase too."""
    return "taste" if _TASTE.search(text) and not _REQUEST.search(text) else "request"


def segments(text: str) -> list[Segment]:
    """The pieces of a sentence in their order."""
    text = simplify(clean(text)[:MAX_CHARACTERS])
    found: list[Segment] = []
    for piece, polarity in _chinese(text) if has_han(text) else _english(text):
        if polarity < 0:
            found.append(Segment(_bare(piece), -1.0))
            continue
        found.extend(_carried(piece))
    return [segment for segment in found if segment.text.strip()]


def _carried(piece: str) -> list[Segment]:
    """A wanted piece through the tables of carriers; quoted titles and comparisons keep their words."""
    if re.search(r"[《「“\"]|\b(?:like|similar to|in the (?:style|vein|spirit) of|reminiscent of|akin to)\b|像|类似", piece):
        return [Segment(piece, 1.0)]
    claims = parse_statement(piece)
    return [Segment(claim.topic, -1.0 if claim.polarity <= -0.3 else 1.0) for claim in claims]


def _bare(piece: str) -> str:
    return re.sub(
        r"^(?:any|anything|something|a|an|the|of|them|it|too|with|by|from)\s+",
        "",
        piece.strip(" ,.，。的"),
        flags=re.IGNORECASE,
    )


def _english(text: str) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    position = 0
    for negation in _EN_NOT.finditer(text):
        if negation.start() < position:
            continue
        if _title_case(text, negation):
            continue
        end = _EN_END.search(text, negation.end())
        stop = len(text) if end is None else end.start()
        found += [(text[position : negation.start()], 1.0), (text[negation.end() : stop], -1.0)]
        position = stop
    found.append((text[position:].lstrip(",.;!?: "), 1.0))
    return [(piece, polarity) for piece, polarity in found if piece.strip(" ,.;:!?")]


def _title_case(text: str, negation: re.Match[str]) -> bool:
    """Whether the negation opens a title: *No Country for Old Men*."""
    word = negation[0].strip(" ,").split()[0] if negation[0].strip(" ,") else ""
    return word.istitle() and re.match(r"\s*[A-Z]\w*(?:\s(?:of|for|the|and|in))*\s[A-Z]", text[negation.end() :]) is not None


def _chinese(text: str) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for clause in _CLAUSE.split(text):
        if not clause.strip():
            continue
        if _BESIDES.search(text):
            found.append((clause, 1.0))
            continue
        after = _ZH_AFTER.search(clause)
        before = _ZH_BEFORE.search(clause)
        if before is not None and re.search(r"^(?:除了|除去|除开)", before[0].lstrip("但可是而")):
            rest = re.match(r"(.+?)(?:之外|以外)的?(.*)$", clause[before.end() :]) or re.match(
                r"(.+?)的(.+)$", clause[before.end() :]
            )
            found.append((clause[: before.start()], 1.0))
            found.append((rest[1] if rest else clause[before.end() :], -1.0))
            found.append((rest[2] if rest else "", 1.0))
        elif after is not None and after.start() > 0:
            found.append((clause[: after.start()], -1.0))
        elif before is not None and before.end() < len(clause):
            rest = re.match(r"(.+?)的(.+)$", clause[before.end() :])
            found.append((clause[: before.start()], 1.0))
            keep = rest is not None and before.start() == 0
            found.append((rest[1] if rest and keep else clause[before.end() :], -1.0))
            if rest and keep:
                found.append((rest[2], 1.0))
        elif _english_negation(clause):
            found += _english(clause)
        else:
            found.append((clause, 1.0))
    return [(piece, polarity) for piece, polarity in found if piece.strip(" 的了,，")]


def _english_negation(clause: str) -> bool:
    return _EN_NOT.search(clause) is not None
