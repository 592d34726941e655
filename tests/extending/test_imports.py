"""Imports point one way, and the core starts without heavy libraries."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import fewrec

PACKAGE = Path(fewrec.__file__).parent
LAYERS = (
    {"errors", "types", "plugins", "ops", "columns", "settings"},
    {"data", "text", "words", "encoders", "decoders", "ranking", "store", "preparation", "privacy"},
    {"models", "persistence", "sources", "sample", "history", "sentences"},
    {"fitted"},
    {"examples"},
    {"explanation", "queries"},
    {"recommender", "forgetting"},
    {"fitting", "evaluation", "testing"},
    {"serving"},
    {"cli"},
)
"""Parts of the package, the lowest first: a part imports its own layer and those below."""
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}
WITHIN_FUNCTIONS = {"cli"}
"""``fewrec learn …`` runs what only the wing ``llm`` can do; it imports it when such a command runs, and never before."""


def imports(path: Path, *, at_top: bool = False) -> set[str]:
    """The parts of fewrec that a file imports; ``at_top``: when it is imported itself."""
    tree = ast.parse(path.read_bytes())
    later = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if at_top and id(node) in later:
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"fewrec.{alias.name}" for alias in node.names] if node.module == "fewrec" else [node.module or ""]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("fewrec.")}
    return found


FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def part_of(file: str) -> str:
    return file.partition("/")[0].removesuffix(".py")


def test_every_part_has_a_place() -> None:
    assert {part_of(file) for file in FILES} <= {*LEVEL, "llm", "__init__"}


@pytest.mark.parametrize("part", sorted(LEVEL))
def test_imports_point_one_way(part: str) -> None:
    wrong = {
        (file, other)
        for file in FILES
        if part_of(file) == part
        for other in imports(PACKAGE / file)
        if other in LEVEL and LEVEL[other] > LEVEL[part]
    }
    assert not wrong


def test_nobody_imports_the_wing_of_language_models() -> None:
    importing = {file for file in FILES if part_of(file) != "llm" and "llm" in imports(PACKAGE / file)}
    assert {part_of(file) for file in importing} <= WITHIN_FUNCTIONS
    assert not {file for file in importing if "llm" in imports(PACKAGE / file, at_top=True)}


def test_importing_loads_nothing_heavy() -> None:
    code = (
        "import sys, fewrec, fewrec.recommender, fewrec.models.registry, fewrec.evaluation, fewrec.cli, fewrec.testing\n"
        "fewrec.Recommender\n"
        "print(sorted({'torch', 'transformers', 'fastapi', 'openai', 'pandas'} & set(sys.modules)))\n"
        "print([name for name in sys.modules if name.startswith('fewrec.llm')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    heavy, wing = done.stdout.splitlines()
    assert heavy == "[]"
    assert wing == "[]"


def test_listing_names_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from fewrec.models.registry import MODELS\n"
        "from fewrec.encoders.registry import ENCODERS\n"
        "from fewrec.decoders.registry import DECODERS\n"
        "print(len(MODELS.names()) + len(ENCODERS.names()) + len(DECODERS.names()))\n"
        "print({'torch', 'transformers', 'fewrec.llm.encoder.huggingface', 'fewrec.llm.chat'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.splitlines()[1] == "set()"
