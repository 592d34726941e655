"""A stranger's package, built, installed beside ours and used from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import fewrec

ROOT = Path(__file__).parents[2]
SAMPLE = Path(fewrec.__file__).parent / "sample"
OWN_MODEL = ROOT / "examples" / "own_model.py"
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "foreign-models"
version = "0.3"

[project.entry-points."fewrec.models"]
foreign = "foreign_models.conditional:MyModel"

[project.entry-points."fewrec.encoders"]
lengths = "foreign_models.encoder:Lengths"

[tool.hatch.build.targets.wheel]
packages = ["foreign_models"]
"""
ENCODER = '''
"""An encoder that knows nothing but letters."""
import numpy as np


class Lengths:
    """Counts of letters, for tests."""

    name = "lengths"
    dimensions = 64
    fingerprint = "lengths-1"

    def encode(self, texts):
        vectors = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in enumerate(texts):
            for letter in text.strip()[:10_000]:
                vectors[row, ord(letter) % 64] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(norms > 0, norms, 1)
'''
CONTRACTS = """
from fewrec.testing import EncoderContract, ModelContract
from foreign_models.conditional import MyModel
from foreign_models.encoder import Lengths


class TestModel(ModelContract):
    def make(self):
        return MyModel()


class TestEncoder(EncoderContract):
    def make(self):
        return Lengths()
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec("hatchling") is None, reason="builds a package without network: needs hatchling, see requirements-dev.txt"
    ),
]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that pip installed the package into."""
    source = tmp_path_factory.mktemp("source")
    package = source / "foreign_models"
    package.mkdir()
    (source / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (package / "__init__.py").touch()
    code = OWN_MODEL.read_text(encoding="utf-8").replace('"own_model:MyModel"', '"foreign"')
    (package / "conditional.py").write_text(code, encoding="utf-8")
    (package / "encoder.py").write_text(ENCODER, encoding="utf-8")
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", str(target), str(source)], check=True, timeout=120, capture_output=True)
    return target


def run(folder: Path, *arguments: str, path: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    paths = [str(Path(fewrec.__file__).parents[1]), *([str(path)] if path else [])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1", **environment}
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=300, env=env, cwd=folder, check=False
    )


def command(folder: Path, *arguments: str, path: Path | None = None, **environment: str) -> str:
    # -P: an installed command does not see the working folder by itself
    isolated = ["-P"] if sys.version_info >= (3, 11) else []
    done = run(folder, *isolated, "-c", "from fewrec.cli import main; main()", *arguments, path=path, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_names_are_listed(installed: Path, tmp_path: Path) -> None:
    listed = json.loads(command(tmp_path, "models", "--json", path=installed))
    described = {each["name"]: each["description"] for each in listed["models"]}
    assert "package foreign-models 0.3" in described["foreign"]
    assert "lengths" in {each["name"] for each in listed["encoders"]}


def evaluate(folder: Path, models: str, path: Path | None = None, *more: str) -> dict[str, float]:
    data = ["--items", str(SAMPLE / "items.csv"), "--events", str(SAMPLE / "events.csv")]
    small = ["--k", "3", "--train-users", "all", "--seeds", "1", "--metrics", "ndcg@10", "--json", "-"]
    document = json.loads(command(folder, "evaluate", *data, "--models", models, *small, *more, path=path))
    return {row["model"]: row["mean"] for row in document["results"]}


def test_it_is_evaluated_beside_ours(installed: Path, tmp_path: Path) -> None:
    means = evaluate(tmp_path, "taste,random,foreign", installed, "--encoder", "lengths")
    assert set(means) == {"taste", "random", "foreign"}
    assert means["foreign"] > means["random"]


def test_a_class_beside_the_command_is_evaluated(tmp_path: Path) -> None:
    (tmp_path / "own_model.py").write_bytes(OWN_MODEL.read_bytes())
    means = evaluate(tmp_path, "random,own_model:MyModel")
    assert means["own_model:MyModel"] > means["random"]


def test_its_contracts_hold(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "test_contracts.py").write_text(CONTRACTS, encoding="utf-8")
    done = run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_contracts.py", path=installed)
    assert done.returncode == 0, done.stdout


def test_its_fit_is_kept_and_opened_by_another_process(installed: Path, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    data = ["--items", str(SAMPLE / "items.csv"), "--events", str(SAMPLE / "events.csv")]
    command(tmp_path, "ingest", store, *data, path=installed)
    command(tmp_path, "fit", store, "--model", "foreign", path=installed)
    item = (SAMPLE / "items.csv").read_text(encoding="utf-8").splitlines()[1].partition(",")[0]
    body = json.loads(command(tmp_path, "recommend", store, "--like", item, "--json", path=installed))
    assert len(body["items"]) == 10
