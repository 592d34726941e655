"""What a model is: protocols, so that no class of ours need be inherited. :mod:`fewrec.testing` has the contract that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from fewrec.types import Catalogue, Examples, Explanation, Interactions, Matrix, Rows, Vector

if TYPE_CHECKING:
    from typing_extensions import Self


@runtime_checkable
class Model(Protocol):
    """Anything that ranks the catalogue for a user, given their k examples. One instance serves one fitted state."""

    @property
    def name(self) -> str:
        """What ``--model`` takes."""

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Model:
        """Learn from training users (there may be none) and return self. Hyper-parameters are chosen in here, on these users."""

    def score(self, examples: Sequence[Examples]) -> Matrix:
        """(len(examples), m) float32, higher is better. Comparable within a row only. No data means a constant row."""


@runtime_checkable
class Additive(Model, Protocol):
    """A model whose score is a prior plus one contribution per example."""

    def explain(self, examples: Examples, rows: Rows) -> Explanation:
        """The same score as :meth:`score` at ``rows``, taken apart."""


@runtime_checkable
class Predictor(Model, Protocol):
    """A model that says how likely a like is, comparably between users: what ``labels`` and ``tallrec`` measure."""

    def predict(self, examples: Sequence[Examples], rows: Rows) -> Vector:
        """(b,) in [0, 1]: probability that the user of ``examples[b]``, who meets item ``rows[b]``, likes it."""


@runtime_checkable
class Saveable(Protocol):
    """An object from outside fewrec that keeps its fitted state in files of its own, such as a network's weights.

    Without these methods an object is saved attribute by attribute: plain data, arrays and CSR matrices, and objects of trusted classes.
    """

    def save(self, folder: Path) -> None:
        """Write everything that :meth:`load` needs into ``folder``, which is there and empty."""

    @classmethod
    def load(cls, folder: Path, catalogue: Catalogue | None) -> Self:
        """The fitted object again. ``catalogue``: the one that it was saved beside, so that it need not be written; None without one."""
