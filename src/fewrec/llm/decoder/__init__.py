"""A causal language model as decoder, conditioned on the vector through a trained soft-prompt adapter. Importing loads no torch."""

from fewrec.llm.decoder.config import LMDecoderConfig
from fewrec.llm.decoder.decoder import LMDecoder

__all__ = ["LMDecoder", "LMDecoderConfig"]
