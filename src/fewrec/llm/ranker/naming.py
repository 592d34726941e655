"""``llm:PATH?option=value&…``: a language model as a model name."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import Any
from urllib.parse import parse_qsl

from fewrec.errors import SettingError
from fewrec.llm.ranker.config import TransferConfig

SCHEME = "llm:"


@dataclass(frozen=True, kw_only=True)
class LlmConfig:
    """Settings of :class:`~fewrec.llm.ranker.model.LlmModel`."""

    model: str
    """A folder that ``fewrec learn transfer`` wrote (answers as it is), or a base model by name or folder (learns where it is fitted)."""
    candidates: int = 50
    """Items of a list that the language model orders, the taste model's first ones; 0: all items."""
    shots: int = 256
    """Labelled rows made of the training users that a base model learns from, at most; 0: it answers untrained."""
    work: str = ""
    """Folder for what base models learn, to be used again; empty: in the user's cache directory."""
    tuning: TransferConfig = field(default_factory=TransferConfig)
    """Of a base model's fine-tuning."""

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise SettingError(
                "llm: needs a model name or path", hint="for example llm:runs/like, or llm:HuggingFaceTB/SmolLM2-135M"
            )
        if self.candidates < 0 or self.shots < 0:
            raise SettingError(f"found candidates={self.candidates} and shots={self.shots}, expected 0 or more")

    @classmethod
    def from_name(cls, name: str) -> LlmConfig:
        """Parse ``[llm:]MODEL[?option=value&...]``; options are those of this class and of :class:`TransferConfig`.

        Raises:
            SettingError: an option that does not exist, or a value outside what is allowed.
        """
        model, _, query = name.removeprefix(SCHEME).partition("?")
        own: dict[str, Any] = {}
        tuning: dict[str, Any] = {}
        for option, text in parse_qsl(query, keep_blank_values=True):
            if option in _OWN:
                own[option] = _value(name, option, text, _OWN[option])
            elif option in _TUNING:
                tuning[option] = _value(name, option, text, _TUNING[option])
            else:
                raise SettingError(
                    f"the model {name!r} has an option {option!r} that does not exist",
                    hint=f"options are {', '.join((*_OWN, *_TUNING))}",
                )
        return cls(model=model, tuning=TransferConfig(**tuning), **own)


_OWN = {"candidates": int, "shots": int, "work": str}
_TUNING: dict[str, type] = {
    each.name: {"steps": int, "learning_rate": float, "checkpointing": bool}.get(each.name) or type(each.default)
    for each in fields(TransferConfig)
    if each.default is not MISSING
}


def _value(name: str, option: str, text: str, kind: type) -> Any:
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        return kind(text)
    except (ValueError, KeyError):
        wanted = {int: "a whole number", float: "a number", bool: "true or false"}[kind]
        raise SettingError(f"found {option}={text!r} in the model {name!r}, expected {wanted}") from None
