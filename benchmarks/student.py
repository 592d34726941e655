"""The static student ``fast`` beside its teacher: size, retrieval in Chinese and English, neighbours of titles, speed.

``python benchmarks/student.py --items FILMS.csv --items GAMES.csv [--student NAME] [--skip speed]``: items files with a ``title`` and, for the
speed on descriptions, a ``description`` column. Both encoders run in the same process with one thread, in turns, timed in seconds
of processor time, which other work on the machine disturbs least; every round of the student begins with an empty memory of
words. The 304 queries are in ``benchmarks/data/retrieval.jsonl``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from time import process_time

import numpy as np
import polars as pl

from fewrec.encoders import StaticEncoder, load_encoder
from fewrec.encoders.static_files import FILES
from fewrec.llm.distill.measures import rank_correlation, shared_neighbours
from fewrec.types import Encoder, Matrix

RETRIEVAL = Path(__file__).parent / "data" / "retrieval.jsonl"
ROUNDS = 3


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def retrieval(encoders: Sequence[Encoder]) -> None:
    """Every query ranks all documents of both languages."""
    documents = [json.loads(line) for line in RETRIEVAL.read_text(encoding="utf-8").splitlines()]
    queries = [(query, row, lang) for row, each in enumerate(documents) for lang in ("zh", "en") for query in each[lang]]
    target = np.array([row for _, row, _ in queries])
    direction = np.array([f"{lang}→{'zh' if is_chinese(documents[row]['text']) else 'en'}" for _, row, lang in queries])
    ranks = {}
    for encoder in encoders:
        cosines = encoder.encode([query for query, _, _ in queries]) @ encoder.encode([each["text"] for each in documents]).T
        own = cosines[np.arange(len(queries)), target]
        ranks[encoder.name] = 1 + np.sum(cosines > own[:, None], axis=1)
    print(f"\n{len(queries)} queries, {len(documents)} documents: recall@1, recall@10, MRR")
    for name in ("zh→zh", "en→en", "zh→en", "en→zh", "all"):
        chosen = np.ones(len(queries), dtype=bool) if name == "all" else direction == name
        found = [measures(each[chosen]) for each in ranks.values()]
        shown = "   ".join(f"{who} " + " / ".join(f"{x:.3f}" for x in each) for who, each in zip(ranks, found, strict=True))
        kept = " / ".join(f"{ours / theirs:.3f}" for theirs, ours in zip(found[0], found[-1], strict=True))
        print(f"  {name:6s} {int(chosen.sum()):4d}   {shown}   kept {kept}")


def measures(ranks: np.ndarray) -> tuple[float, float, float]:
    return float(np.mean(ranks == 1)), float(np.mean(ranks <= 10)), float(np.mean(1 / ranks))


def neighbours(titles: Sequence[str], name: str, teacher: Encoder, student: Encoder) -> None:
    theirs, ours = teacher.encode(titles), student.encode(titles)
    shared = float(shared_neighbours(ours, theirs).mean())
    print(
        f"\n{name}: {len(titles)} titles, ten neighbours shared {shared:.3f}, rank correlation {rank_correlation(ours, theirs):.3f}"
    )
    print(f"  mean cosine with the teacher {float(np.mean(np.sum(ours * theirs, axis=1))):.3f}")


def speed(titles: list[str], descriptions: list[str], teacher: Encoder, student: str) -> None:
    """Texts a second of processor time, in turns; the median round."""
    for name, texts, few in (("titles", titles, titles[:600]), ("descriptions of 100 words", descriptions, descriptions[:120])):
        rates: dict[str, list[float]] = {"student": [], "teacher": []}
        for _ in range(ROUNDS):
            fresh = load_encoder(student, threads=1, progress=False)
            fresh.encode(["warm", "起"])
            rates["student"].append(rate(fresh, texts))
            rates["teacher"].append(rate(teacher, few))
        middle = {who: float(np.median(each)) for who, each in rates.items()}
        times = middle["student"] / middle["teacher"]
        print(f"\n{name}: student {middle['student']:,.0f} /s, teacher {middle['teacher']:,.0f} /s, {times:.0f} times")
        print("  rounds: " + ", ".join(f"{a:,.0f} and {b:,.0f}" for a, b in zip(*rates.values(), strict=True)))


def rate(encoder: Encoder, texts: Sequence[str]) -> float:
    started = process_time()
    vectors: Matrix = encoder.encode(texts)
    return len(vectors) / (process_time() - started)


def hundred_words(texts: Sequence[str]) -> list[str]:
    """All words of the descriptions, cut anew every hundred."""
    words = list(chain.from_iterable(text.split() for text in texts))
    return [" ".join(words[i : i + 100]) for i in range(0, len(words) - 99, 100)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=Path, action="append", required=True)
    parser.add_argument("--student", default="fast")
    parser.add_argument("--skip", choices=["retrieval", "neighbours", "speed"], action="append", default=[])
    options = parser.parse_args()
    tables = {path: pl.read_csv(path, infer_schema=False) for path in options.items}
    titles = {path: table["title"].drop_nulls().unique(maintain_order=True).to_list() for path, table in tables.items()}
    described = [table["description"].drop_nulls().to_list() for table in tables.values() if "description" in table.columns]
    teacher, student = (
        load_encoder("default", threads=1, progress=False),
        load_encoder(options.student, threads=1, progress=False),
    )
    if isinstance(student, StaticEncoder):
        print(f"size: {sum((student.folder / name).stat().st_size for name in FILES) / 1e6:.2f} MB")
    if "retrieval" not in options.skip:
        retrieval((teacher, student))
    if "neighbours" not in options.skip:
        for path, each in titles.items():
            neighbours(each, path.parent.name, teacher, student)
    if "speed" not in options.skip:
        speed(
            list(chain.from_iterable(titles.values())),
            hundred_words(list(chain.from_iterable(described))),
            teacher,
            options.student,
        )


if __name__ == "__main__":
    main()
