"""The wordings that carry a liking or a dislike, as tables: Chinese and English, in lower case, simplified.

A :class:`Rule` matches a whole clause, its opening words (:data:`HEAD_ZH`, :data:`LEAD_EN`) taken off; its group ``t`` is the topic, ``u`` a second topic that is set against it, ``v`` a second of the same polarity. ``polarity``
is that of ``t`` without negation; a group ``no`` turns it round, a group ``weak`` (不太, "not really") softens what it turns.
Rules are tried in order, so what is more special stands higher. To teach a wording, add it to a list or add a rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

STRONG, WEAK, MILD, PAST = 1.0, 0.6, 0.3, -0.3
AGAINST = -0.4
"""Polarity of what something else is preferred to."""


@dataclass(frozen=True)
class Rule:
    """A clause pattern and what it says of its topic."""

    pattern: re.Pattern[str]
    polarity: float


def _rules(table: list[tuple[str, float]]) -> tuple[Rule, ...]:
    return tuple(Rule(re.compile(pattern), polarity) for pattern, polarity in table)


# ---------------------------------------------------------------- Chinese
_WHO = r"(?:[我咱]?家?(?:朋友|闺蜜|同事|同学|孩子|宝宝|女儿|儿子|老婆|老公|妈妈?|爸爸?|父母|女友|男友|女朋友|男朋友)们?|我们?|咱们?|俺|本人|自己|个人|大家|孩子们?)"
_FILL = (
    r"(?:我觉得|我感觉|我个人|个人|其实|一般(?:来说|情况下)?|平[时常]|最近|近[来期]|现在|目前|今[天晚]|周末|一直|一向|从小(?:到大)?|从来|向来|总是|经常|常常|有时候?|偶尔"
    r"|也|还|都|就|又|而|却|则|真的?|实在|确实|的确|主要|但是?|不过|可是|然而|只是|因为|所以|而且|并且|另外|同时|还有|尤其(?:是)?|特别是|说实话|老实说|坦白说"
    r"|对我来说|个人来说|请|麻烦|拜托|求求你们?|希望|如果|如果可以|可以的?话|能不能|可不可以|能否|你好|您好|嗨|唉|嗯|哎|那么?|比起来|相比之下|总之|反正)"
)
HEAD_ZH = re.compile(rf"(?:{_FILL}|{_WHO}|[，,、\s])*")
_DEGREE = r"(?:最最?|超级?|很|非常|特别|十分|极其|极度|挺|蛮|比较|更加?|真的?|真心|好|太|格外|相当|有点儿?|有些|稍微|疯狂|无比|尤其|还是|都|就|只|也|还|一直|巨|贼|那么|这么|特|老|始终|深深|彻底|越来越|其实)"
_NO = (
    r"(?P<no>(?:从来|一向|一点儿?(?:都|也)?|完全|根本|压根儿?|实在|真的|绝对|丝毫|坚决|再也|最|都|也|就){0,4}"
    r"(?:(?P<weak>不太|不怎么|不是很|不大|不是太|不是特别|不是那么|没那么|没怎么|不算|不甚|不很|不那么)|并不|毫不|从不|绝不|决不|再不|不再|从未|不会|不想|不愿意?|不肯|不敢|不能|没法|无法|很难|没有?|不|没|别|无))"
)
_WATCH = r"(?:[去来再多]?(?:观看|收看|收听|阅读|看看|听听|玩玩|试试|尝试|看到|听到|了解|学习|欣赏|刷|追(?![踪凶逐求])|看(?![护守门])|听(?![话众力])|玩(?![具偶家笑命])|读(?!者)|逛|品尝|吃(?![货鸡])|喝|买(?!家)|用(?![户品具])|打(?=游戏|篮球|球)|搜|收藏))"
_LIKE_ZH = (
    r"(?:喜欢(?:上)?|喜爱|热爱|钟爱|钟情于?|偏爱|酷爱|深爱|迷恋|痴迷于?|沉迷于?|着迷于?|迷上了?|爱上了?|入坑了?|欣赏|享受|偏好|热衷于?|中意|倾向于?|痴心于"
    r"|爱(?=看|听|玩|读|刷|追|吃|喝|买|逛|用|打)|(?<=[最超很真也不都我更太还好特])爱(?![情国乐丽尔因心豆迪恨人伦玛德丁琴奇尚好慕惜护神的与和在宠上不过]))"
)
_HATE_ZH = (
    r"(?:讨厌|厌恶|厌烦|厌倦了?|反感|憎恨|痛恨|嫌弃|害怕|惧怕|怕(?!不)|受不了|受够了?|忍不了|忍受不了|接受不了|看不下去|听不下去|玩不下去|吃不消|欣赏不来|拒绝|抵制|排斥|抗拒|避开|避免|远离|烦(?!恼|躁|心)(?:死|透)?了?|"
    r"恶心|看腻了?|听腻了?|玩腻了?|吃腻了?|腻了|看够了?|看烦了?|听烦了?|[看听玩吃喝学用追](?:不(?:来|下去|惯|懂|进去|完|了)|吐)|屏蔽|拉黑|鄙视|嫌(?!疑))"
)
_WANT_ZH = (
    r"(?:想要|想念|想(?:去|来|再|多){0,4}(?=看|听|玩|读|刷|追|买|吃|喝|找|试|学|了解|逛|用|搜|入手)|要(?=看|听|玩|读|找|买)|求(?:推荐)?|寻找|找(?=[部点些一个几本首类好适有])|需要|期待|向往|渴望|安利|推荐|介绍|来(?=点|些|部|一|首|几|个|本)|"
    r"给我(?:来|推荐|推|看|放|找)?|帮我(?:推荐|找|推)?|有没有|有什么|有啥|准备|打算|计划|正在|在(?=看|听|玩|读|追|刷))"
)
_AMOUNT = r"(?:一?些|一?点儿?|一下|[一几两这那][部本首个款张集场种套](?:的)?|部(?![落队长门])|首(?![尔都席])|款(?!式)|各种(?:各样)?(?:的)?|所有的?|任何(?:的)?|有关|关于|类似于?|像|什么|[这那]类|一切|一(?:看到|听到|提到|想到)|看到|提到|的?是|到|过|了|上|着|和|与|:|：)"
_TAIL = r"(?:[\s~～!！。.?？…]|了(?=$|[~!。])|啊|呀|吧|呢|哦|噢|啦|嘛|哈|哟|喔|吗|么(?=$)|谢谢|拜托|之类的?|什么的|这[种类](?:东西|类型)?的?|那[种类]的?|这些|等等|(?<!目)的|类型的?|题材的?|相关的?|有没有|推荐一下|给我|来看|看看(?=$))"
_ALL = r"(?:我们?|咱|大家)?(?:个人)?(?:也|都|就|实在|真的?|确实|的确|完全|一直|还是|是|最近|现在|全|一律|全都|一概|反正|从来|有点|对我来说|可能|应该|觉得|还|总是|已经){0,6}"
_KEEN = r"(?:感兴趣|有兴趣|兴趣|兴致|有好感|好感|有感觉|感冒|情有独钟|着迷|著迷|上瘾|痴迷|很迷|入迷|爱不释手|欲罢不能|有研究|热情|感觉)"
_COLD = r"(?:无感|过敏|反感|没(?:有|什么|啥|多大|太大|半点|任何){0,4}(?:兴趣|兴致|好感|感觉)|提不起兴趣|(?:喜欢|爱|提|燃)不起来?|不感冒|敬而远之|不来电|免疫|厌烦|厌倦|失望|排斥|抗拒|有阴影|恐惧|害怕)"
_GOOD_END = (
    r"(?:最棒了?|最高|万岁|(?:太|很|最|超|真|非常|挺|都|蛮){0,4}(?:棒|赞|好看|好听|好玩|好吃|有趣|有意思|精彩|对胃口|合胃口|合我(?:的)?(?:口味|胃口|心意)|吸引我?|香|上头|爽|带感|治愈|优秀|经典|不错)|yyds|永远的神|必看|真香|"
    r"是我的?(?:最爱|菜|心头好|本命|真爱|爱好|白月光|童年|快乐源泉|神)|优先|为主|就好|即可|最好|多多益善|来者不拒|请多推荐|百看不厌|从小[看听玩读追]到大|[看听玩]不腻|我的最爱|我最爱|加分|欢迎)"
)
_BAD_END = (
    r"(?:(?:太|很|最|超|真|非常|挺|有点|都){0,4}(?:无聊|没意思|没劲|难看|难听|难玩|吓人|恶心|烂|差|尬|尴尬|沉闷|闷|幼稚|狗血|老套|拖沓|枯燥|乏味|可怕|压抑|劝退|雷|烦|假|俗|套路)(?:了)?|"
    r"算了?(?:吧)?|就?免了(?:吧)?|免谈|拜拜|再见|pass|out|达咩|不行|不要|不看|不听|不玩|不买|不考虑|不推荐|不用(?:推荐)?|不必|(?<![看听玩学用])不来|不碰|不吃|别来|别推(?:荐|给我)?|别给我推?|勿推|少来|踩雷|靠边|走开|滚|不是我的菜|不是我喜欢的|看腻|听腻|"
    r"没(?:有|什么|啥){0,4}(?:兴趣|意思|好感|感觉)|达不到|欣赏不来|看不懂|接受不了|接受无能|接受不能|有阴影|审美疲劳|除外|不在考虑范围|不适合我|会?做噩梦)"
)

CHINESE: tuple[Rule, ...] = _rules(
    [
        # double negation, tolerance
        (
            rf"(?:并)?(?:不是|并非|不能说|没有|谈不上|也不)+(?:很|太|那么|特别)?不(?:太)?(?:喜欢|爱|想){_WATCH}?(?P<t>.*)",
            0.4,
        ),
        (rf"(?:并)?(?:不|没有?)(?:太|怎么|是很)?{_HATE_ZH}{_WATCH}?(?P<t>.*)", MILD),
        (rf"(?:并)?(?:不|没)(?:太)?(?:介意|在意|反对|拒绝|抵触){_WATCH}?(?P<t>.*)", MILD),
        (rf"(?P<t>.+?){_ALL}(?:不|没)(?:那么|太|怎么|算|是很)?(?:讨厌|反感|介意|排斥)", MILD),
        # besides
        (
            rf"(?:除了?|除去)(?P<t>.+?)(?:之外|以外|外)?[，,]?{_WHO}?(?:还|也|同样)(?:很|挺|非常|特别|会|常|经常){{0,4}}(?:{_LIKE_ZH}|{_WANT_ZH}|想)?{_WATCH}?(?P<v>.+)",
            STRONG,
        ),
        # everything except
        (
            r"(?:除了?|除去|除开|除却)(?P<t>.+?)(?:之外|以外|外)?(?:[，,]?(?:我|其他|其它|别的|剩下|什么|啥|哪种|全|我都|都|随便|一切|其余).*)?",
            -STRONG,
        ),
        (r"只要(?:不是|别是|没有|不含|不带|不)(?P<t>.+?)(?:就|都|什么|的话).*", -STRONG),
        (r"只要不是(?P<t>.+)", -STRONG),
        # requests not to
        (
            r"(?:千万|绝对|真的|以后|一定){0,4}(?:别|不要|请勿|勿|不用|不必|停止|甭|莫|不许|不准|不想要?|不需要|不打算|没打算|不能)(?:再|总|老|一直|总是|老是|随便|给|向|跟|让|我|们|天天|继续){0,4}"
            r"(?:推荐|推送|推(?!理)|安利|介绍|放(?!松)|出现|来|看到?|听到?|玩|找|有|带|含|买|出|发|塞|提|跟我提)?(?:给我|我|的)?(?P<t>.*)",
            -STRONG,
        ),
        # comparison
        (
            rf"(?:比起|相比于?|与|跟)(?P<u>.+?)(?:相比|比起来|比)?[，,]?{_WHO}?(?:更|还是|倒是)+(?:想|加|为|是){{0,4}}(?:{_LIKE_ZH}|{_WANT_ZH}|想)?{_WATCH}?(?P<t>.+)",
            STRONG,
        ),
        (rf"(?:宁可|宁愿|宁肯){_WATCH}?(?P<t>.+?)[，,]?(?:也)?(?:不|不想|不愿|不要)(?:意)?{_WATCH}?(?P<u>.+)", STRONG),
        # more of, less of
        (r"多(?:给我|推荐|来|放|看|推|听|一){0,4}(?:点儿?|些|推荐|来)(?P<t>.+)", STRONG),
        (r"少(?:给我|推荐|来|放|看|推|听|一){0,4}(?:点儿?|些|推荐|来|放|看|听)(?P<t>.+)", -WEAK),
        # past
        (
            rf"(?:以前|曾经?|过去|原来|原先|之前|早年|当初|年轻时)(?:也|都|很|挺|非常|特别|是|我|会|还){{0,4}}(?:{_LIKE_ZH}|迷|着迷)(?:过)?{_WATCH}?(?P<t>.*)",
            PAST,
        ),
        (
            rf"(?:以前|曾经?|过去|原来|原先|之前|早年|当初)(?:也|都|很|挺|非常|特别|是|我|会){{0,4}}不(?:太|怎么)?(?:{_LIKE_ZH}|爱){_WATCH}?(?P<t>.*)",
            -PAST,
        ),
        # 对 … 感兴趣
        (rf"(?:对于?|对){_WHO}?(?P<t>.+?){_ALL}{_DEGREE}{{0,4}}(?:{_COLD}|接受无能|接受不了)", -STRONG),
        (
            rf"(?:对于?|对)(?P<t>.+?){_ALL}(?:{_NO}(?:什么|多大|太大|任何|啥|太多|有|那么){{0,4}}|(?:不怎么|不太)){_DEGREE}{{0,4}}{_KEEN}",
            STRONG,
        ),
        (rf"(?:对于?|对)(?P<t>.+?){_ALL}(?:{_DEGREE}|产生了?|充满了?|起了|有着|有){{0,4}}{_KEEN}", STRONG),
        # 是 … 的粉丝
        (
            r"(?P<no>(?:并)?不是|不算)(?P<t>.+?)(?:的)?(?:铁杆|忠实|资深|死忠|头号|脑残|狂热|骨灰级?){0,4}(?:粉丝|影迷|歌迷|书迷|球迷|戏迷|剧迷|爱好者|信徒|迷妹|迷弟|粉|迷|控|党)",
            WEAK,
        ),
        (
            r"(?:是|算是|算)(?:一?[个名位])?(?:铁杆|忠实|资深|死忠|头号|狂热)?(?:的)?(?P<t>.+?)(?:的)?(?:铁杆|忠实|资深|死忠|头号|脑残|狂热|骨灰级?|重度|十级){0,4}(?:粉丝|影迷|歌迷|书迷|球迷|戏迷|剧迷|爱好者|信徒|迷妹|迷弟|粉|迷|控|党)",
            STRONG,
        ),
        # my favourite
        (
            r"(?:我)?(?:平时|一直)?最(?:喜欢|爱|中意)(?:看|听|玩|读)?的(?:[^是，]{0,8}?)?(?:是|就是|还是|莫过于)(?P<t>.+)",
            STRONG,
        ),
        (r"(?:我的)?(?:最爱|爱好|兴趣(?:爱好)?|心头好|本命|偏好|口味)(?:一直|就)?(?:是|偏|：|:)(?P<t>.+)", STRONG),
        (r"(?:我)?最?(?:讨厌|不喜欢|怕)(?:看|听|玩)?的(?:[^是，]{0,8}?)?(?:是|就是)(?P<t>.+)", -STRONG),
        # carrier before the topic
        (
            rf"{_NO}{_DEGREE}{{0,4}}(?:(?:能|想|敢|会|愿意|习惯|擅长|打算){{0,4}}(?:{_LIKE_ZH}|接受|忍受|欣赏|理解|{_WATCH}|{_WANT_ZH})(?:得了)?){_WATCH}?(?P<t>.*)",
            STRONG,
        ),
        (rf"{_DEGREE}{{0,4}}{_HATE_ZH}{_WATCH}?(?P<t>.*)", -STRONG),
        (rf"{_DEGREE}{{0,4}}(?:{_LIKE_ZH})(?:(?:去|来|反复|一直){{0,4}}{_WATCH})?(?P<t>.*)", STRONG),
        (rf"{_DEGREE}{{0,4}}(?:可以接受|能接受|接受得了|能忍受)(?P<t>.+)", MILD),
        (rf"{_DEGREE}{{0,4}}(?:{_WANT_ZH}){{1,3}}(?:一下|给我|我)?{_WATCH}?(?P<t>.+)", STRONG),
        (
            rf"(?:{_WHO}|平[时常]|最近|现在|周末|偶尔|有时候?|经常|常常|通常|一般|每天|每晚|睡前){{1,3}}(?:都|在|会|也|就|只|经常|常|主要|一直|天天|每天|总){{0,4}}{_WATCH}(?P<t>.+)",
            STRONG,
        ),
        # topic before the carrier
        (rf"(?P<t>.+?){_ALL}{_BAD_END}", -STRONG),
        (rf"(?P<t>.+?){_ALL}{_DEGREE}{{0,4}}{_HATE_ZH}", -STRONG),
        (
            rf"(?P<t>.+?){_ALL}{_NO}(?:能|想|敢|会|愿意|习惯|有){{0,4}}{_DEGREE}{{0,4}}(?:{_LIKE_ZH}|爱|{_WATCH}|接受|{_KEEN}|好看|好听|好玩|好|行|可以|合适|适合我?)",
            STRONG,
        ),
        (
            rf"(?P<t>.+?){_ALL}(?:还行|还可以|还不错|也行|也可以|都行|都可以|可以|能接受|勉强|凑合|马马虎虎|可以接受|无所谓)(?:接受|看)?",
            MILD,
        ),
        (rf"(?P<t>.+?){_ALL}(?:一般般?|平平)", PAST),
        (rf"(?P<t>.+?){_ALL}{_GOOD_END}", STRONG),
        (rf"(?P<t>.+?)[，,]?{_ALL}{_DEGREE}{{0,4}}(?:{_LIKE_ZH}|爱|{_KEEN}|想{_WATCH})", STRONG),
    ]
)

# ---------------------------------------------------------------- English
_I = r"(?:i|we|my (?:wife|husband|kids?|son|daughter|family|girlfriend|boyfriend|mum|mom|dad)|us|me)"
_IS = rf"(?:{_I}(?: |(?=')))?"
LEAD_EN = re.compile(
    r"(?:(?:and|but|so|well|also|or|please|pls|plz|honestly|actually|personally|frankly|lately|recently|today|tonight|now|right now|currently|these days|nowadays|usually|generally|in general|normally"
    r"|sometimes|often|always|really|maybe|perhaps|then|hi|hello|hey|oh|ok|okay|i think|i guess|i feel|i feel like|i believe|i'?d say|i have to say|i must say|i know|to be honest|tbh|imo|for me|as for me|if possible"
    r"|however|though|although|while|whereas|because|since|mostly|mainly|especially|particularly|just|yet|still|at the moment|this weekend|this week|when i was (?:young|a kid)|as a kid|growing up|anyway|even though|overall|basically|hmm|yeah|yes)\b[,:;]? *)*"
)
_BE = r"(?:'m|'re| am| are|'s| is| was| were|'ve been| have been|'ve become| have become| became| got| get)"
_VERYS = (
    r"(?:(?:really|truly|absolutely|just|very|so|totally|also|still|always|usually|generally|mostly|mainly|particularly|especially|kinda|kind of|sort of|quite|pretty|super|honestly|simply|deeply|genuinely"
    r"|ever|even|all that|that|too|much|completely|utterly|definitely|certainly|secretly|actually|sometimes|often|only|exactly|terribly|hugely|incredibly|currently|now|all|at all|probably|extremely|a little|a bit|such|both|sure|already|almost) ){0,5}"
)
_NOT = (
    r"(?P<no>(?:do not|don't|dont|does not|doesn't|doesnt|did not|didn't|never|not|no longer|cannot|can't|cant|can not|could not|couldn't|won't|will not|would not|wouldn't|would never|will never|hardly|rarely|seldom|ain't"
    r"|have never|haven't|haven't ever|'ve never|have not|am not|'m not|is not|isn't|are not|aren't|was not|wasn't|'d rather not)(?: (?P<weak>really|particularly|especially|all that|that|too|much|quite|exactly|always|so|very|usually|super))?) "
)
_SEE = (
    r"(?:(?:to )?(?:watch|watching|see|seeing|read|reading|play|playing|listen to|listening to|hear|hearing|buy|buying|get|getting|find|finding|try|trying|try out|have|having|eat|eating|cook|cooking|explore|check out|binge|binge-watch|binging"
    r"|start|discover|learn about|learning about|go to|going to|look at|watch out for|collect|collecting|wear|wearing|drink|drinking)(?: (?:more|some|any))? )?"
)
_LOVE = r"(?:love|loves|loved|adore|adores|like|likes|liked|enjoy|enjoys|enjoyed|enjoying|loving|appreciate|prefer|fancy|dig|crave|craving|favou?r|treasure|cherish|worship|live for|die for|go for|care for|care about|cared for|recommend|admire|relate to|get into|got into|tolerate|stand|stomach|bear|handle|take)"
_HATE = r"(?:hate|hates|hated|dislike|dislikes|disliked|detest|loathe|despise|abhor|avoid|avoiding|skip|resent|regret|fear|dread|mind|object to|cringe at|struggle with|grew tired of|grew out of|got tired of|get bored (?:by|of|with)|got bored (?:by|of|with))"
_INTO = (
    r"(?:(?:a |an )?(?:(?:big|huge|massive|great|total|lifelong|die-hard|diehard|real|true|avid|long-?time|serious|complete) ){0,4}(?:into|fond of|keen on|crazy about|mad about|nuts about|wild about|obsessed with|addicted to|interested in|passionate about|fans? of|lovers? of|sucker for"
    r"|in love with|hooked on|curious about|partial to|fascinated by|fascinated with|drawn to|attracted to|excited about|excited for|enthusiastic about|all about|up for|enthusiast of|devotee of|soft spot for|weakness for|passion for|admirer of|hungry for|in the mood for|open to))"
)
_OFF = r"(?:(?:sick|tired|bored|weary|sick and tired|scared|afraid|terrified|wary|critical) (?:of|with|by)|bored (?:by|of|with)|fed up with|done with|over|allergic to|annoyed (?:by|with|at)|put off by|turned off by|disappointed (?:by|with|in)|disgusted (?:by|with)|against|opposed to|averse to|disturbed by|uncomfortable with|fatigued by|through with|indifferent to|irritated by|offended by)"
_FINE = r"(?:fine with|ok with|okay with|cool with|alright with|good with|happy with|not bothered by|neutral (?:about|on))"
_WISH = (
    r"(?:want|wants|wanna|want to|would like|'d like|would love|'d love|'d enjoy|need|feel like|wish for|hope for|hope to|hoping for|long for|longing for|plan to|can i get|could i get|can i have|could you (?:recommend|suggest|show me)|can you (?:recommend|suggest|show me)|give me|show me|find me|get me|bring me|bring on"
    r"|recommend me|recommend|suggest me|suggest|looking for|looking forward to|look for|looking to|searching for|search for|hunting for|in the mood for|in need of|craving|dying to|eager to|excited to|can't wait for|can't wait to|cannot wait (?:for|to)|can't get enough of|cannot get enough of|got any|do you have|any recommendations for|send me|after|would kill for|up for|down for|hit me with|let's see|let's watch)"
)
_END_EN = r"(?:[ ,]*(?:please|pls|plz|thanks|thank you|thx|a lot|lots|very much|so much|too much|too|as well|the most|at all|anymore|any more|in general|lately|these days|nowadays|right now|tonight|though|or something|and stuff|etc|for me|to me|either|best|instead|if possible|now|always|today|[.!?…~]))"
_ARE = r"(?:'s|'re| is| are| was| were| would be| will be| feels?| sounds?| looks?| seems?| get| gets)"
_ADJ_GOOD = r"(?:great|awesome|amazing|good|fun|cool|nice|fantastic|wonderful|brilliant|perfect|the best|excellent|lovely|beautiful|hilarious|funny|fascinating|interesting|exciting|addictive|my (?:thing|jam|favou?rites?|guilty pleasure|passion|cup of tea|comfort food|weakness|life|style|kind of thing|go-to)|for me|right up my (?:alley|street)|a must|welcome|my favou?rite (?:genre|kind|thing)s?|life|always (?:good|great|fun|welcome)|underrated|relaxing|worth it)"
_ADJ_BAD = r"(?:boring|bad|awful|terrible|horrible|dull|tedious|annoying|overrated|too (?:scary|slow|long|violent|gory|sad|dark|much|loud|silly|childish|cheesy|predictable|boring|depressing|difficult|hard|intense)|scary|stupid|silly|dumb|lame|disgusting|gross|pointless|depressing|the worst|a no|a no-go|a dealbreaker|a deal breaker|a turn-?off|out|off the table|cringe|cringey|cringy|not for me|unbearable|unwatchable|trash|garbage|a waste of time|overdone|played out|off-putting|a bore|a drag)"
_BORES = r"(?:bores?|annoys?|scares?|disgusts?|irritates?|depress(?:es)?|upsets?|terrif(?:y|ies)|disappoints?|exhausts?|tires?|frustrates?|bothers?|puts? me (?:off|to sleep)|turns? me off|leaves? me cold|gives? me (?:nightmares|a headache|the creeps)|drives? me (?:crazy|mad|nuts)|sucks?|stinks?|creeps? me out|freaks? me out|makes? me (?:sick|cringe|anxious|sad|sleepy)|gets? on my nerves|can go away)"
_DRAWS = r"(?:fascinates?|interests?|excites?|appeals? to|intrigues?|attracts?|thrills?|speaks? to|delights?|amuses?|inspires?|moves?|does? it for|do it for|works? for|grabs?|hooks?|makes? me (?:happy|laugh|smile|cry)|cheers? me up|rocks?|rules?|gets? me|relax(?:es)?|sells? it to)"

ENGLISH: tuple[Rule, ...] = _rules(
    [
        # about the topic before
        (
            rf"{_IS}(?:not|no longer|don't|do not)(?: (?:so|that|very) much)? ?(?:do|like (?:it|them))? ?(?:any ?more|now|these days|lately)(?P<t>)",
            -STRONG,
        ),
        # besides
        (
            rf"(?:besides|apart from|aside from|other than|in addition to|as well as) (?P<t>[^,]+), {_IS}(?:also |really |do ){{0,4}}(?:{_LOVE}|{_INTO}|want|watch|read|play|listen to) (?!everything|anything|all|most){_SEE}(?P<v>.+)",
            STRONG,
        ),
        (r"(?:except(?: for)?|other than|apart from|besides|aside from) (?P<t>[^,]+), .*", -STRONG),
        # everything except
        (
            rf"{_IS}(?:would |will |'ll |'d |can |like |love |enjoy |watch |read |play |listen to |want |take ){{0,4}}(?:anything|everything|all(?: genres| kinds)?|any genre|whatever|every genre)(?: is fine| goes| works|'s fine| you have)?,? (?:but|except(?: for)?|other than|apart from|besides|excluding|aside from|save(?: for)?)(?: for)? (?P<t>.+)",
            -STRONG,
        ),
        (
            r"(?:except(?: for)?|other than|apart from|excluding|aside from|as long as it'?s not|as long as it isn't|so long as it'?s not|as long as there(?:'s| is) no) (?P<t>.+)",
            -STRONG,
        ),
        # comparison
        (
            rf"{_IS}(?:would |'d )?(?:much |far |strongly |definitely |generally |usually |really |tend to ){{0,4}}(?:prefer|prefers|take|choose|pick|go for|like|love|enjoy) {_SEE}(?P<t>.+?) (?:over|rather than|instead of|more than|better than|as opposed to) {_SEE}(?P<u>.+)",
            STRONG,
        ),
        (rf"{_IS}(?:prefer|prefers) {_SEE}(?P<t>.+?) to (?P<u>.+)", STRONG),
        (rf"{_IS}(?:would|'d) (?:much )?rather {_SEE}(?P<t>.+?) than {_SEE}(?P<u>.+)", STRONG),
        (rf"{_IS}(?:would|'d) (?:much )?rather (?P<no>not) {_SEE}(?P<t>.+)", STRONG),
        (rf"{_IS}(?:would|'d) (?:much )?rather {_SEE}(?P<t>.+)", STRONG),
        (
            rf"(?:rather than|instead of) {_SEE}(?P<u>.+?), {_IS}(?:would |'d )?(?:prefer |like |want |rather )?{_SEE}(?P<t>.+)",
            STRONG,
        ),
        # past
        (rf"{_IS}used to (?P<no>(?:hate|dislike|detest|avoid)) {_SEE}(?P<t>.+)", PAST),
        (
            rf"{_IS}(?:used to|once) (?:really )?(?:love|like|enjoy|adore|be (?:really )?{_INTO}|watch|play|read|listen to|be) {_SEE}(?P<t>.+)",
            PAST,
        ),
        # requests not to, no, less, more
        (
            r"(?:do not|don't|dont|never|stop|quit|can you stop|could you stop|please stop|no need to|avoid) (?:ever |keep )?(?:recommend(?:ing)?|suggest(?:ing)?|show(?:ing)?|giv(?:e|ing)|send(?:ing)?|push(?:ing)?|offer(?:ing)?|play(?:ing)?|includ(?:e|ing)|bring(?:ing)? up|feed(?:ing)?)(?: me| us)?(?: with)? (?P<t>.+)",
            -STRONG,
        ),
        (
            r"(?:keep|get|take) (?P<t>.+?) (?:away(?: from me)?|out of my (?:feed|sight|list)|off my (?:feed|list))",
            -STRONG,
        ),
        (
            rf"(?:{_I}(?: have|'ve got|'ve| had|'ve had)? )?(?:zero|no|little|not much|not any|absolutely no|don't have (?:any|much)|lost(?: all| any)?) (?:interest|desire|patience|time|love|use|appetite|tolerance) (?:in|for|to|with) {_SEE}(?P<t>.+)",
            -STRONG,
        ),
        (
            rf"(?:{_I}(?: have|'ve got|'ve| had|'ve had)? )?(?:had |seen |watched |heard |read |more than )?(?:enough|too much|too many)(?: of)?(?: the| these| those)? (?P<t>.+)",
            -STRONG,
        ),
        (
            rf"(?:{_I}(?: have|'ve got) )?(?:nothing against|no (?:problem|issues?|objections?) (?:with|to)|don't have (?:anything|a problem) (?:against|with)) {_SEE}(?P<t>.+)",
            MILD,
        ),
        (rf"{_IS}(?:could|can) (?:do|live) without (?P<t>.+)", -WEAK),
        (
            rf"{_IS}(?:stay|stays|steer|steering|keep|keeping|shy|shies) (?:well |far )?(?:away|clear) (?:from|of) (?P<t>.+)",
            -STRONG,
        ),
        (r"(?:less|fewer|not so much|not so many|a bit less)(?: of)?(?: the)?(?: like)? (?P<t>.+)", -WEAK),
        (
            rf"(?:no|no more|not another|without|without any|nothing with|nothing|zero|enough with(?: the)?|anything without|minus)(?: like| about| too)? {_VERYS}{_SEE}(?P<t>.+)",
            -STRONG,
        ),
        (
            rf"{_IS}(?:want |need |give me |show me |would like |'d like |prefer )?(?:more|lots of|lots more|a lot more|plenty of)(?: stuff| things| movies| films| games| books| music)?(?: like| of| of the| from| by| about)? (?P<t>.+)",
            STRONG,
        ),
        (
            rf"(?:{_IS}(?:have|has|'ve got|got)|have|has|with) (?:a |an )?(?:{_VERYS})(?:(?:big|huge|massive|total|real|secret) ){{0,2}}(?:soft spot|weakness|thing|passion|love|crush|taste|fondness|obsession) (?:for|on|with) {_SEE}(?P<t>.+)",
            STRONG,
        ),
        (
            r"(?P<t>.+?) (?:over|instead of|rather than|> ?) (?P<u>.+?),? (?:any ?day|any ?time|always|every time|all day)",
            STRONG,
        ),
        (rf"(?:{_IS}(?:have|'ve)? ?)?(?:had it|had enough|done) with (?P<t>.+)", -STRONG),
        (
            rf"{_IS}(?:have |'ve )?(?:never|don't|do not|can't|didn't|cannot) (?:really |quite )?(?:get|got|see|saw|understand|understood|gotten) (?:the )?(?:hype|appeal|point|fuss|attraction|love|obsession)(?: around| of| about| in| for| with| behind| over)? (?P<t>.+)",
            -STRONG,
        ),
        (
            rf"{_IS}(?:find|found) {_SEE}(?P<t>.+?) (?:to be )?{_VERYS}(?:{_ADJ_BAD}|unfunny|tiresome|uninteresting|unbearable|forgettable|confusing|repetitive|pretentious|unpleasant|off-putting)",
            -STRONG,
        ),
        (
            rf"{_IS}(?:find|found) {_SEE}(?P<t>.+?) (?:to be )?{_VERYS}(?:{_ADJ_GOOD}|delightful|soothing|inspiring|moving|engaging|charming|irresistible|compelling)",
            STRONG,
        ),
        (
            rf"(?:{_I})?{_BE}?(?: ?n't| not)? ?{_VERYS}(?:a |an )?(?:(?:big|huge|massive|total|lifelong|real|true|avid|self-confessed) ){{0,3}}(?P<t>\S+(?: \S+){{0,3}}?) (?:nerd|geek|buff|junkie|addict|fanatic|enthusiast|aficionado|lover|fan|person|guy|girl)s?(?: here)?",
            STRONG,
        ),
        # not minding
        (
            rf"{_IS}(?:do not|don't|dont|would not|wouldn't|never|did not|didn't|can't say (?:that )?{_I}|not that {_I})(?: really| particularly| exactly| actually)? (?:mind|hate|dislike|object to|detest|avoid|loathe|despise|mind (?:watching|reading|playing)) {_SEE}(?P<t>.+)",
            MILD,
        ),
        (rf"(?:{_I})?{_BE}?(?: not|n't) {_VERYS}{_OFF} {_SEE}(?P<t>.+)", MILD),
        (rf"(?:{_I})?{_BE} {_VERYS}{_FINE} {_SEE}(?P<t>.+)", MILD),
        (
            rf"{_IS}(?:can|could|will) (?:just about |sort of )?(?:tolerate|stand|bear|stomach|take|handle) {_SEE}(?P<t>.+)",
            MILD,
        ),
        # be (not) into
        (
            rf"{_IS}{_NOT}{_VERYS}(?:been |become |feel(?:ing)? |get |getting |really |a |much of a |much |be |exactly |so |one for |in ){{0,4}}(?:{_INTO}|into|one for|in the mood for|moved by|impressed by|a fan of|the type for|looking for|here for) {_SEE}(?P<t>.+)",
            STRONG,
        ),
        (rf"(?:{_I})?{_BE}? ?{_VERYS}{_OFF} {_SEE}(?P<t>.+)", -STRONG),
        (
            rf"(?:{_I}(?:(?:'ve| have)(?: always| recently| lately){{0,4}} been|'ve (?:always|recently) been|{_BE}) )?{_VERYS}(?:been |getting |becoming |feeling |always ){{0,4}}{_INTO} {_SEE}(?P<t>.+)",
            STRONG,
        ),
        # verbs
        (
            rf"{_IS}(?:{_VERYS}){_NOT}{_VERYS}(?:want to |want |wish to |tend to |seem to |like to |care to |ever )?(?:{_LOVE}|want|need|watch|read|play|listen to|see|hear|buy|get|eat|follow|do|understand|connect with|look for|trust|feel like|fall for|feel) {_SEE}(?P<t>.+)",
            STRONG,
        ),
        (
            rf"{_IS}(?:would |'d |will |'ll |can |could |do |did |tend to |try to |have to |have |'ve |always |always have |usually ){{0,4}}{_VERYS}{_HATE} {_SEE}(?P<t>.+)",
            -STRONG,
        ),
        (
            r"(?:my )?(?:(?:all[- ]time|absolute|personal|current|number one|top) ){0,4}(?P<no>least )?favou?rites?(?: [a-z-]+){0,3}? (?:is|are|was|were|has to be|would be|will always be|:|include|includes)(?: definitely| probably| always| still)? (?P<t>.+)",
            STRONG,
        ),
        (rf"{_I}(?:'m|'ve been| am| have been)? {_VERYS}{_WISH} {_SEE}(?P<t>.+)", STRONG),
        (rf"{_I}(?:'d| would) (?:like|love|enjoy|appreciate|prefer) {_SEE}(?P<t>.+)", STRONG),
        (rf"{_WISH} {_SEE}(?P<t>.+)", STRONG),
        (
            rf"{_I} (?:would |will |can |could |do |did |tend to |have |always |always have |usually |have always |have recently |recently |just ){{0,4}}{_VERYS}{_LOVE}(?: it when)? {_VERYS}{_SEE}(?P<t>.+)",
            STRONG,
        ),
        (
            rf"{_VERYS}(?:love|loves|loved|loving|enjoy|enjoys|enjoyed|enjoying|adore|prefer|appreciate|crave|big on|huge on) {_VERYS}{_SEE}(?P<t>.+)",
            STRONG,
        ),
        (rf"(?:really|truly|absolutely|always|also|do|and|still|just|mostly|mainly) (?:{_VERYS})?like {_SEE}(?P<t>.+)", STRONG),
        (
            rf"{_I}(?:'ve been| have been|'m| am)? {_VERYS}(?:watch|watching|read|reading|play|playing|listen to|listening to|binge|binging|follow|collect|into) (?:a lot of |lots of |mostly |mainly |only |tons of |so much )?(?P<t>.+)",
            STRONG,
        ),
        (
            r"(?:anything|something|some|movies|films|books|games|music|songs|shows|stuff|things)? ?(?:like|similar to|along the lines of|in the style of|in the vein of|reminiscent of|as good as) (?P<t>.+?)(?: would be (?:great|nice|good|perfect|lovely|awesome|cool|ideal|amazing|fine)| please)?",
            STRONG,
        ),
        # topic first
        (
            rf"(?P<t>.+?){_ARE}(?P<no>n't| not| never) {_VERYS}(?:really |something |what ){{0,4}}(?:{_ADJ_GOOD}|my .+|what i .+|of interest.*|i .+|great|worth .+)",
            STRONG,
        ),
        (rf"(?P<t>(?!(?:the|this|that|it)\b)\S+(?: \S+){{0,4}}?){_ARE} {_VERYS}{_ADJ_BAD}", -STRONG),
        (
            rf"(?P<t>\S+(?: \S+){{0,5}}?){_ARE} {_VERYS}(?:ok|okay|fine|alright|all right|decent|acceptable|tolerable|not bad|so-so|watchable)",
            MILD,
        ),
        (rf"(?P<t>(?!(?:the|this|that|it)\b)\S+(?: \S+){{0,5}}?){_ARE} {_VERYS}{_ADJ_GOOD}", STRONG),
        (
            rf"(?P<t>.+?) (?P<no>doesn't|don't|does not|do not|never|didn't|has never|have never|no longer) {_VERYS}(?:{_DRAWS}|appeal(?:ed)? to|interest(?:ed)?|excite|work(?:ed)? for|hold|grab(?:bed)?|click with)(?: (?:me|us))?(?: .{{0,20}})?",
            STRONG,
        ),
        (rf"(?P<t>.+?) {_VERYS}{_BORES}(?: (?:me|us|out of me)){{0,4}}", -STRONG),
        (rf"(?P<t>.+?) {_VERYS}{_DRAWS}(?: (?:me|us))?", STRONG),
        (
            r"(?P<t>.+?)[, ]+(?P<no>not for me|no thanks?|no thank you|no way|not my thing|hard pass|pass|never again|nope|ugh|yuck|meh|not really)",
            STRONG,
        ),
        (
            r"(?P<t>.+?),? (?:all the way|any ?day|any ?time|forever|would be (?:great|nice|good|perfect|lovely|awesome|cool|ideal)|please|sounds? (?:good|great|fun|nice)|ftw|for the win|is life|yes please|yay|i (?:love|like|enjoy|adore)(?: (?:it|them|those|that))?)",
            STRONG,
        ),
        (r"(?P<t>.+?),? i (?:hate|dislike|can't stand|don't like|avoid|detest)(?: (?:it|them|those|that))?", -STRONG),
        (r"not (?P<t>.+)", -STRONG),
    ]
)

AMOUNT_ZH = re.compile(_AMOUNT)
TAIL_ZH = re.compile(_TAIL + "$")
TAIL_EN = re.compile(_END_EN + "$")
DETERMINER_EN = re.compile(
    r"(?:some|any|a|an|more|all kinds of|all sorts of|all|lots of|a lot of|tons of|a bit of|plenty of|a few|a couple of|another|such|these|those|every|much|things like|stuff like|something|anything|everything|(?:movies|films|books|games|songs|music|shows|stuff|things|titles) (?:like|similar to)|like|similar to|to|of|about|that's|that is|that are|which is|with|good|kind of|new|most|really|very|the idea of|for)\b ?"
)
GENERIC_ZH = re.compile(
    r"(?:我们?|现在|最近|以前|真的?|确实|是|很|太|非常|特别|超级?|最|挺|蛮|更|有点儿?|比较|十分|这么|那么|大家|觉得|感觉|但是?|不过|其他|其它|别的|剩下的?|其余|什么|啥|哪种|都|全部?|随便|一切|类型|题材|的|也|还|就|看|听|玩|可以|行|喜欢|没问题|好|ok|无所谓|不挑|爱|能|接受|谢谢|拜托|请|了|吧|啊|呢|哈|推荐|给我|好的|来|帮我|一下|几部?|个|有|没|有没有|吗|求)*"
)
GENERIC_EN = re.compile(
    r"(?:(?:i|i'm|i am|me|the|rest|others?|else|everything|anything|whatever|is|are|goes|works|fine|ok|okay|good|great|thanks?|thank|you|please|yes|no|so|any|suggestions?|recommendations?|recommend|what|do|can|could|should|watch|next|will|love|like|enjoy|it|them|all|to|for|up|open|help|hi|hello|that|this|would|be|nice|really|very|much|a lot|lot|a|some|more|one|ones|but|and|though|not|anymore|any|now)\b[ .!?]*)*"
)
PRONOUN_ZH = re.compile(
    r"(?:它|他|她|这|那)(?:们|个|些|部|本|首|款|样|里|种)?(?:的)?(?:电影|片子|片|影片|剧|书|歌|歌曲|游戏|商品|东西|作品|节目|番)?"
)
PRONOUN_EN = re.compile(
    r"(?:it|this|that|them|these|those|him|her|(?:this|that|the|these|those) (?:movie|film|book|game|song|show|series|one|ones|thing|product|album|album so much|story|item)s?|one|ones|everything about it|every minute of it)"
)
"""Topics that name nothing: the clause before them holds the topic, or the thing reviewed does."""

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
