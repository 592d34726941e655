"""A distillation from texts to a folder that ``static:FOLDER`` names."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fewrec.encoders import StaticConfig, StaticEncoder, VectorCache
from fewrec.encoders.cached import CachedEncoder
from fewrec.encoders.static_files import write_student
from fewrec.encoders.static_pieces import Pieces
from fewrec.errors import MissingExtraError, ModelLoadError
from fewrec.llm.distill.batches import TokenLists
from fewrec.llm.distill.report import REPORT, make_report
from fewrec.llm.distill.settings import DistillConfig
from fewrec.llm.distill.texts import DistillTexts
from fewrec.llm.distill.vocabulary import train_pieces
from fewrec.types import Encoder, Vector

_HELD_OUT = 6_000
_LABELLED_AT_ONCE = 4096
_MAX_TOKENS = 512
_FREE = ("epochs", "patience", "threads")
"""Settings that may change between two runs of the same work: a training that ended can go on for more passes."""


def distill(
    texts: DistillTexts,
    teacher: Encoder,
    student: Path,
    config: DistillConfig | None = None,
    *,
    cache: Path | None = None,
    about: dict[str, Any] | None = None,
    log: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Teach a static student ``teacher``'s vectors of ``texts``, write it into the folder ``student`` and report what was kept.

    What is finished stays in ``student.work`` (vocabulary, checkpoint) and ``cache`` (the teacher's vectors; in ``student.work`` unless
    named), so a run that was killed goes on where it stopped; the folder may be deleted afterwards.

    Returns:
        The report, also in ``student/report.json``.

    Raises:
        MissingExtraError: torch is not installed.
        ModelLoadError: the folder of work belongs to another task, or its checkpoint is damaged.
    """
    config = config or DistillConfig()
    if find_spec("torch") is None:
        raise MissingExtraError("distillation", "llm")
    started = perf_counter()
    work = student.with_name(student.name + ".work")
    _claim(
        work,
        {
            "texts": texts.digest(),
            "teacher": teacher.fingerprint,
            **{k: v for k, v in asdict(config).items() if k not in _FREE},
        },
    )
    labels = _label(texts.texts, CachedEncoder(teacher, VectorCache(cache or work / "teacher.sqlite"), progress=False), log)
    labelled_s = perf_counter() - started
    model = work / "pieces.model"
    if not model.is_file():
        log(f"learning a vocabulary of {config.pieces:,} pieces")
        train_pieces(texts.repeated(), model, size=config.pieces, threads=config.threads)
    pieces = Pieces(model)
    tokens = TokenLists(*pieces.flat(texts.texts, _MAX_TOKENS))
    train, held_out, pairs = _split(texts, labels, tokens, config)
    history = _train(config, teacher, pieces, model, work, tokens, labels, (train, held_out, pairs), student, about or {}, log)
    report = make_report(
        texts,
        held_out,
        labels[held_out].astype(np.float32),
        StaticEncoder(StaticConfig(folder=student, threads=config.threads), progress=False),
        teacher,
        folder=student,
        seed=config.seed,
    )
    report |= {"history": history, "labelled_s": round(labelled_s, 1), "total_s": round(perf_counter() - started, 1)}
    (student / REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return report


def _claim(work: Path, task: dict[str, Any]) -> None:
    """Make the folder of work ours, or see that it is."""
    work.mkdir(parents=True, exist_ok=True)
    path = work / "task.json"
    if not path.is_file():
        path.write_text(json.dumps(task, indent=1), encoding="utf-8")
        return
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        found = {}
    if found != task:
        other = sorted(name for name in task if not isinstance(found, dict) or found.get(name) != task[name])
        raise ModelLoadError(
            f"{work} holds the unfinished work of another distillation (other {', '.join(other)})",
            hint=f"delete {work} to begin anew, or give --student another folder",
        )


def _label(texts: tuple[str, ...], teacher: CachedEncoder, log: Callable[[str], None]) -> NDArray[np.float16]:
    labels = np.zeros((len(texts), teacher.dimensions), dtype=np.float16)
    for first in range(0, len(texts), _LABELLED_AT_ONCE):
        chunk = texts[first : first + _LABELLED_AT_ONCE]
        labels[first : first + len(chunk)] = teacher.encode(chunk)
        log(f"teacher's vectors: {first + len(chunk):,} of {len(texts):,}")
    return labels


def _split(
    texts: DistillTexts, labels: NDArray[np.float16], tokens: TokenLists, config: DistillConfig
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Rows to train on, rows held out, and the pairs of which no side is held out. Both sides of a held-out pair are held out."""
    usable = labels.any(axis=1) & (np.diff(tokens.begins) > 0)  # the teacher makes nothing of blank texts
    rng = np.random.default_rng([config.seed, 0])
    wanted = max(20, min(_HELD_OUT, int(config.held_out * len(texts.texts))))
    chosen = np.zeros(len(texts.texts), dtype=np.bool_)
    chosen[rng.permutation(len(texts.texts))[: wanted * 3 // 4]] = True
    touched = texts.pairs[chosen[texts.pairs].any(axis=1)]
    chosen[touched.ravel()] = True
    kept = texts.pairs[~chosen[texts.pairs].any(axis=1) & usable[texts.pairs].all(axis=1)]
    return np.flatnonzero(usable & ~chosen), np.flatnonzero(usable & chosen), kept


def _train(
    config: DistillConfig,
    teacher: Encoder,
    pieces: Pieces,
    model: Path,
    work: Path,
    tokens: TokenLists,
    labels: NDArray[np.float16],
    parts: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    student: Path,
    about: dict[str, Any],
    log: Callable[[str], None],
) -> list[dict[str, float]]:
    import torch

    from fewrec.llm.distill.network import StudentNetwork
    from fewrec.llm.distill.training import Task, Trainer

    torch.manual_seed(config.seed)
    network = StudentNetwork(len(pieces), config.width, config.hidden, teacher.dimensions)
    checkpoint = work / "checkpoint.npz"
    if not checkpoint.is_file():
        log("the teacher's vectors of the pieces")
        cache = VectorCache(work / "pieces.sqlite")
        vectors = CachedEncoder(teacher, cache, progress=False).encode([pieces.text(row) for row in range(len(pieces))])
        network.start_from(vectors, _weights(tokens, len(pieces)))
    trainer = Trainer(network, Task(tokens, labels, *parts), config, checkpoint)
    trainer.train(log)
    identity = {
        "teacher": {"name": teacher.name, "fingerprint": teacher.fingerprint},
        "texts": len(labels),
        "config": asdict(config),
        **about,
    }
    write_student(student, network.to_weights(), model.read_bytes(), identity)
    return trainer.history


def _weights(tokens: TokenLists, n_pieces: int) -> Vector:
    """(V,) smooth inverse frequency a / (a + p), a = 1e-3. Source: Arora, Liang & Ma, ICLR 2017."""
    counts = np.bincount(tokens.ids, minlength=n_pieces)
    return np.asarray(1e-3 / (1e-3 + counts / max(1, counts.sum())), dtype=np.float32)
