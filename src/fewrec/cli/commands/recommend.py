"""``fewrec recommend``: the list, with reasons."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.arguments import (
    DislikeOption,
    FocusOption,
    JsonOption,
    LangOption,
    LikeOption,
    ListLength,
    SayOption,
    StoreArgument,
    UserOption,
    WantOption,
    conditions,
)
from fewrec.cli.session import session
from fewrec.cli.shown import show_list, show_understood
from fewrec.cli.ui import Ui


def recommend(
    ctx: typer.Context,
    store: StoreArgument,
    user: UserOption = None,
    like: LikeOption = None,
    dislike: DislikeOption = None,
    say: SayOption = None,
    want: WantOption = None,
    focus: FocusOption = None,
    k: ListLength = 10,
    explain: Annotated[bool, typer.Option("--explain", help="Show what each score is made of.")] = False,
    allow: Annotated[list[str] | None, typer.Option(metavar="ID…", help="Only these items.")] = None,
    deny: Annotated[list[str] | None, typer.Option(metavar="ID…", help="Never these items.")] = None,
    where: Annotated[list[str] | None, typer.Option(metavar="COLUMN=VALUE…", help="Only items whose column says so.")] = None,
    include_seen: Annotated[bool, typer.Option("--include-seen", help="Show items of the history again.")] = False,
    diversity: Annotated[float, typer.Option(min=0, max=1, help="0 best scores, 1 most variety.")] = 0.0,
    exploration: Annotated[float, typer.Option(min=0, help="Draw from the posterior; 1 is Thompson sampling.")] = 0.0,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Recommend items to a user, for a few examples, or for anybody. --user, --like, --dislike, --say and --want go together."""
    from fewrec.ranking import Filters

    ui = Ui.of(ctx, lang)
    filters = Filters(allow=allow or None, deny=deny or (), where=conditions(where or ()), include_seen=include_seen)
    with session(ui, store) as here:
        taste = here.taste(user, like, dislike, say, want)
        found = here.recommender.recommend(
            taste, k=k, filters=filters, diversity=diversity, exploration=exploration, focus=focus
        )
    if as_json:
        ui.json(found.to_dict())
        return
    who = user or ui.text("asker" if like or dislike or say or want else "anybody")
    show_understood(ui, found)
    show_list(ui, found, ui.text("recommended", who=who), explain=explain)
