"""A small lexicon of praise and blame, for reviews and comments that name no liking in so many words."""

from __future__ import annotations

import re

from fewrec.text.normalise import fold

_MAX_CHARS = 20_000  # beyond this the balance of words does not change any more

_GOOD_ZH = """
好看 好玩 好听 好吃 好用 好笑 好评 好喜欢 很好 真好 太好 最好 更好 极好 挺好 蛮好 不错 精彩 优秀 出色 经典 完美 感动 感人 动人 动听 温暖 温馨 治愈
暖心 走心 震撼 惊艳 惊喜 有趣 有意思 有深度 搞笑 幽默 爆笑 欢乐 开心 快乐 轻松 过瘾 痛快 爽 燃 热血 紧凑 流畅 明快 细腻 真实 真挚 真诚 用心 良心
值得 推荐 必看 支持 力荐 强推 喜欢 喜爱 最爱 超爱 热爱 爱了 爱看 爱死 期待 引人入胜 回味 难忘 佳作 神作 杰作 大片 巅峰 一流 顶级 顶配 超赞 点赞 赞 棒 牛逼 牛
厉害 给力 绝了 绝绝子 封神 满分 五星 上头 入坑 美好 唯美 优美 漂亮 好美 太美 帅 可爱 精致 精美 精良 创意 新颖 脑洞 深刻 深情 泪目 催泪 哭了 良心 划算 舒服
圆满 成功 享受 宝藏 演技在线 实力派 意犹未尽 不虚此行 老少皆宜 赏心悦目 物有所值 高质量 强烈推荐 百看不厌 很棒 高级 干净 纯粹 佩服 敬佩 致敬 骄傲 自豪
"""
_BAD_ZH = """
难看 难听 难吃 难用 难受 无聊 无趣 无语 无脑 没意思 没劲 没看懂 失望 糟糕 糟透 差劲 太差 很差 最差 较差 真差 烂 垃圾 辣鸡 狗血 尴尬 尬 拖沓 冗长 啰嗦 拖拉 平淡 平庸 乏味 枯燥 老套 俗套
套路 庸俗 恶俗 恶心 反感 讨厌 厌恶 做作 矫情 造作 虚假 假 空洞 浮夸 混乱 凌乱 莫名其妙 不知所云 看不懂 看不下去 受不了 浪费 后悔 骗 坑 圈钱 抄袭 敷衍 粗糙 粗制滥造 劣质 廉价 弱智 幼稚
脑残 智障 降智 扯 瞎 注水 催眠 睡着 犯困 快进 弃剧 弃了 弃 出戏 违和 毁 崩 烂尾 bug 硬伤 漏洞 牵强 生硬 僵硬 面瘫 油腻 吐槽 差评 一星 拉胯 拉垮 翻车 踩雷 雷人 劝退
血腥 吓人 可怕 压抑 致郁 沉闷 闷 乱 差 差点意思 名不副实 言过其实 过誉 用力过猛 没有逻辑 逻辑混乱 毫无逻辑 不值 不好 不行 不佳 一般般 一般 勉强 呵呵 可惜 遗憾 退货 破
"""
_GOOD_EN = """
good great excellent amazing awesome brilliant fantastic wonderful superb outstanding perfect perfectly masterpiece masterful beautiful beautifully gorgeous stunning
love loved loves lovely like liked enjoy enjoyed enjoyable enjoying fun funny hilarious entertaining engaging gripping thrilling exciting captivating compelling
moving touching heartwarming charming delightful delight clever smart witty original fresh creative inspiring inspired impressive impressed memorable unforgettable
favorite favourite best recommend recommended worth solid strong nice cool sweet cute happy pleased satisfied addictive immersive powerful rich deep thoughtful
fascinating interesting intriguing magnificent spectacular incredible epic classic gem underrated well-made well-written polished smooth easy comfortable relaxing cozy
"""
_BAD_EN = """
bad awful terrible horrible horrid dreadful poor poorly worst worse boring bored dull tedious bland slow predictable cliche cliched cliché clichéd lame stupid dumb silly
ridiculous pointless meaningless mess messy disappointing disappointed disappointment waste wasted hate hated hates dislike disliked annoying annoyed irritating
unwatchable unplayable unfunny unconvincing uninspired overrated overlong mediocre forgettable shallow cheap cheesy broken buggy glitchy crash crashes crashed
frustrating frustrated confusing confused clunky awkward ugly disgusting gross offensive weak flat lifeless wooden repetitive generic fails failed failure flop
garbage trash junk crap rubbish sucks sucked suck regret refund avoid scary creepy depressing painful cringe lazy nonsense contrived pretentious useless defective fell asleep
"""
# What one reader flees another looks for: blame in a review, a wish in a few words ("scary movies", 血腥暴力).
_SOUGHT = re.compile(
    "血腥|吓人|可怕|压抑|致郁|狗血|烧脑|(?<![\\w])(?:slow|silly|stupid|dumb|cheesy|gross|scary|creepy|depressing|ridiculous|lame|trash|junk|cheap|broken|dark)(?![\\w])"
)
_FEW_WORDS = 30  # width, a Chinese character counting for two
_NOT_ZH = "不|没|没有|并非|毫无|别|不太|不够|不是很|不怎么|谈不上|算不上|称不上|缺乏|缺少"
_NOT_EN = r"not|no|never|n't|hardly|barely|isn't|wasn't|aren't|don't|didn't|doesn't|can't|couldn't|won't|without|lacks?|nothing|neither|nor"
_VERY_ZH = "太|很|非常|特别|超|超级|极其|十分|真|真的|最|实在|相当|巨|贼|蛮|挺|那么|这么|多么|是"
_FILL_EN = r"really|very|so|that|too|all|at|particularly|especially|a|an|the|any|much|quite|exactly|even|to|be|been|feel|find"


def _pattern(good: str, bad: str, *, chinese: bool) -> re.Pattern[str]:
    groups = ["|".join(re.escape(word) for word in sorted(set(words.split()), key=len, reverse=True)) for words in (good, bad)]
    if chinese:  # a single character is praise or blame only next to a word of degree or at the end: 太假了, not 假如
        no = rf"(?P<no>(?:{_NOT_ZH})(?:{_VERY_ZH})?)?"
        kinds = []
        for kind, words in (("good", good), ("bad", bad)):
            single = "".join(word for word in words.split() if len(word) == 1)
            longer = "|".join(sorted({word for word in words.split() if len(word) > 1}, key=len, reverse=True))
            kinds.append(
                rf"(?P<{kind}>{longer}|(?<=[太很真好超最巨贼挺蛮点常分])[{single}]|[{single}](?=[了啊呀!！，,。]|的[，,。!！]|$))"
            )
        return re.compile(no + "(?:" + "|".join(kinds) + ")")
    return re.compile(
        rf"(?<![\w'])(?P<no>(?:{_NOT_EN}) (?:(?:{_FILL_EN}) ){{0,3}})?(?:(?P<good>{groups[0]})|(?P<bad>{groups[1]}))(?![\w'])"
    )


_ZH = _pattern(_GOOD_ZH, _BAD_ZH, chinese=True)
_EN = _pattern(_GOOD_EN, _BAD_EN, chinese=False)


def review_polarity(text: str) -> float | None:
    """Balance of praise and blame of a review or comment, in [-1, 1]; None where no word of either kind is found."""
    return sentiment(fold(text))


def sentiment(view: str) -> float | None:
    """Balance of praise and blame in [-1, 1] in text that is already lower-case and simplified.

    (good - bad) / (good + bad); a negated word counts for half, on the other side.
    """
    view = view[:_MAX_CHARS]
    if len(view) <= _FEW_WORDS and len(view) + sum(c > "\u2e80" for c in view) <= _FEW_WORDS:
        view = _SOUGHT.sub("", view)
    good = bad = 0.0
    for pattern in (_ZH, _EN):
        for found in pattern.finditer(view):
            praised = found["good"] is not None
            if found["no"] is not None:
                praised, weight = not praised, 0.5
            else:
                weight = 1.0
            good, bad = (good + weight, bad) if praised else (good, bad + weight)
    return None if good == bad == 0 else (good - bad) / (good + bad)
