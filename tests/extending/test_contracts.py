"""The contract suites find what is wrong, and hold for our own members that no other test puts under them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from fewrec.decoders import PhraseDecoder, mine_phrases
from fewrec.encoders import load_encoder
from fewrec.evaluation.metrics.ranked import Ranked, Values, mrr, ndcg, recall, uauc
from fewrec.models.base import Model
from fewrec.models.registry import make_model
from fewrec.testing import DecoderContract, MetricContract, ModelContract
from fewrec.text import clean, words
from fewrec.types import Examples, Matrix


class TestTaste(ModelContract):
    def make(self) -> Model:
        return make_model("taste")

    constant_without_data = False


class TestNdcg(MetricContract):
    def value(self, ranked: Ranked) -> Values:
        return ndcg(ranked, 10)


class TestRecall(MetricContract):
    def value(self, ranked: Ranked) -> Values:
        return recall(ranked, 20)


class TestMrr(MetricContract):
    def value(self, ranked: Ranked) -> Values:
        return mrr(ranked)


class TestUauc(MetricContract):
    def value(self, ranked: Ranked) -> Values:
        return uauc(ranked)


FILMS = [
    {"title": f"{adjective} {noun}", "genres": genre}
    for genre, noun in (("Western", "Sheriff"), ("Science fiction 科幻", "Starship"), ("Horror 恐怖", "Haunted House"))
    for adjective in ("Old", "Silent", "Red", "Last")
]


class TestPhrases(DecoderContract):
    def make_vectors(self) -> Matrix:
        return load_encoder("default").encode([f"{film['title']} {film['genres']}" for film in FILMS])

    def make(self) -> PhraseDecoder:
        encode = load_encoder("default").encode
        return PhraseDecoder(mine_phrases(FILMS, words=words, encode=encode, items=self.vectors, clean=clean), self.vectors)


class _Broken:
    """A model that breaks one promise after another."""

    name = "broken"

    def __init__(self, fault: str) -> None:
        self._fault, self._calls = fault, 0

    def fit(self, catalogue: Any, interactions: Any, *, rng: Any) -> _Broken:
        self._m = len(catalogue)
        self._noise = np.random.default_rng()
        return self

    def score(self, examples: Sequence[Examples]) -> Matrix:
        scores = np.zeros((len(examples), self._m), dtype=np.float32)
        if self._fault == "type":
            return scores.astype(np.float64)
        if self._fault == "random":
            return self._noise.random(scores.shape).astype(np.float32)
        if self._fault == "batch":
            scores[:] = len(examples)
        if self._fault == "nan" and self._m:
            scores[:, 0] = np.nan
        return scores


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        ("type", "test_scores_every_item_for_everybody"),
        ("nan", "test_scores_every_item_for_everybody"),
        ("random", "test_same_rng_same_scores"),
        ("batch", "test_batch_equals_one_by_one"),
        ("", "test_block_world_is_solved"),
    ],
)
def test_a_broken_promise_is_found(fault: str, promise: str) -> None:
    class Suite(ModelContract):
        def make(self) -> Model:
            return _Broken(fault)

    with pytest.raises(AssertionError):
        getattr(Suite(), promise)()


def test_a_suite_runs_without_pytest() -> None:
    class Suite(MetricContract):
        def value(self, ranked: Ranked) -> Values:
            return mrr(ranked)

    assert len(Suite().check()) == 4
