"""Decoders: a vector back into words."""

from fewrec.decoders.expectation import Expectation
from fewrec.decoders.general import Entry, general_entries
from fewrec.decoders.mining import MiningConfig, mine_phrases
from fewrec.decoders.neighbourhood import NeighbourhoodConfig
from fewrec.decoders.phrase_config import PhraseDecoderConfig
from fewrec.decoders.phrases import PhraseDecoder
from fewrec.decoders.reading import CatalogueReader
from fewrec.decoders.records import Records
from fewrec.decoders.sentence import sentence
from fewrec.decoders.vocabulary import PhraseVocabulary

__all__ = [
    "CatalogueReader",
    "Entry",
    "Expectation",
    "MiningConfig",
    "NeighbourhoodConfig",
    "PhraseDecoder",
    "PhraseDecoderConfig",
    "PhraseVocabulary",
    "Records",
    "general_entries",
    "mine_phrases",
    "sentence",
]
