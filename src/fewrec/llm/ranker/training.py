"""The training loop: few steps, early stopping on validation rows, checkpoints from which a killed run goes on. Needs torch."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from fewrec.errors import FewrecError, ModelLoadError
from fewrec.llm.ranker.calibration import Floats, Labels
from fewrec.llm.ranker.config import TransferConfig
from fewrec.llm.ranker.networks import (
    LikeNetwork,
    Tokens,
    Trainable,
    batches_by_length,
    use_checkpointing,
    wants_bfloat16,
)

Progress = Callable[[str], None]
CHECKPOINT_FORMAT = 1
_BUDGET = 2048
"""Tokens of a batch that is only answered."""


class TransferMemoryError(FewrecError):
    """The model and a batch do not fit into memory."""


@dataclass
class Course:
    """How far a run has come: what a checkpoint keeps beside tensors."""

    step: int = 0
    best_step: int = 0
    best_loss: float = math.inf
    waited: int = 0
    history: list[dict[str, float]] = field(default_factory=list)


def answer(network: LikeNetwork, tokens: Sequence[Tokens]) -> Floats:
    """(p,) log odds of a Yes, in evaluation mode."""
    found = np.zeros(len(tokens))
    network.eval()
    with torch.inference_mode():
        for places in batches_by_length(tokens, _BUDGET):
            found[places] = network.logits([tokens[place] for place in places]).double().cpu().numpy()
    return found


def train(
    network: Trainable,
    loss_of: Callable[[list[int]], Tensor],
    judge: Callable[[], float] | None,
    n_examples: int,
    config: TransferConfig,
    *,
    folder: Path,
    run_key: str,
    progress: Progress,
) -> Course:
    """Train ``network`` in place and leave it with the weights of the best evaluation, the untrained ones among them unless they are blank.

    ``loss_of`` the examples at some places; ``judge`` gives the validation loss, None where there is nothing to validate on: the last
    weights stay then. ``folder`` keeps checkpoints of the run called ``run_key``; one that is there already is gone on from.
    """
    use_checkpointing(network.body, config)
    n_steps = config.n_steps(n_examples)
    optimizer = _optimizer(network, config)
    run = _Run(folder, run_key, network, optimizer)
    course = run.resume()
    if course is None:
        course = Course()
        torch.manual_seed(config.seed)
        if judge is not None:
            _judge(judge, course)
            if network.is_blank:
                course.best_loss = math.inf
        run.keep_best(course)
        run.save(course)
    marks = {round(n_steps * (i + 1) / config.evaluations) for i in range(config.evaluations)} | {n_steps}
    while course.step < n_steps and course.waited < config.patience:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * _schedule(course.step, n_steps)
        loss = _step(network, optimizer, loss_of, _places(course.step, n_examples, config), config)
        course.step += 1
        if course.step in marks:
            told = f"step {course.step} of {n_steps}: training loss {loss:.3f}"
            if judge is None:
                course.best_step, better = course.step, True
            else:
                better = _judge(judge, course)
                told += f", validation loss {course.history[-1]['valid']:.4f}{' (best)' if better else ''}"
            if better:
                run.keep_best(course)
            run.save(course)
            progress(told)
    run.restore_best()
    network.eval()
    return course


def _judge(judge: Callable[[], float], course: Course) -> bool:
    state = torch.get_rng_state()
    loss = judge()
    torch.set_rng_state(state)
    better = loss < course.best_loss - 1e-6
    course.history.append({"step": course.step, "valid": loss})
    if better:
        course.best_loss, course.best_step, course.waited = loss, course.step, 0
    else:
        course.waited += 1
    return better


def _step(
    network: Trainable,
    optimizer: torch.optim.Optimizer,
    loss_of: Callable[[list[int]], Tensor],
    places: list[int],
    config: TransferConfig,
) -> float:
    network.train()
    try:
        with _autocast(network, config):
            loss = loss_of(places)
        loss.backward()  # type: ignore[no-untyped-call]
    except (torch.cuda.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and "memory" not in str(error).lower():
            raise
        raise TransferMemoryError(
            f"a step of {len(places)} examples does not fit into the memory of {network.device}",
            hint="lower --batch-size or max_length, use --precision bfloat16, checkpointing=true, LoRA, or a smaller model",
        ) from error
    value = float(loss.detach())
    if not np.isfinite(value):
        raise ModelLoadError(
            f"the loss is {value} in training",
            hint="use --precision float32 or a lower learning rate; or the weights are damaged",
        )
    torch.nn.utils.clip_grad_norm_(network.trained().values(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return value


def like_loss(network: LikeNetwork, batch: Sequence[Tokens], labels: Labels, smoothing: float) -> Tensor:
    """Binary cross-entropy of the log odds, its targets smoothed."""
    target = torch.tensor(labels, dtype=torch.float32, device=network.device) * (1 - 2 * smoothing) + smoothing
    return torch.nn.functional.binary_cross_entropy_with_logits(network.logits(batch), target)


@contextlib.contextmanager
def _autocast(network: Trainable, config: TransferConfig) -> Iterator[None]:
    """Mixed precision where all weights are trained; adapters stand on weights that are in the lower precision already."""
    if config.method == "full" and wants_bfloat16(config, network.device):
        with torch.autocast(network.device.type, dtype=torch.bfloat16):
            yield
    else:
        yield


def _optimizer(network: Trainable, config: TransferConfig) -> torch.optim.AdamW:
    """A fresh head begins at zero and has to come further than weights that know something: ten times the rate."""
    named = network.trained()
    groups = []
    for is_head, factor in ((False, 1.0), (True, 10.0)):
        own = [p for name, p in named.items() if name.startswith("head.") == is_head]
        if own:
            groups.append({"params": own, "lr": config.rate * factor, "peak": config.rate * factor})
    return torch.optim.AdamW(groups, weight_decay=config.weight_decay)


def _places(step: int, n: int, config: TransferConfig) -> list[int]:
    """Examples of a step: every epoch in an order of its own, steps running across epochs."""
    size = min(config.batch_size, n)
    wanted = range(step * size, (step + 1) * size)
    orders = {epoch: np.random.default_rng([config.seed, epoch]).permutation(n) for epoch in {i // n for i in wanted}}
    return [int(orders[i // n][i % n]) for i in wanted]


def _schedule(step: int, n_steps: int) -> float:
    """A tenth of the steps up to the peak, then down in a straight line."""
    warm = max(1, round(0.1 * n_steps))
    return (step + 1) / warm if step < warm else max(0.05, (n_steps - step) / max(1, n_steps - warm))


class _Run:
    """Checkpoints of one run in a folder. Each is written beside the last one and put in its place in one step."""

    def __init__(self, folder: Path, key: str, network: Trainable, optimizer: torch.optim.Optimizer) -> None:
        self._folder, self._key, self._network, self._optimizer = folder, key, network, optimizer

    def resume(self) -> Course | None:
        """What the last checkpoint of this very run says; one of other data or settings is an error, one cut off begins anew."""
        document = self._folder / "course.json"
        if not document.is_file():
            return None
        try:
            about = json.loads(document.read_text(encoding="utf-8"))
            if about["key"] != self._key or about["format"] != CHECKPOINT_FORMAT:
                raise ModelLoadError(
                    f"{self._folder} holds a run with other data, settings or base weights",
                    hint="finish that run with what it was begun with, remove the folder, or choose another --out",
                )
            tensors = load_file(self._folder / f"state-{about['course']['step']}.safetensors")
            self._take(tensors)
            return Course(**about["course"])
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise ModelLoadError(
                f"the checkpoint in {self._folder} is damaged: {error}", hint="remove the folder; the run begins anew"
            ) from error

    def save(self, course: Course) -> None:
        """Everything that the next step depends on."""
        self._folder.mkdir(parents=True, exist_ok=True)
        tensors: dict[str, Tensor] = {"rng": torch.get_rng_state()}
        for name, parameter in self._network.trained().items():
            tensors[f"weight/{name}"] = parameter.detach().cpu().contiguous()
            for key, value in self._optimizer.state.get(parameter, {}).items():
                tensors[f"optimizer/{key}/{name}"] = torch.as_tensor(value).detach().cpu().contiguous()
        save_file(tensors, self._folder / f"state-{course.step}.safetensors")
        about = {"format": CHECKPOINT_FORMAT, "key": self._key, "course": vars(course)}
        unfinished = self._folder / "course.json.new"
        unfinished.write_text(json.dumps(about), encoding="utf-8")
        unfinished.replace(self._folder / "course.json")
        for old in self._folder.glob("state-*.safetensors"):
            if old.name != f"state-{course.step}.safetensors":
                old.unlink()

    def keep_best(self, course: Course) -> None:
        """The weights as they are now; named by step, since a kill may come before the course knows of them."""
        self._folder.mkdir(parents=True, exist_ok=True)
        tensors = {name: p.detach().cpu().contiguous() for name, p in self._network.trained().items()}
        save_file(tensors, self._folder / f"best-{course.step}.safetensors")

    def restore_best(self) -> None:
        """The weights of the best evaluation."""
        course = json.loads((self._folder / "course.json").read_text(encoding="utf-8"))["course"]
        set_weights(self._network, load_file(self._folder / f"best-{course['best_step']}.safetensors"))

    def _take(self, tensors: dict[str, Tensor]) -> None:
        weights = {n.removeprefix("weight/"): t for n, t in tensors.items() if n.startswith("weight/")}
        set_weights(self._network, weights)
        for name, parameter in self._network.trained().items():
            state: dict[str, Any] = {}
            for key, value in tensors.items():
                kind, _, rest = key.partition("/")
                entry, _, owner = rest.partition("/")
                if kind == "optimizer" and owner == name:
                    state[entry] = value.clone() if entry == "step" else value.clone().to(parameter.device)
            if state:
                self._optimizer.state[parameter] = state
        torch.set_rng_state(tensors["rng"])


def set_weights(network: Trainable, weights: dict[str, Tensor]) -> None:
    """Put saved tensors in the place of the trained ones.

    Raises:
        ModelLoadError: they are not those of this network.
    """
    trained = network.trained()
    wrong = sorted(set(trained) ^ set(weights)) or [n for n, p in trained.items() if p.shape != weights[n].shape]
    if wrong:
        raise ModelLoadError(
            f"the saved weights do not fit the base model: {len(wrong)} tensors differ, such as {wrong[0]}",
            hint="use the base model that they were learned on, or learn again",
        )
    with torch.no_grad():
        for name, parameter in trained.items():
            parameter.copy_(weights[name])


def remove_checkpoints(folder: Path) -> None:
    """After a run is finished."""
    shutil.rmtree(folder, ignore_errors=True)
