"""The rating model as a whole: the textbook formula, worlds with an obvious answer, and what any model of the project must do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rating_worlds import book_world, catalogue_of, examples_of, ratings_of

from fewrec.errors import DataError, NotFittedError
from fewrec.models.base import Additive, Predictor
from fewrec.models.registry import make_model
from fewrec.models.taste import RatingConfig, RatingTaste, TasteModel
from fewrec.persistence import load_object, save_object
from fewrec.types import Catalogue, Examples, Interactions


def log_odds(probabilities: np.ndarray) -> np.ndarray:
    p = np.asarray(probabilities, dtype=np.float64)
    return np.log(p / (1 - p))


@pytest.fixture(scope="module")
def world() -> tuple[Catalogue, Interactions]:
    return book_world()


@pytest.fixture(scope="module")
def model(world: tuple[Catalogue, Interactions]) -> RatingTaste:
    return RatingTaste().fit(*world, rng=np.random.default_rng(0))


def person(catalogue: Catalogue) -> Examples:
    """Likes, a dislike of another weight, and a sentence."""
    items = examples_of(catalogue, {3: 1.0, 25: -0.5, 61: 1.0})
    said = catalogue.lexical[[45, 45, 45, 45]].copy()
    said.data[: said.indptr[3]] = 0  # words belong to the sentence alone
    said.eliminate_zeros()
    return Examples(
        np.array([*items.rows, -1]),
        np.concatenate([items.vectors, catalogue.vectors[[45]]]),
        np.array([*items.utility, 1.0], dtype=np.float32),
        np.array([1.0, 0.4, 2.0, 3.0], dtype=np.float32),
        (*items.kinds, "statement"),
        (*items.labels, "金庸"),
        said,
    )


def test_is_a_model_that_predicts_and_explains(model: RatingTaste) -> None:
    assert isinstance(model, Predictor)
    assert isinstance(model, Additive)
    for name in ("taste", "auto"):
        assert isinstance(make_model(name), Predictor)


def test_no_examples_give_the_prior(world: tuple[Catalogue, Interactions], model: RatingTaste) -> None:
    _, known = world
    nobody = Examples.none(4)
    rows = np.arange(80)
    told = model.explain(nobody, rows)
    assert told.parts.shape == (0, 80)
    np.testing.assert_allclose(told.prior, model.score([nobody])[0], atol=1e-6)
    assert model.predict([nobody] * 80, rows).mean() == pytest.approx((known.utility > 0).mean(), abs=0.08)


def test_posterior_is_the_textbook_formula(world: tuple[Catalogue, Interactions], model: RatingTaste) -> None:
    """K is read off the contributions of single examples of unit surprise, then the formula is written out."""
    catalogue, _ = world
    rows = np.array([1, 24, 47])
    everything = np.arange(80)
    points, items = (model._items(each) for each in (rows, everything))
    kernel = np.asarray(model._kernel(points, items), dtype=np.float64)
    prior = model._kernel(items, items)
    np.testing.assert_allclose(prior, prior.T, atol=1e-9)
    assert np.linalg.eigvalsh(prior).min() > -1e-6
    noise = model.variances["noise"] * np.eye(3)
    utility = np.array([1.0, -1.0, 1.0])
    mean = items.mean + kernel.T @ np.linalg.solve(kernel[:, rows] + noise, utility - items.mean[rows])
    seen = examples_of(catalogue, dict(zip(rows.tolist(), utility.tolist(), strict=True)))
    np.testing.assert_allclose(model.score([seen])[0], model._link.logit(mean), atol=1e-4)
    variance = np.diag(prior) - np.einsum("kr,kr->r", kernel, np.linalg.solve(kernel[:, rows] + noise, kernel))
    np.testing.assert_allclose(model.uncertainty(seen, everything), np.sqrt(variance), atol=1e-4)


def test_contributions_add_up_to_the_log_odds(world: tuple[Catalogue, Interactions], model: RatingTaste) -> None:
    someone, rows = person(world[0]), np.array([0, 30, 45, 79])
    told = model.explain(someone, rows)
    assert told.parts.shape == (4, 4)
    np.testing.assert_allclose(told.score, model.score([someone])[0, rows], atol=1e-4)
    np.testing.assert_allclose(told.score, log_odds(model.predict([someone] * 4, rows)), atol=1e-3)
    np.testing.assert_array_equal(model.explain_prediction(someone, rows).parts, told.parts)


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_order_and_company_of_examples_change_nothing(
    world: tuple[Catalogue, Interactions], model: RatingTaste, data: st.DataObject
) -> None:
    catalogue, _ = world
    rows = data.draw(st.lists(st.integers(0, 79), max_size=12, unique=True))
    values = data.draw(st.lists(st.floats(-1, 1, width=32), min_size=len(rows), max_size=len(rows)))
    someone = examples_of(catalogue, dict(zip(rows, values, strict=True)))
    turned = someone.take(data.draw(st.permutations(range(len(rows)))))
    asked = np.arange(0, 80, 7)
    alone = np.concatenate([model.predict([someone], asked[i : i + 1]) for i in range(len(asked))])
    company = model.predict([*[turned] * len(asked), person(catalogue)], np.append(asked, 5))[:-1]
    np.testing.assert_allclose(company, alone, atol=1e-5)
    assert ((alone > 0) & (alone < 1)).all()
    np.testing.assert_allclose(model.explain(turned, asked).score, model.score([someone])[0, asked], atol=1e-3)


def test_readers_of_an_author_are_told_from_others(world: tuple[Catalogue, Interactions], model: RatingTaste) -> None:
    """The title is all there is to know; no user has rated most of the books."""
    catalogue, _ = world
    for author in range(4):
        other = (author + 1) % 4
        fan = examples_of(catalogue, {**{20 * author + b: 1.0 for b in range(5)}, **{20 * other + b: -1.0 for b in range(5)}})
        chance = model.predict([fan] * 80, np.arange(80))
        unseen = [chance[20 * a + 5 : 20 * a + 20] for a in (author, other)]
        assert unseen[0].min() > 0.6
        assert unseen[1].max() < 0.4


def test_a_good_item_and_a_generous_user(world: tuple[Catalogue, Interactions]) -> None:
    """Everybody likes item 0 and nobody item 1; user 0 likes most things. No text, so that nothing else can be learned."""
    catalogue = catalogue_of([f"{i}" for i in range(20)], [{}] * 20)
    rng = np.random.default_rng(0)
    entries = [
        (u, i, 1.0 if i == 0 else -1.0 if i == 1 else 1.0 if rng.random() < u / 40 else -1.0)
        for u in range(40)
        for i in range(18)
    ]
    model = RatingTaste().fit(catalogue, ratings_of(entries, 40, 20), rng=rng)
    nobody = Examples.none(4)
    good, bad, new = model.predict([nobody] * 3, np.array([0, 1, 19]))
    assert good > 0.75 > new > bad
    assert bad < 0.3
    kind, unkind = (examples_of(catalogue, dict.fromkeys(range(2, 12), value)) for value in (1.0, -1.0))
    assert model.predict([kind], np.array([19]))[0] > 0.7
    assert model.predict([unkind], np.array([19]))[0] < 0.3


def test_older_things_are_liked_more_where_the_data_say_so() -> None:
    titles = [f"Tale {i} ({1920 + i})" for i in range(80)]
    catalogue = catalogue_of(titles)
    entries = [
        (u, i, 1.0 if i < 40 else -1.0) for u in range(30) for i in np.random.default_rng(u).permutation(60)[:10].tolist()
    ]
    model = RatingTaste().fit(catalogue, ratings_of(entries, 30, 80), rng=np.random.default_rng(0))
    odds = model.score([Examples.none(4)])[0]
    assert odds[:40].min() > odds[60:].max()  # nobody has rated the last twenty


def test_directions_of_taste_are_used_where_people_are_many() -> None:
    """No words: even users like even items. What the items have in common can only be learned from people."""
    catalogue = catalogue_of([f"{i}" for i in range(40)], [{}] * 40)
    rng = np.random.default_rng(0)
    entries = [(u, i, 1.0 if i % 2 == u % 2 else -1.0) for u in range(260) for i in rng.permutation(40)[:12].tolist()]
    model = RatingTaste().fit(catalogue, ratings_of(entries, 260, 40), rng=rng)
    even = examples_of(catalogue, {0: 1.0, 1: -1.0, 2: 1.0})
    chance = model.predict([even] * 40, np.arange(40))
    assert chance[4::2].min() > 0.8
    assert chance[5::2].max() < 0.2


def test_a_sentence_counts_as_an_example(world: tuple[Catalogue, Interactions], model: RatingTaste) -> None:
    catalogue, _ = world
    someone = person(catalogue).take([3])
    told = model.explain(someone, np.array([46, 66]))  # the author of the sentence's words, another one
    assert told.parts[0, 0] > told.parts[0, 1] + 0.05


def test_without_ratings_and_without_dislikes(world: tuple[Catalogue, Interactions]) -> None:
    catalogue, known = world
    empty = RatingTaste().fit(catalogue, Interactions.empty(80), rng=np.random.default_rng(0))
    np.testing.assert_allclose(empty.predict([Examples.none(4)] * 80, np.arange(80)), 0.5)
    likes = ratings_of([(u, i, 1.0) for u in range(9) for i in range(u + 1)], 9, 80)
    model = RatingTaste().fit(catalogue, likes, rng=np.random.default_rng(0))
    chance = model.predict([Examples.none(4)] * 80, np.arange(80))
    assert chance[0] > chance[8] > 0.5
    fan = examples_of(catalogue, {0: 1.0, 5: 1.0})
    assert np.isfinite(model.score([fan, Examples.none(4)])).all()
    assert len(known)


def test_the_same_rng_gives_the_same_answers(world: tuple[Catalogue, Interactions], model: RatingTaste) -> None:
    again = RatingTaste().fit(*world, rng=np.random.default_rng(0))
    someone = person(world[0])
    np.testing.assert_array_equal(again.score([someone]), model.score([someone]))


def test_asks_for_a_fit_and_for_one_catalogue(world: tuple[Catalogue, Interactions]) -> None:
    with pytest.raises(NotFittedError, match="taste was asked about ratings before it was fitted"):
        RatingTaste().predict([Examples.none(4)], np.array([0]))
    with pytest.raises(NotFittedError, match="auto was asked for a judgement before it was fitted"):
        make_model("auto").predict([Examples.none(4)], np.array([0]))  # type: ignore[attr-defined]
    with pytest.raises(DataError, match="3 items, the catalogue holds 80"):
        RatingTaste().fit(world[0], Interactions.empty(3), rng=np.random.default_rng(0))


@pytest.mark.parametrize("name", ["taste", "auto"])
def test_named_models_judge_as_the_rating_model_and_survive_saving(
    world: tuple[Catalogue, Interactions], name: str, tmp_path: Path
) -> None:
    catalogue, known = world
    named = make_model(name).fit(catalogue, known, rng=np.random.default_rng(0))
    assert isinstance(named, Predictor)
    someone, rows = examples_of(catalogue, {3: 1.0, 25: -1.0}), np.array([4, 26])
    liked, disliked = named.predict([someone, someone], rows)
    assert liked > disliked
    told = named.explain_prediction(someone, rows)  # type: ignore[attr-defined]
    np.testing.assert_allclose(told.score, log_odds([liked, disliked]), atol=1e-3)
    assert isinstance(named, Additive)
    np.testing.assert_allclose(named.explain(someone, rows).score, named.score([someone])[0, rows], atol=1e-3)
    save_object(named, tmp_path / "model")
    loaded = load_object(tmp_path / "model")
    np.testing.assert_allclose(loaded.predict([someone, someone], rows), [liked, disliked], rtol=1e-5)


def test_settings_are_handed_on() -> None:
    assert TasteModel(ratings=RatingConfig(rank=3)).judge.config.rank == 3
