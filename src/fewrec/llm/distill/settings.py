"""Settings of a distillation."""

from __future__ import annotations

from dataclasses import dataclass

from fewrec.errors import SettingError


@dataclass(frozen=True, kw_only=True)
class DistillConfig:
    """Settings for :func:`~fewrec.llm.distill.distill`."""

    pieces: int = 48_000
    """Size of the vocabulary, >= 300; a row of ``width`` bytes each. Fewer are taken where the texts do not hold as many."""
    width: int = 256
    """Numbers in a piece's row."""
    hidden: int = 512
    """Units of the hidden layer."""
    epochs: int = 10
    """Passes over the texts at most; training ends earlier where held-out texts stop gaining."""
    patience: int = 2
    """Passes without gain on held-out texts after which training ends."""
    batch: int = 1024
    """Texts a step."""
    rate: float = 2e-3
    """Learning rate at the start; falls to a twentieth by the end (cosine)."""
    similarity: float = 1.0
    """Weight of the loss on similarities within the batch, beside the one on vectors."""
    alignment: float = 0.05
    """Weight of the contrastive loss on pairs; 0 does without."""
    held_out: float = 0.02
    """Share of the texts held out for the choice of the best pass, at most 6,000 texts."""
    threads: int = 1
    """Threads of torch."""
    seed: int = 0

    def __post_init__(self) -> None:
        if self.pieces < 300 or min(self.width, self.hidden, self.epochs, self.patience, self.threads) < 1 or self.batch < 8:
            raise SettingError(
                "pieces must be at least 300, batch at least 8, width, hidden, epochs, patience and threads at least 1"
            )
        if not 0 < self.held_out < 0.5 or self.rate <= 0 or self.similarity < 0 or self.alignment < 0:
            raise SettingError(
                "held_out must lie between 0 and 0.5, rate above 0, similarity and alignment at 0 or above",
                hint=f"found held_out={self.held_out}, rate={self.rate}, similarity={self.similarity}, alignment={self.alignment}",
            )
