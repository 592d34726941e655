"""From the flags of ``fewrec evaluate`` to a protocol's settings and data, and its document as lines for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fewrec.cli.ui import Ui
from fewrec.errors import SettingError
from fewrec.evaluation.registry import protocol_entry

if TYPE_CHECKING:
    import polars as pl

    from fewrec.evaluation import EvaluationSettings
    from fewrec.types import Catalogue, Dataset, Interactions


def wanted_settings(protocol: str, given: Mapping[str, Any]) -> EvaluationSettings:
    """The settings of ``protocol`` with what was ``given``; None keeps a default.

    Raises:
        SettingError: no such protocol, a flag that it does not have, or a value outside what is allowed.
    """
    settings = protocol_entry(protocol).settings
    known = {each.name for each in fields(settings)}
    values = {name: value for name, value in given.items() if value is not None}
    if others := sorted(set(values) - known):
        flags = ", ".join(_flag(name) for name in others)
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
    """The data that ``protocol`` takes, read and encoded.

    Args:
        ui: receives remarks on the files.
        protocol: its name.
        store: a store, instead of items and events.
        encoder: name of the encoder.
        files: ``items``, ``events`` and the registry's file options -> path, None where not given.
        vectors: where vectors are kept for data that are in no store.

    Raises:
        SettingError: a file that the protocol needs is not named, or one is that it does not take.
        DataError: a file cannot be used.
    """
    entry = protocol_entry(protocol)
    if missing := [_flag(name) for name in entry.required_files if files[name] is None]:
        raise SettingError(f"protocol {protocol} needs {', '.join(missing)}", hint="name the file")
    taken = {"items", "events", *(option.name for option in entry.files)}
    if others := [_flag(name) for name in sorted(set(files) - taken) if files[name] is not None]:
        raise SettingError(f"protocol {protocol} takes no {', '.join(others)}", hint="leave it out")
    if not entry.takes_data and (store is not None or files["events"] is not None):
        raise SettingError(
            f"protocol {protocol} takes neither a STORE nor --events", hint="prompts are all that is learned from"
        )
    source = NamedFiles(ui, store, encoder, files, vectors)
    inputs = entry.read(source)
    if entry.candidates == "rankers":
        return {**inputs, "vectors": source.vectors, "data": source.dataset}
    return {**inputs, "vectors": source.vectors} if entry.candidates == "decoders" else inputs


class NamedFiles:
    """An :class:`~fewrec.evaluation.inputs.InputSource` over the command line's STORE and files; every part is read on first use."""

    def __init__(
        self, ui: Ui, store: str | None, encoder: str, files: Mapping[str, str | Path | None], vectors: Path | None
    ) -> None:
        self._ui, self._store, self._encoder, self._files, self._vectors = ui, store, encoder, files, vectors

    def path(self, option: str) -> Path | None:
        """The file of an option; None where it was not given."""
        found = self._files[option]
        return None if found is None else Path(str(found))

    @cached_property
    def _data(self) -> tuple[Dataset, Path | None]:
        return _data(self._ui, self._store, self._files)

    @property
    def dataset(self) -> Dataset:
        """All tables."""
        return self._data[0]

    @property
    def vectors(self) -> Path | None:
        """Where encoded vectors are kept: beside the store, or where the caller said."""
        return self._data[1] or self._vectors

    @cached_property
    def catalogue(self) -> Catalogue:
        """The encoded items."""
        return _catalogue(self._ui, self._data[0].items, self._encoder, self.vectors)

    @property
    def events(self) -> pl.DataFrame:
        """The events table."""
        return self._data[0].events

    @cached_property
    def interactions(self) -> Interactions:
        """The events by rows of the catalogue."""
        return self._by_row(self.events)

    def interactions_in(self, path: Path) -> Interactions:
        """A further file of events, by rows of the catalogue."""
        from fewrec.data import read_events

        return self._by_row(_read(self._ui, read_events, path))

    def _by_row(self, events: pl.DataFrame) -> Interactions:
        from fewrec.data import to_interactions

        found, notes = to_interactions(events, self.catalogue.ids)
        for text in notes:
            self._ui.log(self._ui.text("note", text=text))
        return found

    def items_table(self) -> pl.DataFrame | None:
        """The table of ``--items``; None where it was not given."""
        from fewrec.data import read_items

        return None if self._files["items"] is None else _read(self._ui, read_items, self._files["items"])

    def encode_items(self, items: pl.DataFrame) -> Catalogue:
        """A catalogue of another table, encoded without a cache."""
        return _catalogue(self._ui, items, self._encoder, None)


def decoders_and_scoring(ui: Ui, names: Sequence[str], encoder: str, second: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """The decoders of ``round-trip``; their judge is put into ``inputs``."""
    from fewrec.encoders import load_encoder
    from fewrec.evaluation.text_decoders import DecodedCatalogue, candidate_decoders, text_scoring

    cache = inputs.pop("vectors")
    decoded_catalogue = DecodedCatalogue(inputs["catalogue"], load_encoder(encoder, cache=cache))
    ui.log(ui.text("mining"))
    inputs["scoring"] = text_scoring(decoded_catalogue, load_encoder(second, cache=cache))
    return candidate_decoders(names, decoded_catalogue)


def rankers_of(names: Sequence[str], encoder: str, seed: int, inputs: dict[str, Any]) -> dict[str, Any]:
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


def document_lines(document: Mapping[str, Any]) -> list[str]:
    """Notes, then for every cell and metric the models from best to worst, with their intervals; the champion's lead over each at last."""
    data = document["dataset"]
    decoders = protocol_entry(document["protocol"]).candidates == "decoders"
    unit = {"warm items": "items", "cold items": "items"} if decoders else {}
    lines = [f"{document['protocol']}: {data['users']:,} users, {data['items']:,} items, {data['events']:,} events"]
    lines += [f"note: {note}" for note in document["notes"]]
    tables: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in document["results"]:
        part = " · ".join(row[name] for name in ("lang", "kind") if row.get(name, "all") != "all") or f"{row['items']} items"
        tables.setdefault((row["train_users"], row["k"], part, row["metric"]), []).append(row)
    for (n, k, part, metric), rows in tables.items():
        counted = "requests" if document["protocol"] == "requests" and "likes" not in metric else unit.get(part, "users")
        lines += ["", f"n = {n} · k = {k} · {part} · {metric} · {rows[0]['n_users']} {counted}"]
        lower_is_better = metric.startswith(("log-loss", "calibration-error", "excluded"))
        ordered = sorted(rows, key=lambda row: row["mean"] if lower_is_better else -row["mean"])
        lines += [f"  {row['model']:<16} {row['mean']:.4f}  [{row['low']:.4f}, {row['high']:.4f}]" for row in ordered]
    for sample in document.get("samples", ()):
        lines += ["", f"{sample['model']} · {sample['items']} {sample['kind']} · {sample['about']}", f"  {sample['text']}"]
    for row in document.get("sentences", ()):
        saved = "more than were measured" if row["likes_saved"] is None else f"{row['likes_saved']:+.1f}"
        lines.append(
            f"a sentence beside k = {row['k']} likes · {row['model']}: {row['without']:.4f} → {row['with']:.4f}, likes saved: {saved}"
        )
    champion = document["settings"]["champion"]
    for row in document["comparisons"]:
        cell = f"n = {row['train_users']} · k = {row['k']} · {row['metric']}"
        interval = f"{row['difference']:+.4f}  [{row['low']:+.4f}, {row['high']:+.4f}]"
        lines.append(f"  {champion} − {row['against']}: {interval}  ({cell})")
    return lines
