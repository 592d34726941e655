"""``two-tower``: a network that maps examples to a point, and items to points near the users who like them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from fewrec.models.classics._base import Baseline, log_popularity
from fewrec.models.classics._neural import TrainingConfig, require_torch, seeded, train, validation_split
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Vector

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class TwoTowerConfig:
    """Settings for :class:`TwoTower`."""

    dimensions: int = 64
    """Of the space in which users and items meet, >= 1."""
    dropout: float = 0.2
    """Share of examples whose id is withheld in training, so that their text must serve (DropoutNet), in [0, 1)."""
    max_shots: int = 10
    """Likes revealed in training, at most; 0 to this many are drawn."""
    training: TrainingConfig = field(default_factory=TrainingConfig)


class TwoTower(Baseline):
    """Score = MLP(mean of the examples' points) . (item embedding + linear map of its text vector) + item bias.

    Trained with a softmax over the whole catalogue: reveal some likes of a user, predict the rest. Sources: Covington, Adams & Sargin,
    RecSys 2016 (towers); Liang et al., WWW 2018 (multinomial likelihood); Volkovs, Yu & Poutanen, NIPS 2017 (dropout of ids). Users and
    items never met in training are placed by their examples and their text; no examples give the learned bias, which is popularity.
    """

    name = "two-tower"
    __cannot_be_saved__ = "it holds a neural network"

    def __init__(self, config: TwoTowerConfig | None = None) -> None:
        self.config = config or TwoTowerConfig()
        self._torch = require_torch(self.name)
        self._network: Any = None  # None where nobody likes anything

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:
        self._network = None
        self._n_columns = len(catalogue)
        if interactions.likes.nnz == 0:
            return
        fold = validation_split(catalogue, interactions, rng=rng)
        likes = (fold.interactions if fold else interactions).likes
        likes = likes[np.diff(likes.indptr) >= 2]
        torch = self._torch
        with seeded(torch, rng):
            self._network = _network(torch, catalogue.vectors, log_popularity(likes), self.config)
            network = self._network

            def loss_of(users: np.ndarray[Any, Any]) -> Tensor:
                shown = [_reveal(likes, user, self.config.max_shots, rng) for user in users]
                people = [Examples.of_likes(catalogue, some) for some, _ in shown]
                logits = torch.log_softmax(network(*_padded(torch, people, hide=self.config.dropout, rng=rng)), dim=1)
                row = np.repeat(np.arange(len(users)), [len(rest) for _, rest in shown])
                rest = np.concatenate([rest for _, rest in shown])
                share = np.concatenate([np.full(len(rest), 1 / len(rest), np.float32) for _, rest in shown])
                loss: Tensor = -(logits[row, rest] * torch.from_numpy(share)).sum() / len(users)
                return loss

            if likes.shape[0]:
                train(network, loss_of, likes.shape[0], fold=fold, score=self._score, config=self.config.training, rng=rng)
            network.eval()

    def _score(self, examples: Sequence[Examples]) -> Matrix:
        if self._network is None:
            return np.zeros((len(examples), self._n_columns), dtype=np.float32)
        self._network.eval()
        with self._torch.no_grad():
            scores: Matrix = self._network(*_padded(self._torch, examples)).numpy()
        return scores


def _reveal(likes: Any, user: int, max_shots: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Some likes of a training user to show, and the rest to predict."""
    liked = rng.permutation(likes.indices[likes.indptr[user] : likes.indptr[user + 1]])
    n_shown = int(rng.integers(0, min(max_shots, len(liked) - 1) + 1))
    return liked[:n_shown], liked[n_shown:]


def _padded(
    torch: Any, examples: Sequence[Examples], *, hide: float = 0.0, rng: np.random.Generator | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Ids (b, k) with 0 for padding, statements and hidden ids; vectors (b, k, d); signed strength (b, k), 0 for padding."""
    width = max(1, *(len(e) for e in examples)) if len(examples) > 1 else max(1, len(examples[0]))
    ids = np.zeros((len(examples), width), dtype=np.int64)
    vectors = np.zeros((len(examples), width, examples[0].vectors.shape[1]), dtype=np.float32)
    strength = np.zeros((len(examples), width), dtype=np.float32)
    for row, e in enumerate(examples):
        ids[row, : len(e)] = e.rows + 1
        vectors[row, : len(e)] = e.vectors
        strength[row, : len(e)] = e.utility * e.weight
    if rng is not None:
        ids[rng.random(ids.shape) < hide] = 0
    return torch.from_numpy(ids), torch.from_numpy(vectors), torch.from_numpy(strength)


def _network(torch: Any, vectors: Matrix, bias: Vector, config: TwoTowerConfig) -> Any:
    """Towers over ``vectors`` (m, d), item biases starting from ``bias`` (m,)."""
    nn = torch.nn
    text = torch.from_numpy(vectors.copy())

    class Towers(nn.Module):  # type: ignore[misc, name-defined]
        """Both towers."""

        def __init__(self) -> None:
            super().__init__()
            self.example_id = nn.Embedding(len(vectors) + 1, config.dimensions, padding_idx=0)
            self.example_text = nn.Linear(vectors.shape[1], config.dimensions, bias=False)
            self.item_id = nn.Embedding(len(vectors), config.dimensions)
            self.item_text = nn.Linear(vectors.shape[1], config.dimensions, bias=False)
            self.item_bias = nn.Parameter(torch.from_numpy(bias.copy()))
            self.hidden = nn.Linear(config.dimensions, config.dimensions)
            self.out = nn.Linear(config.dimensions, config.dimensions)
            for embedding in (self.example_id, self.item_id):
                nn.init.normal_(embedding.weight, std=0.05)
            with torch.no_grad():
                self.example_id.weight[0] = 0

        def forward(self, ids: Tensor, points: Tensor, strength: Tensor) -> Tensor:
            """(b, m) logits."""
            seen = self.example_id(ids) + self.example_text(points)  # (b, k, h)
            total = strength.abs().sum(dim=1, keepdim=True).clamp(min=1e-6)
            mean = (seen * strength[:, :, None]).sum(dim=1) / total  # (b, h)
            # More examples make a surer user: the point grows with their number, as a posterior mean does.
            mean = mean * total / (total + 1)
            user = mean + self.out(torch.relu(self.hidden(mean)))
            items = self.item_id.weight + self.item_text(text)  # (m, h)
            logits: Tensor = user @ items.T + self.item_bias
            return logits

    return Towers()
