"""Which language model says a vector, and how it is made to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from fewrec.errors import ModelLoadError, SettingError

DType = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True, kw_only=True)
class LMDecoderConfig:
    """Settings of :class:`~fewrec.llm.decoder.decoder.LMDecoder`, saved beside its weights."""

    lm: str
    """A causal language model: its name on the hub, or the path of a local folder."""
    n_prompts: int = 10
    """Prompt embeddings a vector becomes, >= 1."""
    n_hidden: int = 1024
    """Width of the MLP that makes them, >= 1."""
    lora: int = 0
    """Rank of low-rank updates of the model's attention (Hu et al., ICLR 2022), >= 0; 0 leaves the model as it is."""
    max_new_tokens: int = 64
    """Longest text, in tokens, >= 4. What is cut off in the middle of a value loses that value."""
    min_new_tokens: int = 2
    """Shortest text, in tokens, >= 1: no text is empty."""
    no_repeat_ngram: int = 8
    """So many tokens in a row are never said twice, >= 0; 0 allows it. Repeated values are left out whatever this says."""
    n_candidates: int = 1
    """Texts per vector, >= 1: the likeliest, and with more than one also draws from the model; their values compete."""
    least_gain: float = 0.03
    """In [0, 1): what a further value must add to the cosine of the encoded values with the vector to be said. Chosen on validation
    items: from 0 to 0.03 the share of values that stand in the item's record rises by a quarter, and what leads back to the item stays."""
    least_confidence: float = 0.0
    """In [0, 1): values whose tokens' mean (geometric) probability (of several texts: the share that says it) is below this are left
    out. Genres are said surely, themes never, so this takes away what tells items apart."""
    batch_size: int = 32
    """Texts written at once, >= 1."""
    dtype: DType = "auto"
    """Of the language model's weights. ``auto``: float32 on a CPU, elsewhere the type in which they were published."""
    device: str = "cpu"
    """``cpu``, ``cuda``, ``cuda:1``, ``mps``, or ``auto`` for the first there is."""
    revision: str | None = None
    """Branch, tag or commit on the hub."""
    trust_remote_code: bool = False
    """Run code that the model's repository brings. Only for repositories you have read."""

    def __post_init__(self) -> None:
        if not self.lm.strip():
            raise SettingError("an LM decoder needs a language model", hint="for example --lm gpt2, or the folder of one")
        if self.dtype not in get_args(DType):
            raise SettingError(f"found dtype={self.dtype}, expected one of {', '.join(get_args(DType))}")
        least = {"n_prompts": 1, "n_hidden": 1, "lora": 0, "max_new_tokens": 4, "min_new_tokens": 1, "no_repeat_ngram": 0}
        least |= {"n_candidates": 1, "batch_size": 1}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise SettingError(f"found {name}={getattr(self, name)}, expected at least {low}")
        for name in ("least_gain", "least_confidence"):
            if not 0 <= getattr(self, name) < 1:
                raise SettingError(f"found {name}={getattr(self, name)}, expected 0 or more and less than 1")

    def to_json(self) -> dict[str, Any]:
        """Every setting."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> LMDecoderConfig:
        """What :meth:`to_json` gave; unknown settings are an error."""
        unknown = sorted(set(saved) - {field.name for field in fields(cls)})
        if unknown:
            raise ModelLoadError(f"unknown settings of an LM decoder: {', '.join(unknown)}", hint="update fewrec")
        return cls(**saved)

    def at_use(self, **changed: Any) -> LMDecoderConfig:
        """The same with settings of use (device, dtype, candidates, batch size ...) that are not None replaced."""
        return replace(self, **{name: value for name, value in changed.items() if value is not None})
