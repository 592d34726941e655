"""Writes the pictures of the READMEs: what a command prints in a terminal, with its colours, as SVG. ``make docs-outputs`` runs it."""

from __future__ import annotations

import html
import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from fewrec import sample

IMAGES = Path(__file__).resolve().parent / "images"
WIDTH = 120
COMMAND = "fewrec recommend films.store --say 我对科幻片很感兴趣 --dislike titanic -k 3 --explain"
PICTURES = {"list.svg": COMMAND, "list-zh.svg": f"{COMMAND} --lang zh"}
# rich names a font on a public server; a picture in a README must load nothing.
CHARACTER = 12.2  # width of a cell in rich's SVG
RUN = re.compile(r'textLength="[\d.]+"([^>]*)>([^<]*)</text>')
FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def picture(store_folder: Path, command: str) -> str:
    """The command as typed and what it prints."""
    typed = Text.assemble(("$ ", "bold green"), (command, "bold"))
    printed = Text.from_ansi(_run(command, store_folder).rstrip("\n"))
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(typed)
    console.print(printed)
    svg = FONT_FACES.sub("", console.export_svg(title="fewrec", unique_id="fewrec"))
    return RUN.sub(_wide, svg)


def _wide(run: re.Match[str]) -> str:
    """rich counts a Chinese character as one cell where it says how long a run of text is; it is two."""
    return f'textLength="{cell_len(html.unescape(run[2])) * CHARACTER:g}"{run[1]}>{run[2]}</text>'


def store(folder: Path) -> None:
    """A fitted store of the sample, ``films.store``, as in the READMEs."""
    items, events = sample.path("items.csv"), sample.path("events.csv")
    _run(f"fewrec ingest films.store --items {items} --events {events}", folder)
    _run("fewrec fit films.store", folder)


def _run(command: str, folder: Path) -> str:
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    colours = {"FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    environment = {**os.environ, "PATH": search, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "PYTHONUTF8": "1", **colours}
    environment.pop("NO_COLOR", None)
    done = subprocess.run(command.split(), cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"exit status {done.returncode} from {command}\n{done.stderr}")
    return done.stdout


def pictures() -> dict[str, str]:
    """File name -> SVG."""
    with tempfile.TemporaryDirectory() as folder:
        store(Path(folder))
        return {name: picture(Path(folder), command) for name, command in PICTURES.items()}


def main() -> None:
    """Write the pictures."""
    for name, svg in pictures().items():
        (IMAGES / name).write_text(svg, encoding="utf-8")
        print(IMAGES / name)


if __name__ == "__main__":
    main()
