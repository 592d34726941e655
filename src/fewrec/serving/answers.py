"""Response models of the routes. They describe every answer in /openapi.json, the ones that are cached as bytes included."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """Any answer. More may be added to it, so readers pass over what they do not know."""

    model_config = ConfigDict(extra="allow")


class Problem(Answer):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:fewrec:problem:unknown-item"])
    title: str
    status: int
    detail: str = Field(description="What was found and what was expected.")
    request_id: str
    hint: str | None = Field(None, description="What to do.")
    errors: list[dict[str, Any]] = []


class MatchedOut(Answer):
    """What of an item answers a sentence."""

    claim: str = Field(description="Words of the sentence.")
    column: str = Field(description="The item's column that answers them.")
    text: str = Field(description="The piece of that column.")


class Reason(Answer):
    """One summand of a score."""

    kind: Literal["prior", "like", "dislike", "rating", "event", "statement", "request"]
    contribution: float
    item_id: str | None = None
    title: str | None = None
    text: str | None = None
    matched: list[MatchedOut] | None = Field(
        None, description="Of a sentence: what of the item answers it; only where something does."
    )


class Line(Answer):
    """One line of a list."""

    item_id: str
    title: str
    score: float
    uncertainty: float
    reasons: list[Reason] = []


class ClaimOut(Answer):
    """One thing that a sentence was understood to ask for or to rule out."""

    text: str
    kind: str = Field(description="`category`, `person`, `time`, `theme`, …")
    polarity: float = Field(description="1 wanted, -1 ruled out.")
    matched: int = Field(description="Items that literally hold it.")


class Recommended(Answer):
    """A list, best first. The contributions of a line add up to its score."""

    user: str | None
    understood: list[ClaimOut] = Field([], description="How the sentences were read.")
    unmatched: list[str] = Field([], description="Words that nothing in the catalogue answers.")
    nearest: list[str] | None = Field(
        None, description="What the catalogue has nearest to them; only where something is unmatched."
    )
    items: list[Line]


class PhraseOut(Answer):
    """A phrase and its share."""

    text: str
    weight: float


class Profile(Answer):
    """Preference text."""

    user: str | None
    lang: str
    text: str
    phrases: list[PhraseOut]


class Features(Answer):
    """Feature text."""

    item_id: str
    lang: str
    text: str
    phrases: list[PhraseOut]


class SimilarItem(Answer):
    """An item like another."""

    item_id: str
    title: str
    score: float


class SimilarItems(Answer):
    """Most alike first."""

    item_id: str
    items: list[SimilarItem]


class QuestionOut(Answer):
    """An item worth asking about."""

    item_id: str
    title: str
    gain: float


class Questions(Answer):
    """The most telling first."""

    questions: list[QuestionOut]


class AudienceUser(Answer):
    """A user whom the item suits."""

    user_id: str
    score: float
    uncertainty: float
    reasons: list[Reason]


class Audience(Answer):
    """The best suited first."""

    item_id: str
    users: list[AudienceUser]


class Stored(Answer):
    """What was stored. It is on disk."""

    accepted: int = Field(description="Entries of the request.")
    new: int
    changed: int
    same: int = Field(description="Entries that were there already.")


class ItemOut(Answer):
    """An item's columns."""

    item_id: str


class Deleted(Answer):
    """What was deleted."""

    deleted: int


class ItemPage(Answer):
    """A page of items."""

    items: list[ItemOut]
    next: str | None = Field(description="`after` of the next page; null on the last.")


class EventOut(Answer):
    """A stored event."""

    user_id: str
    item_id: str
    event: str
    value: float | None
    timestamp: float | None
    text: str | None
    event_id: str | None


class EventPage(Answer):
    """A page of a user's events, in order of arrival."""

    events: list[EventOut]
    next: str | None


class UserOut(Answer):
    """A known user."""

    user_id: str
    events: int
    statements: int


class UserPage(Answer):
    """A page of users."""

    users: list[UserOut]
    next: str | None


class Forgotten(Answer):
    """What went."""

    user: str
    events: int
    statements: int
    stale_fits: int
    erased_from_disk: bool


class FitJobOut(Answer):
    """A fit that was asked for."""

    job_id: str
    state: Literal["running", "done", "failed"]
    stage: str
    reason: str
    requested: float
    ended: float | None
    fit_id: str | None
    error: str | None


class FitNow(Answer):
    """The fit that answers now."""

    fit_id: str
    created: float
    model: str
    encoder: str
    items: int
    users: int
    writes_since: int
    stale_reason: str | None
    answering: bool = Field(description="Whether this process answers with it; a new fit takes a moment to load.")


class Fits(Answer):
    """The current fit and the latest jobs."""

    current: FitNow | None
    jobs: list[FitJobOut]


class Health(Answer):
    """The process is alive."""

    status: Literal["ok"]


class Ready(Answer):
    """Events are accepted."""

    status: Literal["ready"]
    fit: str | None = Field(description="The fit that answers; null before the first, when lists cannot be had yet.")


class Summary(Answer):
    """What the store holds and how the service does."""

    items: int
    users: int
    events: int
    statements: int
    events_by_kind: dict[str, int]
    size_bytes: int
    newcomers: int = Field(description="Items that came after the fit and are recommended by their text.")
    time: float = Field(description="Unix time of the answer.")


class QualityDay(Answer):
    """Of what was first shown on a day (UTC)."""

    day: str
    users: int
    shown: int
    met: int
    liked: int
    hit_rate: float = Field(description="Share of what was shown that the user met afterwards.")
    liked_rate: float


class Quality(Answer):
    """Hit rate of what was shown, the latest day first."""

    days: list[QualityDay]
