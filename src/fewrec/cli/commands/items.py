"""``fewrec similar``, ``fewrec audience`` and ``fewrec ask``: items beside items, users and questions."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.arguments import (
    DislikeOption,
    ItemOption,
    JsonOption,
    LangOption,
    LikeOption,
    ListLength,
    SayOption,
    StoreArgument,
    UserOption,
)
from fewrec.cli.session import session
from fewrec.cli.shown import audience_body, reason_line, score_text
from fewrec.cli.ui import Ui


def similar(
    ctx: typer.Context,
    store: StoreArgument,
    item: ItemOption,
    k: ListLength = 10,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Items like an item, by text and behaviour together."""
    ui = Ui.of(ctx, lang)
    with session(ui, store) as here:
        found = here.recommender.similar(item, k=k)
        title = here.recommender.catalogue.titles[here.recommender.row(item)]
    if as_json:
        items = [{"item_id": each.item_id, "title": each.title, "score": each.score} for each in found]
        ui.json({"item_id": item, "items": items})
        return
    rows = [(str(rank), each.item_id, each.title, f"{each.score:.3f}") for rank, each in enumerate(found, start=1)]
    columns = ("rank", "id", "title", "likeness")
    ui.table(ui.text("similar", title=title), columns, rows, numbers=("rank", "likeness"))


def audience(
    ctx: typer.Context,
    store: StoreArgument,
    item: ItemOption,
    k: ListLength = 10,
    explain: Annotated[bool, typer.Option("--explain", help="Show what each score is made of.")] = False,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Known users whom an item suits and who have not met it yet."""
    ui = Ui.of(ctx, lang)
    with session(ui, store) as here:
        found = here.recommender.audience(item, k=k)
        title = here.recommender.catalogue.titles[here.recommender.row(item)]
    if as_json:
        ui.json(audience_body(item, found))
        return
    if not found:
        ui.say(ui.text("nobody"))
        return
    rows = []
    for rank, (user, line) in enumerate(found, start=1):
        named = f"{user}\n  {reason_line(ui, line.reasons)}" if explain else user
        rows.append((str(rank), named, score_text(line)))
    ui.table(ui.text("audience", title=title), ("rank", "user", "score"), rows, numbers=("rank", "score"))


def ask(
    ctx: typer.Context,
    store: StoreArgument,
    user: UserOption = None,
    like: LikeOption = None,
    dislike: DislikeOption = None,
    say: SayOption = None,
    k: ListLength = 5,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Items worth asking a user about: their answers would improve the list most."""
    ui = Ui.of(ctx, lang)
    with session(ui, store) as here:
        found = here.recommender.ask(here.taste(user, like, dislike, say), k=k)
    if as_json:
        ui.json({"questions": [{"item_id": each.item_id, "title": each.title, "gain": each.gain} for each in found]})
        return
    rows = [(str(rank), each.item_id, each.title, f"{each.gain:.4f}") for rank, each in enumerate(found, start=1)]
    ui.table(ui.text("ask"), ("rank", "id", "title", "gain"), rows, numbers=("rank", "gain"))
