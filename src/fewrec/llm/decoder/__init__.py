"""A causal language model as decoder, conditioned on the vector through a trained soft-prompt adapter. Importing loads no torch."""

from fewrec.llm.decoder.config import LMDecoderConfig
from fewrec.llm.decoder.decoder import LMDecoder
from fewrec.types import Encoder

__all__ = ["LMDecoder", "LMDecoderConfig", "named"]


def named(name: str, *, encoder: Encoder) -> LMDecoder:
    """``lm:FOLDER``. Errors as in :meth:`LMDecoder.load`."""
    return LMDecoder.load(name.removeprefix("lm:"), encoder)
