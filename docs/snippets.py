"""The code blocks of our Markdown: found, run as a reader would run them, and their printed output written back.

A ``python`` block runs in the namespace of its document, a ``sh`` block in a folder of its document if one of its lines starts with
``fewrec``; a ``text`` block right after one is what it prints. ``python docs/snippets.py`` writes those blocks again.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BETWEEN = re.compile(r"\s*")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, and where in the document that text stands."""

    lang: str
    code: str
    start: int
    end: int


@dataclass(frozen=True)
class Snippet:
    """A block that runs, and the block that says what it prints, if there is one."""

    block: Block
    output: Block | None


def documents() -> list[Path]:
    """Every Markdown file of ours that has something to run."""
    paths = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path for path in paths if path.name != "cli.md" and snippets(path.read_text(encoding="utf-8"))]


def blocks(markdown: str) -> list[Block]:
    """The fenced blocks, in order."""
    return [Block(m[1], m[2], m.start(2), m.end(2)) for m in FENCE.finditer(markdown)]


def snippets(markdown: str) -> list[Snippet]:
    """The blocks that run, each with its output."""
    found, all_blocks = [], blocks(markdown)
    for place, block in enumerate(all_blocks):
        runs = block.lang == "python" or (block.lang == "sh" and re.search(r"^fewrec ", block.code, re.MULTILINE))
        if runs:
            after = all_blocks[place + 1] if place + 1 < len(all_blocks) else None
            # Only white space may stand between "```" and "```text": prose would make it another story.
            adjacent = (
                after and after.lang == "text" and BETWEEN.fullmatch(markdown[block.end + 3 : after.start - len("```text\n")])
            )
            found.append(Snippet(block, after if adjacent else None))
    return found


def run(markdown: str, folder: Path) -> Iterator[tuple[Snippet, str]]:
    """Run a document's snippets one after the other in ``folder``; yields each with what it printed on stdout."""
    module = ModuleType("snippets_of_a_document")  # a real module, so that classes made here are found by their names
    sys.modules[module.__name__] = module
    namespace = vars(module)
    for snippet in snippets(markdown):
        yield (
            snippet,
            _python(snippet.block, namespace, folder) if snippet.block.lang == "python" else _shell(snippet.block, folder),
        )


def _python(block: Block, namespace: dict[str, Any], folder: Path) -> str:
    printed = io.StringIO()
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(block.code, "<snippet>", "exec"), namespace)
    finally:
        os.chdir(before)
    return printed.getvalue()


def _shell(block: Block, folder: Path) -> str:
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    # A wide terminal in English, whoever runs this.
    environment = {**os.environ, "PATH": search, "COLUMNS": "100", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"exit status {done.returncode} from\n{block.code}\n{done.stderr}")
    return done.stdout


def tidy(printed: str) -> str:
    """Printed text as a block holds it: no white space at the ends of lines, one newline at the end."""
    return "\n".join(line.rstrip() for line in printed.strip("\n").splitlines()) + "\n"


def rewritten(markdown: str, folder: Path) -> str:
    """The document with every output block as it really is."""
    parts, place = [], 0
    for snippet, printed in run(markdown, folder):
        if snippet.output is not None:
            parts += [markdown[place : snippet.output.start], tidy(printed)]
            place = snippet.output.end
    return "".join([*parts, markdown[place:]])


def main() -> None:
    """Rewrite the outputs of the documents named on the command line, or of all."""
    for path in [Path(name) for name in sys.argv[1:]] or documents():
        with tempfile.TemporaryDirectory() as folder:
            path.write_text(rewritten(path.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
