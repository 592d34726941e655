"""``fewrec forget``: a user's data, gone from the disk."""

from __future__ import annotations

from typing import Annotated

import typer

from fewrec.cli.arguments import JsonOption, LangOption, StoreArgument
from fewrec.cli.ui import Ui


def forget(
    ctx: typer.Context,
    store: StoreArgument,
    user: Annotated[str, typer.Option("--user", metavar="ID", help="Whom to forget.")],
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Erase a user's events and statements from STORE and its vector cache."""
    from fewrec.forgetting import forget_user
    from fewrec.store import Store

    ui = Ui.of(ctx, lang)
    with Store.open(store) as opened:
        counts = forget_user(opened, user)
    if counts.n_fits_stale:
        ui.note("refit", store=store)
    if not counts.erased_from_disk:
        ui.note("not-erased")
    about = {"events": counts.n_events, "statements": counts.n_statements}
    if as_json:
        stale, erased = counts.n_fits_stale, counts.erased_from_disk
        ui.json({"user": user, **about, "stale_fits": stale, "erased_from_disk": erased})
    else:
        ui.say(ui.text("forgotten", user=user, **about))
