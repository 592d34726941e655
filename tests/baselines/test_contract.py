"""Every peer against the contract."""

from __future__ import annotations

import pytest

from fewrec.baselines import BASELINES

from .contract import PeerContract


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


def test_every_member_stands_under_the_contract() -> None:
    under_contract = {case.name for case in PeerContract.__subclasses__()}
    neural = {name for name, factory in BASELINES.items() if factory.extra is not None}
    assert set(BASELINES) - neural == under_contract - neural


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_every_member_is_described_in_a_line(name: str) -> None:
    description = BASELINES[name].description
    assert description
    assert "\n" not in description
    assert len(description) <= 80
