"""An encoder fine-tuned on interactions: what one person likes draws together, the rest of the batch is pushed away. Needs torch.

InfoNCE with in-batch negatives (van den Oord et al., 2018; as in SimCSE and E5); items that the same people like are no negatives. The
result is an ordinary Hugging Face folder, used as the encoder ``hf:FOLDER``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from scipy import sparse
from torch import Tensor
from transformers import AutoModel

from fewrec.errors import DataError, ModelLoadError, SettingError
from fewrec.llm.encoder.config import HFConfig
from fewrec.llm.encoder.loading import choose_device, load_config, load_pretrained, load_tokenizer, own_pooling
from fewrec.llm.encoder.pooling import POOLERS
from fewrec.llm.ranker.config import TransferConfig
from fewrec.llm.ranker.networks import Tokens, Trainable, batches_by_length, dtype_of, make_trainable
from fewrec.llm.ranker.result import DOCUMENT, FORMAT_VERSION
from fewrec.llm.ranker.training import Progress, remove_checkpoints, train
from fewrec.llm.ranker.tuning import identity_of
from fewrec.types import Interactions, Rows

MIN_PAIRS = 20
_N_VALID = 64
_MAX_LENGTH = 96
"""Tokens of an item text: titles and columns say most in their beginning, and a step costs their number."""


@dataclass(frozen=True, kw_only=True)
class ContrastConfig(TransferConfig):
    """Settings of a contrastive run; of :class:`TransferConfig` those that speak of prompts mean nothing here."""

    batch_size: int = 16
    """Pairs of a step; each pair's negatives are the others' items."""
    steps: int | None = 100
    """Steps at most."""
    max_length: int = _MAX_LENGTH
    """Tokens of an item's text."""
    temperature: float = 0.05
    """> 0: cosines are divided by it."""
    max_pairs: int = 5000
    """Pairs drawn from the users."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.temperature > 0 or self.batch_size < 2 or self.max_pairs < MIN_PAIRS:
            raise SettingError(
                f"found temperature={self.temperature}, batch_size={self.batch_size}, max_pairs={self.max_pairs}",
                hint=f"expected above 0, at least 2, at least {MIN_PAIRS}",
            )


class EncoderNetwork(Trainable):
    """Token ids -> unit vectors."""

    def __init__(self, body: Any, pad_id: int, pooling: str) -> None:
        super().__init__()
        self.body, self.pad_id, self.pooling = body, pad_id, pooling

    def vectors(self, batch: Sequence[Tokens]) -> Tensor:
        """(b, d) unit rows."""
        width = max(map(len, batch))
        ids = torch.tensor([[*own, *[self.pad_id] * (width - len(own))] for own in batch], device=self.device)
        mask = (torch.arange(width) < torch.tensor([[len(own)] for own in batch])).long().to(self.device)  # (b, t)
        hidden = self.body(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        return torch.nn.functional.normalize(POOLERS[self.pooling](hidden, mask), dim=1)


def contrast(
    model: str,
    texts: Sequence[str],
    interactions: Interactions,
    config: ContrastConfig,
    *,
    out: Path,
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Fine-tune the encoder ``model`` on pairs of items liked by one user; ``texts`` (m,) of the items. Returns what to report.

    Pairs of a tenth of the users validate. Where no checkpoint is better than the model as it came, the result is the model as it came.

    Raises:
        DataError: too few pairs of items with text that are liked together.
        ModelLoadError: the base model cannot be used, or ``out`` holds another run or a finished one.
    """
    if (out / DOCUMENT).is_file():
        raise ModelLoadError(f"{out} holds a finished result", hint="choose another --out, or remove it")
    started = perf_counter()
    rng = np.random.default_rng(config.seed)
    told = np.array([bool(text.strip()) for text in texts])
    pairs, valid = co_liked_pairs(interactions, told, config.max_pairs, rng)
    source = HFConfig(model=model, device=config.device)
    load_config(source)
    device = choose_device(config.device)
    tokenizer, pooling = load_tokenizer(source), own_pooling(source)
    body = load_pretrained(source, AutoModel, dtype_of(config, device), device, may_miss=("pooler.",))
    pad_id = next((i for i in (tokenizer.pad_token_id, tokenizer.eos_token_id) if i is not None), 0)
    network = make_trainable(EncoderNetwork(body, pad_id, pooling).requires_grad_(False), config)
    ids: list[Tokens] = tokenizer(list(texts), truncation=True, max_length=config.max_length)["input_ids"]
    together = ((interactions.likes.T @ interactions.likes) > 0).tocsr()

    def loss_of(pair_places: Rows | list[int], own: Rows = pairs) -> Tensor:
        left, right = own[np.asarray(pair_places)].T
        vectors = network.vectors([ids[i] for i in (*left, *right)])
        return info_nce(vectors, left, right, together, config.temperature)

    course = train(
        network,
        loss_of,
        lambda: _validation_loss(network, ids, valid, together, config.temperature),
        len(pairs),
        config,
        folder=out / "unfinished",
        run_key=_key(model, texts, pairs, config),
        progress=progress,
    )
    report = {
        "pairs": len(pairs),
        "valid_pairs": len(valid),
        "steps": course.step,
        "best_step": course.best_step,
        "validation": course.history,
        "seconds": round(perf_counter() - started, 1),
    }
    _save(network, tokenizer, pooling, model, config, report, out)
    return report


def co_liked_pairs(known: Interactions, told: Any, n: int, rng: np.random.Generator) -> tuple[Rows, Rows]:
    """(p, 2), (v, 2) item rows: pairs liked by one user, to learn from and, of other users, to validate on. ``told`` (m,): has text.

    Raises:
        DataError: too few.
    """
    likes = known.likes.tocsr()
    users = [likes.indices[likes.indptr[u] : likes.indptr[u + 1]] for u in rng.permutation(known.n_users)]
    users = [own for own in ([i for i in items if told[i]] for items in users) if len(own) >= 2]
    n_aside = max(1, len(users) // 10)
    aside, rest = users[:n_aside], users[n_aside:]
    pairs, valid = _drawn(rest, n, rng), _drawn(aside, _N_VALID, rng)
    if len(pairs) < MIN_PAIRS or len(valid) < 2:
        raise DataError(
            f"{len(pairs)} pairs of items with text that one user likes, expected at least {MIN_PAIRS}",
            hint="ingest more events, or items with titles; see fewrec ingest",
        )
    return pairs, valid


def _drawn(users: Sequence[Sequence[int]], n: int, rng: np.random.Generator) -> Rows:
    """Pairs of every user in turn, so that busy users do not speak for all; no pair twice of one user."""
    queues = []
    for own in users:
        order = rng.permutation(np.asarray(own))
        queues.append([(order[i], order[i + 1]) for i in range(0, len(order) - 1, 2)])
    found: list[tuple[int, int]] = []
    turn = 0
    while len(found) < n and any(turn < len(queue) for queue in queues):
        found += [queue[turn] for queue in queues if turn < len(queue)]
        turn += 1
    return np.array(found[:n], dtype=np.int64).reshape(-1, 2)


def info_nce(vectors: Tensor, left: Rows, right: Rows, together: sparse.csr_matrix, temperature: float) -> Tensor:
    """Both directions of the loss; ``vectors`` (2b, d), left ones first. Items that some user likes both of are no negatives."""
    b = len(left)
    cosines = vectors[:b] @ vectors[b:].T / temperature  # (b, b)
    friends = np.asarray(together[left][:, right].todense()) | (left[:, None] == right[None])
    np.fill_diagonal(friends, False)
    cosines = cosines.masked_fill(torch.from_numpy(friends).to(vectors.device), -1e4)
    own = torch.arange(b, device=vectors.device)
    nll = torch.nn.functional.cross_entropy
    return (nll(cosines, own) + nll(cosines.T, own)) / 2


def _validation_loss(
    network: EncoderNetwork, ids: Sequence[Tokens], valid: Rows, together: sparse.csr_matrix, temperature: float
) -> float:
    network.eval()
    rows = valid.T.ravel().tolist()
    found: list[Tensor] = [torch.empty(0)] * len(rows)
    with torch.inference_mode():
        for places in batches_by_length([ids[row] for row in rows], 1024):
            for place, vector in zip(places, network.vectors([ids[rows[p]] for p in places]), strict=True):
                found[place] = vector
        return float(info_nce(torch.stack(found), valid[:, 0], valid[:, 1], together, temperature))


def _save(
    network: EncoderNetwork, tokenizer: Any, pooling: str, model: str, config: ContrastConfig, report: dict[str, Any], out: Path
) -> None:
    body = network.body.float()
    if hasattr(body, "merge_and_unload"):
        body = body.merge_and_unload()
    body.save_pretrained(out)
    tokenizer.save_pretrained(out)
    if pooling != "mean":
        (out / "1_Pooling").mkdir(exist_ok=True)
        (out / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode": pooling}), encoding="utf-8")
    document = {
        "format": FORMAT_VERSION,
        "task": "contrast",
        "base": model,
        "identity": identity_of(model),
        "config": config.to_dict(),
        "report": report,
    }
    (out / DOCUMENT).write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    remove_checkpoints(out / "unfinished")


def _key(model: str, texts: Sequence[str], pairs: Rows, config: ContrastConfig) -> str:
    told = json.dumps([identity_of(model), list(texts), pairs.tolist(), config.to_dict()], sort_keys=True)
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:20]
