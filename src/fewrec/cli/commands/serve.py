"""``fewrec serve``, ``keys`` and ``backup``: a store as a service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.arguments import JsonOption, LangOption, StoreArgument
from fewrec.cli.ui import Ui
from fewrec.errors import DataError, MissingExtraError, SettingError

if TYPE_CHECKING:
    from fewrec.store import Store

_TABLES = (".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".parquet", ".pq", ".gz")


def serve(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="STORE|ITEMS_FILE", help="A store, or a file of items: then a store is made beside it.")
    ],
    events: Annotated[str | None, typer.Option(metavar="FILE", help="With ITEMS_FILE: its events.")] = None,
    statements: Annotated[str | None, typer.Option(metavar="FILE", help="With ITEMS_FILE: its statements.")] = None,
    store: Annotated[
        str | None, typer.Option(metavar="STORE", help="With ITEMS_FILE: the store; ITEMS_FILE.fewrec if not given.")
    ] = None,
    host: Annotated[str | None, typer.Option(metavar="H", help="Address to listen on; 127.0.0.1 if not given.")] = None,
    port: Annotated[int | None, typer.Option(metavar="P", help="Port; 8000 if not given.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="N", help="Processes; 1 if not given.")] = None,
    encoder: Annotated[str | None, typer.Option(metavar="E", help="Text to vectors, for fits.")] = None,
    model: Annotated[str | None, typer.Option(metavar="M", help="What ranks, for fits.")] = None,
    config: Annotated[
        str | None, typer.Option(metavar="FILE", help="Settings as TOML; docs/guide/operations.md lists them.")
    ] = None,
    show_settings: Annotated[
        bool, typer.Option("--show-settings", help="Print all settings and where they come from.")
    ] = False,
    lang: LangOption = None,
) -> None:
    """Serve STORE over HTTP, with a page to try it at /. Fits first if there is no fit yet."""
    from fewrec.settings import resolve

    ui = Ui.of(ctx, lang)
    given = {"host": host, "port": port, "workers": workers, "encoder": encoder, "model": model}
    resolved = resolve(given, config=config)
    settings = resolved.settings
    if show_settings:
        values = settings.model_dump(mode="json")
        ui.json({name: {"value": values[name], "from": origin} for name, origin in resolved.origin.items()})
        return
    try:
        from fewrec.serving.run import check_binding, run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"fastapi", "starlette", "uvicorn", "prometheus_client", "orjson", "httpx"}:
            raise MissingExtraError("fewrec serve", "serve") from error
        raise
    from fewrec.store import Store

    path = source
    if Path(source).is_file() and "".join(Path(source).suffixes[-1:]).lower() in _TABLES:
        path = store or f"{source}.fewrec"
        _ingest(ui, path, {"items": source, "events": events, "statements": statements})
    elif events or statements or store:
        raise SettingError("--events, --statements and --store go with a file of items", hint="ingest files into a store first")
    with Store.open(path) as opened:
        check_binding(path, settings)
        if opened.n_items and _fit_needed(opened, fresh=path != source):
            _fit(ui, opened, settings.encoder, settings.model)
    ui.log(ui.text("serving", url=f"http://{_shown(settings.host)}:{settings.port}/", store=path))
    run(path, settings)


def _ingest(ui: Ui, path: str, files: dict[str, str | None]) -> None:
    from fewrec.data import read_events, read_items, read_statements, report_lines
    from fewrec.store import Store

    readers: dict[str, Any] = {"items": read_items, "events": read_events, "statements": read_statements}
    tables = {name: readers[name](file) for name, file in files.items() if file is not None}
    for _, summary in tables.values():
        for line in report_lines(summary):
            ui.log(line)
    if tables["items"][0].height == 0:
        raise DataError(f"{files['items']}: no good row", hint="mend the rows named above")
    with Store.open(path, create=True) as opened:
        write = {"items": opened.put_items, "events": opened.add_events, "statements": opened.add_statements}
        for name, (frame, _) in tables.items():
            counts = write[name](frame)
            ui.log(ui.text("stored", table=name, new=counts.new, changed=counts.changed, same=counts.same))


def _fit_needed(store: Store, *, fresh: bool) -> bool:
    """Without a fit, always; of a store made from files, also when the files brought something new."""
    fit = store.current_fit()
    return fit is None or (fresh and fit[1].get("revision") != store.revision)


def _fit(ui: Ui, store: Store, encoder: str | None, model: str | None) -> None:
    from fewrec.fitting import fit_store

    fit = store.current_fit()
    meta = fit[1] if fit is not None else {}
    encoder, model = encoder or meta.get("encoder"), model or str(meta.get("model", "auto"))
    fit_store(store, encoder=encoder, model=model, progress=ui.log)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def keys(
    ctx: typer.Context,
    store: StoreArgument,
    create: Annotated[
        str | None, typer.Option(metavar="NAME", help="Make a key, named after who uses it; it is shown once.")
    ] = None,
    scope: Annotated[list[str] | None, typer.Option(metavar="SCOPE", help="read, write or admin; may be repeated.")] = None,
    revoke: Annotated[str | None, typer.Option(metavar="ID", help="Refuse a key from now on.")] = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List, make and revoke the API keys of STORE. As soon as it has one, the service asks for it."""
    from fewrec.store import Store
    from fewrec.store.keys import list_keys, make_key, revoke_key

    ui = Ui.of(ctx, lang)
    if create is not None and revoke is not None:
        raise SettingError("--create and --revoke do not go together", hint="run the command twice")
    if scope and create is None:
        raise SettingError("--scope belongs to --create", hint="a key's scopes are fixed; revoke it and make another")
    with Store.open(store, create=create is not None) as opened:
        made = opened.write(make_key(create, scope or ["read"])) if create is not None else None
        if revoke is not None:
            opened.write(revoke_key(revoke))
        listed = opened.read(list_keys)
    if as_json:
        about = [
            {"id": key.key_id, "name": key.name, "scopes": list(key.scopes), "created": key.created, "revoked": key.revoked}
            for key in listed
        ]
        ui.json({"key": made, "keys": about})
    elif made is not None:
        ui.say(made)
        ui.note("key-once")
    else:
        rows = [(key.key_id, key.name, ", ".join(key.scopes), ui.text("no" if key.revoked else "yes")) for key in listed]
        ui.table(ui.text("keys"), ("id", "name", "scopes", "in-use"), rows)


def backup(
    ctx: typer.Context,
    store: StoreArgument,
    target: Annotated[str, typer.Argument(metavar="DIRECTORY", help="A new directory; it becomes a store of its own.")],
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Copy STORE, its current fit included, while it is being served. To restore, serve the copy or copy it back."""
    from fewrec.store import Store

    ui = Ui.of(ctx, lang)
    with Store.open(store) as opened:
        size = opened.backup(target)
    with Store.open(target) as copied:
        copied.check()
    if as_json:
        ui.json({"backup": target, "bytes": size})
    else:
        ui.say(ui.text("backed-up", path=target, size=f"{size:,}"))
