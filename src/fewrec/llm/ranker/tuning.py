"""Fine-tuning from start to finish, and the scorer that comes of it. Needs torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from fewrec.encoders.fingerprint import make_fingerprint
from fewrec.errors import DataError, ModelLoadError
from fewrec.llm.encoder.config import HFConfig
from fewrec.llm.encoder.loading import load_config, weights_identity
from fewrec.llm.ranker.calibration import Floats, Labels, auc, calibrated_loss, fit_calibration, log_losses
from fewrec.llm.ranker.config import TransferConfig
from fewrec.llm.ranker.networks import LikeNetwork, load_network, make_trainable
from fewrec.llm.ranker.prompts import Labelled, Question, language_of
from fewrec.llm.ranker.result import WEIGHTS, Result, read_result
from fewrec.llm.ranker.training import Course, Progress, answer, like_loss, remove_checkpoints, set_weights, train

MIN_ROWS = 8
"""Fewer labelled rows teach a language model nothing that its zero-shot answer does not hold."""
MIN_JUDGED = 10
"""Validation rows from which on a checkpoint is chosen by them."""


def check_rows(rows: Sequence[Labelled]) -> None:
    """Whether there is anything to learn from.

    Raises:
        DataError: too few rows, or one class alone.
    """
    n_yes = sum(row.label for row in rows)
    if len(rows) < MIN_ROWS or n_yes in {0, len(rows)}:
        raise DataError(
            f"{len(rows)} labelled rows, {n_yes} of them Yes: expected at least {MIN_ROWS}, of both kinds",
            hint="give more rows (--shots, --train); items that were rated low are the No's",
        )


def identity_of(model: str) -> str:
    """Fingerprint of a base model's weights.

    Raises:
        ModelLoadError: there is no such model.
    """
    source = HFConfig(model=model)
    return make_fingerprint("base", weights_identity(source, load_config(source)))


def run_key(model: str, rows: Sequence[Labelled], valid: Sequence[Labelled], config: TransferConfig) -> str:
    """Digest of everything that a run's result depends on."""
    told = [identity_of(model), config.to_dict(), [_plain(row) for row in rows], [_plain(row) for row in valid]]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()[:20]


def fine_tune(
    model: str,
    rows: Sequence[Labelled],
    valid: Sequence[Labelled],
    config: TransferConfig,
    *,
    out: Path,
    progress: Progress = lambda _: None,
) -> Result:
    """Learn from ``rows``, choose by ``valid`` (which may be empty), write the result to ``out``; a run that was killed goes on.

    The untrained model is one of the candidates and wins ties, since 16 examples need not make it better; not so where a fresh head makes
    it answer everything alike.

    Raises:
        DataError: too few rows, or one class alone.
        ModelLoadError: the base model cannot be used, or ``out`` holds another run.
    """
    check_rows(rows)
    started = perf_counter()
    valid = valid[: config.max_valid]
    lang = config.lang if config.lang != "auto" else language_of([row.question.target for row in (*rows, *valid)])
    out.mkdir(parents=True, exist_ok=True)
    network = make_trainable(load_network(model, config, lang), config)
    labels, valid_labels = _labels(rows), _labels(valid)
    questions = [row.question.latest(config.max_history) for row in valid]
    valid_tokens = [network.tokens(question) for question in questions]
    tokens = [network.tokens(row.question.latest(config.max_history)) for row in rows]
    judged = len(valid_labels) >= MIN_JUDGED and bool(valid_labels.any()) and not bool(valid_labels.all())
    course = train(
        network,
        lambda places: like_loss(network, [tokens[p] for p in places], labels[places], config.label_smoothing),
        (lambda: calibrated_loss(answer(network, valid_tokens), valid_labels)) if judged else None,
        len(rows),
        config,
        folder=out / "unfinished",
        run_key=run_key(model, rows, valid, config),
        progress=progress,
    )
    trained = course.best_step > 0
    asked = answer(network, valid_tokens)
    neutral = _neutral(network, questions)
    calibration = fit_calibration(asked, neutral, valid_labels)
    if trained:
        tensors = {name: p.detach().cpu().contiguous() for name, p in network.trained().items()}
        save_file(tensors, out / WEIGHTS, metadata={"format": "pt"})
    report = _report(course, calibration.log_odds(asked, neutral), valid_labels, network, len(rows), perf_counter() - started)
    result = Result(model, identity_of(model), network.kind, lang, trained, config, calibration, report)
    result.write(out)
    remove_checkpoints(out / "unfinished")
    return result


def load_result(folder: Path, device: str | None = None) -> tuple[Result, LikeNetwork]:
    """The fine-tuned network, ready to answer.

    Raises:
        ModelLoadError: the folder is absent or damaged, or the base model is absent or not the one it was learned on.
    """
    result = read_result(folder)
    config = result.config if device is None else TransferConfig.from_dict(result.config.to_dict() | {"device": device})
    found = identity_of(result.base)
    if found != result.identity:
        raise ModelLoadError(
            f"{folder} was learned on other weights of {result.base}: {result.identity}, found {found}",
            hint="put the former base model back in its place, or learn again",
        )
    network = load_network(result.base, config, result.lang)
    if result.trained:
        try:
            weights = load_file(folder / WEIGHTS)
        except (OSError, ValueError, SafetensorError) as error:
            raise ModelLoadError(
                f"the weights {folder / WEIGHTS} cannot be read: {error}", hint="copy the folder anew, or learn again"
            ) from error
        set_weights(make_trainable(network, config), weights)
    return result, _ready(network)


def _ready(network: LikeNetwork) -> LikeNetwork:
    """Adapters added into float32 weights, where nothing is lost by it and answers come faster."""
    body: Any = network.body
    if hasattr(body, "merge_and_unload") and next(network.parameters()).dtype == torch.float32:
        network.body = body.merge_and_unload()
    return network.requires_grad_(False).eval()


def _neutral(network: LikeNetwork, questions: Sequence[Question]) -> Floats:
    distinct = {question.target: question.neutral for question in questions}
    found = dict(zip(distinct, answer(network, [network.tokens(each) for each in distinct.values()]), strict=True))
    return np.array([found[question.target] for question in questions], dtype=np.float64)


def _report(
    course: Course, log_odds: Floats, labels: Labels, network: LikeNetwork, n_rows: int, seconds: float
) -> dict[str, Any]:
    judged = bool(labels.any()) and not bool(labels.all())
    return {
        "rows": n_rows,
        "valid_rows": len(labels),
        "steps": course.step,
        "best_step": course.best_step,
        "validation": course.history,
        "valid_auc": round(auc(log_odds, labels), 4) if judged else None,
        "valid_log_loss": round(float(log_losses(log_odds, labels).mean()), 4) if judged else None,
        "trained_parameters": sum(p.numel() for p in network.trained().values()),
        "seconds": round(seconds, 1),
    }


def _labels(rows: Sequence[Labelled]) -> Labels:
    return np.array([row.label for row in rows], dtype=np.bool_)


def _plain(row: Labelled) -> list[Any]:
    question = row.question
    return [list(question.liked), list(question.disliked), list(question.said), question.target, row.label]


__all__ = ["check_rows", "fine_tune", "identity_of", "load_result", "run_key"]
