"""Fits appear whole or not at all, and users are forgotten down to the bytes."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import polars as pl
import pytest

from fewrec.errors import SettingError, StoreError, UnknownUserError
from fewrec.store import ForgetCounts, Store


def write_fit(folder: Path) -> None:
    (folder / "prior.json").write_text("{}")
    (folder / "users").mkdir()
    (folder / "users" / "histories.npz").write_bytes(b"secret-user")


def folders(path: Path) -> set[str]:
    return {entry.name for entry in (path / "fits").iterdir() if entry.is_dir()}


def test_the_newest_fit_is_current_and_one_older_is_kept(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True) as store:
        assert store.current_fit() is None
        saved = [store.save_fit(write_fit, {"model": "taste", "n": n}) for n in range(3)]
        assert folders(tmp_path) == set(saved[1:])
        current = store.current_fit()
        assert current is not None
        path, meta = current
        assert (path / "prior.json").read_text() == "{}"
        assert (meta["model"], meta["n"], meta["fit_id"], meta["stale_reason"]) == ("taste", 2, saved[2], None)
        assert store.summary().fit_id == saved[2]
        shutil.rmtree(path)
        with pytest.raises(StoreError, match="is gone"):
            store.current_fit()


def test_a_fit_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise ArithmeticError("diverged")

    with Store.open(tmp_path, create=True) as store:
        saved = store.save_fit(write_fit, {})
        with pytest.raises(ArithmeticError, match="diverged"):
            store.save_fit(fail, {})
        for name in ("missing.npz", "../../fewrec.sqlite"):
            with pytest.raises(SettingError, match="per-user file"):
                store.save_fit(write_fit, {}, per_user_files=[name])
        current = store.current_fit()
        assert current is not None
        assert current[0].name == saved
        assert folders(tmp_path) == {saved}


def test_a_forgotten_user_is_gone_from_every_byte(tmp_path: Path) -> None:
    users = [f"user-{n:05}" for n in range(2000)]
    # long, growing texts make SQLite split and move pages, which is where copies are left behind
    rows = {
        "user_id": users * 3,
        "item_id": ["i"] * 6000,
        "event": ["view"] * 6000,
        "text": [f"said by {u} " * (n % 40) for n, u in enumerate(users * 3)],
    }
    secret = "user-00777"
    with Store.open(tmp_path, create=True, batch_rows=500) as store:
        store.add_events(pl.DataFrame(rows))
        store.add_statements(pl.DataFrame({"user_id": [secret, users[1]], "text": [f"I am {secret}", "hello"]}))
        store.save_fit(write_fit, {})
        kept = store.save_fit(write_fit, {}, per_user_files=["users/histories.npz"])
        assert any(secret.encode() in file.read_bytes() for file in tmp_path.rglob("*.sqlite*"))
        counts = store.forget(secret)
        assert counts == ForgetCounts(n_events=3, n_statements=1, n_fits_stale=1, n_files_removed=1, erased_from_disk=True)
        for file in tmp_path.rglob("*"):
            if file.is_file():
                assert secret.encode() not in file.read_bytes(), file
        assert folders(tmp_path) == {kept}
        current = store.current_fit()
        assert current is not None
        assert "forgotten" in current[1]["stale_reason"]
        assert not (current[0] / "users" / "histories.npz").exists()
        assert not store.user_exists(secret)
        assert store.user_exists(users[1])
        assert store.summary().n_events == 5997
        with pytest.raises(UnknownUserError, match=secret):
            store.forget(secret)
        store.check()


def test_copies_that_sqlite_left_when_it_moved_rows_are_gone_too(tmp_path: Path) -> None:
    rng = random.Random(3)
    users = [f"user-{n:05}" for n in range(1500)]
    names = [rng.choice(users) for _ in range(6000)]

    def rows(places: list[int], length: int) -> pl.DataFrame:
        texts = [f"by {names[place]} " + "x" * rng.randrange(length) for place in places]
        ids = [f"e{place}" for place in places]
        cells = {"user_id": [names[place] for place in places], "item_id": "i", "event": "view", "text": texts, "event_id": ids}
        return pl.DataFrame(cells)

    with Store.open(tmp_path, create=True, batch_rows=300) as store:
        store.add_events(rows(list(range(6000)), 800))
        assert store.add_events(rows(rng.sample(range(6000), 2500), 3000)).changed > 2000
        for secret in rng.sample(sorted(set(names)), 40):
            assert store.forget(secret).erased_from_disk
            assert not any(secret.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_forgetting_while_another_reads_says_that_old_pages_remain(tmp_path: Path) -> None:
    with Store.open(tmp_path, create=True, timeout_s=0.1) as store, Store.open(tmp_path, read_only=True) as other:
        store.add_events(pl.DataFrame({"user_id": ["u"], "item_id": ["i"], "event": ["view"]}))
        with other._database.reading() as connection:
            connection.execute("SELECT count(*) FROM events").fetchone()
            assert not store.forget("u").erased_from_disk
        assert not other.user_exists("u")
