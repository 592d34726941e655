"""The training loop: resumable, ended by texts held out."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from fewrec.errors import ModelLoadError
from fewrec.llm.distill.batches import TokenLists, batches, neighbourhoods
from fewrec.llm.distill.measures import mean_cosine, shared_neighbours
from fewrec.llm.distill.network import StudentNetwork, alignment_loss, similarity_loss
from fewrec.llm.distill.settings import DistillConfig
from fewrec.types import Matrix

_SAVE_EVERY = 200
_CLUSTERS = 512


@dataclass(frozen=True)
class Task:
    """What is taught."""

    tokens: TokenLists
    teacher: NDArray[np.float16]
    """(n, D) unit rows."""
    train: NDArray[np.int64]
    held_out: NDArray[np.int64]
    pairs: NDArray[np.int64]
    """(m, 2) rows of training texts that mean the same."""


class Trainer:
    """Trains a network on a task. ``checkpoint`` is written every few minutes and read again by the next trainer of the same task."""

    def __init__(self, network: StudentNetwork, task: Task, config: DistillConfig, checkpoint: Path) -> None:
        torch.set_num_threads(config.threads)
        self.network, self.task, self.config, self.checkpoint = network, task, config, checkpoint
        rows = [network.rows.weight]
        head = [parameter for name, parameter in network.named_parameters() if name != "rows.weight"]
        self.optimisers: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.SparseAdam(rows, lr=config.rate),
            torch.optim.Adam(head, lr=config.rate),
        )
        self.epoch, self.step = 0, 0
        self.history: list[dict[str, float]] = []
        self.best: dict[str, NDArray[np.float32]] = {}
        self._cluster = neighbourhoods(task.teacher, _CLUSTERS, np.random.default_rng([config.seed, 1]))
        self.n_steps = sum(1 for _ in self._batches(0))

    def train(self, log: Callable[[str], None]) -> None:
        """Go on to the end, and leave the network at its best pass."""
        if self.checkpoint.is_file():
            self._restore()
            log(f"going on at pass {self.epoch + 1}, step {self.step} of {self.n_steps}")
        if not self.history:
            self._measure(log)  # where it starts from
        while self.epoch < self.config.epochs and not self._exhausted():
            self._pass(log)
            self.epoch, self.step = self.epoch + 1, 0
            self._measure(log)
            self._save()
        with torch.no_grad():
            for name, parameter in self.network.named_parameters():
                parameter.copy_(torch.from_numpy(self.best[name]))

    def _exhausted(self) -> bool:
        scores = [each["neighbours"] for each in self.history]
        return len(scores) - 1 - int(np.argmax(scores)) >= self.config.patience

    def _batches(self, epoch: int) -> Any:
        return batches(self.task.train, self._cluster, self.config.batch, np.random.default_rng([self.config.seed, 2, epoch]))

    def _pass(self, log: Callable[[str], None]) -> None:
        total = self.n_steps * self.config.epochs
        losses: list[float] = []
        for number, rows in enumerate(self._batches(self.epoch)):
            if number < self.step:
                continue  # done before the kill
            done = (self.epoch * self.n_steps + number) / total
            for optimiser in self.optimisers:
                for group in optimiser.param_groups:
                    group["lr"] = self.config.rate * (0.05 + 0.95 * 0.5 * (1 + np.cos(np.pi * done)))
            losses.append(self._step(rows, np.random.default_rng([self.config.seed, 3, self.epoch, number])))
            self.step = number + 1
            if self.step % _SAVE_EVERY == 0:
                self._save()
                log(f"pass {self.epoch + 1}, step {self.step} of {self.n_steps}: loss {np.mean(losses[-_SAVE_EVERY:]):.4f}")

    def _step(self, rows: NDArray[np.int64], rng: np.random.Generator) -> float:
        config, task = self.config, self.task
        n_pairs = min(config.batch // 8, len(task.pairs)) if config.alignment > 0 else 0
        paired = task.pairs[rng.choice(len(task.pairs), n_pairs, replace=False)] if n_pairs > 1 else task.pairs[:0]
        ids, begins = task.tokens.select(np.concatenate([rows, paired[:, 0], paired[:, 1]]))
        student = self.network(torch.from_numpy(ids), torch.from_numpy(begins))
        teacher = torch.from_numpy(task.teacher[rows].astype(np.float32))
        ours, sides = student[: len(rows)], student[len(rows) :]
        loss = (1 - (ours * teacher).sum(dim=1)).mean()
        if config.similarity > 0:
            loss = loss + config.similarity * similarity_loss(ours, teacher)
        if len(paired):
            loss = loss + config.alignment * alignment_loss(sides[: len(paired)], sides[len(paired) :])
        for optimiser in self.optimisers:
            optimiser.zero_grad()
        loss.backward()
        for optimiser in self.optimisers:
            optimiser.step()
        return float(loss.detach())

    def predict(self, rows: NDArray[np.int64]) -> Matrix:
        """(len(rows), D) what the network makes of texts now."""
        with torch.no_grad():
            parts = []
            for first in range(0, len(rows), 2048):
                ids, begins = self.task.tokens.select(rows[first : first + 2048])
                parts.append(self.network(torch.from_numpy(ids), torch.from_numpy(begins)).numpy())
        return np.concatenate(parts)

    def _measure(self, log: Callable[[str], None]) -> None:
        ours, theirs = self.predict(self.task.held_out), self.task.teacher[self.task.held_out].astype(np.float32)
        score = {"cosine": mean_cosine(ours, theirs), "neighbours": float(shared_neighbours(ours, theirs).mean())}
        if not self.history or score["neighbours"] > max(each["neighbours"] for each in self.history):
            self.best = {name: parameter.detach().numpy().copy() for name, parameter in self.network.named_parameters()}
        self.history.append(score)
        log(f"after pass {self.epoch}: held-out cosine {score['cosine']:.4f}, ten neighbours shared {score['neighbours']:.4f}")

    def _save(self) -> None:
        arrays: dict[str, Any] = {
            f"network/{name}": parameter.detach().numpy() for name, parameter in self.network.named_parameters()
        }
        arrays |= {f"best/{name}": array for name, array in self.best.items()}
        for number, optimiser in enumerate(self.optimisers):
            for row, state in optimiser.state_dict()["state"].items():
                arrays |= {f"optimiser/{number}/{row}/{name}": np.asarray(value) for name, value in state.items()}
        progress = {"epoch": self.epoch, "step": self.step, "history": self.history}
        arrays["progress"] = np.frombuffer(json.dumps(progress).encode(), dtype=np.uint8)
        partial = self.checkpoint.with_suffix(".partial.npz")
        np.savez(partial, **arrays)
        partial.replace(self.checkpoint)

    def _restore(self) -> None:
        try:
            self._read_checkpoint()
        except (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile) as error:
            raise ModelLoadError(f"{self.checkpoint} is damaged: {error}", hint="delete it: training begins anew") from error

    def _read_checkpoint(self) -> None:
        with self.checkpoint.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            progress = json.loads(stored["progress"].tobytes())
            self.epoch, self.step, self.history = progress["epoch"], progress["step"], progress["history"]
            with torch.no_grad():
                for name, parameter in self.network.named_parameters():
                    parameter.copy_(torch.from_numpy(stored[f"network/{name}"]))
            self.best = {name.removeprefix("best/"): stored[name] for name in stored.files if name.startswith("best/")}
            for number, optimiser in enumerate(self.optimisers):
                state: dict[int, dict[str, Any]] = {}
                for name in stored.files:
                    if name.startswith(f"optimiser/{number}/"):
                        _, _, row, key = name.split("/")
                        value = stored[name]
                        keeps_number = isinstance(optimiser, torch.optim.SparseAdam) and key == "step"
                        state.setdefault(int(row), {})[key] = int(value) if keeps_number else torch.from_numpy(value.copy())
                optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
