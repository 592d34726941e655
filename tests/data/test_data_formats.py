"""The same rows through every format; ids and texts come back as they went in."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fewrec.data import read_events, read_items, read_statements

UNICODE = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
IDS = UNICODE.filter(lambda text: text.strip() != "" and "\0" not in text)  # the csv module of Python 3.10 refuses NUL
TEXTS = UNICODE.filter(lambda text: "\0" not in text)
ROWS = st.lists(st.tuples(IDS, TEXTS, TEXTS), min_size=1, max_size=12, unique_by=lambda row: row[0])
REUSED_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)


def write(path: Path, rows: list[tuple[str, ...]], header: tuple[str, ...]) -> Path:
    """In the format that the suffix says, with the libraries people use."""
    if path.suffix in {".csv", ".tsv"}:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writerows([header, *rows])
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows), encoding="utf-8")
    else:
        pl.DataFrame(rows, schema=list(header), orient="row").write_parquet(path)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet"])
@REUSED_FOLDER
@given(rows=ROWS)
def test_any_unicode_comes_back_from_every_format(tmp_path: Path, suffix: str, rows: list[tuple[str, str, str]]) -> None:
    path = write(tmp_path / f"items{suffix}", rows, ("item_id", "title", "a, b"))
    frame, summary = read_items(path)
    assert not summary.bad
    assert frame.rows() == [(item_id, title or None, other or None) for item_id, title, other in rows]


@REUSED_FOLDER
@given(rows=ROWS)
def test_any_unicode_comes_back_from_frames(rows: list[tuple[str, str, str]]) -> None:
    columns = {name: list(cells) for name, cells in zip(("item_id", "title", "plot"), zip(*rows, strict=True), strict=True)}
    expected = [(item_id, title or None, other or None) for item_id, title, other in rows]
    for source in (pd.DataFrame(columns), pl.DataFrame(columns), pl.LazyFrame(columns), pa.table(columns)):
        assert read_items(source)[0].rows() == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
@REUSED_FOLDER
@given(rows=ROWS)
def test_what_is_declared_or_told_is_decoded(tmp_path: Path, encoding: str, rows: list[tuple[str, str, str]]) -> None:
    path = write(tmp_path / "items.csv", rows, ("item_id", "title", "plot"))
    path.write_bytes(path.read_bytes().decode("utf-8").encode(encoding))
    frame, summary = read_items(path, encoding="gb18030" if encoding == "gb18030" else None)
    assert not summary.bad
    assert frame["item_id"].to_list() == [row[0] for row in rows]


def test_numbers_keep_the_digits_they_were_written_with(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"item_id": 7, "year": 1995, "score": 7.10, "genres": ["a", "b"], "new": true, "more": {"x": [1]}}\n')
    frame, _ = read_items(path)
    assert frame.rows() == [("7", "1995", "7.10", "a|b", "true", '{"x": ["1"]}')]
    (tmp_path / "items.csv").write_text("item_id,year\n007,1995\n 7 ,1995.0\n")
    frame, summary = read_items(tmp_path / "items.csv")
    assert frame.rows() == [("007", "1995"), (" 7 ", "1995.0")]
    assert any("white space" in note for note in summary.notes)


def test_whole_numbers_in_float_columns_lose_their_point() -> None:
    source = pd.DataFrame({"item_id": [7.0, 8.0, float("nan")], "year": [1995.0, None, 1997.0], "score": [7.5, 8.0, 9.0]})
    frame, summary = read_items(source)
    assert frame.rows() == [("7", "1995", "7.5"), ("8", None, "8.0")]
    assert [(row.line, row.found) for row in summary.bad] == [(3, "no item_id")]


def test_frames_with_the_types_people_have() -> None:
    source = pd.DataFrame(
        {
            "user_id": pd.array([1, 2, None], dtype="Int64"),
            "item_id": pd.Series(["x", "y", "z"], dtype="category"),
            "rating": [4, 5, 1],
            "timestamp": pd.to_datetime(["2020-01-01"] * 3).tz_localize("Asia/Shanghai"),
        }
    )
    frame, summary = read_events(source)
    midnight_in_shanghai = 1577836800.0 - 8 * 3600
    assert frame.rows() == [
        ("1", "x", "rating", 4.0, midnight_in_shanghai, None),
        ("2", "y", "rating", 5.0, midnight_in_shanghai, None),
    ]
    assert [row.line for row in summary.bad] == [3]
    arrow = pa.table({"item_id": [1, 2], "tags": [["x", "y"], []], "seen": [True, None]})
    assert read_items(arrow)[0].rows() == [("1", "x|y", "true"), ("2", None, None)]


def test_half_a_surrogate_pair_is_a_bad_row_and_no_traceback(tmp_path: Path) -> None:
    frame, summary = read_items(pd.DataFrame({"item_id": pd.Series(["a\ud800", "b"], dtype=object)}))
    assert frame["item_id"].to_list() == ["b"]
    assert [row.line for row in summary.bad] == [1]
    path = tmp_path / "items.jsonl"
    path.write_text('{"item_id": "a\\ud800"}\n{"item_id": "\\ud83d\\ude00"}\n')
    frame, summary = read_items(path)
    assert frame["item_id"].to_list() == ["😀"]
    assert [row.line for row in summary.bad] == [1]


def test_gzip_is_read_by_its_suffix(tmp_path: Path) -> None:
    for name, content in (("i.csv.gz", "item_id\n1\n"), ("i.tsv.gz", "item_id\n1\n"), ("i.jsonl.gz", '{"item_id": "1"}\n')):
        (tmp_path / name).write_bytes(gzip.compress(content.encode()))
        assert read_items(tmp_path / name)[0]["item_id"].to_list() == ["1"]


def test_other_delimiters_index_columns_and_upper_case_are_understood_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text(";Item_ID;title\n0;1;a\n1;2;b, c\n")
    frame, summary = read_items(path)
    assert frame.rows() == [("1", "a"), ("2", "b, c")]
    assert len(summary.notes) == 3


def test_a_text_of_a_million_characters_is_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "statements.csv"
    long = "长" * 1_000_000
    path.write_text(f'user_id,text\nu,"{long}"\n', encoding="utf-8")
    limit = csv.field_size_limit()
    frame, summary = read_statements(path)
    assert frame.rows() == [("u", long, None)]
    assert not summary.bad
    assert csv.field_size_limit() == limit


def test_a_lone_carriage_return_is_a_character_where_lines_end_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(b'item_id,title\n1,a\rb\n2,"c\r\nd\re"\n3\n')
    frame, summary = read_items(path)
    assert frame.rows() == [("1", "a\rb"), ("2", "c\r\nd\re")]
    assert [row.line for row in summary.bad] == [5]
    path.write_bytes(b"item_id,title\r1,a\r2,b\r")
    assert read_items(path)[0].rows() == [("1", "a"), ("2", "b")]


def test_events_without_a_kind_are_ratings_or_views() -> None:
    rated = pl.DataFrame({"user_id": ["u"], "item_id": ["i"], "value": [3]})
    frame, summary = read_events(rated)
    assert frame["event"].to_list() == ["rating"]
    assert "every row is a rating" in summary.notes[0]
    frame, summary = read_events(rated.drop("value"), file_name="clicks")
    assert frame["event"].to_list() == ["view"]
    assert summary.notes[0].startswith("clicks: ")


def test_buffers_and_other_things_are_refused_by_type() -> None:
    from fewrec.errors import DataError

    for source in (io.StringIO("item_id\n1\n"), [1], None, pl.Series([1])):
        with pytest.raises(DataError, match="cannot be read"):
            read_items(source)
