"""The few nouns that travel between the stages. All are frozen; nobody mutates them.

Ids are the caller's own strings at every edge. Row numbers exist only inside a :class:`Catalogue` and an
:class:`Interactions`, and always count from 0 in the order of ``Catalogue.ids`` and ``Interactions.user_ids``.

Symbols, as in ``docs/concepts``: m items, n users, k examples of one user, d numbers in a vector.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]
Rows = NDArray[np.int64]
T = TypeVar("T")


@dataclass(frozen=True)
class Dataset:
    """What was read from files, frames or a store, one row a record, columns as in the file contract.

    ``items``: ``item_id`` (str, unique), any text columns (str or null), optional ``image`` (str), ``created_at`` (float, seconds).
    ``events``: ``user_id, item_id, event`` (str), ``value`` (float or null), ``timestamp`` (float or null), ``text`` (str or null).
    ``statements``: ``user_id, text`` (str), ``timestamp`` (float or null).
    """

    items: pl.DataFrame
    events: pl.DataFrame
    statements: pl.DataFrame


@dataclass(frozen=True)
class Catalogue:
    """The items, in row order, with what the models may know of them: their words and their vectors."""

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    """Shown to people; the id where an item has no title."""
    texts: tuple[str, ...]
    """Prepared text that was encoded; may be empty."""
    vectors: Matrix
    """(m, d) float32 from encoder E, unit rows (an all-zero row where there is no text)."""
    lexical: sparse.csr_matrix
    """(m, v) float32 TF-IDF of the item's words, unit rows; v may be 0."""
    fields: tuple[Mapping[str, str], ...]
    """The item's own columns as they came (title, genres, ...), for display and attribute filters."""
    fingerprint: str
    """Of the encoder that made ``vectors``."""
    _derived: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        """What follows from the items alone (neighbours, say), made at the first call and shared by all models and folds."""
        if key not in self._derived:
            self._derived[key] = make()
        return cast(T, self._derived[key])

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Item id -> row."""
        return {item_id: row for row, item_id in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Interactions:
    """What people did, one entry per (user, item): repeated and contradictory events are already merged.

    ``user``, ``item`` (e,) rows; ``utility`` (e,) in [-1, 1], above 0 where the user liked the item; ``weight`` (e,) > 0, how much
    one entry tells (1 = a plain like); ``time`` (e,) seconds, or the file's own number, NaN where unknown.
    """

    user_ids: tuple[str, ...]
    n_items: int
    user: Rows
    item: Rows
    utility: Vector
    weight: Vector
    time: NDArray[np.float64]

    @property
    def n_users(self) -> int:
        """Number of users, those without entries included."""
        return len(self.user_ids)

    def __len__(self) -> int:
        return len(self.user)

    @cached_property
    def likes(self) -> sparse.csr_matrix:
        """(n, m) float32, 1 where utility > 0."""
        liked = self.utility > 0
        ones = np.ones(int(liked.sum()), dtype=np.float32)
        return sparse.csr_matrix((ones, (self.user[liked], self.item[liked])), shape=(self.n_users, self.n_items))

    @cached_property
    def utilities(self) -> sparse.csr_matrix:
        """(n, m) float32 signed utility of every entry; an explicit 0 stays stored."""
        return sparse.csr_matrix((self.utility, (self.user, self.item)), shape=(self.n_users, self.n_items))

    def of_users(self, rows: Sequence[int] | Rows) -> Interactions:
        """The entries of some users alone, renumbered 0 ... in the order given; items keep their rows."""
        rows = np.asarray(rows, dtype=np.int64)
        new_row = np.full(self.n_users, -1, dtype=np.int64)
        new_row[rows] = np.arange(len(rows))
        kept = new_row[self.user] >= 0
        return replace(
            self,
            user_ids=tuple(self.user_ids[r] for r in rows),
            user=new_row[self.user[kept]],
            item=self.item[kept],
            utility=self.utility[kept],
            weight=self.weight[kept],
            time=self.time[kept],
        )

    def without_items(self, rows: Sequence[int] | Rows) -> Interactions:
        """The same users without any entry of the items given; rows keep their numbers."""
        kept = ~np.isin(self.item, np.asarray(rows, dtype=np.int64))
        return replace(
            self,
            user=self.user[kept],
            item=self.item[kept],
            utility=self.utility[kept],
            weight=self.weight[kept],
            time=self.time[kept],
        )

    @classmethod
    def empty(cls, n_items: int) -> Interactions:
        """No users at all: the prior knows only the items' text."""
        none = np.zeros(0)
        return cls(
            (), n_items, none.astype(np.int64), none.astype(np.int64), none.astype(np.float32), none.astype(np.float32), none
        )


@dataclass(frozen=True)
class Examples:
    """The k things one user has shown, in the order in which they happened (oldest first).

    An item and a sentence are the same kind of thing here: an observation of utility at a point of E's space.
    """

    rows: Rows
    """(k,) catalogue row, -1 for a statement."""
    vectors: Matrix
    """(k, d) unit: the item's vector, or E(statement)."""
    utility: Vector
    """(k,) in [-1, 1]: 1 liked, -1 disliked; polarity of a statement."""
    weight: Vector
    """(k,) > 0: how much the observation tells; 1 = a plain like. Age and kind are already in it."""
    kinds: tuple[str, ...]
    """(k,) ``like``, ``dislike``, ``rating``, ``event`` or ``statement``: the kind shown in reasons."""
    labels: tuple[str, ...]
    """(k,) the item's id, or the statement's text."""
    lexical: sparse.csr_matrix | None = None
    """(k, v) TF-IDF of each statement's words, empty rows for items (the catalogue has theirs); None if no words are known."""

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, places: Sequence[int] | Rows) -> Examples:
        """Some of the examples, in the order of ``places``."""
        places = np.asarray(places, dtype=np.int64)
        return Examples(
            self.rows[places],
            self.vectors[places],
            self.utility[places],
            self.weight[places],
            tuple(self.kinds[p] for p in places),
            tuple(self.labels[p] for p in places),
            None if self.lexical is None else self.lexical.tocsr()[places],
        )

    @classmethod
    def none(cls, dimensions: int) -> Examples:
        """K = 0, an ordinary input everywhere."""
        zero = np.zeros(0, dtype=np.float32)
        return cls(np.zeros(0, dtype=np.int64), np.zeros((0, dimensions), dtype=np.float32), zero, zero, (), ())

    @classmethod
    def of_likes(cls, catalogue: Catalogue, rows: Sequence[int] | Rows) -> Examples:
        """Plain likes of catalogue items, as protocols reveal them."""
        rows = np.asarray(rows, dtype=np.int64)
        ones = np.ones(len(rows), dtype=np.float32)
        return cls(rows, catalogue.vectors[rows], ones, ones, ("like",) * len(rows), tuple(catalogue.ids[r] for r in rows))

    @classmethod
    def of_entries(cls, catalogue: Catalogue, interactions: Interactions, entries: Rows) -> Examples:
        """Entries of one user, by their places in ``interactions``."""
        rows = interactions.item[entries]
        return cls(
            rows,
            catalogue.vectors[rows],
            interactions.utility[entries],
            interactions.weight[entries],
            ("event",) * len(rows),
            tuple(catalogue.ids[row] for row in rows),
        )


@dataclass(frozen=True)
class Explanation:
    """Why r items score as they do: ``prior + parts.sum(0)`` is exactly the score.

    ``prior`` (r,) what would be said of the items to anybody; ``parts`` (k, r) the contribution of every example.
    """

    prior: Vector
    parts: Matrix

    @property
    def score(self) -> Vector:
        """(r,) the explained score."""
        total: Vector = self.prior + self.parts.sum(axis=0)
        return total


@runtime_checkable
class Encoder(Protocol):
    """Text -> unit float32 vectors of a fixed size."""

    @property
    def name(self) -> str:
        """What ``--encoder`` takes to make it again."""

    @property
    def dimensions(self) -> int:
        """D."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text could give another vector."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        """(len(texts), d) unit rows; an empty text gives an all-zero row."""


@runtime_checkable
class Decoder(Protocol):
    """A vector back into words. It is handed the vector and nothing else about the user or item."""

    def decode(self, vector: Vector, *, lang: str, n_phrases: int = 5) -> Decoded:
        """``vector`` (d,) unit, in E's space; ``lang`` ``zh`` or ``en``."""


@dataclass(frozen=True)
class Phrase:
    """A phrase and its share in the vector, > 0."""

    text: str
    weight: float


@dataclass(frozen=True)
class Decoded:
    """What a decoder read in a vector."""

    lang: str
    text: str
    phrases: tuple[Phrase, ...]
    notes: tuple[str, ...] = ()
    """What the reader should know of how the text came about: what failed, what was left out."""
    disliked: tuple[Phrase, ...] = ()
    """Of a user whose dislikes are known: phrases of what they do not like."""


@dataclass(frozen=True)
class Matched:
    """Why an item answers a sentence: words of the sentence, the column looked in, and the piece of its text that matched."""

    claim: str
    column: str
    text: str


@dataclass(frozen=True)
class Reason:
    """One summand of a score. ``kind``: prior, like, dislike, rating, event, statement, request."""

    kind: str
    contribution: float
    item_id: str | None = None
    title: str | None = None
    text: str | None = None
    matched: tuple[Matched, ...] = ()
    """For a statement or a request: what of the item answers it."""


@dataclass(frozen=True)
class Recommendation:
    """One line of a list. ``uncertainty`` is the posterior standard deviation of the taste model, in units of the score."""

    item_id: str
    title: str
    score: float
    uncertainty: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class UnderstoodClaim:
    """One thing that a sentence was understood to ask for or rule out.

    ``text`` as written or as the catalogue calls it; ``kind`` category, person, time, theme, …; ``polarity`` 1 wanted, -1 ruled out;
    ``matched`` number of items that literally hold it.
    """

    text: str
    kind: str
    polarity: float
    matched: int


@dataclass(frozen=True)
class Recommendations:
    """A ranked list, best first."""

    user: str | None
    items: tuple[Recommendation, ...]
    understood: tuple[UnderstoodClaim, ...] = ()
    """How the sentences were read."""
    unmatched: tuple[str, ...] = ()
    """Words that nothing in the catalogue answers."""
    nearest: tuple[str, ...] = ()
    """Where something is unmatched: values of the catalogue that come nearest."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON body of the contract."""
        items: list[dict[str, Any]] = []
        for line in self.items:
            reasons = []
            for reason in line.reasons:
                where = {"item_id": reason.item_id, "title": reason.title, "text": reason.text}
                named: dict[str, Any] = {key: value for key, value in where.items() if value is not None}
                if reason.matched:
                    named["matched"] = [asdict(each) for each in reason.matched]
                reasons.append({"kind": reason.kind, **named, "contribution": reason.contribution})
            items.append(
                {
                    "item_id": line.item_id,
                    "title": line.title,
                    "score": line.score,
                    "uncertainty": line.uncertainty,
                    "reasons": reasons,
                }
            )
        return {
            "user": self.user,
            "understood": [asdict(claim) for claim in self.understood],
            "unmatched": list(self.unmatched),
            **({"nearest": list(self.nearest)} if self.nearest else {}),
            "items": items,
        }


@dataclass(frozen=True)
class BadRow:
    """A row that was left out, and why."""

    file: str
    line: int
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: found {self.found}, expected {self.expected}"


@dataclass(frozen=True)
class ReadSummary:
    """What reading a file gave: good rows, bad rows (all of them), remarks such as a column that was ignored."""

    file: str
    n_rows: int
    bad: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = field(default=())
