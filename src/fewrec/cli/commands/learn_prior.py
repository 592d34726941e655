"""``fewrec learn prior``: what one domain teaches that another can start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fewrec.cli.arguments import JsonOption, LangOption, StoreArgument
from fewrec.cli.ui import Ui
from fewrec.errors import SettingError


def prior(
    ctx: typer.Context,
    store: StoreArgument,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it; fit and evaluate take it as --prior.")],
    encoder: Annotated[str, typer.Option(metavar="E", help="Text to vectors; see fewrec models.")] = "default",
    seed: Annotated[int, typer.Option(min=0, help="Root of every random choice.")] = 0,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Learn from STORE how much each member of auto counts, with no users, few and many, for use on another catalogue."""
    import numpy as np

    from fewrec.data import to_interactions
    from fewrec.encoders import VectorCache, load_encoder
    from fewrec.models.blend.prior_learning import learn_domain_prior
    from fewrec.models.registry import AUTO_MEMBERS
    from fewrec.preparation import prepare_catalogue
    from fewrec.store import Store

    ui = Ui.of(ctx, lang)
    if not out.absolute().parent.is_dir():
        raise SettingError(f"there is no folder {out.absolute().parent} to write {out.name} in", hint="make it first")
    with Store.open(store, read_only=True) as opened:
        data, cache = opened.dataset(), opened.vector_cache_path
    ui.log(ui.text("encoding", n=data.items.height))
    catalogue, _ = prepare_catalogue(data.items, load_encoder(encoder, cache=VectorCache(cache)))
    interactions, notes = to_interactions(data.events, catalogue.ids)
    for text in notes:
        ui.log(ui.text("note", text=text))
    learned = learn_domain_prior(catalogue, interactions, AUTO_MEMBERS, rng=np.random.default_rng(seed), progress=ui.log)
    learned.save(out)
    if as_json:
        ui.json({"path": str(out), "learned_from": dict(learned.learned_from), "prior": learned.weights.to_list()})
        return
    ui.log(ui.text("written", path=out))
    for others, weights in learned.weights.rows:
        leading = sorted(weights.to_mapping().items(), key=lambda each: -sum(each[1]))[:4]
        ui.say(ui.text("prior-row", others=others, members=", ".join(f"{name} {sum(w) / 3:.2f}" for name, w in leading)))
