"""Rows that cannot be used: each is reported with its true line, and every other row is kept."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fewrec.data import read_events, read_items, read_statements, report_lines
from fewrec.errors import DataError

EVENTS = """user_id,item_id,event,value,timestamp,text
u1,i1,rating,4,2024-05-01,"two
lines"
u1,,rating,4,1,
,i1,rating,4,1,
u1,i1,rating,four,1,
u1,i1,rating,nan,1,
u1,i1,rating,inf,1,
u1,i1,rating,,1,
u1,i1,view,-1,1,
u1,i1,,4,1,
u1,i1,rating,4,yesterday,
u1,i1,rating,4,2024-02-30,
u1,i1,rating,4
u1,i1,rating,4,1,x,y

u2,i2,VIEW,,,
"""


def test_every_kind_of_bad_row_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(EVENTS)
    frame, summary = read_events(path)
    assert frame.rows() == [
        ("u1", "i1", "rating", 4.0, 1714521600.0, "two\nlines"),
        ("u2", "i2", "view", None, None, None),
    ]
    assert summary.n_rows == 2
    assert [(row.line, row.found) for row in summary.bad] == [
        (4, "no item_id"),
        (5, "no user_id"),
        (6, "value 'four'"),
        (7, "value 'nan'"),
        (8, "value 'inf'"),
        (9, "a rating without a value"),
        (10, "'view' with value -1"),
        (11, "no event"),
        (12, "timestamp 'yesterday'"),
        (13, "timestamp '2024-02-30'"),
        (14, "4 columns: 'u1,i1,rating,4'"),
        (15, "7 columns: 'u1,i1,rating,4,1,x,y'"),
    ]
    assert all(row.file == str(path) and row.expected for row in summary.bad)
    assert report_lines(summary, max_bad=3)[:5][-1] == "… and 9 more bad rows"


def test_duplicate_items_keep_the_first_and_name_its_line(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("item_id,title\na,1\nb,2\na,3\n\na,4\n")
    frame, summary = read_items(path)
    assert frame.rows() == [("a", "1"), ("b", "2")]
    assert [(row.line, row.found) for row in summary.bad] == [
        (4, "item_id 'a' again (first on line 2)"),
        (6, "item_id 'a' again (first on line 2)"),
    ]


def test_a_bad_first_item_does_not_shadow_a_good_second(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("item_id,created_at\na,never\na,2024-01-01\n")
    frame, summary = read_items(path)
    assert frame.rows() == [("a", 1704067200.0)]
    assert [row.line for row in summary.bad] == [2]


def test_event_ids_are_unique_within_a_user() -> None:
    source = pl.DataFrame(
        {"user_id": ["u", "v", "u", "u"], "item_id": ["1"] * 4, "event": ["like"] * 4, "event_id": ["e", "e", "e", None]}
    )
    frame, summary = read_events(source)
    assert frame["user_id"].to_list() == ["u", "v", "u"]
    assert [row.line for row in summary.bad] == [3]


def test_an_unclosed_quote_costs_its_own_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text('item_id,title\n1,"open\n2,fine\n3,"Best" film\n4,"good, ""quoted"""\n5,"never closed\n6,last\n')
    frame, summary = read_items(path)
    assert frame.rows() == [("2", "fine"), ("4", 'good, "quoted"'), ("6", "last")]
    assert [row.line for row in summary.bad] == [2, 4, 6]


def test_json_lines_report_what_is_no_object(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(
        '{"item_id": "1"}\n[1]\n{"item_id": \n\n{"title": "x"}\n{"item_id": ["a"]}\n' + '{"item_id": ' + "[" * 100_000 + "\n"
    )
    frame, summary = read_items(path)
    assert frame["item_id"].to_list() == ["1"]
    assert [row.line for row in summary.bad] == [2, 3, 5, 6, 7]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("i.csv", b"", "is empty"),
        ("i.csv", b" \n\n", "is empty"),
        ("i.csv", b"movieId,title\n1,a\n", "no column item_id; columns there: movieId, title"),
        ("i.csv", b"1,Toy Story\n2,Heat\n", "no column item_id"),
        ("i.csv", b"item_id,a,a\n1,2,3\n", "twice"),
        ("i.csv", b'[{"item_id": 1}]', "looks like JSON"),
        ("i.csv", b"PAR1\x00\x00PAR1", "is Parquet"),
        ("i.csv", b"PK\x03\x04abc", "Excel"),
        ("i.jsonl", b"item_id,title\n1,a\n", "no line is a JSON object"),
        ("i.jsonl", b'[{"item_id": 1},\n{"item_id": 2}]\n', "no line is a JSON object"),
        ("i.jsonl", b'{"title": "a"}\n', "no column item_id"),
        ("i.parquet", b"item_id\n1\n", "is not Parquet"),
        ("i.parquet", b"PAR1 but broken", "cannot be read as Parquet"),
        ("i.csv.gz", b"item_id\n1\n", "gzip"),
        ("i.xlsx", b"PK", "suffix .xlsx"),
        ("i", b"item_id\n1\n", "suffix"),
        ("i.csv", b'item_id,"title\n1,a\n', "header cannot be read"),
    ],
)
def test_files_that_are_not_what_they_should_be(tmp_path: Path, name: str, content: bytes, found: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=found) as caught:
        read_items(tmp_path / name)
    assert caught.value.hint


def test_missing_files_and_folders_are_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_items(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match="is a folder"):
        read_items(tmp_path / "folder.csv")


def test_a_header_alone_is_no_rows_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("user_id,item_id,event\n")
    frame, summary = read_events(tmp_path / "e.csv")
    assert frame.height == 0
    assert frame.columns == ["user_id", "item_id", "event", "value", "timestamp", "text"]
    assert "no rows" in summary.notes[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(
    content=st.binary(max_size=300),
    header=st.sampled_from([b"", b"user_id,item_id,value\n", b"user_id,text\n", b'{"user_id": 1, "text": "x"}\n']),
)
def test_no_bytes_whatever_give_a_foreign_traceback(tmp_path: Path, content: bytes, header: bytes) -> None:
    for name in ("x.csv", "x.tsv", "x.jsonl", "x.parquet", "x.csv.gz"):
        path = tmp_path / name
        path.write_bytes(header + content)
        for read in (read_items, read_events, read_statements):
            try:
                frame, summary = read(path)
            except DataError:
                continue
            else:
                assert frame.height == summary.n_rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(lines=st.lists(st.text(st.sampled_from('a1,"\t'), max_size=8), max_size=12))
def test_every_line_is_either_read_or_reported(tmp_path: Path, lines: list[str]) -> None:
    path = tmp_path / "items.csv"
    path.write_text("\n".join(["item_id,title", *lines, "last,row"]) + "\n")
    frame, summary = read_items(path)
    # A quoted cell may rightly hold line ends, so rows can be fewer than lines; a line without a quote before it is always a row.
    unquoted = next((number for number, line in enumerate(lines) if '"' in line), len(lines))
    n_plain = sum(line != "" for line in lines[:unquoted])
    assert frame.height + len(summary.bad) >= n_plain + 1
    assert all(2 <= row.line <= len(lines) + 2 for row in summary.bad)
