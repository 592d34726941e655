"""What is known of items apart from behaviour, in views whose inner products say how alike two items are.

meaning     encoder E's vectors, the catalogue's mean taken out, unit rows
words       TF-IDF, unit rows
categories  values of columns with few distinct values (genres), weighed by rarity, unit rows
numbers     columns of numbers, and the year in a title: standardised, so that a straight line can be learned ("older films that are
            still rated are liked more")
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from fewrec.columns import is_number, named_role, title_columns, year_in_title
from fewrec.models.taste.similarity import TextSpace, unit_rows
from fewrec.types import Catalogue, Matrix, Rows, Vector

VIEWS = ("meaning", "words", "categories", "numbers")

_MIN_SHARE = 0.2
"""Share of the items that a column must speak of to be read as numbers or categories."""
_MAX_CATEGORY = 60
"""Characters; what is longer is a description."""
_MAX_DEVIATIONS = 3.0
"""Numbers are cut off there: one mistyped year must not decide a slope."""


@dataclass(frozen=True)
class ItemViews:
    """The four views of a catalogue, rows in its order; a view of which a catalogue has nothing is all zero or has no columns."""

    text: TextSpace
    categories: Matrix
    """(m, c) unit rows, zero where an item has none."""
    numbers: Matrix
    """(m, q) standardised, 0 where unknown, divided by the root of q: the squared length of a row is 1 on average."""
    landmarks: Mapping[str, Matrix]
    """``meaning`` and ``words`` in their leading directions, (m, r): what the mean of an item is predicted from."""

    @classmethod
    def of(cls, catalogue: Catalogue, rank: int) -> ItemViews:
        """Made once per catalogue. ``rank`` bounds r."""
        return catalogue.derived(("item views", rank), lambda: cls._make(catalogue, rank))

    @classmethod
    def _make(cls, catalogue: Catalogue, rank: int) -> ItemViews:
        text = TextSpace.of(catalogue)
        landmarks = {"meaning": leading(text.dense, rank), "words": leading(text.lexical, rank)}
        return cls(text, category_rows(catalogue.fields), number_rows(catalogue), landmarks)

    def __len__(self) -> int:
        return len(self.text.dense)

    def view(self, name: str) -> Any:
        """(m, d) one of :data:`VIEWS` in full: an array, but a sparse matrix for ``words``."""
        whole = {"meaning": self.text.dense, "words": self.text.lexical, "categories": self.categories, "numbers": self.numbers}
        return whole[name]

    def alike(self, name: str, rows: Rows) -> Matrix:
        """(r, r) inner products of some items in one view."""
        found = self.view(name)[rows]
        products = found @ found.T
        return np.asarray(products.toarray() if sparse.issparse(products) else products, dtype=np.float32)

    def squares(self, name: str) -> NDArray[np.float64]:
        """(m,) squared length of every item's row: 1, or 0 where the view knows nothing of it; anything for numbers."""
        found = self.view(name)
        squared = found.multiply(found) if sparse.issparse(found) else np.square(found)
        return np.asarray(squared.sum(axis=1), dtype=np.float64).ravel()

    def summary(self, name: str) -> Matrix:
        """(m, r) the same with few columns: the leading directions of the text, the others as they are."""
        return self.landmarks[name] if name in self.landmarks else np.asarray(self.view(name))


def leading(rows: Any, rank: int) -> Matrix:
    """(m, min(rank, ...)) the rows (an array or a sparse matrix) in their leading singular directions; inner products are kept as well as so few numbers can."""
    smaller = min(rows.shape)
    if smaller == 0:
        return np.zeros((rows.shape[0], 0), dtype=np.float32)
    if not sparse.issparse(rows):
        _, directions = np.linalg.eigh((rows.T @ rows).astype(np.float64))  # ascending
        return np.asarray(rows @ directions[:, ::-1][:, :rank], dtype=np.float32)
    if smaller <= 2 * rank:
        return leading(rows.toarray() if rows.shape[1] <= 4 * rank else _rotated(rows), rank)
    start = np.random.default_rng(0).standard_normal(smaller)  # a fixed start: the same catalogue, the same numbers
    _, _, directions = svds(rows.astype(np.float64), k=rank, v0=start)
    return np.asarray(rows @ directions.T[:, ::-1], dtype=np.float32)


def _rotated(rows: sparse.csr_matrix) -> Matrix:
    """(m, m) with the inner products of a wide matrix of few rows."""
    values, directions = np.linalg.eigh((rows @ rows.T).toarray().astype(np.float64))
    return np.asarray(directions * np.sqrt(np.maximum(values, 0)), dtype=np.float32)


def category_rows(fields: Sequence[Mapping[str, str]]) -> Matrix:
    """(m, c) values of every column that repeats itself: at most one distinct value to five items, lists parted by ``|``."""
    m = len(fields)
    columns: list[list[set[str]]] = []
    for name in _columns(fields):
        values = [{part.strip() for part in each.get(name, "").split("|")} - {""} for each in fields]
        counts = Counter(value for each in values for value in each)
        longest = max(map(len, counts), default=0)
        spoken = sum(bool(each) for each in values)
        if spoken < max(2, _MIN_SHARE * m) or longest > _MAX_CATEGORY or len(counts) > max(2, m / 5):
            continue
        if not _is_numeric(counts, m):
            columns.append([{f"{name}\0{value}" for value in each} for each in values])
    items = [set().union(*rows) for rows in zip(*columns, strict=True)] if columns else [set() for _ in fields]
    names = sorted(set().union(*items)) if items else []
    place = {value: column for column, value in enumerate(names)}
    matrix = np.zeros((m, len(names)), dtype=np.float32)
    for row, each in enumerate(items):
        matrix[row, [place[value] for value in each]] = 1
    share = matrix.mean(axis=0) if m else np.zeros(0)
    return unit_rows(matrix * (1 - np.log(np.maximum(share, 1e-9))).astype(np.float32))


def number_rows(catalogue: Catalogue) -> Matrix:
    """(m, q) columns that hold numbers; where no column is a year, the year at the end of titles."""
    m = len(catalogue)
    found: list[Vector] = []
    has_year = False
    for name in _columns(catalogue.fields):
        values = [each.get(name, "") for each in catalogue.fields]
        spoken = [value for value in values if value]
        if len(spoken) >= max(2, _MIN_SHARE * m) and all(map(is_number, spoken)):
            numbers = np.array([float(value) if value else np.nan for value in values])
            has_year |= bool(np.mean((numbers >= 1500) & (numbers < 2100)) > _MIN_SHARE)
            found.append(_standardised(numbers))
    if not has_year:
        years = [year_in_title(title) for title in catalogue.titles]
        if sum(year is not None for year in years) >= max(2, _MIN_SHARE * m):
            found.append(_standardised(np.array([np.nan if year is None else year for year in years])))
    kept = [column for column in found if column.any()]
    if not kept:
        return np.zeros((m, 0), dtype=np.float32)
    return np.asarray(np.stack(kept, axis=1) / np.sqrt(len(kept)), dtype=np.float32)


def _columns(fields: Sequence[Mapping[str, str]]) -> list[str]:
    """Headers of the columns that may hold categories or numbers: no titles, keys, links or images, no dates of the file contract."""
    names = list(dict.fromkeys(name for each in fields for name in each))
    left_out = {*title_columns(names), *(name for name in names if named_role(name) in ("key", "link", "image", "date"))}
    return [name for name in names if name not in left_out and name.lower() != "text"]


def _is_numeric(counts: Counter[str], m: int) -> bool:
    """Many different numbers are a quantity; a few (1, 2, 3) may be codes, and codes are categories as well as numbers."""
    return all(map(is_number, counts)) and len(counts) > min(10, m / 5)


def _standardised(numbers: np.ndarray) -> Vector:
    """(m,) mean 0, deviation 1, unknown 0; all 0 where every number is the same."""
    centred = numbers - np.nanmean(numbers)
    deviation = float(np.nanstd(centred))
    if not deviation > 1e-9:
        return np.zeros(len(numbers), dtype=np.float32)
    return np.asarray(np.clip(np.nan_to_num(centred / deviation), -_MAX_DEVIATIONS, _MAX_DEVIATIONS), dtype=np.float32)
