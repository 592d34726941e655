"""Sentences and titles with gaps, the same in English and Chinese; written for this purpose."""

# Gaps: {person} {place} {thing} {event} {feeling} {animal} {food} {act} {adjective} {idea} {nature} {name} {name2} {year} {n} {genre}
PLOTS = (
    (
        "A young {person} finds a {adjective} {thing} in {place} and must keep it from a {adjective2} {person2}.",
        "一个年轻的{person}在{place}发现了{adjective}的{thing}，必须保护它不落入{adjective2}的{person2}手中。",
    ),
    ("After the {event}, {name} returns to {place} to look for {feeling}.", "{event}之后，{name}回到{place}寻找{feeling}。"),
    (
        "When a {person} meets a {person2}, their {feeling} changes everything.",
        "当{person}遇见{person2}，他们的{feeling}改变了一切。",
    ),
    (
        "{name}, a {adjective} {person}, falls in love with {name2}, who hides a secret.",
        "{adjective}的{person}{name}爱上了隐藏着秘密的{name2}。",
    ),
    (
        "A detective investigates a murder at the {place}; every {person} is a suspect.",
        "侦探调查{place}的谋杀案，每个{person}都有嫌疑。",
    ),
    (
        "Set during the {event}, the story follows two brothers who become enemies.",
        "故事发生在{event}期间，讲述两兄弟反目成仇。",
    ),
    (
        "The last {person} on earth fights {adjective} {animal}s and learns to survive.",
        "地球上最后一个{person}与{adjective}的{animal}战斗，学会生存。",
    ),
    ("A family moves to {place} and discovers that the house is haunted.", "一家人搬到{place}，发现房子闹鬼。"),
    (
        "In a distant future, a {person} travels through space to save humanity from a {event}.",
        "遥远的未来，{person}穿越太空，从{event}中拯救人类。",
    ),
    ("An orphan raised by a {person} dreams of becoming a {person2}.", "由{person}抚养长大的孤儿梦想成为{person2}。"),
    (
        "A funny and {adjective} tale about a {animal} who wants to be a {person}.",
        "一个有趣而{adjective}的故事，讲一只想当{person}的{animal}。",
    ),
    (
        "Gangs fight over {place} while a {adjective} policeman tries to stop the {act}.",
        "帮派争夺{place}，一名{adjective}的警察试图阻止{act}。",
    ),
    (
        "This documentary shows how {food} is made and the people whose lives depend on {nature}.",
        "这部纪录片展示{food}的制作，以及依靠{nature}为生的人们。",
    ),
    ("Soldiers are sent behind enemy lines to rescue a {person} during the war.", "战争中，士兵被派往敌后营救一名{person}。"),
    (
        "A {adjective} teacher helps a class of troubled students believe in {feeling}.",
        "一位{adjective}的老师帮助一班问题学生相信{feeling}。",
    ),
    (
        "Two strangers share a train journey and talk about {feeling}, {idea} and {food}.",
        "两个陌生人在火车上谈论{feeling}、{idea}和{food}。",
    ),
    ("A lawyer defends a {person} accused of {act}, and doubts the truth.", "律师为被控{act}的{person}辩护，却怀疑真相。"),
    ("Based on the true story of a {person} who crossed {place} alone.", "根据一位独自穿越{place}的{person}的真实故事改编。"),
    ("A hacker uncovers a plot to destroy the {place} and goes on the run.", "黑客发现了摧毁{place}的阴谋，开始逃亡。"),
    (
        "A princess, a {person} and a talking {animal} go on a quest for the {adjective} {thing}.",
        "公主、{person}和会说话的{animal}踏上寻找{adjective}{thing}的旅程。",
    ),
    ("Musicians struggle with fame, {feeling} and each other on tour.", "乐手们在巡演中面对名声、{feeling}和彼此。"),
    ("The {person} plans one last robbery, but his partner betrays him.", "{person}策划最后一次抢劫，却被搭档出卖。"),
    (
        "A comedy of errors at a wedding, with a lost {thing} and a jealous {person}.",
        "婚礼上的误会喜剧：丢失的{thing}和吃醋的{person}。",
    ),
    ("An old {person} looks back on a life of {feeling} and {act}.", "一位年老的{person}回顾充满{feeling}与{act}的一生。"),
    ("Children discover a hidden {place} where {animal}s rule.", "孩子们发现了一个由{animal}统治的隐秘{place}。"),
)
GOODS = (
    (
        "{adjective} {thing} for {act}, easy to use and clean, a perfect gift.",
        "{adjective}的{thing}，适合{act}，易用易清洗，送礼佳品。",
    ),
    (
        "This game lets you build a {place}, train {animal}s and fight other players online.",
        "在这款游戏中，你可以建造{place}、训练{animal}，并与其他玩家在线对战。",
    ),
    (
        "Explore an open world, collect {thing}s, complete quests and level up your {person}.",
        "探索开放世界，收集{thing}，完成任务，升级你的{person}。",
    ),
    ("A turn-based strategy game about {idea} and {event}.", "一款关于{idea}与{event}的回合制策略游戏。"),
    (
        "Race {adjective} cars through {place} with friends, up to {n} players.",
        "与好友在{place}驾驶{adjective}的赛车，最多{n}名玩家。",
    ),
    ("Solve puzzles in the {place} and help the {animal} find its way home.", "在{place}解开谜题，帮助{animal}找到回家的路。"),
    ("A shooter where you play a {person} in the {event}.", "一款射击游戏，你在{event}中扮演{person}。"),
    ("Fresh {food} from {place}, no added sugar, {n} packs.", "来自{place}的新鲜{food}，无添加糖，{n}包装。"),
    (
        "This book explains {idea} to beginners, with examples from {act} and {nature}.",
        "本书面向初学者讲解{idea}，以{act}和{nature}为例。",
    ),
    (
        "A novel about a {person} and a {person2} who lost their {thing} in the {event}.",
        "一部小说，讲述在{event}中失去{thing}的{person}与{person2}。",
    ),
    (
        "The album mixes {adjective} guitars with songs about {feeling} and {place}.",
        "专辑将{adjective}的吉他与关于{feeling}和{place}的歌曲融合。",
    ),
    ("How I make {food} at home: a simple recipe with {food2}.", "我在家怎么做{food}：一份加{food2}的简单食谱。"),
    (
        "Travel diary: three days in {place}, {food}, and a {adjective} view.",
        "旅行日记：{place}三天，{food}，还有{adjective}的风景。",
    ),
    ("Wireless {thing} with long battery life and {adjective} sound.", "无线{thing}，续航持久，音质{adjective}。"),
    (
        "Soft cotton clothes for {person}s, {adjective} colours, all sizes.",
        "适合{person}的柔软棉质服装，{adjective}色彩，尺码齐全。",
    ),
    ("Learn {act} in {n} days: tips from a {person}.", "{n}天学会{act}：来自{person}的建议。"),
    ("I love {act} and {idea}; recommend me something {adjective}.", "我喜欢{act}和{idea}，推荐一些{adjective}的东西吧。"),
    ("I do not like {genre} films, they are too {adjective}.", "我不喜欢{genre}，太{adjective}了。"),
    ("Looking for {genre} with a {person} and a {animal}.", "想找有{person}和{animal}的{genre}作品。"),
    ("A {adjective} {genre} film about {feeling} and {event}.", "一部关于{feeling}与{event}的{adjective}{genre}片。"),
)
TITLES = (
    ("The {adjective} {person}", "{adjective}的{person}"), ("{thing} of {feeling}", "{feeling}之{thing}"),
    ("{person} and {animal}", "{person}与{animal}"), ("The {event} of {place}", "{place}的{event}"),
    ("{adjective} {thing} {n}", "{adjective}{thing}{n}"), ("My {person} is a {animal}", "我的{person}是{animal}"),
    ("{place} {year}", "{place}{year}"), ("{idea} and {act}", "{idea}与{act}"), ("The Last {person}", "最后的{person}"),
    ("Return to {place}", "重返{place}"), ("{animal} in the {place}", "{place}里的{animal}"), ("{feeling} in {place}", "{place}之恋：{feeling}"),
    ("A {thing} for {name}", "给{name}的{thing}"), ("{food} and {feeling}", "{food}与{feeling}"), ("How to {act}: a guide", "{act}指南"),
    ("{person}'s {thing}", "{person}的{thing}"), ("{genre}: {event}", "{genre}：{event}"), ("{nature} {animal}", "{nature}{animal}"),
)  # fmt: skip
GENRES = (
    ("Action", "动作"), ("Adventure", "冒险"), ("Animation", "动画"), ("Children's", "儿童"), ("Comedy", "喜剧"), ("Crime", "犯罪"),
    ("Documentary", "纪录片"), ("Drama", "剧情"), ("Fantasy", "奇幻"), ("Film-Noir", "黑色电影"), ("Horror", "恐怖"), ("Musical", "歌舞"),
    ("Mystery", "悬疑"), ("Romance", "爱情"), ("Sci-Fi", "科幻"), ("Thriller", "惊悚"), ("War", "战争"), ("Western", "西部"),
    ("Sports", "体育"), ("History", "历史"), ("Biography", "传记"), ("Family", "家庭"), ("Strategy", "策略"), ("Puzzle", "解谜"),
    ("Racing", "竞速"), ("Simulation", "模拟"), ("Role-playing", "角色扮演"), ("Shooter", "射击"), ("Platformer", "平台跳跃"),
    ("Pop", "流行"), ("Rock", "摇滚"), ("Jazz", "爵士"), ("Classical", "古典"), ("Folk", "民谣"), ("Hip-hop", "嘻哈"), ("Martial arts", "武侠"),
)  # fmt: skip
ENGLISH_TITLES = (
    "{thing} {thing2}", "The {thing}", "{adjective} {thing}", "{adjective} {person}", "{thing} of the {place}", "{name}", "{name}'s {thing}",
    "{person} {n}", "{thing} {n}: {adjective} {event}", "{thing}: The {act}", "{animal} {act}", "{event} at {place}", "{verb} the {thing}",
    "{verb} {person}", "{place}", "{any}", "{any} {any2}", "{any} {any2} {any3}", "The {any} {any2}", "{any} & {any2}", "{verb} Me a {thing}",
    "{any} of {any2}", "{adjective} {adjective2} {thing}", "{state} of {idea}", "{person} vs. {person2}", "{place} {act}", "{time} of the {animal}",
    "{any}: {any2} of the {any3}", "{any} {n} - {any2} {any3}", "In the {state} of the {person}", "{any} {roman}", "{any} {any2} {roman}: {any3}",
    "{name} and the {thing} of {any}", "{name} in {place}", "{n} {thing}s", "{any}'s {any2}",
)  # fmt: skip
TITLE_ENDS = (
    " ({year})", ", The ({year})", "", "", "", " - {platform}", " ({platform})", " for {platform}", " [{platform}]", ". {year}. {genre}",
    " ({year}). {genre}, {genre2}", ". {genre}, {genre2}, {genre3}", " ({year}). {genre}. {name}. {name2}", " Collector's Edition",
    " - {n} Pack", " with {thing}", ": The Game", " Deluxe", ", {adjective}", " {n} Player",
)  # fmt: skip
PLATFORMS = (
    "PlayStation 2", "PlayStation 3", "PlayStation 4", "Xbox", "Xbox 360", "Xbox One", "Nintendo Wii", "Wii U", "Nintendo DS", "Nintendo 3DS",
    "Game Boy Advance", "GameCube", "Nintendo 64", "PC", "PC Download", "Mac", "Sony PSP", "PS Vita", "Sega Genesis", "Dreamcast", "Switch",
    "PS3", "PS4", "PSP", "DVD", "Blu-ray", "Windows", "Android",
)  # fmt: skip
