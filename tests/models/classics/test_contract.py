"""Every peer against the contract."""

from __future__ import annotations

from typing import Any

import pytest

from fewrec.models.classics import BASELINES

from .contract import PeerContract
from .worlds import block_world


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

    @pytest.fixture(scope="class")
    @classmethod
    def world(cls) -> Any:
        return block_world(n_users=200)  # sixty users are too few to choose among its five settings without overfitting


@pytest.mark.slow
class TestTwoTower(PeerContract):
    name = "two-tower"
    additive = False


@pytest.mark.slow
class TestSequential(PeerContract):
    name = "sequential"
    additive = False
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
