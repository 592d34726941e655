"""``fewrec learn ensemble``: weigh models together on validation users, and make the result the store's fit."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Annotated

import typer

from fewrec.cli.arguments import JsonOption, LangOption, StoreArgument
from fewrec.cli.ui import Ui
from fewrec.errors import SettingError


def ensemble(
    ctx: typer.Context,
    store: StoreArgument,
    members: Annotated[str, typer.Option(metavar="a,b,…", help="Names of fewrec models, llm:FOLDER among them.")],
    encoder: Annotated[str | None, typer.Option(metavar="E", help="Text to vectors; see fewrec models.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Root of every random choice.")] = 0,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Weigh models together on STORE's own users and make that its fit: fit --model ensemble:a+b, which says what each counts."""
    from fewrec.fitting import fit_store
    from fewrec.models.registry import make_model
    from fewrec.models.stacking import AnyEnsemble
    from fewrec.store import Store

    ui = Ui.of(ctx, lang)
    names = [name.strip() for name in members.split(",") if name.strip()]
    if len(names) < 2 or len(set(names)) < len(names):
        raise SettingError(
            f"--members holds {members!r}, expected two or more different models", hint="such as taste,item-knn,ease"
        )
    model = "ensemble:" + "+".join(names)
    make_model(model)  # an unknown name is an error now
    started = perf_counter()
    with Store.open(store) as opened:
        fitted = fit_store(opened, encoder=encoder, model=model, seed=seed, progress=ui.log)
    recommender, learned = fitted.recommender, fitted.recommender.model
    assert isinstance(learned, AnyEnsemble)
    assert learned.weights is not None
    for text in recommender.notes:
        ui.log(ui.text("note", text=text))
    lists = {k: dict(zip(learned.weights.members, learned.weights.at(k).round(4).tolist(), strict=True)) for k in (0, 1, 10)}
    about = {"items": len(recommender.catalogue), "users": recommender.n_users, "seconds": round(perf_counter() - started, 3)}
    used = {"model": model, "encoder": recommender.names[0]}
    if as_json:
        ui.json({"fit": fitted.fit_id, **used, **about, "lists": lists, "judgements": dict(learned.shares)})
        return
    ui.say(ui.text("fitted", **used, **about))
    for k, weights in lists.items():
        ui.say(ui.text("ensemble-lists", k=k, members=_shares(weights)))
    if learned.shares:
        ui.say(ui.text("ensemble-judges", members=_shares(learned.shares)))


def _shares(weights: Mapping[str, float]) -> str:
    return ", ".join(
        f"{name} {weight:.2f}" for name, weight in sorted(weights.items(), key=lambda each: -each[1]) if weight > 0
    )
