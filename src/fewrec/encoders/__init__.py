"""Encoder E: text -> unit float32 vectors of a fixed size, with a fingerprint; a cache on disk; and the literal space beside it."""

from fewrec.encoders.cache import VectorCache
from fewrec.encoders.cached import CachedEncoder
from fewrec.encoders.fingerprint import check_same_encoder
from fewrec.encoders.lexical import LexicalSpace
from fewrec.encoders.multilingual import MultilingualConfig, MultilingualEncoder
from fewrec.encoders.registry import ENCODED_FAST, MANY_TEXTS, encoder_for, encoder_names, load_encoder
from fewrec.encoders.static import StaticConfig, StaticEncoder

__all__ = [
    "ENCODED_FAST",
    "MANY_TEXTS",
    "CachedEncoder",
    "LexicalSpace",
    "MultilingualConfig",
    "MultilingualEncoder",
    "StaticConfig",
    "StaticEncoder",
    "VectorCache",
    "check_same_encoder",
    "encoder_for",
    "encoder_names",
    "load_encoder",
]
