"""What the neural peers share: training on random reveals of users' likes, stopped when other training users stop gaining."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fewrec.errors import MissingExtraError, SettingError
from fewrec.models.episodes import Fold, TuningConfig, fold_ndcg, make_folds
from fewrec.types import Catalogue, Examples, Interactions, Matrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch


def require_torch(name: str) -> Any:
    """The ``torch`` module, or an error that names the extra."""
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError(f"the model {name}", "llm") from error
    return torch


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How a neural peer is trained."""

    learning_rate: float = 0.002
    """Of Adam, > 0."""
    weight_decay: float = 1e-5
    """L2 weight of Adam's decoupled decay, >= 0."""
    batch_size: int = 128
    """Users a step, >= 1."""
    max_steps: int = 4000
    """Steps at most, >= 1."""
    check_every: int = 50
    """Steps between looks at the validation users, >= 1; an epoch where that is longer."""
    patience: int = 5
    """Looks without gain before stopping, >= 1."""

    def __post_init__(self) -> None:
        if min(self.batch_size, self.max_steps, self.check_every, self.patience) < 1 or not self.learning_rate > 0:
            raise SettingError(f"{self}: expected counts >= 1 and learning_rate > 0")


@contextmanager
def seeded(torch: Any, rng: np.random.Generator) -> Iterator[None]:
    """Torch's own randomness drawn from ``rng`` inside, and as it was outside."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**63)))
        yield


def validation_split(catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Fold | None:
    """A tenth of the users, 300 at most, to stop by, and the others to learn from; None where there are too few users to spare any."""
    n_spare = min(300, interactions.n_users // 10)
    config = TuningConfig(n_folds=10, max_users=max(1, n_spare), n_repeats=3)
    folds = make_folds(catalogue, interactions, rng=rng, config=config)
    return folds[0] if folds else None


def train(
    network: torch.nn.Module,
    loss_of: Callable[[np.ndarray[Any, Any]], torch.Tensor],
    n_users: int,
    *,
    fold: Fold | None,
    score: Callable[[Sequence[Examples]], Matrix],
    config: TrainingConfig,
    rng: np.random.Generator,
) -> None:
    """Minimise ``loss_of`` (batch of user rows) in place, and leave the weights at which NDCG@10 on ``fold`` was best.

    Without a fold, a fifth of the steps are taken: enough to learn, too few to learn by heart.
    """
    import torch

    optimiser = torch.optim.AdamW(network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    steps_per_epoch = -(-n_users // config.batch_size)
    check_every = max(config.check_every, steps_per_epoch)
    max_steps = config.max_steps if fold is not None else config.max_steps // 20
    best, best_state, n_without_gain = -1.0, copy.deepcopy(network.state_dict()), 0
    order = rng.permutation(n_users)
    for step in range(1, max_steps + 1):
        place = (step - 1) % steps_per_epoch
        if place == 0:
            order = rng.permutation(n_users)
        network.train()
        optimiser.zero_grad()
        loss = loss_of(order[place * config.batch_size : (place + 1) * config.batch_size])
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        if fold is not None and step % check_every == 0:
            gain = float(fold_ndcg(score(fold.examples), fold).mean())
            if gain > best:
                best, best_state, n_without_gain = gain, copy.deepcopy(network.state_dict()), 0
            else:
                n_without_gain += 1
                if n_without_gain >= config.patience:
                    break
    if fold is not None and best >= 0:
        network.load_state_dict(best_state)
    network.eval()
