"""Which Hugging Face model, read how: the settings, and the one-line name that carries them through ``--encoder``."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, quote

from fewrec.errors import SettingError

Pooling = Literal["auto", "mean", "cls", "last"]
DType = Literal["auto", "float32", "bfloat16", "float16"]

SCHEME = "hf:"


@dataclass(frozen=True, kw_only=True)
class HFConfig:
    """Settings for :class:`~fewrec.llm.encoder.huggingface.HFEncoder`.

    As a name: ``hf:MODEL?layer=-2&prefix=query:&pooling=last``, every option but ``model`` after the question mark.
    """

    model: str
    """Name on the hub, or path of a local folder."""
    pooling: Pooling = "auto"
    """How token vectors become one: their mean, the first token, the last token. ``auto``: as the model's own sentence-transformers
    settings say where it has them, else the mean."""
    layer: int = -1
    """Which layer's output: -1 the last, -2 the one before, 0 the token embeddings, n the n-th layer."""
    prefix: str = ""
    """Put before every text, such as ``"query: "`` for E5 or an instruction for an LM."""
    dtype: DType = "auto"
    """Of the weights. ``auto``: float32 on a CPU, elsewhere the type in which the weights were published."""
    device: str = "auto"
    """``cpu``, ``cuda``, ``cuda:1``, ``mps``; ``auto``: the first there is of cuda, mps, cpu."""
    max_length: int = 512
    """Tokens read of a text, prefix and special tokens included, >= 4; never more than the model has positions for."""
    batch_tokens: int | None = None
    """Tokens of a batch, padding included, > 0. None: 512 on a CPU (activations then stay in its caches: 1.4 times as fast as 4,096), 32,768 elsewhere."""
    revision: str | None = None
    """Branch, tag or commit on the hub."""
    trust_remote_code: bool = False
    """Run code that the model's repository brings. Only for repositories you have read."""

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise SettingError("an hf encoder needs a model name or path", hint="for example hf:intfloat/multilingual-e5-small")
        for option, allowed in (("pooling", get_args(Pooling)), ("dtype", get_args(DType))):
            if getattr(self, option) not in allowed:
                raise SettingError(f"found {option}={getattr(self, option)}, expected one of {', '.join(allowed)}")
        if self.max_length < 4 or (self.batch_tokens is not None and self.batch_tokens < 1):
            raise SettingError(
                f"found max_length={self.max_length} and batch_tokens={self.batch_tokens}, expected at least 4 and at least 1"
            )

    @classmethod
    def from_name(cls, name: str) -> HFConfig:
        """Parse ``[hf:]MODEL[?option=value&...]``; ``%26`` stands for ``&`` in a value.

        Raises:
            SettingError: an option that does not exist, or a value outside what is allowed.
        """
        model, _, query = name.removeprefix(SCHEME).partition("?")
        options: dict[str, Any] = {}
        for option, value in parse_qsl(query, keep_blank_values=True):
            if option not in _PARSERS:
                raise SettingError(
                    f"the encoder {name!r} has an option {option!r} that does not exist",
                    hint=f"options are {', '.join(_PARSERS)}",
                )
            try:
                options[option] = _PARSERS[option](value)
            except ValueError as error:
                raise SettingError(f"found {option}={value!r} in the encoder {name!r}, expected {error}") from error
        return cls(model=model, **options)

    def to_name(self) -> str:
        """The name that makes this again; options that have their defaults are left out."""
        options = []
        for field in fields(self)[1:]:
            value = getattr(self, field.name)
            if value != field.default:
                text = str(value).lower() if isinstance(value, bool) else str(value)
                options.append(f"{field.name}={quote(text, safe=' :/,.?!')}")
        return f"{SCHEME}{self.model}" + ("?" + "&".join(options) if options else "")


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("a whole number") from None


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError("true or false")
    return text.lower() == "true"


_PARSERS: dict[str, Any] = {
    "pooling": str,
    "layer": _integer,
    "prefix": str,
    "dtype": str,
    "device": str,
    "max_length": _integer,
    "batch_tokens": _integer,
    "revision": str,
    "trust_remote_code": _boolean,
}
