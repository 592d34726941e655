"""A language model as an ordinary model of fewrec: it judges single items, and re-ranks the top of the taste model's list.

One answer costs a pass of the network over a prompt (a quarter of a second for 135 million weights on one core), so a list of the default 50
candidates costs 50 of them, and its reasons one more for every example shown and item explained.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.encoders.fingerprint import user_cache_dir
from fewrec.errors import NotFittedError
from fewrec.llm.ranker.calibration import Calibration, Floats
from fewrec.llm.ranker.naming import LlmConfig
from fewrec.llm.ranker.prompts import Labelled, Question, language_of, question_of
from fewrec.llm.ranker.result import Result, digest_of, is_result
from fewrec.llm.ranker.rows import rows_of_episodes, rows_of_users
from fewrec.llm.ranker.scorer import Scorer, require_llm
from fewrec.models.taste import GaussianConfig, GaussianTaste
from fewrec.ops.leave_one_out import without
from fewrec.ops.topk import top_columns
from fewrec.types import Catalogue, Examples, Explanation, Interactions, Matrix, Rows, Vector


class LlmModel:
    """``llm:PATH``. A fine-tuned result answers as it is; a base model learns from what it is fitted on, or answers untrained."""

    __not_saved__ = ("_scorer",)
    slow = True
    """Ensembles weigh it on fewer episodes."""
    _scorer: Scorer | None = None

    def __init__(self, name: str) -> None:
        self.config = LlmConfig.from_name(name)
        require_llm(name)
        self._name = name
        self._learns = not is_result(self.config.model)
        self._folder: str | None = None if self._learns else str(Path(self.config.model).expanduser())
        self._catalogue: Catalogue | None = None
        self._first: GaussianTaste | None = None
        self.notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What ``--model`` takes."""
        return self._name

    @staticmethod
    def version_of(name: str) -> str:
        """Digest of the fine-tuned result that ``name`` points to; empty for a base model."""
        return digest_of(name)

    # -- learning -----------------------------------------------------------------------------------------------------

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> LlmModel:
        """The taste model that chooses candidates, from everybody; the language model from at most ``shots`` rows of them."""
        self._first = GaussianTaste(GaussianConfig(noise=0.02))
        self._first.fit(catalogue, interactions, rng=rng)
        rows: list[Labelled] = []
        valid: list[Labelled] = []
        if self._learns and self.config.shots:
            tuning = self.config.tuning
            own = np.random.default_rng(
                tuning.seed
            )  # not ``rng``: an ensemble and this model alone then share what was learned
            rows, valid = rows_of_users(catalogue, interactions, self.config.shots, tuning.max_valid, tuning.max_history, own)
        return self._learn(catalogue, rows, valid)

    def fit_episodes(
        self, catalogue: Catalogue, episodes: Sequence[Any], valid: Sequence[Any], *, rng: np.random.Generator
    ) -> LlmModel:
        """Learn to judge from labelled prompts, the checkpoint and the calibration chosen by ``valid``. No randomness of ``rng``:
        equal prompts give an equal model, which is then learned once and used again.
        """  # noqa: D205 - two sentences
        del rng
        return self._learn(catalogue, rows_of_episodes(catalogue, episodes), rows_of_episodes(catalogue, valid))

    def _learn(self, catalogue: Catalogue, rows: Sequence[Labelled], valid: Sequence[Labelled]) -> LlmModel:
        self._catalogue, self._scorer = catalogue, None
        if not self._learns:
            return self
        from fewrec.llm.ranker.tuning import MIN_ROWS, fine_tune, run_key

        n_yes = sum(row.label for row in rows)
        if len(rows) < MIN_ROWS or n_yes in {0, len(rows)}:
            self._folder = None
            self.notes = (f"{self.name}: answers untrained, since there are {len(rows)} labelled rows, {n_yes} of them Yes",)
            return self
        tuning = self.config.tuning
        root = Path(self.config.work).expanduser() if self.config.work else user_cache_dir() / "transfer"
        folder = root / run_key(self.config.model, rows, valid[: tuning.max_valid], tuning)
        if not is_result(str(folder)):
            fine_tune(self.config.model, rows, valid, tuning, out=folder)
        self._folder = str(folder)
        return self

    # -- answers ------------------------------------------------------------------------------------------------------

    def predict(self, examples: Sequence[Examples], rows: Rows) -> Vector:
        """(b,) in (0, 1): probability that the user of ``examples[b]``, who meets item ``rows[b]``, likes it."""
        log_odds = self._log_odds(list(zip(examples, rows.tolist(), strict=True)))
        return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -35, 35))), dtype=np.float32)

    def score(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m): log odds of the candidates, lifted above all other items, which stay in the taste model's order."""
        scores = self._first_fitted().score(examples).copy()
        chosen = self._candidates(scores, examples)
        pairs = [(one, int(row)) for one, rows in zip(examples, chosen, strict=True) for row in rows]
        log_odds = self._log_odds(pairs)
        start = 0
        for row, rows in enumerate(chosen):
            own = log_odds[start : start + len(rows)]
            start += len(rows)
            outside = np.ones(scores.shape[1], dtype=np.bool_)
            outside[rows] = False
            floor = float(scores[row, outside].max()) if outside.any() else 0.0
            scores[row, rows] = floor + 1e-3 + own - own.min() if len(own) and outside.any() else own
        return scores

    def score_candidates(self, examples: Sequence[Examples], rows: Sequence[Rows]) -> list[Vector]:
        """Log odds of given candidates alone, for each user: what a test with lists of candidates asks."""
        pairs = [(one, int(row)) for one, own in zip(examples, rows, strict=True) for row in own]
        log_odds = self._log_odds(pairs).astype(np.float32)
        return np.split(log_odds, np.cumsum([len(own) for own in rows])[:-1]) if rows else []

    def explain(self, examples: Examples, rows: Rows) -> Explanation:
        """What the score at ``rows`` loses when an example is taken away; the rest is what holds for anybody.

        Asks one question for every example shown in the prompt and every row.
        """
        first = self._first_fitted()
        score = self.score([examples])[0][rows]
        told = first.explain(examples, rows)
        parts = told.parts.copy()
        chosen = self._candidates(first.score([examples]), [examples])[0]
        asked = np.flatnonzero(np.isin(rows, chosen))
        if len(asked):
            parts[:, asked] = 0
            whole = self._log_odds([(examples, int(row)) for row in rows[asked]])
            for place in self._shown(examples):
                less = without(examples, place)
                parts[place, asked] = whole - self._log_odds([(less, int(row)) for row in rows[asked]])
        return Explanation((score - parts.sum(axis=0)).astype(np.float32), parts.astype(np.float32))

    def _shown(self, examples: Examples) -> list[int]:
        """Places of the examples that the prompt has room for."""
        n = self.config.tuning.max_history
        good, bad = examples.utility > 0, examples.utility <= 0
        item = examples.rows >= 0
        kinds = (np.flatnonzero(good & item), np.flatnonzero(bad), np.flatnonzero(good & ~item))
        return sorted(int(place) for own in kinds for place in own[-n:])

    def _candidates(self, scores: Matrix, examples: Sequence[Examples]) -> list[Rows]:
        """Per user: the taste model's first items, those she told of left out."""
        n_items = scores.shape[1]
        n = self.config.candidates or n_items
        open_ = scores.copy()
        for row, one in enumerate(examples):
            open_[row, one.rows[one.rows >= 0]] = -np.inf
        top = top_columns(open_, min(n, n_items))
        return [own[np.isfinite(open_[row, own])] for row, own in enumerate(top)]

    def _log_odds(self, pairs: Sequence[tuple[Examples, int]]) -> Floats:
        if self._catalogue is None:
            raise NotFittedError(f"{self.name} was asked before it was fitted", hint="call fit(...) first")
        if not pairs:
            return np.zeros(0)
        questions: list[Question] = [question_of(self._catalogue, examples, row) for examples, row in pairs]
        return self._scoring().log_odds(questions)

    def _first_fitted(self) -> GaussianTaste:
        if self._first is None:
            raise NotFittedError(
                f"{self.name} learned to judge single items and does not rank",
                hint="call fit(...), which needs a catalogue of items",
            )
        return self._first

    def _scoring(self) -> Scorer:
        if self._scorer is None:
            self._scorer = self._new_scorer()
        return self._scorer

    @staticmethod
    def _memory(folder: Path, result: Result) -> Path:
        """Where answers are kept. Where training helped nothing the base model answers, the same in every run that ends so."""
        if result.trained:
            return folder / "answers.jsonl"
        tuning = result.config
        about = [
            result.identity,
            result.kind,
            result.lang,
            tuning.max_history,
            tuning.max_length,
            tuning.precision,
            tuning.seed,
        ]
        return folder.parent / f"untrained-{hashlib.sha256(json.dumps(about).encode()).hexdigest()[:20]}.jsonl"

    def _new_scorer(self) -> Scorer:
        from fewrec.llm.ranker.networks import load_network
        from fewrec.llm.ranker.tuning import load_result

        assert self._catalogue is not None
        if self._folder is not None:
            from fewrec.llm.ranker.result import read_result

            folder = Path(self._folder)
            result = read_result(folder)
            memory = self._memory(folder, result) if self._learns else None
            return Scorer(lambda: load_result(folder)[1], result.calibration, result.config, memory)
        tuning = self.config.tuning
        lang = tuning.lang if tuning.lang != "auto" else language_of(self._catalogue.titles)
        return Scorer(lambda: load_network(self.config.model, replace(tuning, method="lora"), lang), Calibration(), tuning)
