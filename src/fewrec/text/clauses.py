"""Where a statement is cut into clauses, and what tells how a clause hangs on its neighbours. Chinese and English together."""

from __future__ import annotations

import re

ASPECT = re.compile(
    r"(?:剧情|情节|故事|演技|演员|主角|女主|男主|画面|画质|配乐|音乐|结局|结尾|开头|节奏|特效|导演|剧本|台词|逻辑|服道化|质量|包装|物流|客服|做工|手感|音质|整体|总体|前半段|后半段|人物|设定|.{0,12}(?:演技|剧情|结局|特效|画面|节奏|质量|做工|包装|服务|客服))"
    r"|(?:the )?(?:plot|acting|story|storyline|ending|soundtrack|graphics|characters?|gameplay|pacing|script|dialogue|direction|cast|visuals|writing|quality|price|controls|music|effects|performances?|lead|first half|second half|rest)"
)
"""Topics that are parts of something under review, not tastes."""
WISHES = re.compile(
    r"\W*(?:所以|就|只|so |now |please ){0,4}(?:我)?(?:很|特别|好|就|只|今[天晚]|周末)?(?:想(?:要|看|听|找|玩|读|买|来|吃)|求|求推荐|需要|有没有|来点|推荐|给我|帮我|(?:i |i'm |we )?(?:want|need|would like|looking|in the mood|feel like)|(?:recommend|suggest|give|show)\\b)"
)
STORY = re.compile(
    r"了|我|太|很|是|在|着|过|得|刚|[a-z]'(?:s|m|re|ve|d|ll)\b|\b(?:i|is|am|are|was|were|have|has|had|been|my|we|it|they|he|she)\b"
)
"""Signs that a clause tells something rather than names a thing."""
CHANGED = re.compile(r"现在|如今|后来|最近|不再|已经|再也|了$|anymore|any more|no longer|now|these days|lately")
"""A clause without a topic that also says this overrules what the clause before it said."""
CONTINUES = re.compile(
    r"(?:尤其是?|特别是|比如说?|例如|像|包括|还有|以及|或者?|和|especially|particularly|such as|like|e\.g\.?|for example|for instance|including|and|or|plus)\s*[:：,，]?\s*"
)
REASON = re.compile(
    r"(?:因为|毕竟|因此|所以|because|since|as (?:it|they)|it|they|which|who|he|she|他|她|它|可以|能够|让人|that)"
)
CLAUSE_END = re.compile(
    r"[。！？!?；;\n]+|(?<=\S)\s(?=(?:as|so) long as\b)|\.(?=\s|$)|[，,]+|——|—|\s-\s|……"
    r"|(?<=\S)(?=(?:但是?|不过|可是|然而|而不是|却)(?!愿))(?<![，,。；;不])"
    r"|(?<=\S)(?<!anything)(?<!everything)(?<!nothing)(?<! all)\s+(?=(?:but|however|though|although|whereas|while|yet|except)\b(?! (?:for|that)))"
    r"|\s+(?:and|&)\s+(?=(?:i (?!robot)|we )?(?:(?:really|absolutely|also|just|totally|strongly) )*(?:hate|love|dislike|detest|loathe|avoid|enjoy|prefer|can't|cannot|don't|do not|never|not|no|less|more|am|i'm|want|adore|despise)\b)"
)
INNER = re.compile(
    r"(?:喜欢|爱[看听玩读]|讨厌|反感|想看|感兴趣)[^，,。]+?(?P<split>)(?:但|也|又|而|却|更|最|还|和|并且|而且|我){0,4}"
    r"(?:不太?喜欢|讨厌|不爱[看听玩]|不想看|受不了|反感|厌恶|不要|(?<=[也又还更很])(?:喜欢|爱[看听玩]|想看))"
)
"""A second carrier in the same clause: 喜欢科幻片讨厌恐怖片."""
JOINED = re.compile(
    r"(?:我)?(?:比起|相比|除了|除去|与其|宁可|宁愿|rather than|instead of|besides|apart from|aside from|other than|in addition to|except)"
)
"""Openings whose first comma ends no clause."""
SHIELDED = re.compile(r"《[^》]{1,80}》|「[^」]{1,80}」|『[^』]{1,80}』|\"[^\"]{1,80}\"|“[^”]{1,80}”")
"""Titles and quotations: nothing inside is read as a carrier."""
