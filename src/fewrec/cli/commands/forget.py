"""``fewrec forget``: a user's data, gone from the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fewrec.cli.arguments import JsonOption, LangOption, StoreArgument
from fewrec.cli.ui import Ui

if TYPE_CHECKING:
    from fewrec.store import Store


def forget(
    ctx: typer.Context,
    store: StoreArgument,
    user: Annotated[str, typer.Option("--user", metavar="ID", help="Whom to forget.")],
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Erase a user's events and statements from STORE and its vector cache."""
    from fewrec.store import Store

    ui = Ui.of(ctx, lang)
    with Store.open(store) as opened:
        texts = _texts_of(opened, user)
        counts = opened.forget(user)
        _forget_vectors(opened, texts)
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


def _texts_of(store: Store, user: str) -> list[str]:
    """What a user wrote, as it may have been encoded: whole, masked, and the topic of every claim."""
    from fewrec.text import mask, parse_statement

    written = [*store.events_of(user)["text"].drop_nulls(), *store.statements_of(user)["text"]]
    masked = [mask(text).text for text in written]
    topics = [claim.topic for text in masked for claim in parse_statement(text)]
    return list(dict.fromkeys([*written, *masked, *topics]))


def _forget_vectors(store: Store, texts: list[str]) -> None:
    from fewrec.encoders import VectorCache

    if texts and store.vector_cache_path.exists():
        with VectorCache(store.vector_cache_path) as cache:
            cache.remove(texts)
