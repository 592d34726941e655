"""The scorer: log odds linear in pair features. JSON and one npz on disk; an ordinary model, ``scorer:PATH``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fewrec.errors import EncoderMismatchError, ModelLoadError, NotFittedError
from fewrec.llm.ranker.result import digest_of
from fewrec.llm.ranker_distillation.features import Space, pair_features
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector

FORMAT_VERSION = 1
SCHEME = "scorer:"
DOCUMENT, ARRAYS = "scorer.json", "scorer.npz"
_PAIRS = 20_000
"""Pairs made features of at a time."""


@dataclass(frozen=True)
class Student:
    """Weights, and the items and vector space they speak of."""

    ids: tuple[str, ...]
    """(m,) items that have weights of their own; others are known by their vectors."""
    fingerprint: str
    """Of the encoder."""
    space: Space
    dense: NDArray[np.float64]
    """(q,)"""
    which: NDArray[np.float64]
    """(3 m,)"""
    intercept: float
    report: dict[str, Any]

    def log_odds(self, catalogue: Catalogue, examples: Sequence[Examples], rows: Rows) -> NDArray[np.float64]:
        """(p,) of the user of ``examples[p]`` liking item ``rows[p]`` of ``catalogue``.

        Raises:
            EncoderMismatchError: the catalogue's vectors are of another encoder.
        """
        if catalogue.fingerprint != self.fingerprint:
            raise EncoderMismatchError(
                f"the scorer was distilled on vectors of {self.fingerprint}, the catalogue's are of {catalogue.fingerprint}",
                hint="use the same --encoder, or distil again",
            )
        columns = catalogue.derived(("scorer columns", self.ids), lambda: self._columns(catalogue))
        found = np.empty(len(rows))
        for start in range(0, len(rows), _PAIRS):
            part = slice(start, start + _PAIRS)
            told = pair_features(self.space, catalogue.vectors, columns, len(self.ids), examples[part], rows[part])
            found[part] = told.dense @ self.dense + told.which @ self.which + self.intercept
        return found

    def _columns(self, catalogue: Catalogue) -> Rows:
        column_of = {item_id: column for column, item_id in enumerate(self.ids)}
        return np.array([column_of.get(item_id, -1) for item_id in catalogue.ids], dtype=np.int64)


class ScorerModel:
    """``scorer:PATH``: judges and ranks by a distilled scorer, which learns nothing more where it is fitted."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._student = load_student(Path(name.removeprefix(SCHEME)).expanduser())
        self._catalogue: Catalogue | None = None

    @property
    def name(self) -> str:
        """What ``--model`` takes."""
        return self._name

    @staticmethod
    def version_of(name: str) -> str:
        """Digest of the distilled scorer that ``name`` points to."""
        return digest_of(name, SCHEME, DOCUMENT)

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> ScorerModel:
        """Takes the catalogue alone."""
        del interactions, rng
        self._catalogue = catalogue
        return self

    def fit_episodes(
        self, catalogue: Catalogue, episodes: Sequence[Any], valid: Sequence[Any], *, rng: np.random.Generator
    ) -> ScorerModel:
        """Takes the catalogue alone."""
        del episodes, valid, rng
        self._catalogue = catalogue
        return self

    def predict(self, examples: Sequence[Examples], rows: Rows) -> Vector:
        """(b,) probability that the user of ``examples[b]``, who meets item ``rows[b]``, likes it."""
        log_odds = self._student.log_odds(self._fitted(), examples, rows)
        return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -35, 35))), dtype=np.float32)

    def score(self, examples: Sequence[Examples]) -> Matrix:
        """(b, m) log odds."""
        catalogue = self._fitted()
        everything = np.arange(len(catalogue))
        rows = [self._student.log_odds(catalogue, [one] * len(catalogue), everything) for one in examples]
        return np.array(rows, dtype=np.float32).reshape(len(examples), len(catalogue))

    def _fitted(self) -> Catalogue:
        if self._catalogue is None:
            raise NotFittedError(f"{self.name} was asked before it was fitted", hint="call fit(...) first")
        return self._catalogue


def save_student(student: Student, folder: Path) -> None:
    """Into a folder, which is made if absent; the document last."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(
        folder / ARRAYS,
        centre=student.space.centre,
        directions=student.space.directions,
        dense=student.dense,
        which=student.which.astype(np.float32),
    )
    document = {
        "format": FORMAT_VERSION,
        "ids": list(student.ids),
        "fingerprint": student.fingerprint,
        "intercept": student.intercept,
        "report": student.report,
    }
    (folder / DOCUMENT).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def load_student(folder: Path) -> Student:
    """What :func:`save_student` wrote.

    Raises:
        ModelLoadError: absent, damaged or of a newer format.
    """
    try:
        document = json.loads((folder / DOCUMENT).read_text(encoding="utf-8"))
        if document["format"] != FORMAT_VERSION:
            raise ModelLoadError(
                f"{folder} has format {document['format']}, this fewrec reads format {FORMAT_VERSION}",
                hint="update fewrec, or distil again",
            )
        with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
            space = Space(arrays["centre"], arrays["directions"])
            dense, which = arrays["dense"], arrays["which"].astype(np.float64)
        ids = tuple(map(str, document["ids"]))
        if len(which) != 3 * len(ids):
            raise ValueError(f"{len(which)} weights for {len(ids)} items")
        return Student(ids, str(document["fingerprint"]), space, dense, which, float(document["intercept"]), document["report"])
    except FileNotFoundError:
        raise ModelLoadError(
            f"{folder} holds no distilled scorer", hint="name a folder that fewrec learn distill-ranker wrote"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelLoadError(f"the scorer in {folder} is damaged: {error!r}", hint="distil again") from error
