"""Tiny random models of the classes people use."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("peft")

from fewrec.testing import tiny_model


@pytest.fixture(scope="session")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Folders by architecture."""
    root: Path = tmp_path_factory.mktemp("bases")
    return {name: str(tiny_model(root / name, name)) for name in ("bert", "gpt2", "llama")}
