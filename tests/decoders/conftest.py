"""The small catalogue of films, encoded and mined."""

from __future__ import annotations

import pytest

from fewrec.decoders import MiningConfig, PhraseVocabulary, mine_phrases
from fewrec.types import Matrix

from .films import FIELDS, TopicEncoder, words


@pytest.fixture(scope="session")
def encoder() -> TopicEncoder:
    return TopicEncoder()


@pytest.fixture(scope="session")
def items(encoder: TopicEncoder) -> Matrix:
    return encoder.encode([". ".join(film.values()) for film in FIELDS])


@pytest.fixture(scope="session")
def vocabulary(encoder: TopicEncoder) -> PhraseVocabulary:
    """Phrases of two films and more: eight films have few of three."""
    return mine_phrases(FIELDS, words=words, encode=encoder.encode, config=MiningConfig(min_items=2))
