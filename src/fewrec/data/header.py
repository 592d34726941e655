"""Which column of a file is which, and what to say when one is missing."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from fewrec.data.schema import TableSpec
from fewrec.errors import DataError


def check_columns(header: Sequence[str], file: str, spec: TableSpec) -> tuple[list[tuple[int, str]], list[str]]:
    """Place and name of every column that is read, and notes.

    Names lose the white space around them; those with a meaning of their own are found whatever their case. Columns without a name
    (the index that pandas writes) are left out.

    Raises:
        DataError: a required column is missing, or a name stands twice.
    """
    notes: list[str] = []
    columns: list[tuple[int, str]] = []
    stripped = [name.strip() for name in header]
    for place, name in enumerate(stripped):
        if not name:
            notes.append(f"{file}: column {place + 1} has no name and is left out")
            continue
        lower = name.lower()
        if lower in spec.known and name != lower and lower not in stripped:
            notes.append(f"{file}: column {name!r} is read as {lower!r}")
            name = lower  # noqa: PLW2901  the canonical name of the same column
        columns.append((place, name))
    names = [name for _, name in columns]
    _require(names, file, spec)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DataError(f"{file}: column {', '.join(twice)} stands twice in the header", hint="rename or drop one of them")
    return columns, notes


def _require(names: Sequence[str], file: str, spec: TableSpec) -> None:
    missing = [name for name in spec.required if name not in names]
    if not missing:
        return
    shown = ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
    message = (
        f"{file}: the {spec.name} have no column {', '.join(missing)}; columns there: {shown or 'none'}; "
        f"expected: {', '.join(spec.required)} (and, where known, {', '.join(spec.optional)})"
    )
    likely = {name: get_close_matches(name.replace("_", ""), [n.lower() for n in names], n=1, cutoff=0.7) for name in missing}
    renames = [f"{match[0]} to {name}" for name, match in likely.items() if match]
    hint = f"rename {', '.join(renames)}" if renames else "the first line must be a header with these names"
    raise DataError(message, hint=hint)
