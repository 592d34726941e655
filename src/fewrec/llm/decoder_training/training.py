"""The training loop: AdamW on pairs, judged on held-out items, stopped early, resumed after a kill. Needs torch."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from fewrec.errors import ModelLoadError, SettingError
from fewrec.llm.decoder.conditioned import ConditionedLM
from fewrec.llm.decoder.files import load_state
from fewrec.llm.decoder.loading import DecoderMemoryError
from fewrec.llm.decoder_training.pairs import Pairs

Progress = Callable[[str], None]
_STATE, _WEIGHTS, _BEST, _MOMENTS = "training.json", "weights.safetensors", "best.safetensors", "optimizer.safetensors"


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """Settings of :func:`train`."""

    n_steps: int = 600
    """Steps at most, >= 1. The learning rate falls to zero over them (cosine)."""
    batch_size: int = 16
    """Pairs a step, >= 1."""
    learning_rate: float = 1e-3
    """Highest, > 0; reached after ``n_warm`` steps."""
    n_warm: int = 20
    """Steps over which the learning rate rises, >= 0."""
    eval_every: int = 50
    """Steps from one look at the validation pairs to the next, >= 1; training can be taken up again from there."""
    patience: int = 4
    """Looks without a better validation loss that end the training, >= 1."""
    max_minutes: float | None = None
    """Time of this call at most; the training can be taken up again later. None is no limit."""
    clip: float = 1.0
    """Longest gradient, > 0."""

    def __post_init__(self) -> None:
        if min(self.n_steps, self.batch_size, self.eval_every, self.patience) < 1 or self.learning_rate <= 0:
            raise SettingError("steps, batch size, eval_every and patience must be at least 1, the learning rate above 0")


@dataclass
class _State:
    step: int = 0
    best: float = math.inf
    best_step: int = 0
    n_worse: int = 0
    seconds: float = 0.0
    finished: bool = False


def train(
    conditioned: ConditionedLM,
    pairs: Pairs,
    validation: Pairs,
    *,
    folder: Path,
    key: str,
    seed: int,
    progress: Progress,
    before: Callable[[], None],
    config: TrainingConfig = TrainingConfig(),
) -> dict[str, Any]:
    """Train in place, leave the best weights in ``conditioned``, and say how it went.

    ``folder`` keeps the state of an unfinished training; ``key`` names the settings it belongs to; ``before`` runs once, at the first
    start (the warm-up).

    Raises:
        SettingError: the folder holds an unfinished training with other settings.
        DecoderMemoryError: one batch does not fit into memory.
    """
    names, weights = zip(*conditioned.parameters().items(), strict=True)
    optimizer = torch.optim.AdamW(weights, lr=config.learning_rate, weight_decay=0.01)
    state = _resumed(conditioned, optimizer, names, folder, key)
    if state is None:
        before()
        state = _State(best=_judged(conditioned, validation, config))
        progress(f"step 0: validation {state.best:.3f} nats a token")
        save_file(conditioned.state(), _made(folder) / _BEST)
        _save(conditioned, optimizer, names, folder, key, state)
    else:
        progress(f"taken up again at step {state.step}, best validation {state.best:.3f} at step {state.best_step}")
    started, spent_before = monotonic(), state.seconds
    targets = [conditioned.target_ids(text) for text in pairs.texts]
    while not state.finished and not _out_of_time(started, config):
        total = 0.0
        first = state.step
        last = min(first + config.eval_every, config.n_steps)
        for rows in _batches(targets, config.batch_size, seed, first, last):
            total += _step(conditioned, optimizer, pairs, targets, rows, state.step, config)
            state.step += 1
        now = _judged(conditioned, validation, config)
        state.n_worse += 1
        if now < state.best:
            state.best, state.best_step, state.n_worse = now, state.step, 0
            save_file(conditioned.state(), folder / _BEST)
        state.finished = state.step >= config.n_steps or state.n_worse >= config.patience
        state.seconds = spent_before + monotonic() - started
        _save(conditioned, optimizer, names, folder, key, state)
        left = (config.n_steps - state.step) * state.seconds / max(state.step, 1) / 60
        progress(
            f"step {state.step} of {config.n_steps}: training {total / (last - first):.3f}, validation {now:.3f} nats a token"
            f" (best {state.best:.3f}); {state.seconds / max(state.step, 1):.1f} s a step, {left:.0f} min to go at most"
        )
    conditioned.load_state(load_state(folder, _BEST))
    return {
        "steps": state.step,
        "best_step": state.best_step,
        "validation_loss": state.best,
        "seconds": round(state.seconds, 1),
        "finished": state.finished,
    }


def _step(
    conditioned: ConditionedLM,
    optimizer: torch.optim.Optimizer,
    pairs: Pairs,
    targets: Sequence[Sequence[int]],
    rows: Sequence[int],
    step: int,
    config: TrainingConfig,
) -> float:
    rise = min(1.0, (step + 1) / max(config.n_warm, 1))
    fall = 0.5 * (1 + math.cos(math.pi * step / config.n_steps))
    for group in optimizer.param_groups:
        group["lr"] = config.learning_rate * rise * fall
    optimizer.zero_grad(set_to_none=True)
    try:
        loss = conditioned.loss(pairs.vectors[rows], [pairs.kinds[row] for row in rows], [targets[row] for row in rows])
        loss.backward()  # type: ignore[no-untyped-call]
    except (MemoryError, RuntimeError) as error:
        told = str(error).lower()
        if not isinstance(error, (MemoryError, torch.cuda.OutOfMemoryError)) and "memory" not in told:
            raise
        raise DecoderMemoryError(
            f"a batch of {len(rows)} texts does not fit into the memory of {conditioned.loaded.device}",
            hint=f"use --batch-size {max(1, len(rows) // 2)}, dtype=bfloat16, or a smaller model",
        ) from error
    if not bool(torch.isfinite(loss)):
        raise ModelLoadError(f"the loss is not finite at step {step}", hint="lower --learning-rate, or use dtype=float32")
    torch.nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], config.clip)
    optimizer.step()
    return float(loss.detach())


def _judged(conditioned: ConditionedLM, validation: Pairs, config: TrainingConfig) -> float:
    """Mean loss over the validation pairs, nats a token."""
    total, n = 0.0, 0
    with torch.no_grad():
        for first in range(0, len(validation), config.batch_size):
            rows = slice(first, first + config.batch_size)
            targets = [conditioned.target_ids(text) for text in validation.texts[rows]]
            weight = sum(map(len, targets))
            total += weight * float(conditioned.loss(validation.vectors[rows], validation.kinds[rows], targets))
            n += weight
    return total / max(n, 1)


def _batches(targets: Sequence[Sequence[int]], size: int, seed: int, first: int, last: int) -> Iterator[list[int]]:
    """The batches of steps ``first`` to ``last``, the same however often training was interrupted; texts of like length together."""
    per_pass = max(1, len(targets) // size)
    made: tuple[int, list[list[int]]] | None = None
    for step in range(first, last):
        n_pass, place = divmod(step, per_pass)
        if made is None or made[0] != n_pass:
            rng = np.random.default_rng([seed, n_pass])
            order = [int(row) for row in rng.permutation(len(targets))]
            batches: list[list[int]] = []
            for start in range(0, len(order), 16 * size):
                chunk = sorted(order[start : start + 16 * size], key=lambda row: len(targets[row]))
                batches += [chunk[i : i + size] for i in range(0, len(chunk), size)]
            made = n_pass, [batches[i] for i in rng.permutation(len(batches))]
        yield made[1][place]


def _out_of_time(started: float, config: TrainingConfig) -> bool:
    return config.max_minutes is not None and monotonic() - started > 60 * config.max_minutes


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _save(
    conditioned: ConditionedLM, optimizer: torch.optim.Optimizer, names: Sequence[str], folder: Path, key: str, state: _State
) -> None:
    """Files of this step under names of their own, then the document that points at them: a kill leaves the one before."""
    moments = {
        f"{name}/{what}": value.contiguous()
        for number, name in enumerate(names)
        for what, value in optimizer.state_dict()["state"].get(number, {}).items()
    }
    save_file(conditioned.state(), folder / f"{state.step}-{_WEIGHTS}")
    save_file(moments, folder / f"{state.step}-{_MOMENTS}")
    unfinished = folder / f"{_STATE}.new"
    unfinished.write_text(json.dumps({"key": key, **asdict(state)}), encoding="utf-8")
    os.replace(unfinished, folder / _STATE)  # noqa: PTH105  (atomic)
    for file in folder.glob("*-*.safetensors"):
        if not file.name.startswith(f"{state.step}-"):
            file.unlink()


def _resumed(
    conditioned: ConditionedLM, optimizer: torch.optim.Optimizer, names: Sequence[str], folder: Path, key: str
) -> _State | None:
    if not (folder / _STATE).is_file():
        return None
    try:
        saved = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        found = saved.pop("key")
        state = _State(**saved)
    except (ValueError, KeyError, TypeError) as error:
        raise ModelLoadError(f"{folder / _STATE} is damaged ({error})", hint="remove that folder to begin anew") from error
    if found != key:
        raise SettingError(
            f"{folder} holds an unfinished training with other settings or data",
            hint="repeat the command that began it, or remove that folder to begin anew",
        )
    conditioned.load_state(load_state(folder, f"{state.step}-{_WEIGHTS}"))
    moments = load_state(folder, f"{state.step}-{_MOMENTS}")
    blank = optimizer.state_dict()
    blank["state"] = {
        number: {key.rpartition("/")[2]: value for key, value in moments.items() if key.rpartition("/")[0] == name}
        for number, name in enumerate(names)
        if any(key.rpartition("/")[0] == name for key in moments)
    }
    optimizer.load_state_dict(blank)
    return state
