"""An ensemble of anything is no worse than its best member, says probabilities, and takes itself apart."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from fewrec.errors import NotFittedError, SettingError
from fewrec.evaluation import Episode
from fewrec.llm.ranker.calibration import auc, log_losses
from fewrec.models.base import Model
from fewrec.models.registry import make_model
from fewrec.models.stacking import AnyEnsemble, fit_stack
from fewrec.models.stacking.model import n_weighing
from fewrec.models.stacking.weights import plain_stack
from fewrec.types import Catalogue, Examples, Interactions, Rows, Vector

from .test_llm_model import asked, catalogue, interactions


def scores(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(n, 4): one member that knows, one that knows something else, one that guesses, one that is upside down."""
    rng = np.random.default_rng(seed)
    taste, other = rng.normal(size=n), rng.normal(size=n)
    labels = rng.random(n) < 1 / (1 + np.exp(-(1.5 * taste + other)))
    return np.stack([3 * taste + 10, 0.1 * other, rng.normal(size=n), -taste - other], axis=1), labels


@pytest.mark.parametrize("seed", range(5))
def test_the_stack_is_no_worse_than_its_best_member(seed: int) -> None:
    told, labels = scores(150, seed)
    stack = fit_stack(told, labels, rng=np.random.default_rng(0))
    test, truth = scores(4000, seed + 100)
    best = max(auc(test[:, member], truth) for member in range(4))
    assert auc(stack.log_odds(test), truth) > best - 0.005
    base_rate = float(log_losses(np.full(4000, np.log(labels.mean() / (1 - labels.mean()))), truth).mean())
    assert float(log_losses(stack.log_odds(test), truth).mean()) < base_rate - 0.05
    assert stack.weights.sum() == pytest.approx(1)
    assert (stack.weights >= 0).all()


def test_equal_members_count_alike() -> None:
    told, labels = scores(100, 0)
    stack = fit_stack(told[:, [0, 0, 0]], labels, rng=np.random.default_rng(0))
    assert stack.weights == pytest.approx([1 / 3] * 3, abs=1e-3)


def test_a_member_that_knows_everything_stands_alone_or_leads() -> None:
    rng = np.random.default_rng(0)
    labels = rng.random(200) < 0.5
    told = np.stack([labels * 6.0 - 3, *rng.normal(size=(4, 200))], axis=1)
    stack = fit_stack(told, labels, rng=rng)
    assert int(np.argmax(stack.weights)) == 0
    assert auc(stack.log_odds(told), labels) == 1.0


def test_without_rows_members_with_probabilities_count_alike() -> None:
    assert plain_stack(np.array([True, False, True])).weights == pytest.approx([0.5, 0, 0.5])


class Oracle:
    """Knows whether the history and the item are of one kind; ``sign`` turns it upside down, 0 makes it guess."""

    name = "oracle"

    def __init__(self, sign: float) -> None:
        self.sign = sign

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Model:
        return self

    def score(self, examples: list[Examples]) -> np.ndarray:
        kind = np.repeat([1.0, -1.0, 0.0], [3, 3, 2])
        liked = [float(np.sum(kind[one.rows] * one.utility)) for one in examples]
        noise = np.random.default_rng(len(examples)).normal(size=(len(examples), 8))
        return (self.sign * np.outer(np.sign(liked), kind) + 0.2 * noise).astype(np.float32)


class Judge(Oracle):
    """The same with probabilities."""

    def predict(self, examples: list[Examples], rows: Rows) -> Vector:
        found = self.score(examples)[np.arange(len(rows)), rows]
        return np.asarray(1 / (1 + np.exp(-found)), dtype=np.float32)


def test_judgements_from_ratings_and_from_prompts() -> None:
    makers = {"knows": partial(Judge, 2.0), "guesses": partial(Oracle, 0.0)}
    for learn in ("ratings", "prompts"):
        ensemble = AnyEnsemble("ensemble:x", makers)
        with pytest.raises(NotFittedError):
            ensemble.predict([asked(3)], np.array([4]))
        if learn == "ratings":
            ensemble.fit(catalogue(), interactions(60), rng=np.random.default_rng(0))
        else:
            episodes = [Episode(asked(i % 6), j % 6, (i % 6 < 3) == (j % 6 < 3)) for i in range(12) for j in range(6)]
            ensemble.fit_episodes(catalogue(), episodes[:8], episodes[8:], rng=np.random.default_rng(0))
        assert ensemble.shares["knows"] > 0.5
        chances = ensemble.predict([asked(3), asked(3), asked(0)], np.array([4, 1, 1]))
        assert chances[0] > 0.6 > 0.4 > chances[1]
        assert chances[2] > 0.6


def test_lists_of_members_without_summands_add_up() -> None:
    ensemble = AnyEnsemble("ensemble:x", {"knows": partial(Oracle, 2.0), "popularity": partial(make_model, "popularity")})
    ensemble.fit(catalogue(), interactions(60), rng=np.random.default_rng(0))
    score = ensemble.score([asked(3, 4)])[0]
    told = ensemble.explain(asked(3, 4), np.arange(8))
    assert told.score == pytest.approx(score, abs=1e-4)
    assert score[5] > score[:3].max()


def test_names_of_ensembles() -> None:
    assert make_model("ensemble:taste+popularity").name == "ensemble:taste+popularity"
    assert make_model("ensemble").name == "ensemble"
    with pytest.raises(SettingError, match="no model 'nonsense'"):
        make_model("ensemble:taste+nonsense")


@pytest.mark.parametrize(("n_valid", "n"), [(1000, 400), (550, 400), (350, 200), (200, 100), (60, 30), (1, 1), (0, 0)])
def test_rows_that_chose_checkpoints_do_not_weigh_members_while_others_are_left(n_valid: int, n: int) -> None:
    assert n_weighing(n_valid) == n
