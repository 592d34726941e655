"""``fewrec evaluate``: any protocol on a store, on files, or on prompt files."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from fewrec.cli.arguments import LangOption, PriorOption
from fewrec.cli.evaluation import decoders_and_scoring, document_lines, inputs_of, rankers_of, wanted_settings
from fewrec.cli.ui import Ui, json_text
from fewrec.errors import SettingError
from fewrec.evaluation.registry import PROTOCOLS, protocol_entry, special_options

DEFAULT_MODELS = "auto,taste,random,popularity,item-mean,liked-fraction,content,cooccurrence,user-knn,item-knn,ease,als,hybrid"
HEAVY = frozenset({"two-tower", "sequential"})
"""Neural peers: run at the largest number of training users only, in one draw."""


_KINDS: Mapping[str, Any] = {"file": Path | None, "text": str | None, "count": int | None}
"""Kind of an option in the registry -> the type that the command line parses it to."""


def _with_special_options(command: Callable[..., None]) -> Callable[..., None]:
    """Replace ``**special`` of ``command`` by one keyword per option that the protocols' registry lists; typer reads signatures."""
    hints = get_type_hints(command, include_extras=True)
    signature = inspect.signature(command)
    static = [each for each in signature.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD]
    parameters = [each.replace(annotation=hints[each.name]) for each in static]
    for name, (option, text) in special_options().items():
        declared = typer.Option(metavar=option.metavar, help=text, min=1 if option.kind == "count" else None)
        annotation: Any = Annotated[_KINDS[option.kind], declared]
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation))
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    command.__signature__ = signature.replace(parameters=parameters, return_annotation=None)  # type: ignore[attr-defined]
    return command


@_with_special_options
def evaluate(
    ctx: typer.Context,
    store: Annotated[str | None, typer.Argument(metavar="[STORE]", help="A store; or give --items and --events.")] = None,
    protocol: Annotated[str, typer.Option(metavar="P", help=f"{', '.join(PROTOCOLS)}.")] = "kshot",
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
    second_encoder: Annotated[
        str | None, typer.Option(metavar="E", help="round-trip: trained independently of --encoder; by default e5.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    cache: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep finished cells here, and go on from them.")] = None,
    as_json: Annotated[str | None, typer.Option("--json", metavar="OUT", help="Write the document; - is stdout.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="OUT", help="Write a page.")] = None,
    lang: LangOption = None,
    **special: Any,
) -> None:
    """Measure models on held-out users. Trivial baselines belong in every comparison, and are among the default models."""
    from functools import partial

    from fewrec.encoders import load_encoder
    from fewrec.evaluation import Run, write_html
    from fewrec.evaluation import evaluate as run_protocol
    from fewrec.evaluation.text_decoders import DEFAULT_SECOND
    from fewrec.models.blend.prior import DomainPrior
    from fewrec.models.registry import make_model

    ui = Ui.of(ctx, lang)
    entry = protocol_entry(protocol)
    decoders, sentences = entry.candidates == "decoders", entry.candidates == "rankers"
    file_names = {option.name for each in PROTOCOLS.values() for option in each.files}
    names = [name.strip() for name in _models(models, entry.candidates).split(",") if name.strip()]
    _check_names(names, entry.candidates)
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
        "heavy": HEAVY & set(names) or None,
        **{name: value for name, value in special.items() if name not in file_names},
        "lang": lang.value if decoders and lang is not None else None,
    }
    settings = wanted_settings(protocol, given)
    if second_encoder is not None and not decoders:
        raise SettingError(f"protocol {protocol} has no --second-encoder", hint="leave it out")
    files = {"items": items, "events": events, **{name: special[name] for name in file_names}}
    if prior is not None and (decoders or sentences):
        raise SettingError(f"protocol {protocol} has no --prior", hint="leave it out")
    carried = DomainPrior.load(prior) if prior is not None else None
    vectors = cache / "vectors.sqlite" if (decoders or sentences) and cache is not None else None
    if decoders:
        load_encoder(second_encoder or DEFAULT_SECOND)  # a missing one is an error now
    inputs = inputs_of(ui, protocol, store, encoder, files, vectors)
    made: dict[str, Any] = (
        decoders_and_scoring(ui, names, encoder, second_encoder or DEFAULT_SECOND, inputs)
        if decoders
        else rankers_of(names, encoder, seed, inputs)
        if sentences
        else {name: partial(make_model, name, carried) for name in names}
    )
    run = Run(cache=cache, versions=_versions(names, prior, entry.candidates), jobs=jobs)
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


def _models(models: str | None, candidates: str) -> str:
    from fewrec.evaluation.request_rankers import DEFAULT_RANKERS
    from fewrec.evaluation.text_decoders import DEFAULT_DECODERS

    defaults = {"decoders": DEFAULT_DECODERS, "rankers": DEFAULT_RANKERS}
    return models if models is not None else defaults.get(candidates, DEFAULT_MODELS)


def _check_names(names: list[str], candidates: str) -> None:
    """An unknown name is an error before any work is done."""
    from fewrec.cli.request_rankers import check_rankers
    from fewrec.evaluation.text_decoders import check_names
    from fewrec.models.registry import make_model

    if candidates == "decoders":
        check_names(names)
    elif candidates == "rankers":
        check_rankers(names)
    else:
        for name in names:
            make_model(name)


def _versions(names: list[str], prior: Path | None, candidates: str) -> dict[str, str]:
    from hashlib import blake2b

    from fewrec.cli import request_rankers
    from fewrec.evaluation import text_decoders
    from fewrec.models import registry

    if candidates == "decoders":
        return {name: text_decoders.version_of(name) for name in names}
    if candidates == "rankers":
        return {name: request_rankers.version_of(name) for name in names}
    start = f"+{blake2b(prior.read_bytes(), digest_size=8).hexdigest()}" if prior is not None else ""
    return {name: registry.version_of(name) + (start if name in {"auto", "taste"} else "") for name in names}
