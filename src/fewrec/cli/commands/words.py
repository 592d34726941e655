"""``fewrec profile`` and ``fewrec describe``: vectors as words."""

from __future__ import annotations

import typer

from fewrec.cli.arguments import (
    DecoderOption,
    DislikeOption,
    ItemOption,
    JsonOption,
    Lang,
    LangOption,
    LikeOption,
    SayOption,
    StoreArgument,
    UserOption,
)
from fewrec.cli.session import session
from fewrec.cli.shown import decoded_body, show_decoded
from fewrec.cli.ui import Ui


def profile(
    ctx: typer.Context,
    store: StoreArgument,
    user: UserOption = None,
    like: LikeOption = None,
    dislike: DislikeOption = None,
    say: SayOption = None,
    decoder: DecoderOption = "phrases",
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say a taste in words: a known user's, or that of a few examples. In the catalogue's language unless --lang is given."""
    ui = Ui.of(ctx, lang)
    with session(ui, store) as here:
        taste = here.taste(user, like, dislike, say, must_know=not (like or dislike or say))
        found = here.recommender.describe(taste, lang=_asked(ctx, lang), decoder=decoder)
    for text in found.notes:
        ui.warn(text)
    if as_json:
        ui.json(decoded_body(found, user=user))
    else:
        show_decoded(ui, found)


def describe(
    ctx: typer.Context,
    store: StoreArgument,
    item: ItemOption,
    decoder: DecoderOption = "phrases",
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say in words what an item's vector holds. In the catalogue's language unless --lang is given."""
    ui = Ui.of(ctx, lang)
    with session(ui, store) as here:
        found = here.recommender.describe(item=item, lang=_asked(ctx, lang), decoder=decoder)
    for text in found.notes:
        ui.warn(text)
    if as_json:
        ui.json(decoded_body(found, item_id=item))
    else:
        show_decoded(ui, found)


def _asked(ctx: typer.Context, lang: object) -> str | None:
    """The language that was asked for, before or after the command; the locale decides about messages only."""
    chosen = lang or ctx.obj
    return chosen.value if isinstance(chosen, Lang) else None
