"""The sample of the package: 66 films in Chinese and English, forty invented people, three statements."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from fewrec.data import read_events, read_items, read_statements
from fewrec.errors import DataError
from fewrec.types import Dataset

FILES = ("items.csv", "events.csv", "statements.csv")


def path(name: str) -> Path:
    """Where one of :data:`FILES` lies on disk, for commands that take a file.

    Raises:
        DataError: the sample has no file of that name.
    """
    if name not in FILES:
        raise DataError(f"the sample has no file {name!r}", hint=f"it has {', '.join(FILES)}")
    # Wheels are unpacked on installation, so the resource is a file; a zipped import would need a copy first.
    return Path(str(resources.files(__package__).joinpath(name)))


def load() -> Dataset:
    """The sample, ready for ``Recommender.fit``: 66 items, the events of 40 users, the statements of 3 others."""
    items, _ = read_items(path("items.csv"))
    events, _ = read_events(path("events.csv"))
    statements, _ = read_statements(path("statements.csv"))
    return Dataset(items=items, events=events, statements=statements)
