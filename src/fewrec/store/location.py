"""Where a store lives: a directory, or a SQLite file named by a URL."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from fewrec.errors import StoreError

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):/")  # two letters at least: C:/ is a drive
_DATABASE_NAME = "fewrec.sqlite"


@dataclass(frozen=True)
class Location:
    """``database`` holds the rows; ``folder`` the fits and the vector cache."""

    shown: str
    database: Path
    folder: Path

    @property
    def fits(self) -> Path:
        """One directory per saved fit."""
        return self.folder / "fits"

    @property
    def vector_cache(self) -> Path:
        """Where the encoders stage keeps vectors of texts."""
        return self.folder / "vectors.sqlite"


def locate(store: str | os.PathLike[str]) -> Location:
    """``DIR`` -> ``DIR/fewrec.sqlite``; ``sqlite:///PATH`` -> ``PATH``, with ``PATH.files/`` beside it.

    As usual with such URLs, three slashes begin a relative path and four an absolute one.

    Raises:
        StoreError: another scheme, no path, or a file where a directory is meant.
    """
    shown = os.fspath(store)
    scheme = _SCHEME.match(shown)
    if scheme is None:
        folder = Path(shown)
        if not shown.strip() or "\0" in shown:
            raise StoreError(f"{shown!r} is no path for a store", hint="name a directory, or sqlite:///PATH")
        if folder.is_file():
            raise StoreError(
                f"{shown} is a file, not a store's directory", hint=f"name a directory, or sqlite:///{shown} for a SQLite file"
            )
        return Location(shown, folder / _DATABASE_NAME, folder)
    if scheme.group(1).lower() != "sqlite":
        raise StoreError(
            f"stores of kind {scheme.group(1)}:// are not supported",
            hint="use a directory, or sqlite:///PATH for a SQLite file",
        )
    path = unquote(shown[len("sqlite:///") :]) if shown.lower().startswith("sqlite:///") else ""
    if path in {"", ":memory:"} or "\0" in path:
        raise StoreError(
            f"{shown} names no file", hint="sqlite:///stores/films.sqlite, or sqlite:////var/films.sqlite if absolute"
        )
    database = Path(path)
    if database.is_dir():
        raise StoreError(
            f"{path} is a directory, and sqlite:/// names a file", hint=f"use {path} alone for a store in that directory"
        )
    return Location(shown, database, database.with_name(database.name + ".files"))
