"""Runs the command in this process, through its entry point."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from fewrec.cli import main


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Stdout must be one JSON document and nothing else."""
        return json.loads(self.out)


def fewrec(*argv: str) -> Outcome:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(argv)
        except SystemExit as stop:
            code = stop.code
    assert isinstance(code, int)
    return Outcome(code, out.getvalue(), err.getvalue())


def failed(outcome: Outcome, *parts: str) -> None:
    """Exit status 1, nothing on stdout, an error line, then a hint line unless the error itself says what was expected."""
    assert outcome.code == 1, outcome
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    assert any(line.startswith("error: ") for line in outcome.err.splitlines())
    assert any(line.startswith("hint: ") for line in outcome.err.splitlines()) or ", expected " in outcome.err
    for part in parts:
        assert part in outcome.err
