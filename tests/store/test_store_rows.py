"""What goes in comes out, once, however often it is put in."""

from __future__ import annotations

import threading
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fewrec.errors import DataError, StoreError
from fewrec.store import IngestCounts, Store

UNICODE = st.text(st.characters(exclude_categories=["Cs"]), max_size=15)
IDS = UNICODE.filter(bool)
NUMBERS = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
EVENT = st.tuples(IDS, IDS, st.sampled_from(["like", "view"]), NUMBERS, NUMBERS, st.one_of(st.none(), UNICODE))
EVENT_COLUMNS = {
    "user_id": pl.String,
    "item_id": pl.String,
    "event": pl.String,
    "value": pl.Float64,
    "timestamp": pl.Float64,
    "text": pl.String,
}


def events(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=EVENT_COLUMNS, orient="row")


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    with Store.open(tmp_path / "films", create=True) as opened:
        yield opened


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(
    items=st.lists(st.tuples(IDS, st.one_of(st.none(), UNICODE)), max_size=8, unique_by=lambda row: row[0]),
    behaviour=st.lists(EVENT, max_size=12),
    column=UNICODE.filter(lambda name: name not in {"item_id", "created_at"}),
)
def test_any_rows_survive_the_store_and_a_second_ingest_adds_nothing(tmp_path_factory, items, behaviour, column) -> None:  # type: ignore[no-untyped-def]
    catalogue = pl.DataFrame(items, schema={"item_id": pl.String, column: pl.String}, orient="row")
    told = events(*behaviour, *behaviour[:2])
    statements = told.select("user_id", pl.col("item_id").alias("text"), "timestamp")
    path = tmp_path_factory.mktemp("store")
    with Store.open(path, create=True, batch_rows=3) as store:
        assert store.put_items(catalogue) == IngestCounts(new=len(items))
        assert store.add_events(told) == IngestCounts(new=told.height)
        assert store.add_statements(statements) == IngestCounts(new=told.height)
    with Store.open(path, batch_rows=4) as store:
        dataset = store.dataset()
        assert dataset.items.rows() == catalogue.rows()
        assert dataset.events.rows() == told.rows()
        assert dataset.statements.rows() == statements.rows()
        revision = store.revision
        assert store.put_items(catalogue) == IngestCounts(same=len(items))
        assert store.add_events(told) == IngestCounts(same=told.height)
        assert store.add_statements(statements) == IngestCounts(same=told.height)
        assert store.revision == revision
        for user_id in {row[0] for row in behaviour}:
            assert store.user_exists(user_id)
            assert store.events_of(user_id).drop("event_id").rows() == told.filter(pl.col("user_id") == user_id).rows()
        store.check()


def test_changed_and_new_items_keep_the_columns_an_ingest_does_not_have(store: Store) -> None:
    first = pl.DataFrame({"item_id": ["1", "2"], "title": ["a", "b"], "plot": ["p", "q"], "created_at": [1.5, None]})
    second = pl.DataFrame({"item_id": ["2", "3", "1"], "title": ["B", "c", "a"], "year": ["1999", None, None]})
    assert store.put_items(first) == IngestCounts(new=2)
    assert store.put_items(second) == IngestCounts(new=1, changed=1, same=1)
    items = store.dataset().items
    assert items.columns == ["item_id", "title", "plot", "created_at", "year"]
    assert items.rows() == [("1", "a", "p", 1.5, None), ("2", "B", "q", None, "1999"), ("3", "c", None, None, None)]
    assert store.put_items(pl.DataFrame({"item_id": ["2"], "plot": [None]})) == IngestCounts(changed=1)
    assert store.item("2") == {"title": "B", "year": "1999"}
    assert store.item("nobody") is None
    assert store.delete_items(["2", "nobody"]) == 1
    assert store.n_items == 2


def test_equal_rows_of_one_file_both_count_and_a_longer_file_adds_its_rest(store: Store) -> None:
    view = ("u", "1", "view", None, None, None)
    assert store.add_events(events(view, view)) == IngestCounts(new=2)
    assert store.add_events(events(view, view, view)) == IngestCounts(new=1, same=2)
    # a cell's text cannot run into its neighbour's
    assert store.add_events(events(("ab", "c", "view", None, None, "x"), ("a", "bc", "view", None, None, "x"))).new == 2


def test_event_ids_make_an_event_one_event_of_its_user(store: Store) -> None:
    with_ids = events(("u", "1", "like", None, 1.0, None), ("v", "1", "like", None, 1.0, None))
    with_ids = with_ids.with_columns(pl.lit("e1").alias("event_id"))
    assert store.add_events(with_ids) == IngestCounts(new=2)
    assert store.add_events(with_ids) == IngestCounts(same=2)
    assert store.add_events(with_ids.with_columns(item_id=pl.lit("2"))) == IngestCounts(changed=2)
    assert store.events_of("u")["item_id"].to_list() == ["2"]


def test_batches_are_told_when_they_are_on_disk(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    rows = events(*((f"u{n}", "1", "view", None, None, None) for n in range(25)))
    with Store.open(tmp_path / "s", create=True, batch_rows=10) as store, Store.open(tmp_path / "s", read_only=True) as reader:
        store.add_events(rows, on_batch=lambda n_done: told.append((n_done, reader.summary().n_events)))
    assert told == [(10, 10), (20, 20), (25, 25)]


def test_rows_that_cannot_be_stored_are_errors_and_nothing_is_stored(store: Store) -> None:
    good = ("u", "1", "like", 1.0, None, None)
    for wrong, found in (
        (events(good, ("u", None, "like", 1.0, None, None)), "row 2 of the events has nothing in item_id"),
        (events(good, ("u", "1", "like", float("nan"), None, None)), "row 2 of the events has NaN"),
        (events(good).drop("event"), "no column event"),
        (events(good).with_columns(value=pl.lit("four")), "wrong type"),
    ):
        with pytest.raises(DataError, match=found):
            store.add_events(wrong)
    with pytest.raises(DataError, match="nothing in item_id"):
        store.put_items(pl.DataFrame({"item_id": ["1", ""]}))
    with pytest.raises(DataError, match="lists"):
        store.put_items(pl.DataFrame({"item_id": ["1"], "genres": [["a"]]}))
    with pytest.raises(StoreError, match="surrogate"):
        store.events_of("\ud800")
    assert (store.n_items, store.summary().n_events, store.revision) == (0, 0, 0)


def test_readers_see_whole_batches_while_one_writes(tmp_path: Path) -> None:
    path = tmp_path / "s"
    rows = events(*((f"u{n}", "1", "view", None, None, None) for n in range(3000)))
    seen: list[int] = []
    with Store.open(path, create=True, batch_rows=100) as writer:
        done = threading.Event()

        def read() -> None:
            with Store.open(path, read_only=True) as reader:
                while not done.is_set():
                    seen.append(reader.dataset().events.height)

        thread = threading.Thread(target=read)
        thread.start()
        writer.add_events(rows)
        done.set()
        thread.join()
    assert all(n % 100 == 0 for n in seen)
    assert seen == sorted(seen)


def test_threads_may_share_a_store(store: Store) -> None:
    def add(user: int) -> None:
        for n in range(20):
            store.add_events(events((f"u{user}", str(n), "view", None, None, None)))

    threads = [threading.Thread(target=add, args=(user,)) for user in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.summary().n_events == 80


def test_the_summary_counts(store: Store) -> None:
    store.put_items(pl.DataFrame({"item_id": ["1"]}))
    store.add_events(
        events(("u", "1", "view", None, 5.0, None), ("u", "1", "view", None, 2.0, None), ("v", "9", "like", None, None, None))
    )
    store.add_statements(pl.DataFrame({"user_id": ["w"], "text": ["我喜欢科幻片"]}))
    summary = store.summary()
    assert (summary.n_items, summary.n_users, summary.n_events, summary.n_statements) == (1, 3, 3, 1)
    assert summary.events_by_kind == {"view": 2, "like": 1}
    assert (summary.first, summary.last, summary.fit_id) == (2.0, 5.0, None)
