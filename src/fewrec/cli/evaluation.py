"""From the flags of ``fewrec evaluate`` to a protocol's settings and data, and its document as lines for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fewrec.cli.ui import Ui
from fewrec.errors import SettingError

if TYPE_CHECKING:
    import polars as pl

    from fewrec.evaluation import EvaluationSettings
    from fewrec.types import Catalogue, Dataset

_NEEDS: Mapping[str, tuple[str, ...]] = {
    "tallrec": ("train", "valid", "test"),
    "labels": ("test_events",),
    "candidates": ("candidates",),
    "requests": ("requests",),
}
_OWN = frozenset({"test_events", "candidates", "requests", "train", "valid", "test", "test_users"})


def wanted_settings(protocol: str, given: Mapping[str, Any]) -> EvaluationSettings:
    """The settings of ``protocol`` with what was ``given``; None keeps a default.

    Raises:
        SettingError: no such protocol, a flag that it does not have, or a value outside what is allowed.
    """
    from fewrec import evaluation

    classes: Mapping[str, type[EvaluationSettings]] = {
        "kshot": evaluation.KShotSettings,
        "cold-items": evaluation.ColdItemsSettings,
        "temporal": evaluation.TemporalSettings,
        "tallrec": evaluation.TallrecSettings,
        "labels": evaluation.LabelsSettings,
        "candidates": evaluation.CandidatesSettings,
        "round-trip": evaluation.RoundTripSettings,
        "requests": evaluation.RequestsSettings,
    }
    if protocol not in classes:
        raise SettingError(f"unknown protocol {protocol!r}", hint=f"protocols: {', '.join(classes)}")
    settings = classes[protocol]
    known = {each.name for each in fields(settings)}
    values = {name: value for name, value in given.items() if value is not None}
    if strangers := sorted(set(values) - known):
        flags = ", ".join(_flag(name) for name in strangers)
        raise SettingError(f"protocol {protocol} has no {flags}", hint="leave it out")
    for name in ("k", "train_users", "shots"):
        if name in values:
            values[name] = _counts(_flag(name), values[name])
    for name in ("metrics", "compared"):
        if name in values:
            values[name] = tuple(each.strip() for each in values[name].split(",") if each.strip())
    return settings(**values)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _counts(flag: str, text: str) -> tuple[int | str, ...]:
    """``0,30,all`` -> ``(0, 30, "all")``."""
    found: list[int | str] = []
    for part in (each.strip() for each in text.split(",")):
        if not (part == "all" or part.removeprefix("-").isdecimal()):
            raise SettingError(f"{flag} {text!r} holds {part!r}", hint=f"write numbers, such as {flag} 0,1,3")
        found.append("all" if part == "all" else int(part))
    return tuple(found)


def inputs_of(
    ui: Ui,
    protocol: str,
    store: str | None,
    encoder: str,
    files: Mapping[str, str | Path | None],
    vectors: Path | None = None,
) -> dict[str, Any]:
    """The data that ``protocol`` takes, read and encoded. ``vectors``: where vectors are kept for data that are in no store.

    Raises:
        SettingError: a file that the protocol needs is not named, or one is that it does not take.
        DataError: a file cannot be used.
    """
    needed = _NEEDS.get(protocol, ())
    if missing := [_flag(name) for name in needed if files[name] is None]:
        raise SettingError(f"protocol {protocol} needs {', '.join(missing)}", hint="name the file")
    optional = {"test_users"} if protocol == "tallrec" else set()
    if others := [_flag(name) for name in sorted(_OWN - set(needed) - optional) if files[name] is not None]:
        raise SettingError(f"protocol {protocol} takes no {', '.join(others)}", hint="leave it out")
    if protocol == "tallrec":
        return _prompts(ui, store, encoder, files)
    from fewrec.data import is_time, to_interactions

    data, cache = _data(ui, store, files)
    cache = cache or vectors
    catalogue = _catalogue(ui, data.items, encoder, cache)
    interactions, notes = to_interactions(data.events, catalogue.ids)
    for text in notes:
        ui.log(ui.text("note", text=text))
    inputs: dict[str, Any] = {"catalogue": catalogue, "interactions": interactions}
    if protocol == "round-trip":
        inputs["vectors"] = cache
    if protocol == "requests":
        from fewrec.evaluation import read_requests

        inputs |= {"requests": read_requests(Path(str(files["requests"]))), "items": data.items}
        inputs |= {"data": data, "vectors": cache}
    if protocol == "temporal":
        inputs["times_are_real"] = is_time(data.events["timestamp"].drop_nulls().to_numpy())
    if protocol == "candidates":
        from fewrec.evaluation import read_candidates

        inputs["lists"] = read_candidates(Path(str(files["candidates"])))
    if protocol == "labels":
        from fewrec.data import read_events

        table = _read(ui, read_events, files["test_events"])
        inputs["test"], notes = to_interactions(table, catalogue.ids)
        for text in notes:
            ui.log(ui.text("note", text=text))
    return inputs


def judged(ui: Ui, names: Sequence[str], encoder: str, second: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """The decoders of ``round-trip``; their judge is put into ``inputs``."""
    from fewrec.encoders import load_encoder
    from fewrec.evaluation.round_trip import Ground, examinees, judge_of

    cache = inputs.pop("vectors")
    ground = Ground(inputs["catalogue"], load_encoder(encoder, cache=cache))
    ui.log(ui.text("mining"))
    inputs["judge"] = judge_of(ground, load_encoder(second, cache=cache))
    return examinees(names, ground)


def asked_in_words(names: Sequence[str], encoder: str, seed: int, inputs: dict[str, Any]) -> dict[str, Any]:
    """The rankers of ``requests``; what only they need is taken out of ``inputs``."""
    from fewrec.cli.request_rankers import material_of
    from fewrec.evaluation.request_rankers import rankers

    data, cache = inputs.pop("data"), inputs.pop("vectors")
    return rankers(names, material_of(data, inputs["catalogue"], encoder, cache, seed))


def _data(ui: Ui, store: str | None, files: Mapping[str, str | Path | None]) -> tuple[Dataset, Path | None]:
    """The tables, and where vectors are kept."""
    from fewrec.data import empty_statements, read_events, read_items
    from fewrec.store import Store
    from fewrec.types import Dataset

    if store is not None:
        if files["items"] is not None or files["events"] is not None:
            raise SettingError("both a STORE and --items or --events", hint="give one of the two")
        with Store.open(store, read_only=True) as opened:
            return opened.dataset(), opened.vector_cache_path
    if files["items"] is None or files["events"] is None:
        raise SettingError("no data to evaluate on", hint="name a STORE, or --items FILE and --events FILE")
    return Dataset(_read(ui, read_items, files["items"]), _read(ui, read_events, files["events"]), empty_statements()), None


def _read(ui: Ui, read: Any, file: str | Path | None) -> pl.DataFrame:
    from fewrec.data import report_lines

    table: pl.DataFrame
    table, summary = read(file)
    for line in report_lines(summary):
        ui.log(line)
    return table


def _catalogue(ui: Ui, items: pl.DataFrame, encoder: str, cache: Path | None) -> Catalogue:
    from fewrec.encoders import load_encoder
    from fewrec.preparation import prepare_catalogue

    ui.log(ui.text("encoding", n=items.height))
    return prepare_catalogue(items, load_encoder(encoder, cache=cache))[0]


def _prompts(ui: Ui, store: str | None, encoder: str, files: Mapping[str, str | Path | None]) -> dict[str, Any]:
    from fewrec.data import read_items
    from fewrec.evaluation import read_prompts, read_users

    if store is not None or files["events"] is not None:
        raise SettingError("protocol tallrec takes neither a STORE nor --events", hint="prompts are all that is learned from")
    train, valid, test = (read_prompts(Path(str(files[name]))) for name in ("train", "valid", "test"))
    return {
        "train": train,
        "valid": valid,
        "test": test,
        "make_catalogue": lambda items: _catalogue(ui, items, encoder, None),
        "test_users": None if files["test_users"] is None else read_users(Path(str(files["test_users"]))),
        "items": None if files["items"] is None else _read(ui, read_items, files["items"]),
    }


def document_lines(document: Mapping[str, Any]) -> list[str]:
    """Notes, then for every cell and metric the models from best to worst, with their intervals; the champion's lead over each at last."""
    data = document["dataset"]
    unit = {"warm": "items", "cold": "items"} if document["protocol"] == "round-trip" else {}
    lines = [f"{document['protocol']}: {data['users']:,} users, {data['items']:,} items, {data['events']:,} events"]
    lines += [f"note: {note}" for note in document["notes"]]
    tables: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in document["results"]:
        tables.setdefault((row["train_users"], row["k"], row["items"], row["metric"]), []).append(row)
    for (n, k, items, metric), rows in tables.items():
        lines += ["", f"n = {n} · k = {k} · {items} items · {metric} · {rows[0]['n_users']} {unit.get(items, 'users')}"]
        lower_is_better = metric in {"log-loss", "calibration-error"}
        ordered = sorted(rows, key=lambda row: row["mean"] if lower_is_better else -row["mean"])
        lines += [f"  {row['model']:<16} {row['mean']:.4f}  [{row['low']:.4f}, {row['high']:.4f}]" for row in ordered]
    for sample in document.get("samples", ()):
        lines += ["", f"{sample['model']} · {sample['items']} {sample['kind']} · {sample['about']}", f"  {sample['text']}"]
    champion = document["settings"]["champion"]
    for row in document["comparisons"]:
        cell = f"n = {row['train_users']} · k = {row['k']} · {row['metric']}"
        interval = f"{row['difference']:+.4f}  [{row['low']:+.4f}, {row['high']:+.4f}]"
        lines.append(f"  {champion} − {row['against']}: {interval}  ({cell})")
    return lines
