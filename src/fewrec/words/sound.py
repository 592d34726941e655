"""Names across scripts by their sound: 希区柯克 and Hitchcock.

Both are written as a string of consonants and vowels: Chinese by its pinyin (package ``pypinyin``), Latin letters by rules of how they are
read. The distance is an edit distance in which related consonants are near and vowels and r are cheap.
"""

from __future__ import annotations

import re
from functools import lru_cache

from fewrec.words.stems import has_han

_INITIALS = {
    "zh": "C", "ch": "C", "sh": "S", "b": "B", "p": "P", "m": "M", "f": "F", "d": "D", "t": "T", "n": "N", "l": "L", "g": "G",
    "k": "K", "h": "H", "j": "J", "q": "C", "x": "S", "r": "R", "z": "Z", "c": "Z", "s": "S", "y": "Y", "w": "W",
}  # fmt: skip
_LATIN = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"tch|tsch|tsh", "C"), (r"sch", "S"), (r"ph", "F"), (r"th", "S"), (r"sh", "S"), (r"ch(?=[rl])", "K"), (r"ch", "C"), (r"ck|cq", "K"),
        (r"gh(?=t|$)", ""), (r"^wr", "R"), (r"^kn", "N"), (r"wh", "W"), (r"qu", "KW"), (r"q", "K"), (r"x", "KS"), (r"sc(?=[ei])", "S"),
        (r"c(?=[eiy])", "S"), (r"c", "K"), (r"dg", "J"), (r"g(?=[ei])", "J"), (r"ng(?=$|[^aeiou])", "N"), (r"[aou]([lr])(?=$|[^aeiou])", r"a\1"),
        (r"([bdfgklmnprstz])\1", r"\1"), (r"v", "W"), (r"h(?=$|[^aeiouy])", ""), (r"w(?=$|[^aeiouh])", ""), (r"y(?=[aeiou])", "Y"),
    )
)  # fmt: skip
_NEAR = {
    "BP": 0.25, "DT": 0.25, "GK": 0.25, "SZ": 0.2, "CS": 0.35, "CJ": 0.3, "CZ": 0.3, "SJ": 0.45, "JZ": 0.35, "FW": 0.3, "BW": 0.5,
    "MN": 0.3, "LR": 0.2, "HK": 0.5, "GJ": 0.4, "HS": 0.5, "YJ": 0.4, "CT": 0.5, "HG": 0.6, "CK": 0.6, "FH": 0.4, "WH": 0.5, "KS": 0.7,
    "DJ": 0.6, "DS": 0.6, "TS": 0.4, "TZ": 0.4, "JR": 0.5, "RS": 0.7, "YR": 0.8,
}  # fmt: skip
_COST = {**_NEAR, **{pair[::-1]: cost for pair, cost in _NEAR.items()}}
_DROP = {"r": 0.3, "R": 0.3, "L": 0.4, "H": 0.35, "W": 0.45, "Y": 0.35, "N": 0.6, "T": 0.7, "D": 0.7, "K": 0.8, "S": 0.6}
_VOWELS = frozenset("aeiou")
_TRANSCRIPTION = frozenset(
    "阿埃艾爱安昂奥澳巴白班邦保鲍贝本比彼宾波伯博布查茨大戴丹当道德登邓迪蒂蒙丁东杜多顿厄恩尔法凡范菲费芬弗福夫盖甘冈高戈格葛根古瓜哈海汉豪赫亨侯胡华怀惠霍基吉季加贾简杰金卡凯坎康考柯科可克"
    "肯孔库夸昆拉莱兰朗劳勒雷蕾里李理丽莉利连琳林龙隆卢鲁路露伦罗洛吕马玛迈麦曼芒毛梅门孟米密敏明摩莫墨默姆木穆纳娜奈南内尼宁纽努诺欧帕派潘庞佩彭皮珀普齐奇恰强乔切琴琼丘让热仁日茹瑞若萨塞赛"
    "三桑森沙莎山绍舍申圣施史士斯丝思松苏索塔泰坦汤唐特藤提图托脱瓦万旺威韦维魏温文翁沃乌伍武西希锡席夏香肖谢辛新欣休许雪逊亚雅扬杨耶叶伊依因英尤于约泽詹珍朱兹佐区马里奥赞扎"
)


def is_transcription(text: str) -> bool:
    """Whether Chinese text may be a foreign name by its characters."""
    letters = [c for c in text if has_han(c)]
    return len(letters) >= 2 and sum(c in _TRANSCRIPTION for c in letters) >= 0.99 * len(letters)


@lru_cache(maxsize=65536)
def sound_of(name: str) -> str:
    """How a name sounds: capitals are consonants, small letters vowels.

    >>> sound_of("Kubrick")
    'KuBRiK'
    """
    if has_han(name):
        from pypinyin import Style, lazy_pinyin

        return "".join(_syllable(s) for s in lazy_pinyin(name, style=Style.NORMAL, errors="ignore"))
    text = re.sub(r"[^a-z]", "", _plain(name.lower()))
    for pattern, sound in _LATIN:
        text = pattern.sub(sound, text)
    text = re.sub(r"e$", "", text) if len(text) > 3 else text
    return re.sub(r"[aeiouy]+", lambda m: m[0][0].replace("y", "i"), text).translate(_UPPER)


_UPPER = str.maketrans("bcdfghjklmnpqrstvwxz", "BKDFGHJKLMNPKRSTWWSZ")


def _plain(text: str) -> str:
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _syllable(syllable: str) -> str:
    for length in (2, 1):
        if syllable[:length] in _INITIALS and len(syllable) > length:
            rest = syllable[length:]
            head = _INITIALS[syllable[:length]]
            break
    else:
        head, rest = "", syllable
    if syllable in {"er", "r"}:
        return "r"
    coda = "N" if rest.endswith(("n", "ng")) else ""
    vowel = re.sub(r"ng?$", "", rest).replace("ü", "u").replace("v", "u")
    glide = "W" if head in {"K", "G", "H"} and vowel.startswith("u") and len(vowel) > 1 and vowel != "uo" else ""
    vowel = vowel[1:] if len(vowel) > 1 and vowel[0] in "iu" else vowel
    return head + glide + vowel[:1] + coda


_COARSE = str.maketrans("BPDTGKHJCZSMNFWLRY", "PPTTKKHSSSSNNFFLLI", "aeiour")


def coarse(sound: str) -> str:
    """Classes of consonants alone: what near names share, for a quick search before :func:`distance`."""
    return sound.translate(_COARSE)


def distance(one: str, two: str) -> float:
    """Weighted edit distance of two sounds over the mean of their consonants: 0 the same, about 1 unrelated."""
    previous = [0.0]
    for symbol in two:
        previous.append(previous[-1] + _gap(symbol))
    for a in one:
        row = [previous[0] + _gap(a)]
        for j, b in enumerate(two, 1):
            row.append(min(previous[j - 1] + _swap(a, b), previous[j] + _gap(a), row[-1] + _gap(b)))
        previous = row
    size = 0.5 * (sum(c.isupper() for c in one) + sum(c.isupper() for c in two))
    return previous[-1] / max(size, 1.0)


def _gap(symbol: str) -> float:
    return 0.12 if symbol in _VOWELS else _DROP.get(symbol, 0.9)


def _swap(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if a in _VOWELS and b in _VOWELS:
        return 0.06
    if (a in _VOWELS) != (b in _VOWELS):
        pair = {a, b}
        return 0.15 if pair in ({"u", "W"}, {"i", "Y"}) or "r" in pair else 1.0
    if "r" in (a, b):
        return 0.15 if {a, b} & {"L", "R"} else 0.8
    return _COST.get(a + b, 1.0)
