"""The ``fewrec`` command."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import NoReturn

from fewrec.errors import FewrecError


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Entry point. Exit status: 0 done, 1 failed with a message that says what to do, 2 usage, 130 interrupted."""
    from fewrec.cli.app import app
    from fewrec.cli.arguments import spread

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a title that the terminal cannot show is no reason to fail
    try:
        app(args=spread(sys.argv[1:] if argv is None else argv), prog_name="fewrec")
    except FewrecError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)
