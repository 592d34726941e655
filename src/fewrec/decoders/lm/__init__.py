"""A causal language model as decoder, conditioned on the vector through a trained soft-prompt adapter. Importing loads no torch."""

from fewrec.decoders.lm.config import LMDecoderConfig
from fewrec.decoders.lm.decoder import LMDecoder

__all__ = ["LMDecoder", "LMDecoderConfig"]
