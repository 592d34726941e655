"""Every peer against the contract."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest

from fewrec.errors import DataError, NotFittedError
from fewrec.models.base import Additive, Model
from fewrec.models.classics import BASELINES
from fewrec.models.registry import make_model
from fewrec.testing import ModelContract
from fewrec.testing.worlds import block_world
from fewrec.types import Catalogue, Examples, Interactions


class PeerContract(ModelContract):
    name: ClassVar[str]
    additive: ClassVar[bool] = True

    def make(self) -> Model:
        return make_model(self.name)

    def test_carries_its_name_and_kind(self) -> None:
        assert self.fitted.name == self.name
        assert isinstance(self.fitted, Additive) == self.additive

    def test_asks_to_be_fitted_first(self) -> None:
        with pytest.raises(NotFittedError, match=self.name):
            self.make().score([Examples.none(4)])

    def test_refuses_interactions_of_another_catalogue(self) -> None:
        with pytest.raises(DataError, match="items"):
            self.make().fit(self.world[0], Interactions.empty(3), rng=np.random.default_rng(0))


class TestRandom(PeerContract):
    name = "random"
    personal = False
    constant_without_data = False


class TestPopularity(PeerContract):
    name = "popularity"
    personal = False


class TestItemMean(PeerContract):
    name = "item-mean"
    personal = False


class TestLikedFraction(PeerContract):
    name = "liked-fraction"
    personal = False
    additive = False


class TestContent(PeerContract):
    name = "content"
    constant_without_data = False


class TestCooccurrence(PeerContract):
    name = "cooccurrence"


class TestUserKnn(PeerContract):
    name = "user-knn"


class TestItemKnn(PeerContract):
    name = "item-knn"


class TestEase(PeerContract):
    name = "ease"


class TestAls(PeerContract):
    name = "als"


class TestHybrid(PeerContract):
    name = "hybrid"

    def make_world(self) -> tuple[Catalogue, Interactions]:
        return block_world(n_users=200)  # sixty users are too few to choose among its five settings without overfitting


@pytest.mark.slow
class TestTwoTower(PeerContract):
    name = "two-tower"
    additive = False
    saved = False


@pytest.mark.slow
class TestSequential(PeerContract):
    name = "sequential"
    additive = False
    saved = False
    ordered = True


def test_every_member_stands_under_the_contract() -> None:
    under_contract = {case.name for case in PeerContract.__subclasses__()}
    assert set(BASELINES) == under_contract


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_every_member_is_described_in_a_line(name: str) -> None:
    description = BASELINES[name].description
    assert description
    assert "\n" not in description
    assert len(description) <= 80
