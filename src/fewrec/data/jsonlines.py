"""JSON Lines: one object a line. Numbers keep the digits they were written with; lists become ``a|b``."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl

from fewrec.data.encoding import DecodedText
from fewrec.data.header import check_columns
from fewrec.data.raw import RawTable, shorten
from fewrec.data.schema import TableSpec
from fewrec.errors import DataError
from fewrec.types import BadRow

# parse_float=str and the like: 1995 stays "1995", 7.10 stays "7.10", and NaN reaches the checks as a word.
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


def read_json_lines(text: DecodedText, file: str, spec: TableSpec) -> RawTable:
    """A row per object; a key that an object lacks is null there.

    Raises:
        DataError: an empty file, no line with an object, or no object with the required keys.
    """
    records: list[dict[str, Any]] = []
    lines: list[int] = []
    bad: list[BadRow] = []
    for number, line in enumerate(text.lines, 1):
        if not (content := line.strip()):
            continue
        record = _object(content)
        if isinstance(record, dict) and (wrong := _structured_id(record, spec)):
            record = wrong
        if isinstance(record, dict):
            records.append(record)
            lines.append(number)
        else:
            bad.append(BadRow(file, number, record, "one JSON object with " + ", ".join(spec.required)))
    if not records:
        if bad:
            raise DataError(
                f"{file}: no line is a JSON object ({bad[0].found})", hint="write one object a line, not a list of them"
            )
        raise DataError(f"{file} is empty", hint=f"{spec.name} need one JSON object a line with {', '.join(spec.required)}")
    keys = list(dict.fromkeys(key for record in records for key in record))
    columns, notes = check_columns(keys, file, spec)
    frame = pl.DataFrame(
        {name: [as_text(record.get(keys[place])) for record in records] for place, name in columns},
        schema=dict.fromkeys((name for _, name in columns), pl.String),
    )
    damaged = frozenset(lines) & text.damaged
    return RawTable(file, frame, np.array(lines, np.int64), tuple(bad), (*text.notes, *notes), damaged)


def _object(content: str) -> dict[str, Any] | str:
    """The object, or what was found instead of it."""
    try:
        record = _DECODER.decode(content)
        if "\\u" in content:
            json.dumps(record, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        return f"{shorten(content)} ({error.msg} at column {error.colno})"
    except RecursionError:
        return f"{shorten(content)} (nested too deeply)"
    except UnicodeEncodeError:
        return f"{shorten(content)} (half of a surrogate pair, which is no character)"
    return record if isinstance(record, dict) else shorten(content)


def _structured_id(record: dict[str, Any], spec: TableSpec) -> str | None:
    for name in spec.ids:
        if isinstance(record.get(name), (list, dict, bool)):
            return f"{name} {shorten(json.dumps(record[name], ensure_ascii=False))}"
    return None


def as_text(value: Any) -> str | None:
    """A JSON value as the text of a cell; null and the empty string are both nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(part, (list, dict)) for part in value):
        return "|".join(text for part in value if (text := as_text(part)) is not None) or None
    return json.dumps(value, ensure_ascii=False)
