"""Bodies and queries of requests: what is accepted, checked before anything is done. Answers are in :mod:`fewrec.serving.answers`."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag, model_validator

from fewrec.store.intake import EventRow, StatementRow
from fewrec.text import mask

MAX_K = 200
NO_NUL = r"^[^\x00]*$"
Id = Annotated[str, StringConstraints(min_length=1, max_length=512, pattern=NO_NUL)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=NO_NUL)]
Column = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_NUL)]
Cell = Annotated[str, StringConstraints(max_length=100_000, pattern=NO_NUL)]
Number = Annotated[float, Field(ge=-1e18, le=1e18, allow_inf_nan=False)]
Time = Number | datetime
"""ISO-8601 (UTC where no zone is given), or a number in the unit of the store's other timestamps."""
Lang = Literal["zh", "en"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Event(_Strict):
    """Something a user did with an item."""

    user_id: Id
    item_id: Id
    event: Id = Field(
        description="`rating`, `like`, `dislike`, `purchase`, `view`, …; case does not matter.", examples=["like"]
    )
    value: Number | None = Field(None, description="A rating's value, or how often another event happened.")
    timestamp: Time | None = Field(None, description="ISO-8601 or a number. Without one: now.")
    text: Text | None = Field(None, description="A review, say.")
    event_id: Id | None = Field(
        None, description="The event's own id: sent again it is the same event, with other content it replaces the old."
    )

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Event:
        kind = self.event.strip().lower()
        if not kind:
            raise ValueError("event is blank; expected rating, like, dislike, purchase, view or another kind")
        if kind == "rating" and self.value is None:
            raise ValueError("a rating needs a value, such as 4")
        if kind != "rating" and self.value is not None and self.value < 0:
            raise ValueError(f"the value of a {kind[:40]} is a count, expected 0 or more")
        return self

    def row(self, *, masked: bool, unit: float) -> EventRow:
        """As the store takes it; ``unit``: the store's time units per second."""
        text, time = self.text, self.timestamp
        if masked and text is not None:
            text = mask(text).text
        if isinstance(time, datetime):
            time = _number(time, unit)
        return EventRow(self.user_id, self.item_id, self.event.strip().lower(), self.value, time, text, self.event_id)


class EventBatch(_Strict):
    """Events that are stored together or not at all."""

    events: list[Event] = Field(min_length=1)


def _is_batch(field: str) -> Discriminator:
    """Tells a batch from one entry by the field that only a batch has."""

    def tag(value: object) -> str:
        batch = field in value if isinstance(value, dict) else hasattr(value, field)
        return "several" if batch else "one"

    return Discriminator(tag)


OneOrManyEvents = Annotated[
    Annotated[Event, Tag("one")] | Annotated[EventBatch, Tag("several")],
    _is_batch("events"),
]


class Statement(_Strict):
    """A taste in words."""

    user_id: Id
    text: Text = Field(examples=["我对科幻片很感兴趣"])
    timestamp: Time | None = None

    def row(self, *, masked: bool, unit: float) -> StatementRow:
        """As the store takes it."""
        return StatementRow(self.user_id, mask(self.text).text if masked else self.text, _number(self.timestamp, unit))


class StatementBatch(_Strict):
    """Statements that are stored together or not at all."""

    statements: list[Statement] = Field(min_length=1)


OneOrManyStatements = Annotated[
    Annotated[Statement, Tag("one")] | Annotated[StatementBatch, Tag("several")],
    _is_batch("statements"),
]


def _number(time: float | datetime | None, unit: float) -> float | None:
    if not isinstance(time, datetime):
        return time
    aware = time if time.tzinfo is not None else time.replace(tzinfo=timezone.utc)
    return aware.timestamp() * unit


def _text_of_cell(value: object) -> object:
    """Numbers and lists as the readers of files turn them into text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list) and all(isinstance(each, (str, int, float)) for each in value):
        return "|".join(str(each) for each in value)
    return value


Fields = dict[Column, Annotated[Cell, BeforeValidator(_text_of_cell)] | None]


class ItemBody(BaseModel):
    """An item's columns: `title`, `description`, `genres`, … whatever there is. Lists are joined by `|`."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: Fields = Field(init=False)

    item_id: Id | None = Field(None, description="May stand here too; must be that of the path.")
    created_at: Time | None = None

    def fields(self) -> dict[str, str | float]:
        """Columns that are not empty."""
        columns: dict[str, str | float] = {
            name: cell for name, cell in (self.__pydantic_extra__ or {}).items() if cell is not None
        }
        created = _number(self.created_at, 1.0)
        return columns if created is None else {**columns, "created_at": created}


class Item(ItemBody):
    """An item with its id."""

    item_id: Id


class ItemBatch(_Strict):
    """Items that are stored together or not at all."""

    items: list[Item] = Field(min_length=1)


class AnonymousProfile(_Strict):
    """A user who is not known, described by examples. Nothing of this is stored."""

    like: list[Id] = Field(default=[], max_length=300, description="Items that are liked.")
    dislike: list[Id] = Field(default=[], max_length=300)
    say: list[Text] = Field(
        default=[],
        max_length=50,
        description="A taste in words, or a request, whichever the wording says; Chinese or English.",
    )
    want: list[Text] = Field(default=[], max_length=50, description="Requests, however they are worded.")


class ListOptions(_Strict):
    """What a list may hold, and how it is ordered."""

    k: int = Field(10, ge=1, le=MAX_K, description="How many.")
    explain: bool = Field(True, description="Whether each line has its reasons, the summands of its score.")
    include_seen: bool = Field(False, description="Show items of the history again.")
    diversity: float = Field(0.0, ge=0, le=1, description="0 best scores, 1 most variety.")
    exploration: float = Field(0.0, ge=0, le=100, description="Draw from the posterior; 1 is Thompson sampling.")
    focus: float | None = Field(
        None, ge=0, le=1, description="How strictly requests hold; without it, by how much of the catalogue answers them."
    )


class ListRequest(AnonymousProfile, ListOptions):
    """`POST /v1/recommendations`."""

    user_id: Id | None = Field(None, description="A known user whose history counts too.")
    allow: list[Id] | None = Field(None, max_length=10_000, description="Only these items.")
    deny: list[Id] = Field(default=[], max_length=10_000, description="Never these.")
    where: dict[Column, Cell | list[Cell]] = Field(
        default={}, description="Only items whose column holds one of the values.", examples=[{"genres": ["Drama", "Comedy"]}]
    )


class ListQuery(ListOptions):
    """`GET …/recommendations`."""

    allow: list[Id] = Field(default=[], description="Only these items; may be repeated.")
    deny: list[Id] = Field(default=[], description="Never these; may be repeated.")
    where: list[Annotated[str, StringConstraints(pattern=r"^[^=\x00]+=[^\x00]*$")]] = Field(
        default=[], description="`column=value`; may be repeated."
    )

    def conditions(self) -> dict[str, list[str]]:
        """Column -> accepted values."""
        found: dict[str, list[str]] = {}
        for each in self.where:
            column, _, value = each.partition("=")
            found.setdefault(column, []).append(value)
        return found


class ProfileRequest(AnonymousProfile):
    """`POST /v1/profile`."""

    lang: Lang | None = Field(None, description="Language of the text; the catalogue's own unless given.")


class QuestionsRequest(AnonymousProfile):
    """`POST /v1/questions`."""

    k: int = Field(5, ge=1, le=50)


class LangQuery(_Strict):
    """Language of a decoded text."""

    lang: Lang | None = Field(None, description="The catalogue's own unless given.")


class CountQuery(_Strict):
    """How many."""

    k: int = Field(10, ge=1, le=MAX_K)


class QuestionsQuery(_Strict):
    """How many questions."""

    k: int = Field(5, ge=1, le=50)


class PageQuery(_Strict):
    """A page: `after` is the `next` of the page before."""

    limit: int = Field(50, ge=1, le=1000)
    after: Annotated[str, StringConstraints(max_length=600, pattern=NO_NUL)] = Field(
        "", description="`next` of the page before."
    )


class SearchQuery(PageQuery):
    """A page of items."""

    q: Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)] = Field(
        "", description="Only items that hold this text."
    )


class FitBody(_Strict):
    """`POST /v1/fits`."""

    reason: Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)] = "asked for"
