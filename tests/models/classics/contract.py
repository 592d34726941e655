"""What every peer must do; inherited by one test class per member."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fewrec.errors import DataError, NotFittedError
from fewrec.models.classics import BASELINES
from fewrec.types import Additive, Examples, Interactions, Model

from .worlds import block_world, disliked, joined, likes_of, statement


class PeerContract:
    name: ClassVar[str]
    personal: ClassVar[bool] = True
    """Whether the examples change the order, and the block world can be solved."""
    ordered: ClassVar[bool] = False
    """Whether the order of the examples matters."""
    additive: ClassVar[bool] = True
    constant_without_data: ClassVar[bool] = True

    @pytest.fixture(scope="class")
    @classmethod
    def world(cls) -> Any:
        return block_world()

    @pytest.fixture(scope="class")
    @classmethod
    def fitted(cls, world: Any) -> Model:
        catalogue, interactions = world
        return BASELINES[cls.name]().fit(catalogue, interactions, rng=np.random.default_rng(1))

    def people(self, catalogue: Any) -> list[Examples]:
        return [
            Examples.none(catalogue.vectors.shape[1]),
            Examples.of_likes(catalogue, [0]),
            Examples.of_likes(catalogue, [3, 7, 11]),
            joined(Examples.of_likes(catalogue, [2, 4]), disliked(catalogue, [5])),
            disliked(catalogue, [1]),
            joined(statement(catalogue.vectors[6]), Examples.of_likes(catalogue, [8])),
            statement(catalogue.vectors[9], utility=-1.0),
        ]

    def test_is_a_model_and_carries_its_name(self, fitted: Model) -> None:
        assert isinstance(fitted, Model)
        assert fitted.name == self.name
        assert isinstance(fitted, Additive) == self.additive

    def test_asks_to_be_fitted_first(self, world: Any) -> None:
        with pytest.raises(NotFittedError, match=self.name):
            BASELINES[self.name]().score([Examples.none(4)])

    def test_refuses_interactions_of_another_catalogue(self, world: Any) -> None:
        with pytest.raises(DataError, match="items"):
            BASELINES[self.name]().fit(world[0], Interactions.empty(3), rng=np.random.default_rng(0))

    def test_scores_every_item_for_everybody(self, world: Any, fitted: Model) -> None:
        people = self.people(world[0])
        scores = fitted.score(people)
        assert scores.shape == (len(people), len(world[0]))
        assert scores.dtype == np.float32
        assert np.isfinite(scores).all()
        assert fitted.score([]).shape == (0, len(world[0]))

    def test_batch_equals_one_by_one(self, world: Any, fitted: Model) -> None:
        people = self.people(world[0])
        alone = np.concatenate([fitted.score([person]) for person in people])
        np.testing.assert_allclose(fitted.score(people), alone, rtol=1e-4, atol=1e-5)

    def test_order_of_examples_does_not_matter(self, world: Any, fitted: Model) -> None:
        there, back = (Examples.of_likes(world[0], rows) for rows in ([3, 7, 11, 2], [2, 11, 7, 3]))
        first, second = fitted.score([there, back])
        if self.ordered:
            assert not np.allclose(first, second, rtol=1e-4)
        else:
            np.testing.assert_allclose(first, second, rtol=1e-4, atol=1e-5)

    def test_same_rng_same_scores(self, world: Any, fitted: Model) -> None:
        catalogue, interactions = world
        again = BASELINES[self.name]().fit(catalogue, interactions, rng=np.random.default_rng(1))
        people = self.people(catalogue)
        np.testing.assert_array_equal(again.score(people), fitted.score(people))

    def test_does_not_touch_what_it_is_handed(self, world: Any, fitted: Model) -> None:
        catalogue, interactions = world
        before = interactions.likes.copy(), catalogue.vectors.copy()
        first = fitted.score(self.people(catalogue))
        first[:] = 0
        assert (interactions.likes != before[0]).nnz == 0
        np.testing.assert_array_equal(catalogue.vectors, before[1])
        assert fitted.score(self.people(catalogue)).any() or not self.personal

    def test_without_training_users(self, world: Any) -> None:
        catalogue, _ = world
        people = self.people(catalogue)
        model = BASELINES[self.name]().fit(catalogue, Interactions.empty(len(catalogue)), rng=np.random.default_rng(0))
        scores = model.score(people)
        assert np.isfinite(scores).all()
        if self.constant_without_data:
            np.testing.assert_array_equal(scores, np.broadcast_to(scores[:, :1], scores.shape))

    def test_users_without_likes(self, world: Any) -> None:
        catalogue, _ = world
        nothing = likes_of(np.zeros((3, len(catalogue))))
        model = BASELINES[self.name]().fit(catalogue, nothing, rng=np.random.default_rng(0))
        assert np.isfinite(model.score(self.people(catalogue))).all()

    def test_catalogue_without_text(self) -> None:
        catalogue, interactions = block_world(n_users=24)
        blank = type(catalogue)(
            catalogue.ids,
            catalogue.titles,
            ("",) * len(catalogue),
            np.zeros_like(catalogue.vectors),
            catalogue.lexical[:, :0],
            catalogue.fields,
            "blank",
        )
        model = BASELINES[self.name]().fit(blank, interactions, rng=np.random.default_rng(0))
        assert np.isfinite(model.score(self.people(blank))).all()

    def test_block_world_is_solved(self, world: Any, fitted: Model) -> None:
        even, odd = fitted.score([Examples.of_likes(world[0], [0, 4]), Examples.of_likes(world[0], [1, 5])])
        unseen_even, unseen_odd = (
            [i for i in range(0, 24, 2) if i not in (0, 4)],
            [i for i in range(1, 24, 2) if i not in (1, 5)],
        )
        solved = even[unseen_even].min() > even[1::2].max() and odd[unseen_odd].min() > odd[0::2].max()
        assert solved == self.personal

    def test_explanation_adds_up(self, world: Any, fitted: Model) -> None:
        if not self.additive:
            assert not isinstance(fitted, Additive)
            return
        assert isinstance(fitted, Additive)
        rows = np.array([0, 5, 9, 23, 4])
        for person in self.people(world[0]):
            explained = fitted.explain(person, rows)
            assert explained.prior.shape == (5,)
            assert explained.parts.shape == (len(person), 5)
            np.testing.assert_allclose(explained.score, fitted.score([person])[0, rows], rtol=1e-3, atol=2e-5)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
    @given(data=st.data())
    def test_any_examples_give_finite_scores_that_add_up(self, world: Any, fitted: Model, data: st.DataObject) -> None:
        catalogue, _ = world
        rows = data.draw(st.lists(st.integers(-1, len(catalogue) - 1), max_size=8))
        numbers = st.floats(-1, 1, width=32)
        weights = st.floats(0.0625, 8, width=32)
        utility = data.draw(st.lists(numbers, min_size=len(rows), max_size=len(rows)))
        weight = data.draw(st.lists(weights, min_size=len(rows), max_size=len(rows)))
        vectors = catalogue.vectors[rows] if rows else np.zeros((0, 4), dtype=np.float32)
        person = Examples(
            np.array(rows, dtype=np.int64),
            vectors,
            np.array(utility, dtype=np.float32),
            np.array(weight, dtype=np.float32),
            ("event",) * len(rows),
            ("x",) * len(rows),
        )
        scores = fitted.score([person])
        assert np.isfinite(scores).all()
        if self.additive:
            assert isinstance(fitted, Additive)
            everything = np.arange(len(catalogue))
            np.testing.assert_allclose(fitted.explain(person, everything).score, scores[0], rtol=2e-3, atol=1e-4)
