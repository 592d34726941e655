"""A store with the sample in it, ingested and fitted once through the command itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cli_runs import fewrec

from fewrec import sample


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> str:
    store = str(tmp_path_factory.mktemp("cli") / "films")
    files = [word for name in ("items", "events", "statements") for word in (f"--{name}", str(sample.path(f"{name}.csv")))]
    assert fewrec("ingest", store, *files).code == 0
    assert fewrec("fit", store, "--model", "taste").code == 0
    return store


@pytest.fixture
def own(fitted: str, tmp_path: Path) -> str:
    """A copy that a test may change."""
    return str(shutil.copytree(fitted, tmp_path / "own"))
