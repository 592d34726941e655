"""``tallrec``: the published few-shot test. K labelled prompts are all that is learned from, and every test prompt is answered alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fewrec.errors import DataError
from fewrec.evaluation.cache import content_hash
from fewrec.evaluation.calibration import fit_curve
from fewrec.evaluation.model_calls import Factory, fitted, pair_probabilities, pair_scores
from fewrec.evaluation.outcomes import Outcome, PerPair
from fewrec.evaluation.protocols.base import DrawResult
from fewrec.evaluation.protocols.labels import OF_PROBABILITIES
from fewrec.evaluation.protocols.prompts import Prompt
from fewrec.evaluation.protocols.titles import match_titles
from fewrec.evaluation.seeds import derived_rng
from fewrec.evaluation.settings import TallrecSettings
from fewrec.models.base import Model, Predictor
from fewrec.types import Catalogue, Examples, Interactions

_ASKED_AGAIN = 10
"""Prompts that are asked a second time when all have been answered: an answer that changed used other prompts."""
_CALIBRATION_PROMPTS = 300


class Episode(NamedTuple):
    """A user's history, the item (catalogue row) of the prompt, and whether the user liked it."""

    examples: Examples
    row: int
    label: bool


@runtime_checkable
class EpisodeLearner(Protocol):
    """A model that can tell what was asked from what was known, and so learn to answer; others get :meth:`Model.fit`."""

    def fit_episodes(
        self, catalogue: Catalogue, episodes: Sequence[Episode], valid: Sequence[Episode], *, rng: np.random.Generator
    ) -> Model:
        """Learn from ``episodes``; ``valid`` may choose settings and nothing else. Returns self."""


class Tallrec:
    """``make_catalogue`` turns an items table (``item_id``, ``title`` and what item knowledge has) into a catalogue: text and encoder are
    the caller's. ``items`` is item knowledge as in the items file, matched by title and year. ``test_users`` (one a test prompt) are
    used for per-user AUC and for intervals, never as a feature.

    All titles are in the catalogue, those of test prompts included: their words are known, their labels are not.
    """  # noqa: D205 - two arguments first

    name = "tallrec"

    def __init__(
        self,
        train: Sequence[Prompt],
        valid: Sequence[Prompt],
        test: Sequence[Prompt],
        make_catalogue: Callable[[pl.DataFrame], Catalogue],
        test_users: Sequence[str] | None = None,
        items: pl.DataFrame | None = None,
        settings: TallrecSettings | None = None,
    ) -> None:
        settings = settings or TallrecSettings()
        self.train, self.valid, self.test, self.settings = tuple(train), tuple(valid), tuple(test), settings
        self.notes: list[str] = []
        self.sizes = sorted(set(settings.shots))
        self._check(test_users)
        self.users, self.n_known_users = _clusters(len(self.test), test_users)
        table, n_matched = items_table([prompt for part in (self.train, self.valid, self.test) for prompt in part], items)
        self.catalogue = make_catalogue(table)
        missing = set(table["item_id"]) - set(self.catalogue.ids)
        if missing:
            raise DataError(f"make_catalogue left out {len(missing)} titles, for example {min(missing)!r}")
        if items is not None:
            self.notes.append(f"item knowledge was found for {n_matched} of {table.height} titles")
        if test_users is None:
            self.notes.append("test users are not known: no per-user AUC, and intervals take every prompt for another user")
        self.data_hash = content_hash(self.catalogue, repr((self.train, self.valid, self.test)), self.users.tobytes().hex())
        self.dataset = {"users": self.n_known_users, "items": len(self.catalogue), "events": len(self.test)}
        self.dataset |= {"train_prompts": len(self.train), "valid_prompts": len(self.valid), "test_prompts": len(self.test)}

    def _check(self, test_users: Sequence[str] | None) -> None:
        """Splits that overlap, or too few rows. Rows without a history may be anybody's: the same target twice is no overlap."""
        asked = {prompt.question for prompt in self.test if prompt.liked or prompt.disliked}
        for name, part in (("TRAIN", self.train), ("VALID", self.valid)):
            if shared := sum(prompt.question in asked for prompt in part):
                raise DataError(
                    f"{shared} prompts stand in {name} and in TEST",
                    hint="remove them from the former: they give away the answers",
                )
        if self.sizes[-1] > len(self.train):
            raise DataError(f"{self.sizes[-1]} shots asked for, TRAIN has {len(self.train)} prompts", hint="use fewer shots")
        labels = {prompt.label for prompt in self.test}
        if len(labels) < 2:
            raise DataError(f"the {len(self.test)} test prompts have labels {sorted(labels)}, expected both Yes. and No.")
        if test_users is not None and len(test_users) != len(self.test):
            raise DataError(
                f"{len(test_users)} test users for {len(self.test)} test prompts",
                hint="--test-users is a JSON list, a user a row of TEST",
            )

    def draws(self, train_users: int) -> int:  # noqa: ARG002 - as many for every number of shots
        """One draw of training rows a seed."""
        return self.settings.seeds

    def key(self) -> dict[str, Any]:
        """The settings that change what a cell holds; the largest number of shots decides what is left to validate on."""
        return {name: getattr(self.settings, name) for name in ("seed", "metrics", "min_users")} | {"largest": self.sizes[-1]}

    def draw(self, number: int) -> TallrecDraw:
        """Draw ``number``: nested shots, and the validation prompts that are not among them.

        The latter come in random order, the same in every draw: files are sorted by user, and a model that chooses by some of them should
        see them all.
        """
        order = derived_rng("shots", self.settings.seed, number).permutation(len(self.train))
        shots = [self.train[i] for i in order[: self.sizes[-1]]]
        used = {prompt.question for prompt in shots}
        mixed = [self.valid[i] for i in derived_rng("valid", self.settings.seed).permutation(len(self.valid))]
        valid = [self.episode(prompt) for prompt in mixed if prompt.question not in used]
        return TallrecDraw(self, [self.episode(prompt) for prompt in shots], valid, number)

    def episode(self, prompt: Prompt) -> Episode:
        """The prompt in catalogue rows. A title that stands in both lists says nothing and is left out of both."""
        told = dict.fromkeys(prompt.liked, 1.0) | {title: -1.0 for title in prompt.disliked if title not in prompt.liked}
        for title in set(prompt.liked) & set(prompt.disliked):
            del told[title]
        rows = np.asarray([self.catalogue.row_of[title] for title in told], dtype=np.int64)
        utility = np.asarray(list(told.values()), dtype=np.float32)
        kinds = tuple("like" if value > 0 else "dislike" for value in told.values())
        examples = Examples(rows, self.catalogue.vectors[rows], utility, np.ones_like(utility), kinds, tuple(told))
        return Episode(examples, self.catalogue.row_of[prompt.target], prompt.label)


@dataclass(frozen=True)
class TallrecDraw:
    """One draw of shots; the test prompts are the same in every draw, asked in another order."""

    protocol: Tallrec
    shots: Sequence[Episode]
    valid: Sequence[Episode]
    number: int

    def run(self, make: Factory, train_users: int, rng: np.random.Generator) -> DrawResult:
        """Learn from the first ``train_users`` shots, then answer every test prompt by itself."""
        protocol, shots = self.protocol, self.shots[:train_users]
        catalogue = protocol.catalogue
        learner = make()
        if isinstance(learner, EpisodeLearner):
            started = perf_counter()
            model = learner.fit_episodes(catalogue, list(shots), list(self.valid), rng=rng)
            fit_s = perf_counter() - started
        else:
            model, fit_s = fitted(make, catalogue, interactions_of(shots, len(catalogue)), rng)
        started = perf_counter()
        scores, is_chance = self._answers(model)
        rate = len(scores) / max(perf_counter() - started, 1e-9)
        metrics, notes, chances = protocol.settings.metrics, [], scores
        if not is_chance:
            tried = list(self.valid[:_CALIBRATION_PROMPTS])
            asked = np.asarray([episode.row for episode in tried], dtype=np.int64)
            told = pair_scores(model, [episode.examples for episode in tried], asked, len(catalogue))
            curve = fit_curve(told, np.asarray([episode.label for episode in tried], dtype=np.bool_))
            chances = curve.probability(scores) if curve else np.full(len(scores), np.nan)
            if curve is None:
                metrics = tuple(metric for metric in metrics if metric not in OF_PROBABILITIES)
                notes.append(
                    f"{model.name}: no probabilities, since there are too few validation prompts to calibrate its scores"
                )
        if protocol.n_known_users == len(protocol.test):  # nobody has two prompts
            metrics = tuple(metric for metric in metrics if metric != "uauc")
        labels = np.asarray([prompt.label for prompt in protocol.test], dtype=np.bool_)
        block = PerPair(protocol.users, metrics, labels, scores, chances)
        return DrawResult(fit_s, [Outcome("results", train_users, "all", rate, block)], notes)

    def _answers(self, model: Model) -> tuple[NDArray[np.float64], bool]:
        """(p,) answers to the test prompts, one call each, and whether they are probabilities."""
        prompts = self.protocol.test
        predictor = model if isinstance(model, Predictor) else None

        def answer(number: int) -> float:
            episode = self.protocol.episode(prompts[number])
            row = np.asarray([episode.row], dtype=np.int64)
            if predictor:
                return float(pair_probabilities(predictor, [episode.examples], row)[0])
            return float(pair_scores(model, [episode.examples], row, len(self.protocol.catalogue))[0])

        order = derived_rng("asked", self.protocol.settings.seed, self.number).permutation(len(prompts)).tolist()
        answers = np.empty(len(prompts))
        for number in order:
            answers[number] = answer(number)
        for number in order[:_ASKED_AGAIN]:
            if not np.isclose(again := answer(number), answers[number], rtol=1e-3, atol=1e-6):
                raise DataError(
                    f"{model.name} answered {answers[number]:.6f} to a prompt at first and {again:.6f} after it had seen other prompts",
                    hint="prompts must be answered one by one: other test prompts of the same user hold the answers",
                )
        return answers, predictor is not None


def interactions_of(shots: Sequence[Episode], n_items: int) -> Interactions:
    """Each labelled prompt as a user of its own: the history and the target with its label, which wins where the history holds the target too."""
    user: list[int] = []
    item: list[int] = []
    utility: list[float] = []
    for number, episode in enumerate(shots):
        told = dict(zip(episode.examples.rows.tolist(), episode.examples.utility.tolist(), strict=True))
        told[episode.row] = 1.0 if episode.label else -1.0
        user += [number] * len(told)
        item += list(told)
        utility += list(told.values())
    ids = tuple(f"prompt-{number}" for number in range(len(shots)))
    rows = np.asarray(user, dtype=np.int64), np.asarray(item, dtype=np.int64)
    values = np.asarray(utility, dtype=np.float32)
    return Interactions(ids, n_items, *rows, values, np.ones_like(values), np.full(len(values), np.nan))


def items_table(prompts: Sequence[Prompt], items: pl.DataFrame | None) -> tuple[pl.DataFrame, int]:
    """Every title once, in alphabetical order, as an items table, and how many of them item knowledge was found for."""
    titles = sorted({title for prompt in prompts for title in prompt.titles})
    table = pl.DataFrame({"item_id": titles, "title": titles}, schema={"item_id": pl.String, "title": pl.String})
    if items is None:
        return table, 0
    if "title" not in items.columns:
        raise DataError(f"item knowledge has columns {', '.join(items.columns)}, expected a title to match by")
    years = (
        items["year"].cast(pl.String).str.slice(0, 4).cast(pl.Int64, strict=False)
        if "year" in items.columns
        else [None] * items.height
    )
    matches = match_titles(titles, [(title or "", year) for title, year in zip(items["title"], years, strict=True)])
    about = items.drop("item_id", "title", strict=False).with_row_index("known")
    matched = table.with_columns(pl.Series("known", matches, dtype=pl.UInt32)).join(
        about, on="known", how="left", maintain_order="left"
    )
    return matched.drop("known"), sum(match is not None for match in matches)


def _clusters(n_prompts: int, test_users: Sequence[str] | None) -> tuple[NDArray[np.int64], int]:
    """(p,) whose prompt it is, and how many users that makes; each prompt its own where nothing is known."""
    if test_users is None:
        return np.arange(n_prompts), n_prompts
    distinct, users = np.unique(np.asarray(test_users, dtype=np.str_), return_inverse=True)
    return users.astype(np.int64), len(distinct)
