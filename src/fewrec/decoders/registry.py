"""Every name that ``--decoder`` takes, and what it makes. Sits above the stages, as :mod:`fewrec.models.registry` does."""

from __future__ import annotations

from typing import Protocol

from fewrec.decoders import PhraseDecoder
from fewrec.decoders.sentence import Kind
from fewrec.errors import SettingError
from fewrec.text import words
from fewrec.types import Decoded, Encoder, Vector

DECODERS = (
    ("phrases", "the default: weighted phrases of the catalogue, Chinese or English"),
    ("lm:FOLDER", "a language model conditioned on the vector, made by fewrec learn decoder (extra: llm)"),
    ("chat", "a chat endpoint that may only phrase the phrases; FEWREC_CHAT_BASE_URL, FEWREC_CHAT_MODEL (extra: api)"),
    ("chat:MODEL", "the same with a local language model, by hub name or folder (extra: llm)"),
)
"""Name -> what it is."""


class Reader(Protocol):
    """A decoder that tells users from items by the opening of its text."""

    def decode(self, vector: Vector, *, lang: str, n_phrases: int = 5, kind: Kind = "user") -> Decoded:
        """``vector`` (d,) unit, in E's space; ``lang`` ``zh`` or ``en``."""


def load_decoder(name: str, *, phrases: PhraseDecoder, encoder: Encoder) -> Reader:
    """Make a decoder by its name.

    Raises:
        SettingError: there is none of that name, or the chat endpoint is not set.
        EncoderMismatchError: an LM decoder that reads another encoder's vectors.
        MissingExtraError: its extra is not installed.
        ModelLoadError: it cannot be read.
    """
    kind, _, where = name.partition(":")
    if name == "phrases":
        return phrases
    if kind == "lm" and where:
        from fewrec.llm.decoder import LMDecoder

        return LMDecoder.load(where, encoder)
    if kind == "chat":
        from fewrec.llm.chat import ChatConfig, ChatDecoder, Phraser

        phraser: Phraser
        if where:
            from fewrec.llm.chat.local import LocalModel

            phraser = LocalModel(where)
        else:
            from fewrec.llm.chat.endpoint import Endpoint

            phraser = Endpoint(ChatConfig.from_environment())
        return ChatDecoder(phrases, phraser, words=words)
    raise SettingError(f"there is no decoder {name!r}", hint=f"choose among {', '.join(known for known, _ in DECODERS)}")
