"""Answers of a fine-tuned (or untouched) language model to many questions, each question put to the network once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fewrec.errors import MissingExtraError
from fewrec.llm.ranker.calibration import Calibration, Floats
from fewrec.llm.ranker.config import TransferConfig
from fewrec.llm.ranker.prompts import Question

if TYPE_CHECKING:
    from fewrec.llm.ranker.networks import LikeNetwork

_MAX_REMEMBERED = 200_000


class Scorer:
    """Log odds of a like for questions. The network is loaded with the first question that is not remembered.

    ``memory`` is a file that keeps answers between processes (as digests of questions and numbers, no text): a run that was killed
    goes on, and an ensemble need not ask again what its member was asked. Answers do not depend on each other.
    """

    def __init__(
        self, load: Callable[[], LikeNetwork], calibration: Calibration, config: TransferConfig, memory: Path | None = None
    ) -> None:
        self._load, self._calibration, self._config, self._memory = load, calibration, config, memory
        self._network: LikeNetwork | None = None
        self._known: dict[str, float] = _read(memory)

    def log_odds(self, questions: Sequence[Question]) -> Floats:
        """(q,) calibrated, the label prior taken out."""
        asked = self.raw(questions)
        share = self._calibration.share
        neutral = self.raw([each.neutral for each in questions]) if share else np.zeros(len(questions))
        return self._calibration.log_odds(asked, neutral)

    def raw(self, questions: Sequence[Question]) -> Floats:
        """(q,) log odds as the network gives them."""
        shown = [question.latest(self._config.max_history) for question in questions]
        keys = [_digest(question) for question in shown]
        new = {key: question for key, question in zip(keys, shown, strict=True) if key not in self._known}
        if new:
            from fewrec.llm.ranker.training import answer

            network = self._loaded()
            found = answer(network, [network.tokens(question) for question in new.values()])
            self._remember(dict(zip(new, found.tolist(), strict=True)))
        return np.array([self._known[key] for key in keys])

    def _loaded(self) -> LikeNetwork:
        if self._network is None:
            self._network = self._load()
        return self._network

    def _remember(self, found: dict[str, float]) -> None:
        if len(self._known) > _MAX_REMEMBERED:
            self._known = {}
        self._known |= found
        if self._memory is not None:
            with self._memory.open("a", encoding="utf-8") as stream:
                stream.writelines(json.dumps([key, value]) + "\n" for key, value in found.items())


def require_llm(what: str) -> None:
    """Raise the error that names the install command where the extra ``llm`` is missing.

    Raises:
        MissingExtraError: torch, transformers, peft or safetensors is not installed.
    """
    from importlib.util import find_spec

    if any(find_spec(module) is None for module in ("torch", "transformers", "peft", "safetensors")):
        raise MissingExtraError(what, "llm")


def _digest(question: Question) -> str:
    plain = [question.liked, question.disliked, question.said, question.target]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()[:24]


def _read(memory: Path | None) -> dict[str, float]:
    """A last line cut off by a kill is left out."""
    known: dict[str, float] = {}
    if memory is not None and memory.is_file():
        for line in memory.read_text(encoding="utf-8").splitlines():
            try:
                key, value = json.loads(line)
                known[str(key)] = float(value)
            except (ValueError, TypeError):
                continue
    return known
