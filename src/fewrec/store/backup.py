"""A copy of a store that others go on using."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from fewrec.errors import StoreError
from fewrec.store.database import Database, store_error
from fewrec.store.location import Location, locate

_TRIES = 3


def copy_store(database: Database, source: Location, path: Path) -> int:
    """``VACUUM INTO`` gives the database of one moment, compact; the directory of its current fit is copied beside it.

    The copy is made under another name and renamed, so a backup that was cut short is never taken for one.
    """
    if path.exists():
        raise StoreError(f"there is something at {path} already", hint="name a new directory for every backup")
    partial = path.with_name(path.name + ".partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        copy = locate(partial)
        for attempt in range(_TRIES):
            copy.database.unlink(missing_ok=True)
            with database.outside_transaction() as connection:
                connection.execute("VACUUM INTO ?", (str(copy.database),))
            if _copy_fit(copy, source, last=attempt == _TRIES - 1):
                break
        size = sum(file.stat().st_size for file in partial.rglob("*") if file.is_file())
        for file in (copy.database, *[each for each in copy.fits.rglob("*") if each.is_file()]):
            with file.open("rb+") as handle:
                os.fsync(handle.fileno())
        partial.rename(path)
    except OSError as error:
        raise StoreError(f"the backup {path} cannot be written: {error}", hint="check free space and permissions") from error
    except sqlite3.Error as error:
        raise store_error(error, str(path)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return size


def _copy_fit(copy: Location, source: Location, *, last: bool) -> bool:
    """Copy the fit that the copied database calls current; False if a newer fit took its place on disk meanwhile."""
    with closing(sqlite3.connect(copy.database)) as connection:
        row = connection.execute("SELECT fit_id FROM fits WHERE current = 1").fetchone()
        if row is None:
            return True
        try:
            shutil.copytree(source.fits / row[0], copy.fits / row[0])
        except (FileNotFoundError, shutil.Error):
            shutil.rmtree(copy.fits, ignore_errors=True)
            if not last:
                return False
            connection.execute("DELETE FROM fits")  # a store without a fit is whole; fitting it is a command
            connection.commit()
        return True
