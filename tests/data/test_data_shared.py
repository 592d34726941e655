"""The research data sets read cleanly and in seconds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from fewrec.data import empty_statements, read_events, read_items, summarise, to_interactions
from fewrec.types import Dataset

pytestmark = pytest.mark.shared


# douban: one comment holds a lone carriage return; readers that break the line there count 1,584 events, the last half of one of them.
@pytest.mark.parametrize(
    ("name", "n_items", "n_events", "n_users", "is_time"),
    [("douban", 980, 1583, 44, True), ("ml-100k", 1682, 100_000, 943, True), ("games", 16_859, 389_718, 50_546, False)],
)
def test_data_sets(shared_data: Path, name: str, n_items: int, n_events: int, n_users: int, is_time: bool) -> None:
    started = time.process_time()
    items, of_items = read_items(shared_data / name / "items.csv")
    events, of_events = read_events(shared_data / name / "events.csv")
    interactions, _ = to_interactions(events, items["item_id"].to_list())
    assert time.process_time() - started < 20  # about 3 s for games on one quiet core
    assert (of_items.bad, of_events.bad) == ((), ())
    summary = summarise(Dataset(items, events, empty_statements()))
    assert (summary.n_items, summary.n_events, summary.n_users, summary.is_time) == (n_items, n_events, n_users, is_time)
    assert interactions.n_users == n_users
    assert len(str(summary).splitlines()) == 4
