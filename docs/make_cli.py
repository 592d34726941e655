"""Writes ``docs/cli.md``: the help of every command, as the program prints it. A test holds that file to what this would write."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "cli.md"
COLUMNS = "100"
TOP = """# Command line

Written by `make docs` from `--help`; do not edit.

Results go to stdout, progress and remarks to stderr. `--json` prints one JSON document and nothing else. Lists may be written the short
way, `--like 1 2 3`. Exit status: 0 done, 1 failed with a message that says what to do, 2 usage.
"""


def page() -> str:
    """The whole page, the same on every machine."""
    # Widths are read when typer draws the help; the terminal at hand has no say in a file.
    os.environ["COLUMNS"] = os.environ["TERMINAL_WIDTH"] = COLUMNS
    os.environ["NO_COLOR"] = "1"
    import typer
    from typer.testing import CliRunner

    from fewrec.cli.app import app

    runner = CliRunner()

    def shown(command: list[str]) -> str:
        found = runner.invoke(app, [*command, "--help"], prog_name="fewrec", terminal_width=int(COLUMNS))
        if found.exit_code != 0:
            raise RuntimeError(f"fewrec {' '.join(command)} --help failed: {found.output}")
        lines = "\n".join(line.rstrip() for line in found.stdout.strip().splitlines())
        return f"```text\n{lines}\n```\n"

    parts = [TOP, f"## fewrec\n\n{shown([])}"]
    parts += [f"## fewrec {' '.join(path)}\n\n{shown(path)}" for path in commands(typer.main.get_command(app))]
    return "\n".join(parts)


def commands(group: object, before: tuple[str, ...] = ()) -> list[list[str]]:
    """The paths of all commands below ``group``, in the order of its help."""
    found = []
    for name, command in getattr(group, "commands", {}).items():
        path = (*before, name)
        found += [list(path), *commands(command, path)]
    return found


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")


if __name__ == "__main__":
    main()
