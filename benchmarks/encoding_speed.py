"""Texts per second of the Hugging Face encoder and of sentence-transformers: same weights, same texts, same run, same vectors.

    python benchmarks/encoding_speed.py MODEL_FOLDER ITEMS_FILE [--texts 600] [--rounds 3] [--prefix 'passage: ']

``ITEMS_FILE``: as for ``fewrec ingest``; every other text is the title alone and the rest all columns, up to 2,000 characters, so that lengths are
mixed as they are in shops. Both get one thread of torch, take turns for ``--rounds`` rounds, and the best round of each counts. Needs
``pip install 'fewrec[llm,peers]'``.
"""

from __future__ import annotations

import argparse
from time import perf_counter, process_time

import numpy as np
import torch

from fewrec.data import read_items
from fewrec.llm.encoder.config import HFConfig
from fewrec.llm.encoder.huggingface import HFEncoder
from fewrec.preparation import text_fields, title_of
from fewrec.text import item_text


def mixed_texts(file: str, n: int) -> list[str]:
    """Titles and long texts by turns, in random order."""
    table, _ = read_items(file)
    texts = []
    for number, row in enumerate(table.iter_rows(named=True)):
        fields = text_fields(row)
        texts.append(title_of(fields, row["item_id"]) if number % 2 else item_text(fields, max_chars=2000))
    order = np.random.default_rng(0).permutation(len(texts))[:n]
    return [texts[place] for place in order]


def main() -> None:
    """Print a line for each and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("items")
    parser.add_argument("--texts", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--prefix", default="")
    given = parser.parse_args()
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Normalize, Pooling, Transformer

    torch.set_num_threads(1)
    texts = mixed_texts(given.items, given.texts)
    prefixed = [given.prefix + text for text in texts]
    ours = HFEncoder(HFConfig(model=given.model, prefix=given.prefix, pooling="mean"), progress=False)
    body = Transformer(given.model, max_seq_length=512)
    theirs = SentenceTransformer(modules=[body, Pooling(ours.dimensions, pooling_mode="mean"), Normalize()], device="cpu")

    def run_ours() -> np.ndarray:
        return ours.encode(texts)

    def run_theirs() -> np.ndarray:
        return np.asarray(theirs.encode(prefixed, show_progress_bar=False))  # its own defaults: batches of 32, sorted by length

    seconds: dict[str, list[float]] = {"fewrec": [], "sentence-transformers": []}
    cpu: dict[str, list[float]] = {"fewrec": [], "sentence-transformers": []}
    vectors: dict[str, np.ndarray] = {}
    for run in (run_ours, run_theirs):
        run()  # weights are read, caches are warm
    for _ in range(given.rounds):
        for name, run in (("fewrec", run_ours), ("sentence-transformers", run_theirs)):
            started, worked = perf_counter(), process_time()
            vectors[name] = run()
            seconds[name].append(perf_counter() - started)
            cpu[name].append(process_time() - worked)
    lengths = [len(ids) for ids in ours._tokenize(texts)]
    print(f"{len(texts)} texts of {min(lengths)} to {max(lengths)} tokens, median {int(np.median(lengths))}, one thread")
    for name, times in seconds.items():
        print(f"{name:<22} {len(texts) / min(times):8.1f} texts/s   rounds: {', '.join(f'{t:.2f} s' for t in times)}")
    for what, times in (("wall", seconds), ("processor", cpu)):  # other work on the machine lengthens the first
        print(f"ratio by {what} time {min(times['sentence-transformers']) / min(times['fewrec']):.2f}")
    print(f"largest difference of a vector's number {np.abs(vectors['fewrec'] - vectors['sentence-transformers']).max():.1e}")


if __name__ == "__main__":
    main()
