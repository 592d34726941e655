"""``fewrec evaluate``: any protocol on a store, on files, or on prompt files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.arguments import LangOption
from fewrec.cli.evaluation import document_lines, inputs_of, wanted_settings
from fewrec.cli.ui import Ui, json_text
from fewrec.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_MODELS = "auto,taste,random,popularity,item-mean,liked-fraction,content,cooccurrence,user-knn,item-knn,ease,als,hybrid"
HEAVY = frozenset({"two-tower", "sequential"})
"""Neural peers: run at the largest number of training users only, in one draw."""


def evaluate(
    ctx: typer.Context,
    store: Annotated[str | None, typer.Argument(metavar="[STORE]", help="A store; or give --items and --events.")] = None,
    protocol: Annotated[
        str, typer.Option(metavar="P", help="kshot, cold-items, temporal, tallrec, labels, candidates.")
    ] = "kshot",
    models: Annotated[str, typer.Option(metavar="a,b,…", help="Names of fewrec models.")] = DEFAULT_MODELS,
    k: Annotated[str | None, typer.Option(metavar="0,1,3", help="Examples revealed; numbers or all.")] = None,
    train_users: Annotated[str | None, typer.Option(metavar="0,30,all", help="Users learned from.")] = None,
    max_test_users: Annotated[int | None, typer.Option(min=1, help="Test users a draw, sampled after eligibility.")] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Draws.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Root of every random choice.")] = 0,
    metrics: Annotated[str | None, typer.Option(metavar="M,…", help="Such as ndcg@10,recall@20,uauc.")] = None,
    compared: Annotated[
        str | None, typer.Option(metavar="M,…", help="Metrics to compare models on, or all; by default ndcg@10, or auc,uauc.")
    ] = None,
    encoder: Annotated[str, typer.Option(metavar="E", help="Text to vectors; see fewrec models.")] = "default",
    items: Annotated[str | None, typer.Option(metavar="FILE", help="Items, without a store.")] = None,
    events: Annotated[str | None, typer.Option(metavar="FILE", help="Events, without a store.")] = None,
    test_events: Annotated[str | None, typer.Option(metavar="FILE", help="labels: the pairs to judge.")] = None,
    candidates: Annotated[Path | None, typer.Option(metavar="FILE", help="candidates: user_id, target, candidates.")] = None,
    train: Annotated[Path | None, typer.Option(metavar="FILE", help="tallrec: training prompts.")] = None,
    valid: Annotated[Path | None, typer.Option(metavar="FILE", help="tallrec: validation prompts.")] = None,
    test: Annotated[Path | None, typer.Option(metavar="FILE", help="tallrec: test prompts.")] = None,
    test_users: Annotated[Path | None, typer.Option(metavar="FILE", help="tallrec: a JSON list, a user a test prompt.")] = None,
    shots: Annotated[str | None, typer.Option(metavar="16,64", help="tallrec: training prompts learned from.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    cache: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep finished cells here, and go on from them.")] = None,
    as_json: Annotated[str | None, typer.Option("--json", metavar="OUT", help="Write the document; - is stdout.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="OUT", help="Write a page.")] = None,
    lang: LangOption = None,
) -> None:
    """Measure models on people held out. Trivial baselines belong in every comparison, and are among the default models."""
    from functools import partial

    from fewrec.evaluation import Run, write_html
    from fewrec.evaluation import evaluate as run_protocol
    from fewrec.models import make_model

    ui = Ui.of(ctx, lang)
    names = [name.strip() for name in models.split(",") if name.strip()]
    for name in names:
        make_model(name)  # an unknown name is an error now
    for path in (html, None if as_json in {None, "-"} else Path(str(as_json))):
        if path is not None and not path.absolute().parent.is_dir():
            raise SettingError(f"there is no folder {path.absolute().parent} to write {path.name} in", hint="make it first")
    given: Mapping[str, Any] = {
        "k": k,
        "train_users": train_users,
        "max_test_users": max_test_users,
        "seeds": seeds,
        "seed": seed,
        "metrics": metrics,
        "compared": compared,
        "shots": shots,
        "heavy": HEAVY & set(names),
    }
    settings = wanted_settings(protocol, given)
    files = {
        "items": items,
        "events": events,
        "test_events": test_events,
        "candidates": candidates,
        "train": train,
        "valid": valid,
        "test": test,
        "test_users": test_users,
    }
    inputs = inputs_of(ui, protocol, store, encoder, files)
    run = Run(cache=cache, versions=_versions(names), jobs=jobs)
    document = run_protocol(protocol, {name: partial(make_model, name) for name in names}, run=run, settings=settings, **inputs)
    if html is not None:
        write_html(document, html)
        ui.log(ui.text("written", path=html))
    if as_json == "-":
        ui.json(document)
        return
    if as_json is not None:
        Path(as_json).write_text(json_text(document), encoding="utf-8")
        ui.log(ui.text("written", path=as_json))
    for line in document_lines(document):
        ui.say(line)


def _versions(names: list[str]) -> dict[str, str]:
    from fewrec.models import version_of

    return {name: version_of(name) for name in names}
