"""Every snippet of the READMEs and of ``docs/`` runs as pasted and prints what the document says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import ROOT, load

snippets = load(ROOT / "docs" / "snippets.py")
NUMBER = re.compile(r"[-+]?\d+\.\d+")
SPACES = re.compile(r"[ \t]+")
# Translations have the code and the outputs of the English pages, which test_documents.py and test_site.py hold: once is enough.
DOCUMENTS = [
    path for path in snippets.documents() if path.name != "README.zh-CN.md" and ROOT / "docs" / "zh" not in path.parents
]


def plain(text: str) -> str:
    """Numbers out, and the widths of columns that come with them."""
    return SPACES.sub(" ", NUMBER.sub("#", snippets.tidy(text)))


def numbers(text: str) -> list[float]:
    return [float(found) for found in NUMBER.findall(text)]


@pytest.mark.outputs
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_snippets_run_and_print_what_they_say(path: Path, tmp_path: Path) -> None:
    document = path.read_text(encoding="utf-8")
    n_compared = 0
    for snippet, printed in snippets.run(document, tmp_path):
        if snippet.output is not None:
            hint = f"in {path.name}; make docs-outputs writes them again"
            assert plain(printed) == plain(snippet.output.code), hint
            # Libraries sum in other orders on other machines: a few per cent in a blend of standardised scores.
            assert numbers(printed) == pytest.approx(numbers(snippet.output.code), rel=0.05, abs=0.03), hint
            n_compared += 1
    assert n_compared > 0


def test_only_blocks_that_run_and_their_outputs_are_snippets() -> None:
    document = "```sh\npip install .\n```\n\n```python\nprint(1)\n```\n\n```text\n1\n```\n\n```sh\nfewrec models\n```\nprose\n```text\nx\n```\n"
    found = snippets.snippets(document)
    assert [snippet.block.code for snippet in found] == ["print(1)\n", "fewrec models\n"]
    assert found[0].output is not None
    assert found[0].output.code == "1\n"
    assert found[1].output is None


def test_a_wrong_output_is_rewritten(tmp_path: Path) -> None:
    document = "a\n```python\nx = 2\n```\n```python\nprint(x + 1)\n```\n\n```text\n4\n```\nz\n"
    assert snippets.rewritten(document, tmp_path) == document.replace("\n4\n", "\n3\n")


def test_a_failing_command_fails(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="exit status 1"):
        list(snippets.run("```sh\nfewrec fit nowhere\n```\n", tmp_path))
