"""Encodings: right where they can be told, mentioned where they were guessed, never a silent loss."""

from __future__ import annotations

from pathlib import Path

import pytest

from fewrec.data import read_events, read_items
from fewrec.errors import DataError

CHINESE = "item_id,title\n1,花椒之味\n2,公民凯恩 Citizen Kane\n3,你好，之华\n"
TRADITIONAL = "item_id,title,plot\n1,花樣年華,一九六二年的香港，兩對夫婦同日搬進一幢公寓成為鄰居\n2,臥虎藏龍,一代大俠李慕白有退出江湖之意，託付紅顏知己將青冥劍帶到京城\n"
FRENCH = "item_id,title\n1,Le Fabuleux Destin d'Amélie Poulain\n2,À bout de souffle\n3,La Haine, élève\n".replace(
    "Haine, é", "Haine é"
)


def test_gb18030_is_recognised_and_mentioned(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(CHINESE.encode("gb18030"))
    frame, summary = read_items(path)
    assert frame["title"].to_list() == ["花椒之味", "公民凯恩 Citizen Kane", "你好，之华"]
    assert "gb18030" in summary.notes[0]


@pytest.mark.parametrize(("content", "encoding"), [(TRADITIONAL, "big5"), (FRENCH, "latin-1"), (FRENCH, "cp1252")])
def test_big5_and_latin_are_not_taken_for_gb18030(tmp_path: Path, content: str, encoding: str) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(content.encode(encoding))
    frame, _ = read_items(path)
    assert frame["title"].to_list() == [line.split(",")[1] for line in content.splitlines()[1:]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_unicode_with_marks_and_utf16_without(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(CHINESE.encode(encoding))
    assert read_items(path)[0]["title"].to_list() == ["花椒之味", "公民凯恩 Citizen Kane", "你好，之华"]


def test_a_byte_lost_in_a_text_costs_a_character_and_in_an_id_the_row(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    good = "u,i,like,很好\n".encode()
    path.write_bytes(
        b"user_id,item_id,event,text\n"
        + good
        + b"u,j,like,caf\xe9!\n"
        + good
        + b"u\xe9,i,like,x\n"
        + "u,k,like,\ufffd\n".encode()
    )
    frame, summary = read_events(path)
    assert frame.select("item_id", "text").rows() == [("i", "很好"), ("j", "caf\ufffd!"), ("i", "很好"), ("k", "\ufffd")]
    assert [row.line for row in summary.bad] == [5]
    assert "2 line(s)" in summary.notes[0]
    assert "line 3, 5" in summary.notes[0]


def test_an_encoding_that_was_told_must_fit(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_bytes(CHINESE.encode("gb18030"))
    assert read_items(path, encoding="gbk")[0].height == 3
    with pytest.raises(DataError, match="is not utf-8"):
        read_items(path, encoding="utf-8")
    with pytest.raises(DataError, match="no encoding is called"):
        read_items(path, encoding="utf-9")
