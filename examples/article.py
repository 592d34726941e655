"""The example of the article that fewrec grew from, in Chinese: three sentences of behaviour, one film in three sentences.

    e_i = E(x_i)   preference text y_i = D(e_i)          f_j = E(y_j)   feature text z_j = D(f_j)

E is the default encoder and D the phrase decoder. Run it with ``python examples/article.py``.
"""

from __future__ import annotations

from fewrec import Recommender, sample
from fewrec.encoders import load_encoder

X = ["我喜欢看电影", "我对科幻片很感兴趣", "最近想看《星际穿越》"]
Y = ["《星际穿越》是一部科幻电影", "这部电影获得了多个奖项", "剧情引人入胜"]


def main() -> None:
    """Print preference texts, feature texts, and a list for everyone."""
    films = sample.load()  # 星际穿越, whose description is Y, among 65 further films
    recommender = Recommender().fit(films.items, films.events)

    print("行为数据 → 偏好文本 y_i = D(E(x_i))")
    tastes = [recommender.taste(say=[x]) for x in X]
    for x, taste in zip(X, tastes, strict=True):
        print(f"  {x}  →  {recommender.describe(taste, lang='zh').text}")

    print("物品文本 → 特征文本 z_j = D(E(y_j))")
    for y, f in zip(Y, load_encoder("default").encode(Y), strict=True):
        print(f"  {y}  →  {recommender.decoder.decode(f, lang='zh', kind='item').text}")
    print(f"  《星际穿越》  →  {recommender.describe(item='interstellar', lang='zh').text}")

    print("推荐列表")
    for x, taste in zip(X, tastes, strict=True):
        lines = recommender.recommend(taste, k=5).items
        print(f"  {x}  →  {'、'.join(line.title for line in lines)}")


if __name__ == "__main__":
    main()
