"""``fewrec fit``: learn from what the store holds."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated

import typer

from fewrec.cli.arguments import JsonOption, LangOption, StoreArgument
from fewrec.cli.ui import Ui
from fewrec.errors import DataError


def fit(
    ctx: typer.Context,
    store: StoreArgument,
    encoder: Annotated[str, typer.Option(metavar="E", help="Text to vectors; see fewrec models.")] = "default",
    model: Annotated[str, typer.Option(metavar="M", help="What ranks; see fewrec models.")] = "auto",
    seed: Annotated[int, typer.Option(min=0, help="Root of every random choice.")] = 0,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Learn from STORE and make the result its current fit."""
    from fewrec import __version__
    from fewrec.recommender import Recommender
    from fewrec.store import Store

    ui = Ui.of(ctx, lang)
    started = perf_counter()
    with Store.open(store) as opened:
        revision, data = opened.revision, opened.dataset()
        if data.items.height == 0:
            raise DataError(f"the store {store} holds no items", hint=f"fewrec ingest {store} --items FILE adds some")
        recommender = Recommender(encoder, model, cache=opened.vector_cache_path, seed=seed, progress=ui.log)
        recommender.fit_dataset(data, history=opened)
        meta = {"encoder": encoder, "model": model, "seed": seed, "revision": revision, "fewrec": __version__}
        fit_id = opened.save_fit(lambda folder: recommender.save(folder, history=False), meta)
    for text in recommender.notes:
        ui.log(ui.text("note", text=text))
    seconds = perf_counter() - started
    about = {"items": len(recommender.catalogue), "users": recommender.n_users, "seconds": round(seconds, 3)}
    if as_json:
        ui.json({"fit": fit_id, "encoder": encoder, "model": model, **about, "notes": list(recommender.notes)})
    else:
        ui.say(ui.text("fitted", model=model, encoder=encoder, **about))
