"""``fewrec fit``: learn from what the store holds."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated

import typer

from fewrec.cli.arguments import JsonOption, LangOption, PriorOption, StoreArgument
from fewrec.cli.ui import Ui


def fit(
    ctx: typer.Context,
    store: StoreArgument,
    encoder: Annotated[
        str | None,
        typer.Option(metavar="E", help="Text to vectors; see fewrec models. Unset: default, above 20,000 items fast."),
    ] = None,
    model: Annotated[str, typer.Option(metavar="M", help="What ranks; see fewrec models.")] = "auto",
    prior: PriorOption = None,
    seed: Annotated[int, typer.Option(min=0, help="Root of every random choice.")] = 0,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Learn from STORE and make the result its current fit."""
    from fewrec.fitting import fit_store
    from fewrec.models.blend.prior import DomainPrior
    from fewrec.store import Store

    ui = Ui.of(ctx, lang)
    carried = DomainPrior.load(prior) if prior is not None else None
    started = perf_counter()
    with Store.open(store) as opened:
        fitted = fit_store(opened, encoder=encoder, model=model, prior=carried, seed=seed, progress=ui.log)
    fit_id, recommender = fitted.fit_id, fitted.recommender
    for text in recommender.notes:
        ui.log(ui.text("note", text=text))
    seconds = perf_counter() - started
    about = {"items": len(recommender.catalogue), "users": recommender.n_users, "seconds": round(seconds, 3)}
    if as_json:
        ui.json({"fit": fit_id, "encoder": recommender.names[0], "model": model, **about, "notes": list(recommender.notes)})
    else:
        ui.say(ui.text("fitted", model=model, encoder=recommender.names[0], **about))
