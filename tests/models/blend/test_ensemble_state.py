"""A fitted ensemble remembers no request, and names its taste model."""

from __future__ import annotations

import copy
from functools import partial

import numpy as np
import pytest
from scipy import sparse

from fewrec.models.blend.auto import Auto
from fewrec.models.blend.ensemble import Ensemble, Member
from fewrec.models.blend.prior import PriorTable
from fewrec.models.blend.weights import Weights
from fewrec.models.classics.content import Content, ContentConfig
from fewrec.models.classics.popularity import Popularity
from fewrec.models.taste import GaussianConfig, GaussianTaste, RatingTaste
from fewrec.types import Catalogue, Examples, Interactions, Matrix

TASTE = Member(partial(GaussianTaste, GaussianConfig()))
CONTENT = Member(partial(Content, ContentConfig()))


def world() -> tuple[Catalogue, Interactions]:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(30, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = tuple(f"i{row}" for row in range(30))
    words = sparse.csr_matrix((30, 0), dtype=np.float32)
    user, item = np.nonzero(rng.random((12, 30)) < 0.2)
    ones = np.ones(len(user), dtype=np.float32)
    users = tuple(f"u{row}" for row in range(12))
    known = Interactions(users, 30, user, item, ones, ones, np.full(len(user), np.nan))
    return Catalogue(ids, ids, ids, vectors, words, tuple({} for _ in ids), "test"), known


def fitted(weights: dict[str, list[float]], members: dict[str, Member], taste: str | None = "taste") -> Ensemble:
    catalogue, known = world()
    prior = PriorTable.everywhere(Weights.from_mapping(weights))
    model = Ensemble(members, readers=["taste", "content"], prior=prior, taste=taste)
    return model.fit(catalogue, known, rng=np.random.default_rng(0))


class Counted(GaussianTaste):
    """Counts how often the catalogue is scored."""

    n_scorings = 0

    def score(self, examples: object) -> Matrix:
        type(self).n_scorings += 1
        return super().score(examples)  # type: ignore[arg-type]


def test_scales_are_handed_over_and_not_remembered() -> None:
    model = fitted(
        {"taste": [1, 1, 1], "content": [0.5, 0.5, 0.5]},
        {"taste": Member(partial(Counted, GaussianConfig())), "content": CONTENT},
    )
    user = Examples.of_likes(world()[0], [3, 7])
    before = copy.copy(vars(model))
    scores, scales = model.score_and_scales([user])
    assert vars(model) == before
    rows = np.arange(30)
    Counted.n_scorings = 0
    told = model.explain(user, rows, scales=scales)
    assert Counted.n_scorings == 0
    np.testing.assert_allclose(told.score, scores[0], atol=1e-5)
    np.testing.assert_array_equal(model.score([user]), scores)
    Counted.n_scorings = 0
    again = model.explain(user, rows)
    assert Counted.n_scorings == 1
    np.testing.assert_array_equal(again.parts, told.parts)


def test_the_taste_model_is_the_one_named() -> None:
    other = Member(partial(GaussianTaste, GaussianConfig(noise=0.5)))
    members = {"taste:high-noise": other, "taste": TASTE, "content": CONTENT}
    both = {"taste:high-noise": [1.0, 1, 1], "taste": [1.0, 1, 1]}
    model = fitted(both, members)
    assert model.taste is model.members["taste"]
    # Without weight it is no member, and is the taste model all the same: not the other one, which survived.
    model = fitted({"taste:high-noise": [1.0, 1, 1], "content": [1.0, 1, 1]}, members)
    assert "taste" not in model.members
    assert model.taste is not None
    assert model.taste.config == GaussianConfig()
    assert fitted(both, members, taste=None).taste is None


def test_auto_names_taste() -> None:
    catalogue, known = world()
    model = Auto({"popularity": Member(Popularity), "taste": TASTE}, RatingTaste)
    assert model.taste is None
    assert model.fit(catalogue, known, rng=np.random.default_rng(0)).taste is not None


@pytest.mark.parametrize("name", ["taste:low-noise", "taste:high-noise", "cooccurrence:shrunk"])
def test_members_of_auto_have_weights_in_the_shipped_prior(name: str) -> None:
    from fewrec.models.blend.prior import shipped_prior
    from fewrec.models.registry import AUTO_MEMBERS

    assert name in AUTO_MEMBERS
    assert any(weights.of([name]).at_knots.max() > 0 for _, weights in shipped_prior().rows)


def test_the_shipped_prior_speaks_of_members_of_auto_alone() -> None:
    from fewrec.models.blend.prior import shipped_prior
    from fewrec.models.registry import AUTO_MEMBERS

    assert {member for _, weights in shipped_prior().rows for member in weights.members} <= set(AUTO_MEMBERS)
