"""``fewrec ingest``: files into the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fewrec.cli.arguments import JsonOption, LangOption, StoreArgument
from fewrec.cli.ui import Ui
from fewrec.errors import DataError, SettingError

if TYPE_CHECKING:
    import polars as pl

    from fewrec.types import ReadSummary

FileOption = Annotated[str | None, typer.Option(metavar="FILE", help="CSV, TSV, JSONL or Parquet; text also with .gz.")]


def ingest(
    ctx: typer.Context,
    store: StoreArgument,
    items: FileOption = None,
    events: FileOption = None,
    statements: FileOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Read items, events and statements into STORE, which is made if it is not there. Bad rows are reported and left out."""
    from fewrec.data import read_events, read_items, read_statements, report_lines
    from fewrec.store import Store

    ui = Ui.of(ctx, lang)
    sources = {"items": (items, read_items), "events": (events, read_events), "statements": (statements, read_statements)}
    given = {name: (source, read) for name, (source, read) in sources.items() if source is not None}
    if not given:
        raise SettingError("no file to ingest", hint="name at least one: --items FILE, --events FILE or --statements FILE")
    tables = {name: read(source) for name, (source, read) in given.items()}
    say = ui.log if as_json else ui.say
    for _, summary in tables.values():
        for line in report_lines(summary):
            say(line)
    empty = [summary for frame, summary in tables.values() if frame.height == 0]
    if empty:
        raise DataError(
            f"{empty[0].file}: no good row, {len(empty[0].bad):,} bad ones",
            hint="nothing was stored; mend the rows named above, or leave the file out",
        )
    counts: dict[str, Any] = {}
    with Store.open(store, create=True) as opened:
        if "items" not in tables and opened.n_items == 0:
            raise DataError(f"the store {store} has no items yet", hint="give --items FILE as well")
        write = {"items": opened.put_items, "events": opened.add_events, "statements": opened.add_statements}
        for name, (frame, _) in tables.items():
            counts[name] = _with_bar(ui, name, frame, write[name])
            stored = {"new": counts[name].new, "changed": counts[name].changed, "same": counts[name].same}
            say(ui.text("stored", table=name, **stored))
        found = opened.summary()
    totals = {"items": found.n_items, "users": found.n_users, "events": found.n_events, "statements": found.n_statements}
    say(ui.text("in-store", **totals))
    if as_json:
        ui.json({"read": {name: _read(summary, counts[name]) for name, (_, summary) in tables.items()}, "store": totals})


def _with_bar(ui: Ui, name: str, frame: pl.DataFrame, write: Callable[..., Any]) -> Any:
    from rich.progress import Progress

    with Progress(console=ui.err, transient=True, disable=not ui.err.is_terminal) as bar:
        task = bar.add_task(f"{ui.text('storing')} {name}", total=frame.height)
        return write(frame, on_batch=lambda done: bar.update(task, completed=done))


def _read(summary: ReadSummary, counts: Any) -> dict[str, Any]:
    return {
        "file": summary.file,
        "rows": summary.n_rows,
        "bad": [{"line": row.line, "found": row.found, "expected": row.expected} for row in summary.bad],
        "notes": list(summary.notes),
        "new": counts.new,
        "changed": counts.changed,
        "same": counts.same,
    }
