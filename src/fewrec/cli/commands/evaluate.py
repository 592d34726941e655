"""``fewrec evaluate``: any protocol on a store, on files, or on prompt files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.arguments import LangOption, PriorOption
from fewrec.cli.evaluation import asked_in_words, document_lines, inputs_of, judged, wanted_settings
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
        str, typer.Option(metavar="P", help="kshot, cold-items, temporal, tallrec, labels, candidates, round-trip, requests.")
    ] = "kshot",
    models: Annotated[
        str | None,
        typer.Option(
            metavar="a,b,…",
            help="Names of fewrec models; for round-trip decoders and controls; for requests tfidf, bm25, cosine too.",
        ),
    ] = None,
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
    prior: PriorOption = None,
    items: Annotated[str | None, typer.Option(metavar="FILE", help="Items, without a store.")] = None,
    events: Annotated[str | None, typer.Option(metavar="FILE", help="Events, without a store.")] = None,
    test_events: Annotated[str | None, typer.Option(metavar="FILE", help="labels: the pairs to judge.")] = None,
    candidates: Annotated[Path | None, typer.Option(metavar="FILE", help="candidates: user_id, target, candidates.")] = None,
    requests: Annotated[Path | None, typer.Option(metavar="FILE", help="requests: JSONL, text and relevant or where.")] = None,
    half: Annotated[
        str | None, typer.Option(metavar="H", help="requests: all, or development or test, half of them by digest.")
    ] = None,
    train: Annotated[Path | None, typer.Option(metavar="FILE", help="tallrec: training prompts.")] = None,
    valid: Annotated[Path | None, typer.Option(metavar="FILE", help="tallrec: validation prompts.")] = None,
    test: Annotated[Path | None, typer.Option(metavar="FILE", help="tallrec: test prompts.")] = None,
    test_users: Annotated[Path | None, typer.Option(metavar="FILE", help="tallrec: a JSON list, a user a test prompt.")] = None,
    shots: Annotated[str | None, typer.Option(metavar="16,64", help="tallrec: training prompts learned from.")] = None,
    second_encoder: Annotated[
        str | None, typer.Option(metavar="E", help="round-trip: trained independently of --encoder; by default e5.")
    ] = None,
    max_items: Annotated[int | None, typer.Option(min=1, help="round-trip: items decoded a draw.")] = None,
    item_phrases: Annotated[int | None, typer.Option(min=1, help="round-trip: phrases an item.")] = None,
    user_phrases: Annotated[int | None, typer.Option(min=1, help="round-trip: phrases a user.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    cache: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep finished cells here, and go on from them.")] = None,
    as_json: Annotated[str | None, typer.Option("--json", metavar="OUT", help="Write the document; - is stdout.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="OUT", help="Write a page.")] = None,
    lang: LangOption = None,
) -> None:
    """Measure models on people held out. Trivial baselines belong in every comparison, and are among the default models."""
    from functools import partial

    from fewrec.encoders import load_encoder
    from fewrec.evaluation import Run, write_html
    from fewrec.evaluation import evaluate as run_protocol
    from fewrec.evaluation.round_trip import DEFAULT_SECOND
    from fewrec.models.blend.prior import DomainPrior
    from fewrec.models.registry import make_model

    ui = Ui.of(ctx, lang)
    decoders = protocol == "round-trip"
    sentences = protocol == "requests"
    names = [name.strip() for name in _models(models, protocol).split(",") if name.strip()]
    _check_names(names, protocol)
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
        "heavy": HEAVY & set(names) or None,
        "half": half,
        "max_items": max_items,
        "item_phrases": item_phrases,
        "user_phrases": user_phrases,
        "lang": lang.value if decoders and lang is not None else None,
    }
    settings = wanted_settings(protocol, given)
    if second_encoder is not None and not decoders:
        raise SettingError(f"protocol {protocol} has no --second-encoder", hint="leave it out")
    files = {
        "items": items,
        "events": events,
        "test_events": test_events,
        "candidates": candidates,
        "requests": requests,
        "train": train,
        "valid": valid,
        "test": test,
        "test_users": test_users,
    }
    if prior is not None and (decoders or sentences):
        raise SettingError(f"protocol {protocol} has no --prior", hint="leave it out")
    carried = DomainPrior.load(prior) if prior is not None else None
    vectors = cache / "vectors.sqlite" if (decoders or sentences) and cache is not None else None
    if decoders:
        load_encoder(second_encoder or DEFAULT_SECOND)  # a missing one is an error now
    inputs = inputs_of(ui, protocol, store, encoder, files, vectors)
    made: dict[str, Any] = (
        judged(ui, names, encoder, second_encoder or DEFAULT_SECOND, inputs)
        if decoders
        else asked_in_words(names, encoder, seed, inputs)
        if sentences
        else {name: partial(make_model, name, carried) for name in names}
    )
    run = Run(cache=cache, versions=_versions(names, prior, protocol), jobs=jobs)
    document = run_protocol(protocol, made, run=run, settings=settings, **inputs)
    if carried is not None:
        document["settings"]["prior"] = {"file": str(prior), "learned_from": dict(carried.learned_from)}
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


def _models(models: str | None, protocol: str) -> str:
    from fewrec.evaluation.request_rankers import DEFAULT_RANKERS
    from fewrec.evaluation.round_trip import DEFAULT_SUBJECTS

    defaults = {"round-trip": DEFAULT_SUBJECTS, "requests": DEFAULT_RANKERS}
    return models if models is not None else defaults.get(protocol, DEFAULT_MODELS)


def _check_names(names: list[str], protocol: str) -> None:
    """An unknown name is an error before any work is done."""
    from fewrec.cli.request_rankers import check_rankers
    from fewrec.evaluation.round_trip import check_names
    from fewrec.models.registry import make_model

    if protocol == "round-trip":
        check_names(names)
    elif protocol == "requests":
        check_rankers(names)
    else:
        for name in names:
            make_model(name)


def _versions(names: list[str], prior: Path | None, protocol: str) -> dict[str, str]:
    from hashlib import blake2b

    from fewrec.cli import request_rankers
    from fewrec.evaluation import round_trip
    from fewrec.models import registry

    if protocol == "round-trip":
        return {name: round_trip.version_of(name) for name in names}
    if protocol == "requests":
        return {name: request_rankers.version_of(name) for name in names}
    start = f"+{blake2b(prior.read_bytes(), digest_size=8).hexdigest()}" if prior is not None else ""
    return {name: registry.version_of(name) + (start if name in {"auto", "taste"} else "") for name in names}
