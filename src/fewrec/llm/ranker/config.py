"""Settings of a fine-tuning run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from fewrec.errors import SettingError
from fewrec.models.stacking.model import N_CHECKPOINT_ROWS

Method = Literal["lora", "full"]
Precision = Literal["auto", "float32", "bfloat16"]
Lang = Literal["auto", "zh", "en"]


@dataclass(frozen=True, kw_only=True)
class TransferConfig:
    """How a language model is fine-tuned. The defaults are chosen for 16 to 256 examples."""

    method: Method = "lora"
    """``lora``: low-rank adapters on the attention, everything else frozen (Hu et al., ICLR 2022); ``full``: every weight."""
    rank: int = 8
    """Rank of the adapters, > 0."""
    dropout: float = 0.1
    """On what enters the adapters, in [0, 1)."""
    learning_rate: float | None = None
    """> 0; None: 5e-4 for ``lora``, 2e-5 for ``full``."""
    weight_decay: float = 0.01
    """>= 0."""
    label_smoothing: float = 0.05
    """In [0, 0.5): the target of a Yes is 1 less this."""
    batch_size: int = 8
    """Examples of a step, > 0."""
    steps: int | None = None
    """Steps at most; None: 4 x the root of the number of examples (16 for 16, 64 for 256), since few examples are soon learned by heart."""
    evaluations: int = 4
    """Times that the validation rows are answered during training, > 0."""
    patience: int = 2
    """Evaluations without a better one before training ends, > 0."""
    max_valid: int = N_CHECKPOINT_ROWS
    """Validation rows used, the first ones: a choice among five checkpoints needs no more."""
    max_history: int = 10
    """Titles shown of what a user liked, and of what she disliked; the latest ones."""
    max_length: int = 512
    """Tokens of a prompt; of a longer one the oldest titles are left out."""
    lang: Lang = "auto"
    """Of the prompts; ``auto``: Chinese where most titles are."""
    precision: Precision = "auto"
    """Of the frozen weights. ``auto``: bfloat16 on a GPU that has it, else float32. Adapters are float32 always."""
    checkpointing: bool | None = None
    """Compute activations twice instead of keeping them; None: on a GPU."""
    device: str = "auto"
    """As for ``hf:`` encoders."""
    seed: int = 0
    """Of the order of examples, dropout and fresh weights."""

    def __post_init__(self) -> None:
        for option, allowed in (("method", get_args(Method)), ("precision", get_args(Precision)), ("lang", get_args(Lang))):
            if getattr(self, option) not in allowed:
                raise SettingError(f"found {option}={getattr(self, option)!r}, expected one of {', '.join(allowed)}")
        for option in ("rank", "batch_size", "evaluations", "patience", "max_history"):
            if getattr(self, option) < 1:
                raise SettingError(f"found {option}={getattr(self, option)}, expected at least 1")
        if not 0 <= self.dropout < 1 or not 0 <= self.label_smoothing < 0.5 or self.weight_decay < 0:
            raise SettingError(
                f"found dropout={self.dropout}, label_smoothing={self.label_smoothing}, weight_decay={self.weight_decay}",
                hint="expected [0, 1), [0, 0.5) and at least 0",
            )
        if self.max_length < 16 or self.max_valid < 0 or (self.steps is not None and self.steps < 0):
            raise SettingError("expected max_length of at least 16, max_valid and steps of at least 0")
        if self.learning_rate is not None and not self.learning_rate > 0:
            raise SettingError(f"found learning_rate={self.learning_rate}, expected a number above 0")

    @property
    def rate(self) -> float:
        """The learning rate after its default."""
        return self.learning_rate or (5e-4 if self.method == "lora" else 2e-5)

    def n_steps(self, n_examples: int) -> int:
        """Steps for so many examples."""
        return round(4 * n_examples**0.5) if self.steps is None else self.steps

    def to_dict(self) -> dict[str, Any]:
        """JSON values; :meth:`from_dict` takes them."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> TransferConfig:
        """What :meth:`to_dict` gave.

        Raises:
            SettingError: a setting that does not exist.
        """
        if strangers := sorted(set(values) - {field.name for field in fields(cls)}):
            raise SettingError(f"there are no settings {', '.join(strangers)}", hint="update fewrec")
        return cls(**values)
