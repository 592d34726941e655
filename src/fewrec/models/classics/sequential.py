"""``sequential``: self-attention over the examples in the order in which they happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from fewrec.errors import SettingError
from fewrec.models.classics._base import Baseline, log_popularity
from fewrec.models.classics._neural import TrainingConfig, require_torch, seeded, train, validation_split
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Vector

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class SequentialConfig:
    """Settings for :class:`Sequential`."""

    dimensions: int = 64
    """Of the embeddings, a multiple of ``heads``."""
    heads: int = 1
    """Attention heads a block, >= 1."""
    blocks: int = 1
    """Transformer blocks, >= 1."""
    dropout: float = 0.3
    """In [0, 1)."""
    max_length: int = 50
    """Latest likes that are looked at, >= 1."""
    training: TrainingConfig = field(default_factory=lambda: TrainingConfig(learning_rate=0.001, batch_size=64))

    def __post_init__(self) -> None:
        if min(self.heads, self.blocks, self.max_length) < 1 or self.dimensions % self.heads:
            raise SettingError(f"{self}: expected counts >= 1 and dimensions a multiple of heads")


class Sequential(Baseline):
    """SASRec-like: a causal transformer that predicts, at every place of a user's history, a like not shown before it; embeddings tied.

    Sources: Kang & McAuley, ICDM 2018; Klenitskiy & Vasilev, RecSys 2023 (full softmax); Pancha et al., KDD 2022 (any open like as the
    target rather than the very next one, which is what k-shot users are asked for: their examples are a few of many, not consecutive).
    Histories start with a token of their own, so that no examples give popularity. Dislikes and statements are not part of a history.
    """

    name = "sequential"
    __cannot_be_saved__ = "it holds a neural network"

    def __init__(self, config: SequentialConfig | None = None) -> None:
        self.config = config or SequentialConfig()
        self._torch = require_torch(self.name)
        self._network: Any = None  # a network with ``items`` and ``bias``, None where nobody likes anything

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:
        self._network = None
        self._n_columns = len(catalogue)
        if interactions.likes.nnz == 0:
            return
        fold = validation_split(catalogue, interactions, rng=rng)
        histories = _histories(fold.interactions if fold else interactions)
        torch = self._torch
        with seeded(torch, rng):
            self._network = _network(torch, log_popularity((fold.interactions if fold else interactions).likes), self.config)
            network = self._network

            def loss_of(users: np.ndarray[Any, Any]) -> Tensor:
                drawn = [_excerpt(histories[user], self.config.max_length, rng) for user in users]
                hidden = network(_padded(torch, [shown for shown, _ in drawn]))  # (b, l, h)
                targets = _padded(torch, [rest for _, rest in drawn], start=False)
                real = targets >= 0
                logits = hidden[:, : targets.shape[1]][real] @ network.items.weight[2:].T + network.bias
                loss: Tensor = torch.nn.functional.cross_entropy(logits, targets[real])
                return loss

            train(network, loss_of, len(histories), fold=fold, score=self._score, config=self.config.training, rng=rng)

    def _score(self, examples: Sequence[Examples]) -> Matrix:
        if self._network is None:
            return np.zeros((len(examples), self._n_columns), dtype=np.float32)
        torch = self._torch
        histories = [(e.rows[(e.rows >= 0) & (e.utility > 0)] + 1)[-self.config.max_length :] for e in examples]
        self._network.eval()
        with torch.no_grad():
            hidden = self._network(_padded(torch, histories))[range(len(examples)), [len(h) for h in histories]]
            scores: Matrix = (hidden @ self._network.items.weight[2:].T + self._network.bias).numpy()
        return scores


def _histories(interactions: Interactions) -> list[Any]:
    """Liked rows + 1 of every user with a like, oldest first; entries without a time keep their place in the file."""
    liked = np.flatnonzero(interactions.utility > 0)
    time = np.nan_to_num(interactions.time[liked], nan=-np.inf)
    order = liked[np.lexsort((np.arange(len(liked)), time, interactions.user[liked]))]
    starts = np.flatnonzero(np.diff(interactions.user[order], prepend=-1))
    return [part + 1 for part in np.split(interactions.item[order], starts[1:])]


def _excerpt(history: Any, max_length: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """A random share of a history in order (l,), and for each place, its start included, a like not among those before it."""
    kept = np.sort(rng.permutation(len(history))[: max(1, int(len(history) * rng.uniform(0.0, 1.0)))])
    start = int(rng.integers(0, max(0, len(kept) - max_length) + 1))
    kept = kept[start : start + max_length]
    rest = rng.permutation(np.setdiff1d(np.arange(len(history)), kept))
    # Likes that stay hidden may be the target anywhere, later ones of the excerpt only before they are shown.
    targets = []
    for place in range(len(kept) + 1):
        open_likes = len(rest) + len(kept) - place
        if open_likes == 0:
            break
        choice = int(rng.integers(open_likes))
        targets.append(rest[choice] if choice < len(rest) else kept[place + choice - len(rest)])
    return history[kept], history[np.array(targets)] - 1


def _padded(torch: Any, histories: Sequence[Any], *, start: bool = True) -> Tensor:
    """Tokens (b, l): 1 starts a history, item row + 2 follows, 0 fills up. As targets (``start`` false) rows as they are, -1 fills up."""
    width = max(len(h) for h in histories) + int(start)
    tokens = np.full((len(histories), width), 0 if start else -1, dtype=np.int64)
    for row, history in enumerate(histories):
        if start:
            tokens[row, 0] = 1
            tokens[row, 1 : len(history) + 1] = history + 1
        else:
            tokens[row, : len(history)] = history
    return torch.from_numpy(tokens)  # type: ignore[no-any-return]


def _network(torch: Any, bias: Vector, config: SequentialConfig) -> Any:
    """The transformer over m + 2 tokens, item biases starting from ``bias`` (m,)."""
    nn = torch.nn

    class Attention(nn.Module):  # type: ignore[misc, name-defined]
        """Causal transformer; the output at a place stands for what comes next."""

        def __init__(self) -> None:
            super().__init__()
            self.items = nn.Embedding(len(bias) + 2, config.dimensions, padding_idx=0)
            self.place = nn.Embedding(config.max_length + 1, config.dimensions)
            self.bias = nn.Parameter(torch.from_numpy(bias.copy()))
            self.drop = nn.Dropout(config.dropout)
            block = nn.TransformerEncoderLayer(
                config.dimensions,
                config.heads,
                2 * config.dimensions,
                config.dropout,
                batch_first=True,
                norm_first=True,
            )
            self.blocks = nn.TransformerEncoder(block, config.blocks, enable_nested_tensor=False)
            self.norm = nn.LayerNorm(config.dimensions)
            for embedding in (self.items, self.place):
                nn.init.normal_(embedding.weight, std=0.05)

        def forward(self, tokens: Tensor) -> Tensor:
            """(b, l, h) for ``tokens`` (b, l)."""
            length = tokens.shape[1]
            future = torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1)
            seen = self.drop(self.items(tokens) + self.place.weight[:length])
            hidden: Tensor = self.norm(self.blocks(seen, mask=future))
            return hidden

    return Attention()
