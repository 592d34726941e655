"""A world that a tiny random network can learn: users whose history is of one kind like everything, the others nothing."""

from __future__ import annotations

import numpy as np

from fewrec.llm.ranker import Labelled, Question, TransferConfig

FAST = TransferConfig(method="full", learning_rate=5e-3, steps=40, batch_size=16, evaluations=2, max_length=96, dropout=0.0)


def rows(n: int, seed: int = 0) -> list[Labelled]:
    """``zz`` in the history means Yes, ``aa`` No; targets mean nothing."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % 2 == 0)
    return [Labelled(Question((("zz" if yes else "aa") * 3,), (), f"T{rng.integers(9)}"), bool(yes)) for yes in labels]
