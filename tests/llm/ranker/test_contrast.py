"""Contrastive fine-tuning gives an encoder in which items that people like together are near."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from fewrec.errors import DataError, ModelLoadError, SettingError
from fewrec.llm.encoder.config import HFConfig
from fewrec.llm.encoder.huggingface import HFEncoder
from fewrec.llm.ranker.contrast import ContrastConfig, co_liked_pairs, contrast, info_nce
from fewrec.llm.ranker.result import read_result
from fewrec.types import Interactions

N_ITEMS = 24


def world(n_users: int = 60) -> tuple[list[str], Interactions]:
    """Two kinds of items, which random weights cannot tell apart by more than chance; a user likes one kind."""
    texts = [f"{'qx' if row % 2 else 'vw'} {row:02d}" for row in range(N_ITEMS)]
    rng = np.random.default_rng(0)
    user = np.repeat(np.arange(n_users), 6)
    item = np.concatenate([rng.permutation(np.arange(u % 2, N_ITEMS, 2))[:6] for u in range(n_users)])
    ones = np.ones(len(user), dtype=np.float32)
    return texts, Interactions(tuple(map(str, range(n_users))), N_ITEMS, user, item, ones, ones, np.full(len(user), np.nan))


def separation(vectors: np.ndarray) -> float:
    """Mean cosine within kinds less that across."""
    cosines = vectors @ vectors.T
    same = np.equal.outer(np.arange(N_ITEMS) % 2, np.arange(N_ITEMS) % 2)
    return float(cosines[same].mean() - cosines[~same].mean())


@pytest.mark.parametrize(("architecture", "full"), [("bert", True), ("bert", False), ("gpt2", True)])
def test_what_is_liked_together_comes_together(bases: dict[str, str], architecture: str, full: bool, tmp_path: Path) -> None:
    texts, known = world()
    config = ContrastConfig(method="full" if full else "lora", learning_rate=3e-3 if full else 3e-2, steps=40, dropout=0.0)
    report = contrast(bases[architecture], texts, known, config, out=tmp_path)
    assert report["best_step"] > 0
    before = HFEncoder(HFConfig(model=bases[architecture]), progress=False).encode(texts)
    after = HFEncoder(HFConfig(model=str(tmp_path)), progress=False).encode(texts)
    assert separation(after) > separation(before) + 0.05
    with pytest.raises(ModelLoadError, match="contrast"):
        read_result(tmp_path)
    with pytest.raises(ModelLoadError, match="finished"):
        contrast(bases[architecture], texts, known, config, out=tmp_path)


def test_friends_are_no_negatives() -> None:
    _, known = world()
    together = ((known.likes.T @ known.likes) > 0).tocsr()
    vectors = torch.eye(4)[[0, 1, 0, 1]]
    alone = info_nce(vectors, np.array([0, 1]), np.array([2, 3]), together, 0.5)
    expected = np.log(1 + np.exp(-2.0))  # kinds differ: each is the other's negative
    assert float(alone) == pytest.approx(expected, abs=1e-4)
    assert float(info_nce(vectors, np.array([0, 2]), np.array([2, 4]), together, 0.5)) == pytest.approx(0.0, abs=1e-4)


def test_too_few_pairs() -> None:
    _, known = world(4)
    with pytest.raises(DataError, match="expected at least 20"):
        co_liked_pairs(known, np.ones(N_ITEMS, dtype=bool), 100, np.random.default_rng(0))
    with pytest.raises(SettingError):
        ContrastConfig(temperature=0.0)
