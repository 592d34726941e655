"""Items alike in what their columns say: near in year or price, sharing a genre, a director, a brand.

An encoder reads "1995" as a word and a genre as part of a sentence; a column says more. Needs no training users.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import sparse

from fewrec.columns import is_number, named_role, title_columns
from fewrec.models.classics._base import AdditiveBaseline, profiles
from fewrec.types import Catalogue, Examples, Interactions, Matrix, Rows, Vector

Kind = Literal["numbers", "categories"]

_SEPARATORS = re.compile(r"\s*[|,;、，；/]\s*")


@dataclass(frozen=True, kw_only=True)
class AttributeConfig:
    """Settings of :class:`Attributes`."""

    kind: Kind = "categories"
    """Which columns count: ``numbers``, or ``categories`` (values, or lists of values, that several items share)."""
    min_filled: float = 0.5
    """Share of items that must have the column, in (0, 1]."""
    reach: float = 0.25
    """Distance at which the likeness of two numbers has fallen to 1/e, in interquartile ranges of the column, > 0."""
    n_bins: int = 64
    """Numbers are rounded to this many quantiles."""
    max_values: float = 12.0
    """Mean number of values an item, above which a column is taken for prose."""


class Attributes(AdditiveBaseline):
    """Sum over examples and columns of how alike the items are there, less how alike the item is to the average item.

    Numbers: exp(-|a - b| / reach), a Laplace kernel. Categories: cosine of the values' TF-IDF. Every column's kernel is divided by its
    spread over pairs of items, so that none drowns the others. The subtraction keeps items that resemble everything from the top
    (hubs: Radovanović et al., JMLR 2010).
    """

    name = "attributes"

    def __init__(self, config: AttributeConfig | None = None) -> None:
        self.config = config or AttributeConfig()

    def _learn(self, catalogue: Catalogue, interactions: Interactions, rng: np.random.Generator) -> None:  # noqa: ARG002 - as in the base
        self._columns = catalogue.derived(("attributes", self.config), lambda: attribute_columns(catalogue.fields, self.config))
        self._prior = np.zeros(len(catalogue), dtype=np.float32)

    def _sums(self, examples: Sequence[Examples]) -> Matrix:
        profile = profiles(examples, len(self._prior))
        strength = np.asarray(profile.sum(axis=1))
        sums = np.zeros(profile.shape, dtype=np.float32)
        for column in self._columns:
            sums += ((profile @ column.left) @ column.right - strength * column.average) / column.spread
        return sums

    def _parts(self, examples: Examples, rows: Rows) -> Matrix:
        strength = np.where(examples.rows >= 0, examples.utility * examples.weight, 0)[:, None]
        parts = np.zeros((len(examples), len(rows)), dtype=np.float32)
        for column in self._columns:
            alike = column.left[np.maximum(examples.rows, 0)] @ column.right[:, rows]
            parts += (np.asarray(alike) - column.average[rows]) / column.spread
        weighted: Matrix = parts * strength
        return weighted


@dataclass(frozen=True)
class Column:
    """One column's kernel, K = left right, (m, f) and (f, m)."""

    left: sparse.csr_matrix
    right: Matrix
    average: Vector
    """(m,) mean of K over the example."""
    spread: float
    """Standard deviation of K over all pairs."""

    @classmethod
    def of(cls, left: sparse.csr_matrix, right: Matrix) -> Column:
        """With what is needed for standardising, from the features' sums alone: no (m, m) matrix is made."""
        m = left.shape[0]
        average = np.asarray(left.mean(axis=0) @ right, dtype=np.float32).ravel()
        second = float(np.einsum("fg,fg->", (left.T @ left).toarray(), right @ right.T)) / m**2  # mean of K^2
        spread = float(np.sqrt(max(second - float(average.mean()) ** 2, 1e-12)))
        return cls(left, right, average, spread)


def attribute_columns(fields: Sequence[Mapping[str, str]], config: AttributeConfig) -> list[Column]:
    """The columns of that kind, in the order in which they first occur; none where the catalogue has none."""
    names = list(dict.fromkeys(name for each in fields for name in each))
    titles = title_columns(names)
    columns: list[Column] = []
    for name in names:
        if name in titles or named_role(name) in ("key", "link", "image"):
            continue
        values = [each.get(name, "") for each in fields]
        filled = [value for value in values if value]
        if len(filled) < config.min_filled * len(fields):
            continue
        numbers = _numbers(values, len(filled))
        if config.kind == "numbers" and numbers is not None:
            columns += _number_column(numbers, config)
        if config.kind == "categories" and numbers is None:
            columns += _category_column(values, config)
    return columns


def has_attributes(catalogue: Catalogue, config: AttributeConfig) -> bool:
    """Whether there is any column of that kind."""
    return bool(catalogue.derived(("attributes", config), lambda: attribute_columns(catalogue.fields, config)))


def _numbers(values: Sequence[str], n_filled: int) -> Vector | None:
    """(m,) NaN where there is none; None where fewer than 95 % of the values are numbers, or hardly two are different."""
    found = np.full(len(values), np.nan, dtype=np.float32)
    for row, value in enumerate(values):
        if is_number(value.strip()):
            found[row] = float(value)
    known = found[np.isfinite(found)]
    return found if len(known) >= 0.95 * n_filled and len(np.unique(known)) >= 5 else None


def _number_column(numbers: Vector, config: AttributeConfig) -> Iterator[Column]:
    known = np.isfinite(numbers)
    edges = np.unique(np.quantile(numbers[known], np.linspace(0, 1, config.n_bins), method="nearest"))
    low, high = np.quantile(numbers[known], [0.25, 0.75])
    if high <= low:
        return
    place = np.abs(numbers[known][:, None] - edges[None]).argmin(axis=1)
    one_hot = sparse.csr_matrix(
        (np.ones(len(place), dtype=np.float32), (np.flatnonzero(known), place)), shape=(len(numbers), len(edges))
    )
    alike = np.exp(-np.abs(edges[:, None] - edges[None]) / (config.reach * (high - low)))  # (f, f)
    yield Column.of(one_hot, np.asarray((one_hot @ alike.astype(np.float32)).T))


def _category_column(values: Sequence[str], config: AttributeConfig) -> Iterator[Column]:
    """Nothing for prose, for names that are all different, and for a value that is always the same."""
    tokens = [[part.casefold() for part in _SEPARATORS.split(value.strip()) if part] for value in values]
    if np.mean([len(each) for each in tokens if each]) > config.max_values:
        return
    counts: dict[str, int] = {}
    for each in tokens:
        for token in set(each):
            counts[token] = counts.get(token, 0) + 1
    shared = {token: column for column, token in enumerate(t for t, c in counts.items() if 1 < c < len(values))}
    if sum(counts[token] for token in shared) < 0.5 * sum(counts.values()):
        return
    rows = np.array([row for row, each in enumerate(tokens) for token in set(each) if token in shared], dtype=np.int64)
    where = np.array([shared[t] for each in tokens for t in set(each) if t in shared], dtype=np.int64)
    idf = np.array([np.log(len(values) / counts[token]) for token in shared], dtype=np.float32)
    weights = sparse.csr_matrix((idf[where], (rows, where)), shape=(len(values), len(shared)))
    length = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    unit = sparse.csr_matrix(sparse.diags(1 / np.maximum(length, 1e-9)) @ weights, dtype=np.float32)
    yield Column.of(unit, np.asarray(unit.T.toarray()))
