from __future__ import annotations

import pytest

from fewrec.words import WordsIndex

FILMS = [
    ("Alien", "1979", "Sci-Fi|Horror", "Ridley Scott", "Sigourney Weaver", "A crew meets a deadly creature in space."),
    ("Rear Window", "1954", "Thriller|Mystery", "Alfred Hitchcock", "James Stewart", "A photographer watches his neighbours."),
    ("To Catch a Thief", "1955", "Comedy|Romance", "Alfred Hitchcock", "Cary Grant", "A retired cat burglar hunts a thief."),
    ("Galaxy Quest", "1999", "Sci-Fi|Comedy", "Dean Parisot", "Sigourney Weaver", "Actors of a television series meet real creatures."),
    ("Unforgiven", "1992", "Western", "Clint Eastwood", "Gene Hackman", "An old gunslinger takes one last job."),
    ("Blazing Saddles", "1974", "Western|Comedy", "Mel Brooks", "Gene Wilder", "A new sheriff comes to a small town."),
    ("Field of Dreams", "1989", "Drama", "Phil Robinson", "Kevin Costner", "A farmer builds a baseball diamond in his field."),
    ("When Harry Met Sally", "1989", "Comedy|Romance", "Rob Reiner", "Meg Ryan", "Can a man and a woman be friends?"),
    ("The Shining", "1980", "Horror", "Stanley Kubrick", "Jack Nicholson", "A writer minds a hotel in winter."),
    ("The Long Movie", "1963", "Drama", "Ann Other", "Joe Doe", "Nothing happens at all."),
]  # fmt: skip
CHINESE = [
    ("星际穿越", "科幻|冒险", "克里斯托弗·诺兰", "美国", "英语", "2014"),
    ("流浪地球", "科幻|冒险", "郭帆", "中国大陆", "汉语普通话", "2019"),
    ("大话西游", "喜剧|爱情", "刘镇伟", "中国香港", "粤语", "1995"),
    ("触不可及", "喜剧|剧情", "奥利维·那卡什", "法国", "法语", "2011"),
    ("公民凯恩 Citizen Kane", "剧情|悬疑", "奥逊·威尔斯", "美国", "英语", "1941"),
    ("闪灵", "恐怖", "斯坦利·库布里克", "美国", "英语", "1980"),
    ("少林寺", "武侠|动作", "张鑫炎", "中国大陆", "汉语普通话", "1982"),
    ("月球", "科幻|悬疑", "邓肯·琼斯", "英国", "英语", "2009"),
]
GOODS = [
    ("Matte Lipstick, Ruby Red", "45"), ("Waterproof Mascara Black", "120"), ("Men's Cologne Spray", "320"),
    ("Cocoa Butter Body Lotion", "80"), ("False Eyelashes, natural", "30"), ("Electric Razor for Men", "260"),
    ("Rose Perfume for Women", "210"), ("Sunscreen SPF 50", "99"),
]  # fmt: skip


@pytest.fixture(scope="session")
def films() -> WordsIndex:
    names = ("title", "year", "genres", "director", "cast", "description")
    return WordsIndex.build([dict(zip(names, row, strict=True)) for row in FILMS], [row[0] for row in FILMS])


@pytest.fixture(scope="session")
def chinese() -> WordsIndex:
    names = ("片名", "类型", "导演", "制片国家/地区", "语言", "年份")
    return WordsIndex.build([dict(zip(names, row, strict=True)) for row in CHINESE], [row[0] for row in CHINESE])


@pytest.fixture(scope="session")
def goods() -> WordsIndex:
    return WordsIndex.build([{"商品名": title, "价格": price} for title, price in GOODS], [title for title, _ in GOODS])
