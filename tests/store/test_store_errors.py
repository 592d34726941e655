"""Stores that cannot be used: each says what is wrong and what to do."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from fewrec.errors import StoreError
from fewrec.store import Store

EVENT = pl.DataFrame({"user_id": ["u"], "item_id": ["i"], "event": ["view"]})


def refused(path: str | Path, found: str, **options: object) -> None:
    with pytest.raises(StoreError, match=found) as caught:
        Store.open(path, **options)  # type: ignore[arg-type]
    assert caught.value.hint


def test_nothing_there(tmp_path: Path) -> None:
    refused(tmp_path / "none", "there is no store")
    refused(tmp_path, "there is no store")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "fewrec.sqlite").touch()  # killed while it was being made
    refused(tmp_path, "no store yet")
    Store.open(tmp_path, create=True).close()
    Store.open(tmp_path).close()


def test_places_that_are_none(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text("item_id\n")
    refused(file, "is a file", create=True)
    refused(file / "below", "cannot be made", create=True)
    refused("", "no path", create=True)
    refused("postgresql://localhost/films", "postgresql:// are not supported", create=True)
    refused("sqlite:///", "names no file", create=True)
    refused("sqlite:///:memory:", "names no file", create=True)
    refused("sqlite://films.sqlite", "names no file", create=True)
    refused(f"sqlite:///{tmp_path}", "is a directory", create=True)


def test_a_url_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Store.open("sqlite:///films%20and%20more.sqlite", create=True) as store:
        store.add_events(EVENT)
        store.save_fit(lambda folder: None, {})
        assert store.vector_cache_path.parent.is_dir()
    assert {entry.name for entry in tmp_path.iterdir()} == {"films and more.sqlite", "films and more.sqlite.files"}
    with Store.open(f"sqlite:///{tmp_path}/films and more.sqlite") as store:
        assert store.user_exists("u")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "fewrec.sqlite"
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("CREATE TABLE customers (id)")
        foreign.commit()
    before = path.read_bytes()
    refused(tmp_path, "another program's database", create=True)
    assert path.read_bytes() == before


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    Store.open(tmp_path, create=True).close()
    with closing(sqlite3.connect(tmp_path / "fewrec.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    refused(tmp_path, "newer fewrec")


def test_what_is_no_database_or_a_damaged_one(tmp_path: Path) -> None:
    (tmp_path / "fewrec.sqlite").write_text("not at all a database " * 100)
    refused(tmp_path, "is not a SQLite database")
    other = tmp_path / "other"
    rows = pl.DataFrame({"user_id": [f"u{n}" for n in range(5000)], "item_id": ["i"] * 5000, "event": ["view"] * 5000})
    with Store.open(other, create=True) as store:
        store.add_events(rows)
    path = other / "fewrec.sqlite"
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 20_000] = os.urandom(20_000)
    path.write_bytes(data)
    with Store.open(other) as store, pytest.raises(StoreError, match="damaged"):
        store.check()
    path.write_bytes(data[: len(data) // 3])
    with pytest.raises(StoreError, match="damaged"), Store.open(other) as store:
        store.dataset()


def test_a_store_in_use_is_said_to_be_so(tmp_path: Path) -> None:
    with (
        Store.open(tmp_path, create=True) as store,
        closing(sqlite3.connect(tmp_path / "fewrec.sqlite", isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with Store.open(tmp_path, timeout_s=0.05) as second:
            with pytest.raises(StoreError, match="in use by another process") as caught:
                second.add_events(EVENT)
            assert caught.value.hint
            assert second.summary().n_events == 0  # reading goes on
        other.execute("ROLLBACK")
        assert store.add_events(EVENT).new == 1


def test_read_only_means_so(tmp_path: Path) -> None:
    Store.open(tmp_path, create=True).close()
    with Store.open(tmp_path, read_only=True) as store:
        assert store.n_items == 0
        with pytest.raises(StoreError, match="cannot be written to"):
            store.add_events(EVENT)
    refused(tmp_path / "none", "there is no store", read_only=True, create=True)


def test_two_closes_and_use_after_them(tmp_path: Path) -> None:
    store = Store.open(tmp_path, create=True)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.dataset()
