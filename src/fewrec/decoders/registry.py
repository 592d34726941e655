"""The names that ``--decoder`` takes: our own in :data:`DECODERS`, and those of other packages (:mod:`fewrec.plugins`)."""

from __future__ import annotations

from typing import Protocol

from fewrec.decoders import PhraseDecoder
from fewrec.decoders.sentence import Kind
from fewrec.plugins import Plugin, Registry
from fewrec.types import Decoded, Encoder, Vector


class Reader(Protocol):
    """A decoder that tells users from items by the opening of its text."""

    def decode(self, vector: Vector, *, lang: str, n_phrases: int = 5, kind: Kind = "user") -> Decoded:
        """``vector`` (d,) unit, in E's space; ``lang`` ``zh`` or ``en``."""


def default(phrases: PhraseDecoder) -> Reader:
    """The decoder ``phrases``, which is made with the fit."""
    return phrases


DECODERS: Registry[Reader] = Registry(
    "fewrec.decoders",
    "decoder",
    (
        Plugin(
            "phrases",
            "fewrec.decoders.registry:default",
            "the default: weighted phrases of the catalogue, Chinese or English",
        ),
        Plugin(
            "lm",
            "fewrec.llm.decoder:named",
            "a language model conditioned on the vector, made by fewrec learn decoder (extra: llm)",
            argument="FOLDER",
            extra="llm",
        ),
        Plugin(
            "chat",
            "fewrec.llm.chat:named",
            "a chat endpoint that may only phrase the phrases, set by FEWREC_CHAT_BASE_URL and FEWREC_CHAT_MODEL (extra: api); "
            "with MODEL a local language model, by hub name or folder (extra: llm)",
            argument="[MODEL]",
        ),
    ),
)
"""Names of decoders. A target is called with ``phrases`` (the phrase decoder of the fit) and ``encoder`` where it has such parameters."""


def load_decoder(name: str, *, phrases: PhraseDecoder, encoder: Encoder) -> Reader:
    """Make a decoder by its name.

    Raises:
        SettingError: there is none of that name, or the chat endpoint is not set.
        EncoderMismatchError: an LM decoder that reads another encoder's vectors.
        MissingExtraError: its extra is not installed.
        ModelLoadError: it cannot be read.
    """
    return DECODERS.make(name, phrases=phrases, encoder=encoder)
