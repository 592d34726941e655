"""What a service asks of the store: single rows, revisions, repeated requests, keys, jobs, what was shown, backups."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.errors import DataError, SettingError, StoreError
from fewrec.store import IngestCounts, Store, StoreBusyError, StoreFullError
from fewrec.store.changes import event_page, found_items, item_changes, item_page, user_page, versions_of
from fewrec.store.intake import (
    EventRow,
    RepeatedKeyError,
    StatementRow,
    once,
    record_events,
    record_items,
    record_statements,
    remove_items,
)
from fewrec.store.jobs import end_job, list_jobs, start_job
from fewrec.store.keys import any_key, find_key, list_keys, make_key, revoke_key
from fewrec.store.shown import quality_by_day, record_answers, record_shown

UNICODE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
IDS = UNICODE.filter(bool)
NUMBERS = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
TIMES = st.one_of(st.just(-0.0), st.floats(allow_nan=False, allow_infinity=False))


@pytest.fixture
def store(tmp_path: Path):  # type: ignore[no-untyped-def]
    with Store.open(tmp_path / "films", create=True) as opened:
        yield opened


def rows(store: Store, *events: EventRow, now: float = 1000.0) -> IngestCounts:
    return store.write(lambda connection: record_events(connection, events, now=now))


@settings(deadline=None, max_examples=25)
@given(
    events=st.lists(
        st.tuples(IDS, IDS, st.sampled_from(["like", "view"]), NUMBERS, TIMES, st.one_of(st.none(), UNICODE), IDS), max_size=6
    ),
    said=st.lists(st.tuples(IDS, IDS, NUMBERS), max_size=6),
)
def test_rows_that_came_one_by_one_are_those_of_a_file(tmp_path_factory, events, said) -> None:  # type: ignore[no-untyped-def]
    """Same keys by either way: a file that holds what was posted adds nothing."""
    with Store.open(tmp_path_factory.mktemp("store"), create=True) as store:
        for event in events:
            rows(store, EventRow(*event))
        store.write(lambda connection: record_statements(connection, [StatementRow(*each) for each in said]))
        before = store.dataset()
        columns = ["user_id", "item_id", "event", "value", "timestamp", "text", "event_id"]
        types = [pl.String, pl.String, pl.String, pl.Float64, pl.Float64, pl.String, pl.String]
        final = {(event[0], event[6]): event for event in events}  # the last content of an event_id stands
        frame = pl.DataFrame(list(final.values()), schema=dict(zip(columns, types, strict=True)), orient="row")
        assert store.add_events(frame) == IngestCounts(same=len(final))
        distinct = list(dict.fromkeys((user, text, None if time is None else time + 0.0) for user, text, time in said))
        statements = pl.DataFrame(
            distinct, schema={"user_id": pl.String, "text": pl.String, "timestamp": pl.Float64}, orient="row"
        )
        assert store.add_statements(statements).new == 0
        assert store.dataset().events.rows() == before.events.rows()


def test_events_without_id_are_always_new_and_those_with_one_are_not(store: Store) -> None:
    view = EventRow("ann", "x", "view")
    assert rows(store, view, view) == IngestCounts(new=2)
    assert rows(store, view) == IngestCounts(new=1)
    named = EventRow("ann", "x", "rating", 4.0, event_id="e")
    assert rows(store, named) == IngestCounts(new=1)
    assert rows(store, named, now=2000.0) == IngestCounts(same=1)  # keeps the time that it was given first
    assert rows(store, named._replace(value=2.0)) == IngestCounts(changed=1)
    assert rows(store, named._replace(user_id="bob")) == IngestCounts(new=1)  # an id is within its user
    assert store.events_of("ann").height == 4


def test_what_arrives_later_stands_later_although_the_clock_jumped_back(store: Store) -> None:
    rows(store, EventRow("ann", "x", "like"), now=5000.0)
    rows(store, EventRow("ann", "x", "dislike"), EventRow("ann", "y", "like"), now=1000.0)
    times = store.events_of("ann")["timestamp"].to_list()
    assert times[0] == 5000.0
    assert times == sorted(times)
    assert len(set(times)) == 3
    rows(store, EventRow("bob", "x", "like"), now=1000.0)
    assert store.events_of("bob")["timestamp"].to_list() == [1000.0]


def test_versions_change_with_what_an_answer_depends_on_and_with_nothing_else(store: Store) -> None:
    seen = [store.read(versions_of("ann"))]

    def changed() -> bool:
        seen.append(store.read(versions_of("ann")))
        return seen[-1] != seen[-2]

    rows(store, EventRow("bob", "x", "like"))
    assert not changed()
    rows(store, EventRow("ann", "x", "like", event_id="e"))
    assert changed()
    rows(store, EventRow("ann", "x", "dislike", event_id="e"))  # replaced in place
    assert changed()
    rows(store, EventRow("ann", "x", "dislike", event_id="e"))
    assert not changed()
    store.write(lambda c: record_statements(c, [StatementRow("ann", "no horror")]))
    assert changed()
    store.write(lambda c: record_items(c, [("x", {"title": "X"})]))
    assert changed()
    store.write(lambda c: record_items(c, [("x", {"title": "X"})]))
    assert not changed()
    store.delete_items(["x"])
    assert changed()
    store.forget("ann")
    assert changed()
    rows(store, EventRow("ann", "x", "like", event_id="e"))
    assert changed()
    assert len(set(seen)) == 8  # no state is taken for an earlier one


def test_item_changes_since_a_revision(store: Store) -> None:
    store.put_items(pl.DataFrame({"item_id": ["a", "b"], "title": ["A", "B"]}))
    first, changes = store.read(item_changes(0))
    assert changes.put == [("a", {"title": "A"}), ("b", {"title": "B"})]
    store.write(lambda c: record_items(c, [("c", {"title": "C"}), ("a", {"name": "AA"})]))
    store.write(lambda c: remove_items(c, ["b", "nothing"]))
    second, changes = store.read(item_changes(first))
    assert changes.put == [("a", {"name": "AA"}), ("c", {"title": "C"})]  # put whole: the title went
    assert changes.deleted == ["b"]
    store.write(lambda c: record_items(c, [("b", {"title": "B"})]))
    _, changes = store.read(item_changes(second))
    assert (changes.put, changes.deleted) == ([("b", {"title": "B"})], [])
    assert store.dataset().items.columns == ["item_id", "title", "name"]


def test_a_job_that_fails_is_undone_alone(store: Store) -> None:
    def half(connection: sqlite3.Connection) -> None:
        record_events(connection, [EventRow("ann", "x", "like")], now=1.0)
        raise DataError("changed my mind")

    outcomes = store.write_together([lambda c: record_events(c, [EventRow("bob", "x", "like")], now=1.0), half])
    assert outcomes[0] == IngestCounts(new=1)
    assert isinstance(outcomes[1], DataError)
    assert (store.user_exists("bob"), store.user_exists("ann")) == (True, False)


def test_a_request_with_a_key_is_done_once(store: Store) -> None:
    def post(key: str | None, digest: bytes, now: float = 10.0) -> tuple[IngestCounts, bool]:
        job = once(lambda c: record_events(c, [EventRow("ann", "x", "view")], now=1.0), key, digest, now=now, keep_s=100.0)
        return store.write(job)

    assert post("k", b"1") == (IngestCounts(new=1), False)
    assert post("k", b"1") == (IngestCounts(new=1), True)
    with pytest.raises(RepeatedKeyError):
        post("k", b"2")
    assert store.events_of("ann").height == 1
    assert post(None, b"1") == (IngestCounts(new=1), False)
    post("later", b"3", now=500.0)  # by now "k" is too old to be remembered
    assert post("k", b"2", now=500.0) == (IngestCounts(new=1), False)


def test_keys_are_kept_as_hashes_and_refused_once_revoked(store: Store) -> None:
    assert not store.read(any_key)
    key = store.write(make_key("shop", ["write", "read"]))
    found = store.read(find_key(key))
    assert found is not None
    assert (found.name, found.scopes, found.allows("admin"), found.allows("write")) == ("shop", ("read", "write"), False, True)
    secret = key.split("_", 2)[2]
    assert secret.encode() not in store.location.database.read_bytes()
    for wrong in (key[:-1], key + "x", "fewrec__", "", key.replace("fewrec", "other"), "fewrec_" + "0" * 12 + "_" + secret):
        assert store.read(find_key(wrong)) is None
    store.write(revoke_key(found.key_id))
    revoked = store.read(find_key(key))
    assert revoked is not None
    assert not revoked.allows("read")
    assert not store.read(any_key)
    assert [each.key_id for each in store.read(list_keys)] == [found.key_id]
    for wrong_scopes in ([], ["root"]):
        with pytest.raises(SettingError, match="scopes"):
            store.write(make_key("x", wrong_scopes))


def test_one_fit_at_a_time(store: Store) -> None:
    job, new = store.write(start_job("first"))
    again, second_new = store.write(start_job("second"))
    assert (new, second_new, again.job_id) == (True, False, job.job_id)
    store.write(end_job(job.job_id, error="no memory"))
    store.write(end_job(job.job_id, fit_id="f"))  # it has ended already
    assert [(each.state, each.error) for each in store.read(list_jobs(5))] == [("failed", "no memory")]
    assert store.write(start_job("third"))[1]


def test_hits_are_counted_against_what_was_shown(store: Store) -> None:
    store.write(record_shown("ann", ["a", "b", "c", "d"], keep_days=30))
    store.write(record_shown("ann", ["a"], keep_days=30))  # counts once
    store.write(lambda c: record_answers(c, [("ann", "a", True), ("ann", "a", False), ("ann", "b", False), ("bob", "c", True)]))
    (day,) = store.read(quality_by_day)
    assert (day.n_users, day.n_shown, day.n_met, day.n_liked) == (1, 4, 2, 1)
    rows(store, EventRow("ann", "a", "like"))
    store.forget("ann")
    assert store.read(quality_by_day) == []


def test_pages(store: Store) -> None:
    store.put_items(pl.DataFrame({"item_id": [f"i{n}" for n in range(7)], "title": ["50% off_", "Ünder", *"abcde"]}))
    first = store.read(item_page(0, 4))
    assert [item_id for _, item_id, _ in first + store.read(item_page(first[-1][0], 4))] == [f"i{n}" for n in range(7)]
    for text, found in (
        ("0% O", ["i0"]),
        ("_", ["i0"]),
        ("%", ["i0"]),
        ("nder", ["i1"]),
        ("title", []),
        ("I3", ["i3"]),
        ('"', []),
    ):
        assert [item_id for _, item_id, _ in store.read(found_items(text, 0, 9))] == found, text
    rows(store, *(EventRow("ann", f"i{n}", "view") for n in range(3)), EventRow("bob", "i0", "view"))
    store.write(lambda c: record_statements(c, [StatementRow("eve", "hello")]))
    assert [event["item_id"] for _, event in store.read(event_page("ann", 0, 9))] == ["i0", "i1", "i2"]
    assert store.read(user_page("", 2)) == [("ann", 3, 0), ("bob", 1, 0)]
    assert store.read(user_page("bob", 2)) == [("eve", 0, 1)]


def test_a_backup_taken_while_others_write_is_a_store_of_one_moment(store: Store, tmp_path: Path) -> None:
    store.save_fit(lambda folder: (folder / "a").write_text("whole"), {"n": 1})
    stop = threading.Event()

    def write() -> None:
        with Store.open(store.location.shown) as other:
            while not stop.is_set():
                rows(other, EventRow("ann", "x", "view"), EventRow("bob", "x", "view"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not store.user_exists("ann"):
            pass
        size = store.backup(tmp_path / "copy")
    finally:
        stop.set()
        writer.join()
    assert size > 0
    with Store.open(tmp_path / "copy") as copy:
        copy.check()
        assert copy.events_of("ann").height == copy.events_of("bob").height > 0
        fit = copy.current_fit()
        assert fit is not None
        assert (fit[0] / "a").read_text() == "whole"
        rows(copy, EventRow("eve", "x", "view"))
    with pytest.raises(StoreError, match="something at"):
        store.backup(tmp_path / "copy")


def test_a_full_disk_is_named_and_nothing_of_the_transaction_stays(store: Store) -> None:
    rows(store, EventRow("ann", "x", "view"))
    store.read(lambda c: c.execute("PRAGMA max_page_count = 1"))  # no more pages than there are: what a full disk says
    with pytest.raises(StoreFullError, match="disk is full"):
        rows(store, *(EventRow("bob", f"i{n}", "view", text="x" * 500) for n in range(500)))
    assert not store.user_exists("bob")
    store.read(lambda c: c.execute("PRAGMA max_page_count = 1000000"))
    rows(store, EventRow("bob", "x", "view"))
    assert store.user_exists("bob")


def test_a_locked_store_is_busy(store: Store) -> None:
    with Store.open(store.location.shown, timeout_s=0.05) as other, store._database.writing():
        with pytest.raises(StoreBusyError, match="in use"):
            rows(other, EventRow("ann", "x", "view"))
        assert not other.user_exists("ann")  # readers do not wait
