"""``llm:PATH`` as an ordinary model: it judges, re-ranks, explains, is saved, and takes part in ensembles."""

from __future__ import annotations

import builtins
import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from fewrec import Recommender
from fewrec.errors import MissingExtraError, NotFittedError, SettingError
from fewrec.evaluation import CandidateList, CandidatesSettings, Prompt, Run, TallrecSettings, evaluate
from fewrec.llm.ranker import training
from fewrec.llm.ranker.calibration import Calibration, auc, fit_calibration, platt
from fewrec.llm.ranker.model import LlmModel
from fewrec.llm.ranker.naming import LlmConfig
from fewrec.llm.ranker.prompts import WORDINGS, Question, question_of
from fewrec.llm.ranker.rows import rows_of_users
from fewrec.llm.ranker.scorer import Scorer
from fewrec.llm.ranker.tuning import fine_tune
from fewrec.models.base import Predictor
from fewrec.models.registry import make_model, version_of
from fewrec.types import Catalogue, Examples, Interactions

from .toy import FAST, rows

TITLES = ("aa one", "aa two", "aa three", "zz four", "zz five", "zz six", "m seven", "m eight")


def catalogue() -> Catalogue:
    vectors = np.random.default_rng(1).normal(size=(len(TITLES), 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = tuple(f"i{row}" for row in range(len(TITLES)))
    words = sparse.csr_matrix((len(TITLES), 0), dtype=np.float32)
    return Catalogue(ids, TITLES, TITLES, vectors, words, tuple({"title": t} for t in TITLES), "test")


def interactions(n_users: int = 24) -> Interactions:
    """Even users like ``zz`` and dislike ``aa``, odd ones the other way round."""
    user, item, utility = [], [], []
    for u in range(n_users):
        for row in range(6):
            user.append(u)
            item.append(row)
            utility.append(1.0 if (row >= 3) == (u % 2 == 0) else -1.0)
    values = np.array(utility, dtype=np.float32)
    none = np.full(len(user), np.nan)
    return Interactions(
        tuple(map(str, range(n_users))), len(TITLES), np.array(user), np.array(item), values, np.ones_like(values), none
    )


def asked(*likes: int) -> Examples:
    return Examples.of_likes(catalogue(), list(likes))


@pytest.fixture(scope="module")
def result(bases: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A tiny Llama that learned to say Yes to whoever liked ``zz``."""
    folder = tmp_path_factory.mktemp("result")
    tuned = fine_tune(bases["llama"], rows(48), rows(40, seed=1), FAST, out=folder)
    assert tuned.report["valid_auc"] > 0.95
    return str(folder)


def test_it_judges_and_says_probabilities(result: str) -> None:
    model = make_model(f"llm:{result}").fit(catalogue(), interactions(), rng=np.random.default_rng(0))
    assert isinstance(model, Predictor)
    chances = model.predict([asked(3, 4, 5), asked(0, 1, 2)], np.array([6, 6]))
    assert ((chances > 0) & (chances < 1)).all()
    assert chances[0] > chances[1]


def test_it_reranks_the_candidates_and_its_reasons_add_up(result: str) -> None:
    model = LlmModel(f"llm:{result}?candidates=3")
    with pytest.raises(NotFittedError):
        model.score([asked(0)])
    model.fit(catalogue(), interactions(), rng=np.random.default_rng(0))
    scores = model.score([asked(3, 4), asked(0)])
    assert scores.shape == (2, len(TITLES))
    first = model._first_fitted().score([asked(3, 4)])[0]
    candidates = model._candidates(first[None], [asked(3, 4)])[0]
    assert set(candidates) <= set(np.argsort(-scores[0])[:3])
    told = model.explain(asked(3, 4), np.arange(len(TITLES)))
    assert told.parts.shape == (2, len(TITLES))
    assert told.score == pytest.approx(scores[0], abs=1e-4)
    alone = model.score_candidates([asked(3, 4)], [candidates])[0]
    assert np.argsort(-alone).tolist() == np.argsort(-scores[0][candidates]).tolist()
    everything = LlmModel(f"llm:{result}?candidates=0").fit(catalogue(), interactions(), rng=np.random.default_rng(0))
    assert np.isfinite(everything.score([asked(3)])).all()


def test_the_label_prior_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that says Yes to everything called ``m``, whoever asks, tells nothing once its prior is out."""

    class Parrot:
        def tokens(self, question: Question) -> Question:
            return question

    def log_odds(question: Question) -> float:
        return 5.0 * question.target.startswith("m") + float("zz" in "".join(question.liked))

    scorer = Scorer(Parrot, Calibration(), FAST)  # type: ignore[arg-type]
    questions = [Question(("zz",), (), "m"), Question(("aa",), (), "m"), Question(("zz",), (), "x"), Question(("aa",), (), "x")]
    monkeypatch.setattr(training, "answer", lambda _, tokens: np.array([log_odds(each) for each in tokens]))
    assert scorer.log_odds(questions) == pytest.approx([1.0, 0.0, 1.0, 0.0])


def test_calibration_keeps_the_order_and_finds_how_much_prior_helps() -> None:
    rng = np.random.default_rng(0)
    prior, taste = rng.normal(size=400) * 3, rng.normal(size=400)
    labels = rng.random(400) < 1 / (1 + np.exp(-2 * taste))
    found = fit_calibration(prior + taste, prior, labels)
    assert found.share == 1.0
    assert auc(found.log_odds(prior + taste, prior), labels) > 0.75
    knows = rng.random(400) < 1 / (1 + np.exp(-prior))
    assert fit_calibration(prior + taste, prior, knows).share == 0.0
    slope, _ = platt(-taste, labels)
    assert slope > 0
    assert fit_calibration(prior[:5], prior[:5], labels[:5]) == Calibration()


def test_a_base_model_learns_where_it_is_fitted_and_is_learned_once(
    bases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"llm:{bases['gpt2']}?steps=2&shots=16&max_valid=12&work={tmp_path}"
    model = LlmModel(name).fit(catalogue(), interactions(), rng=np.random.default_rng(0))
    assert len(list(tmp_path.iterdir())) == 1
    chances = model.predict([asked(3)], np.array([6]))
    from fewrec.llm.ranker import tuning

    def again(*_: Any, **__: Any) -> None:
        raise AssertionError("it was learned before")

    monkeypatch.setattr(tuning, "fine_tune", again)
    other = LlmModel(name).fit(catalogue(), interactions(), rng=np.random.default_rng(7))
    assert other.predict([asked(3)], np.array([6])) == pytest.approx(chances)


def test_runs_in_which_training_helped_nothing_share_the_answers_of_their_base(
    bases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fitted(shots: int, steps: int) -> LlmModel:
        name = f"llm:{bases['gpt2']}?steps={steps}&shots={shots}&max_valid=0&work={tmp_path}"
        return LlmModel(name).fit(catalogue(), interactions(), rng=np.random.default_rng(0))

    first = fitted(16, 0)
    chances = first.predict([asked(3)], np.array([6]))
    assert len(list(tmp_path.glob("untrained-*.jsonl"))) == 1
    real, n_asked = training.answer, [0]

    def counted(network: Any, tokens: Any) -> Any:
        n_asked[0] += len(tokens)
        return real(network, tokens)

    monkeypatch.setattr(training, "answer", counted)
    assert fitted(24, 0).predict([asked(3)], np.array([6])) == pytest.approx(chances)
    assert n_asked == [0]
    assert fitted(24, 2).predict([asked(3)], np.array([6])) != pytest.approx(
        chances
    )  # this one was trained, and answers itself
    assert n_asked[0] > 0


def test_without_anything_to_learn_from_it_answers_untrained(bases: dict[str, str]) -> None:
    model = LlmModel(f"llm:{bases['gpt2']}")
    model.fit(catalogue(), Interactions.empty(len(TITLES)), rng=np.random.default_rng(0))
    assert "untrained" in model.notes[0]
    assert np.isfinite(model.score([asked(), asked(3)])).all()


def test_rows_of_users_ask_about_what_came_later() -> None:
    train, valid = rows_of_users(catalogue(), interactions(), 30, 10, 10, np.random.default_rng(0))
    assert (len(train), len(valid)) == (30, 10)
    for row in (*train, *valid):
        assert row.question.target not in (*row.question.liked, *row.question.disliked)
    likes = interactions()
    likes = replace(
        likes,
        **{name: getattr(likes, name)[likes.utility > 0] for name in ("user", "item", "weight", "time")},
        utility=likes.utility[likes.utility > 0],
    )
    train, _ = rows_of_users(catalogue(), likes, 30, 10, 10, np.random.default_rng(0))
    assert 0 < sum(row.label for row in train) < 30


def test_a_sentence_is_part_of_the_question() -> None:
    one = asked(3)
    said = Examples(
        np.array([3, -1, -1]),
        np.concatenate([one.vectors, one.vectors, one.vectors]),
        np.array([1, 1, -1], dtype=np.float32),
        np.ones(3, dtype=np.float32),
        ("like", "statement", "statement"),
        ("i3", "I like slow films", "horror"),
    )
    prompt = WORDINGS["en"].prompt(question_of(catalogue(), said, 6))
    assert (
        prompt == "Liked: zz four\nDisliked: horror\nSaid: I like slow films\nWill this user like m seven?\nAnswer (Yes or No):"
    )
    assert WORDINGS["zh"].prompt(Question((), (), "霸王别姬 (1993)")) == "该用户会喜欢“霸王别姬 (1993)”吗？\n回答（是或否）："
    assert WORDINGS["en"].history(Question(("A (1993)",), (), "B")) == "Liked: A"


# -- names --------------------------------------------------------------------------------------------------------------


def test_names() -> None:
    config = LlmConfig.from_name("llm:org/model?candidates=7&method=full&checkpointing=true&learning_rate=1e-4&steps=3")
    assert (config.model, config.candidates, config.tuning.steps) == ("org/model", 7, 3)
    assert (config.tuning.method, config.tuning.checkpointing, config.tuning.learning_rate) == ("full", True, 1e-4)
    for wrong, why in (
        ("llm:", "needs an argument"),
        ("llm:x?beams=2", "does not exist"),
        ("llm:x?steps=many", "a whole number"),
    ):
        with pytest.raises(SettingError, match=why):
            make_model(wrong)


def test_the_version_follows_the_result(result: str, bases: dict[str, str]) -> None:
    assert version_of(f"llm:{result}") != version_of(f"llm:{bases['llama']}")
    assert version_of(f"ensemble:taste+llm:{result}").count("+") == 2


def test_a_missing_extra_names_the_command(result: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "peft" else real(name, *rest))
    with pytest.raises(MissingExtraError) as told:
        make_model(f"llm:{result}")
    assert "fewrec[llm]" in str(told.value.hint)


def test_the_names_are_there_without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def no_torch(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] in {"torch", "peft", "transformers"}:
            raise AssertionError(f"{name} was imported")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", no_torch)
    make_model("taste")
    make_model("ensemble")


# -- in the recommender and in evaluations ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables() -> tuple[pl.DataFrame, pl.DataFrame]:
    known = interactions()
    items = pl.DataFrame({"item_id": [f"i{row}" for row in range(len(TITLES))], "title": list(TITLES)})
    events = pl.DataFrame(
        {
            "user_id": [known.user_ids[u] for u in known.user],
            "item_id": [f"i{row}" for row in known.item],
            "event": ["rating"] * len(known),
            "value": [5.0 if value > 0 else 1.0 for value in known.utility],
        }
    )
    return items, events


@pytest.mark.parametrize("kind", ["llm", "ensemble"])
def test_recommend_and_save(result: str, kind: str, tables: tuple[pl.DataFrame, pl.DataFrame], tmp_path: Path) -> None:
    name = f"llm:{result}?candidates=4" if kind == "llm" else f"ensemble:taste+content+llm:{result}?candidates=4"
    recommender = Recommender(model=name).fit(*tables)
    found = recommender.recommend(recommender.taste(like=["i3"], dislike=["i0"], say=["I like zz"]), k=4)
    assert len(found.items) == 4
    for line in found.items:
        assert sum(reason.contribution for reason in line.reasons) == pytest.approx(line.score, abs=1e-3)
    recommender.save(tmp_path / "saved")
    again = Recommender.load(tmp_path / "saved")
    same = again.recommend(again.taste(like=["i3"], dislike=["i0"], say=["I like zz"]), k=4)
    assert [line.item_id for line in same.items] == [line.item_id for line in found.items]
    assert [line.score for line in same.items] == pytest.approx([line.score for line in found.items], abs=1e-4)


def prompts(n: int, seed: int) -> list[Prompt]:
    rng = np.random.default_rng(seed)
    found = []
    for number in range(n):
        yes = number % 2 == 0
        history = [f"{'zz' if yes else 'aa'} {i}" for i in rng.permutation(40)[:4]]
        found.append(Prompt(tuple(history), (), f"T{rng.integers(20)} {seed}", yes))
    return found


def test_tallrec_with_a_base_a_result_and_an_ensemble(bases: dict[str, str], result: str, tmp_path: Path) -> None:
    base = f"llm:{bases['llama']}?method=full&learning_rate=5e-3&steps=40&batch_size=16&max_valid=40&work={tmp_path}"
    names = {name: (lambda n=name: make_model(n)) for name in (base, f"llm:{result}", f"ensemble:taste+liked-fraction+{base}")}

    def made(items: pl.DataFrame) -> Catalogue:
        ids = tuple(items["item_id"])
        vectors = np.ones((len(ids), 4), dtype=np.float32) / 2
        words = sparse.csr_matrix((len(ids), 0), dtype=np.float32)
        return Catalogue(ids, ids, ids, vectors, words, tuple({"title": i} for i in ids), "test")

    document = evaluate(
        "tallrec",
        names,
        run=Run(progress=False),
        settings=TallrecSettings(shots=(32,), seeds=1),
        train=prompts(40, 0),
        valid=prompts(60, 1),
        test=prompts(30, 2),
        make_catalogue=made,
    )
    told = {row["model"]: row["mean"] for row in document["results"] if row["metric"] == "auc"}
    assert told[base] > 0.9
    assert told[f"llm:{result}"] > 0.9
    assert told[f"ensemble:taste+liked-fraction+{base}"] >= told[base] - 0.02  # the others know nothing here


def test_candidates_are_scored_alone(result: str) -> None:
    asked_of: list[int] = []

    class Watched(LlmModel):
        def score_candidates(self, examples: Any, rows: Any) -> Any:
            asked_of.append(len(rows[0]))
            return super().score_candidates(examples, rows)

        def score(self, examples: Any) -> Any:
            raise AssertionError("the whole catalogue was scored")

    document = evaluate(
        "candidates",
        {"llm": lambda: Watched(f"llm:{result}")},
        run=Run(progress=False),
        settings=CandidatesSettings(train_users=(0,), min_users=2),
        catalogue=catalogue(),
        interactions=interactions(),
        lists=[CandidateList(str(u), "i6", ("i6", "i7", "i1")) for u in range(4)],
    )
    assert set(asked_of) == {3}
    assert len(asked_of) % 4 == 0
    assert any(row["metric"] == "ndcg@10" for row in document["results"])
