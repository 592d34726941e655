"""A process is killed in the middle of an ingest, again and again; nothing acknowledged is lost and nothing is damaged."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from fewrec.store import IngestCounts, Store

N_EVENTS, N_ITEMS = 20_000, 2_000
INGEST = """
import sys
import polars as pl
from fewrec.store import Store

path, items, events = sys.argv[1:]
with Store.open(path, create=True, batch_rows=200) as store:
    store.put_items(pl.read_parquet(items), on_batch=lambda n: print("items", n, flush=True))
    store.add_events(pl.read_parquet(events), on_batch=lambda n: print("events", n, flush=True))
    print("done", 0, flush=True)
"""


def killed_after(n_told: int, seconds: float, *arguments: str) -> dict[str, int]:
    """Run the ingest, kill it ``seconds`` after its ``n_told``-th acknowledgement, and return the last number each table acknowledged.

    Acknowledgements and not seconds alone, so that a fast machine is interrupted as surely as a slow one.
    """
    process = subprocess.Popen([sys.executable, "-c", INGEST, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told_first = [process.stdout.readline() for _ in range(n_told)]
    time.sleep(seconds)
    process.kill()
    rest, _ = process.communicate()
    told = [line.split() for line in [*told_first, *rest.splitlines(keepends=True)] if line.endswith("\n")]
    return {table: int(n) for table, n in told}


@pytest.mark.slow
def test_sigkill_in_the_middle_of_an_ingest(tmp_path: Path) -> None:
    items = pl.DataFrame({"item_id": [str(n) for n in range(N_ITEMS)], "title": [f"标题 {n}" for n in range(N_ITEMS)]})
    events = pl.DataFrame(
        {
            "user_id": [f"u{n % 300}" for n in range(N_EVENTS)],
            "item_id": [
                str(n % 500) for n in range(N_EVENTS)
            ],  # (user, item) pairs repeat: equal rows, told apart by occurrence
            "event": ["view"] * N_EVENTS,
        }
    )
    files = [str(tmp_path / "items.parquet"), str(tmp_path / "events.parquet")]
    items.write_parquet(files[0])
    events.write_parquet(files[1])
    path = tmp_path / "store"
    rng = random.Random(0)
    interrupted = n_events = 0
    for _ in range(8):
        told = killed_after(rng.randint(1, 70), rng.uniform(0.0, 0.004), str(path), *files)
        interrupted += "done" not in told
        with Store.open(path) as store:
            store.check()
            summary = store.summary()
            assert summary.n_items >= told.get("items", 0)
            assert summary.n_events >= max(told.get("events", 0), n_events)
            dataset = store.dataset()
            n_events = summary.n_events
        assert dataset.items.rows() == items.rows()[: dataset.items.height]
        assert dataset.events.select(events.columns).rows() == events.rows()[:n_events]
    assert interrupted >= 3  # else the test has not tested anything
    with Store.open(path) as store:
        assert store.put_items(items).total == N_ITEMS
        assert store.add_events(events) == IngestCounts(new=N_EVENTS - n_events, same=n_events)
        assert store.dataset().events.select(events.columns).rows() == events.rows()
        store.check()


SAVE = """
import sys, time
from fewrec.store import Store

def write(folder):
    (folder / "half.npz").write_bytes(b"x" * 1000)
    print("writing", flush=True)
    time.sleep(60)

with Store.open(sys.argv[1]) as store:
    store.save_fit(write, {})
"""


def write_whole(folder: Path) -> None:
    (folder / "a").write_text("whole")


def test_a_fit_half_written_when_killed_is_cleaned_up_and_the_old_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with Store.open(path, create=True) as store:
        kept = store.save_fit(write_whole, {"n": 1})
    process = subprocess.Popen([sys.executable, "-c", SAVE, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    assert len([entry for entry in (path / "fits").iterdir() if entry.is_dir()]) == 2
    with Store.open(path):  # the writer lives: its work is not cleaned away
        assert len([entry for entry in (path / "fits").iterdir() if entry.is_dir()]) == 2
    process.kill()
    process.communicate()
    with Store.open(path) as store:
        assert [entry.name for entry in (path / "fits").iterdir() if entry.is_dir()] == [kept]
        current = store.current_fit()
    assert current is not None
    assert (current[0] / "a").read_text() == "whole"
