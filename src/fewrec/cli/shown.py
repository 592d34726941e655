"""Lists and reasons as people see them, and the JSON bodies of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fewrec.cli.ui import Ui

if TYPE_CHECKING:
    from fewrec.types import Decoded, Reason, Recommendation, Recommendations

MAX_REASONS = 4
"""Reasons a line shows beside the prior, the strongest first; the others are summed."""


def show_list(ui: Ui, found: Recommendations, title: str, *, explain: bool) -> None:
    """A ranked list; with ``explain``, the summands of every score under its title."""
    if not found.items:
        ui.say(ui.text("nothing"))
        return
    rows = []
    for rank, line in enumerate(found.items, start=1):
        named = f"{line.title}\n  {reason_line(ui, line.reasons)}" if explain else line.title
        rows.append((str(rank), line.item_id, named, score_text(line)))
    ui.table(title, ("rank", "id", "title", "score"), rows, numbers=("rank", "score"))


def show_understood(ui: Ui, found: Recommendations) -> None:
    """How the sentences were read, and what nothing in the catalogue answers."""
    if found.understood:
        claims = [
            ui.text(
                "claim-not" if claim.polarity < 0 else "claim",
                what=claim.text,
                kind=ui.text(f"kind-{claim.kind}"),
                n=claim.matched,
            )
            for claim in found.understood
        ]
        ui.say(ui.text("understood", claims=ui.text("claim-join").join(claims)))
    if found.unmatched:
        ui.note("unmatched", words=ui.text("claim-join").join(found.unmatched))
        if found.nearest:
            ui.note("nearest", values=ui.text("claim-join").join(found.nearest))


def score_text(line: Recommendation) -> str:
    """``0.412 ± 0.083``."""
    return f"{line.score:.3f} ± {line.uncertainty:.3f}"


def reason_line(ui: Ui, reasons: Sequence[Reason]) -> str:
    """``prior +0.10 · liked Alien +0.31 · 2 more -0.02``."""
    prior = [reason for reason in reasons if reason.kind == "prior"]
    others = sorted((reason for reason in reasons if reason.kind != "prior"), key=lambda reason: -abs(reason.contribution))
    parts = [(_named(ui, reason), reason.contribution) for reason in (*prior, *others[:MAX_REASONS])]
    if rest := others[MAX_REASONS:]:
        parts.append((ui.text("more", n=len(rest)), sum(reason.contribution for reason in rest)))
    return " · ".join(f"{name} {contribution:+.3f}" for name, contribution in parts)


def _named(ui: Ui, reason: Reason) -> str:
    named = ui.text(reason.kind, what=reason.title or reason.text or reason.item_id)
    if not reason.matched:
        return named
    pieces = dict.fromkeys(ui.text("matched", column=each.column, piece=each.text) for each in reason.matched)
    return f"{named} ({ui.text('claim-join').join(pieces)})"


def decoded_body(found: Decoded, **about: str | None) -> dict[str, Any]:
    """The body of ``profile`` (about ``user``) and ``describe`` (about ``item_id``)."""
    phrases = [{"text": phrase.text, "weight": phrase.weight} for phrase in found.phrases]
    body = {**about, "lang": found.lang, "text": found.text, "phrases": phrases}
    if found.disliked:
        body["disliked"] = [{"text": phrase.text, "weight": phrase.weight} for phrase in found.disliked]
    return body


def show_decoded(ui: Ui, found: Decoded) -> None:
    """The sentence, then its phrases."""
    ui.say(found.text)
    rows = [(phrase.text, f"{phrase.weight:.2f}") for phrase in found.phrases]
    if rows:
        ui.table("", ("phrase", "weight"), rows, numbers=("weight",))


def audience_body(item_id: str, found: Sequence[tuple[str, Recommendation]]) -> dict[str, Any]:
    """The body of ``audience``: each user with the item's line in her list."""
    from fewrec.types import Recommendations

    users = []
    for user, line in found:
        body = Recommendations(user, (line,)).to_dict()["items"][0]
        users.append({"user_id": user, **{key: body[key] for key in ("score", "uncertainty", "reasons")}})
    return {"item_id": item_id, "users": users}
