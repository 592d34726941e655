"""A toy world for language models: six vectors, six short texts, tiny random models of real classes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForCausalLM

from fewrec.llm.decoder import LMDecoder, LMDecoderConfig
from fewrec.llm.decoder.conditioned import ConditionedLM
from fewrec.llm.decoder.files import Head
from fewrec.llm.decoder.loading import load_causal_lm
from fewrec.llm.decoder_training import Pairs
from fewrec.testing import tiny_model
from fewrec.types import Matrix

TEXTS = ("A.", "B.", "C.", "A, D.", "g: E.", "g: B.")
D = 16
SCALE = 15.0  # the classes draw with deviation 0.02, with which two layers hardly change anything


class HashEncoder:
    """Texts as unit vectors drawn from their digests: no meaning, but a fingerprint and always the same."""

    name = "hash"
    dimensions = D

    def __init__(self, fingerprint: str = "hash-1") -> None:
        self.fingerprint = fingerprint

    def encode(self, texts: Sequence[str]) -> Matrix:
        rows = np.zeros((len(texts), D), dtype=np.float32)
        for row, text in enumerate(texts):
            if text:
                seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
                rows[row] = np.random.default_rng(seed).normal(size=D)
                rows[row] /= np.linalg.norm(rows[row])
        return rows


def vectors(n: int = len(TEXTS), seed: int = 0) -> Matrix:
    found = np.random.default_rng(seed).normal(size=(n, D)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def toy_pairs() -> Pairs:
    return Pairs(vectors(), ("item",) * 5 + ("user",), TEXTS)


def lm_folder(folder: Path, architecture: str) -> Path:
    """A tiny model with matrices of the size that training gives them: layers that do something, a head that can be sure."""
    tiny_model(folder, architecture)
    model = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        for weights in model.parameters():
            if weights.ndim == 2:
                weights.mul_(SCALE)
    model.save_pretrained(folder)
    return folder


def conditioned(lm: Path, *, lora: int = 8, seed: int = 0, **settings: object) -> ConditionedLM:
    config = LMDecoderConfig(lm=str(lm), lora=lora, n_prompts=4, n_hidden=32, max_new_tokens=24, **settings)
    torch.manual_seed(seed)
    return ConditionedLM(load_causal_lm(config), config, D, "en")


def decoder(made: ConditionedLM, encoder: HashEncoder | None = None) -> LMDecoder:
    encoder = encoder or HashEncoder()
    head = Head(made.config, encoder.name, encoder.fingerprint, D, "en", made.loaded.identity, {})
    return LMDecoder(head, made, encoder)
