"""What every model promises, as a suite to inherit. Needs no pytest; with it, every promise is a test of its own."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, cast

import numpy as np

from fewrec.errors import SettingError
from fewrec.models.base import Additive, Model
from fewrec.persistence import check_can_be_saved, load_object, save_object
from fewrec.testing.suite import Contract, raised
from fewrec.testing.worlds import any_examples, block_world, disliked, joined, likes_of, statement
from fewrec.types import Catalogue, Examples, Interactions

_RTOL, _ATOL = 1e-4, 1e-5


class ModelContract(Contract):
    """Inherit, and say in :meth:`make` how an unfitted model is made.

    ::

        class TestMyModel(ModelContract):
            def make(self):
                return MyModel()
    """

    personal: ClassVar[bool] = True
    """Whether the examples change the order, so that the block world (two groups of users and items) can be solved."""
    ordered: ClassVar[bool] = False
    """Whether the order of the examples matters."""
    constant_without_data: ClassVar[bool] = True
    """Whether a model without training users gives every item the same score; not so for those that read texts."""
    saved: ClassVar[bool] = True
    """Whether a fit can be saved. Otherwise the class must say why in ``__cannot_be_saved__``."""

    def make(self) -> Model:
        """A new, unfitted model with its default settings."""
        raise NotImplementedError

    def make_world(self) -> tuple[Catalogue, Interactions]:
        """The catalogue and the training users of most promises."""
        return block_world()

    # -- what the promises look at ------------------------------------------------------------------------------------

    @property
    def world(self) -> tuple[Catalogue, Interactions]:
        """Made once for each class."""
        return cast(tuple[Catalogue, Interactions], self.once("world", self.make_world))

    @property
    def fitted(self) -> Model:
        """Fitted on :attr:`world` once for each class."""
        return cast(Model, self.once("fitted", lambda: self._fit(*self.world, seed=1)))

    def people(self, catalogue: Catalogue) -> list[Examples]:
        """Users of all kinds, the one without any example first."""
        return [
            Examples.none(catalogue.vectors.shape[1]),
            Examples.of_likes(catalogue, [0]),
            Examples.of_likes(catalogue, [3, 7, 11]),
            joined(Examples.of_likes(catalogue, [2, 4]), disliked(catalogue, [5])),
            disliked(catalogue, [1]),
            joined(statement(catalogue.vectors[6]), Examples.of_likes(catalogue, [8])),
            statement(catalogue.vectors[9], utility=-1.0),
        ]

    def _fit(self, catalogue: Catalogue, interactions: Interactions, seed: int = 0) -> Model:
        return self.make().fit(catalogue, interactions, rng=np.random.default_rng(seed))

    # -- promises -----------------------------------------------------------------------------------------------------

    def test_is_a_model(self) -> None:
        """It has ``name``, ``fit`` and ``score``, and ``fit`` gives the model back."""
        assert isinstance(self.make(), Model), "expected name, fit and score, see fewrec.models.base.Model"
        assert isinstance(self.fitted, Model), "fit must return the model"
        assert isinstance(self.fitted.name, str)
        assert self.fitted.name

    def test_scores_every_item_for_everybody(self) -> None:
        """(users, items) finite float32, for no users and for users without examples too."""
        catalogue = self.world[0]
        people = self.people(catalogue)
        scores = self.fitted.score(people)
        assert scores.shape == (len(people), len(catalogue))
        assert scores.dtype == np.float32, f"found scores of type {scores.dtype}, expected float32"
        assert np.isfinite(scores).all()
        assert self.fitted.score(people[:1]).shape == (1, len(catalogue))
        assert self.fitted.score([]).shape == (0, len(catalogue))

    def test_batch_equals_one_by_one(self) -> None:
        """Who else is asked about changes nothing."""
        people = self.people(self.world[0])
        alone = np.concatenate([self.fitted.score([person]) for person in people])
        np.testing.assert_allclose(self.fitted.score(people), alone, rtol=_RTOL, atol=_ATOL)

    def test_order_of_examples_does_not_matter(self) -> None:
        """Or it does, where :attr:`ordered` says so."""
        there, back = (Examples.of_likes(self.world[0], rows) for rows in ([3, 7, 11, 2], [2, 11, 7, 3]))
        first, second = self.fitted.score([there, back])
        if self.ordered:
            assert not np.allclose(first, second, rtol=_RTOL)
        else:
            np.testing.assert_allclose(first, second, rtol=_RTOL, atol=_ATOL)

    def test_same_rng_same_scores(self) -> None:
        """A second fit with the same random numbers scores the same to the bit."""
        catalogue, interactions = self.world
        people = self.people(catalogue)
        np.testing.assert_array_equal(self._fit(catalogue, interactions, seed=1).score(people), self.fitted.score(people))

    def test_does_not_touch_what_it_is_handed(self) -> None:
        """Neither the data nor, through the scores it gives, itself."""
        catalogue, interactions = block_world(n_users=40)
        likes, vectors = interactions.likes.copy(), catalogue.vectors.copy()
        model = self._fit(catalogue, interactions)
        people = self.people(catalogue)
        scores = model.score(people)
        before = scores.copy()
        if scores.flags.writeable:
            scores[:] = 0
        assert (interactions.likes != likes).nnz == 0
        np.testing.assert_array_equal(catalogue.vectors, vectors)
        np.testing.assert_array_equal(model.score(people), before)

    def test_unknown_and_unseen_items(self) -> None:
        """Items nobody liked, as examples and as candidates, get finite scores."""
        catalogue, interactions = self.world
        model = self._fit(catalogue, interactions.without_items([0, 1]))
        assert np.isfinite(model.score([Examples.of_likes(catalogue, [0]), Examples.of_likes(catalogue, [1, 2])])).all()

    def test_without_training_users(self) -> None:
        """It scores; a constant, unless it reads texts."""
        catalogue = self.world[0]
        scores = self._fit(catalogue, Interactions.empty(len(catalogue))).score(self.people(catalogue))
        assert np.isfinite(scores).all()
        if self.constant_without_data:
            np.testing.assert_array_equal(scores, np.broadcast_to(scores[:, :1], scores.shape))

    def test_users_without_likes(self) -> None:
        """Training users who did nothing."""
        catalogue = self.world[0]
        model = self._fit(catalogue, likes_of(np.zeros((3, len(catalogue)))))
        assert np.isfinite(model.score(self.people(catalogue))).all()

    def test_catalogue_without_text(self) -> None:
        """All vectors zero, no words."""
        catalogue, interactions = block_world(n_users=24)
        blank = Catalogue(
            catalogue.ids,
            catalogue.titles,
            ("",) * len(catalogue),
            np.zeros_like(catalogue.vectors),
            catalogue.lexical[:, :0],
            catalogue.fields,
            "blank",
        )
        assert np.isfinite(self._fit(blank, interactions).score(self.people(blank))).all()

    def test_block_world_is_solved(self) -> None:
        """Who likes two even items gets the other even ones before all odd ones, and the other way round."""
        catalogue = self.world[0]
        even, odd = self.fitted.score([Examples.of_likes(catalogue, [0, 4]), Examples.of_likes(catalogue, [1, 5])])
        others = np.arange(len(catalogue))
        of_even = [i for i in others if i % 2 == 0 and i not in {0, 4}]
        of_odd = [i for i in others if i % 2 == 1 and i not in {1, 5}]
        solved = even[of_even].min() > even[1::2].max() and odd[of_odd].min() > odd[0::2].max()
        assert solved == self.personal

    def test_explanation_adds_up(self) -> None:
        """Where there is an ``explain``: prior and one part for each example sum to the score."""
        if not isinstance(self.fitted, Additive):
            return
        rows = np.array([0, 5, 9, 23, 4])
        for person in self.people(self.world[0]):
            explained = self.fitted.explain(person, rows)
            assert explained.prior.shape == (5,)
            assert explained.parts.shape == (len(person), 5)
            np.testing.assert_allclose(explained.score, self.fitted.score([person])[0, rows], rtol=1e-3, atol=2e-5)

    def test_any_examples_give_finite_scores_that_add_up(self) -> None:
        """25 users at random: repeated items, statements, any utility in [-1, 1] and weight in [1/16, 8]."""
        catalogue = self.world[0]
        rng = np.random.default_rng(0)
        everything = np.arange(len(catalogue))
        for _ in range(25):
            person = any_examples(catalogue, rng)
            scores = self.fitted.score([person])
            assert np.isfinite(scores).all()
            if isinstance(self.fitted, Additive):
                explained = self.fitted.explain(person, everything)
                np.testing.assert_allclose(explained.score, scores[0], rtol=2e-3, atol=1e-4)

    def test_saved_and_loaded_it_scores_the_same(self) -> None:
        """Or it says before the fit that it cannot be saved."""
        trust = (type(self.fitted).__module__,)
        if not self.saved:
            raised(SettingError, lambda: check_can_be_saved(self.make(), trust=trust))
            return
        check_can_be_saved(self.make(), trust=trust)
        catalogue = self.world[0]
        people = self.people(catalogue)
        with TemporaryDirectory() as folder:
            save_object({"catalogue": catalogue, "model": self.fitted}, Path(folder), trust=trust)
            loaded = load_object(Path(folder), trust=trust)["model"]
            scores = loaded.score(people)
            del loaded  # it maps files of the folder
        np.testing.assert_array_equal(scores, self.fitted.score(people))
