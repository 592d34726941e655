"""Fixtures that several stages share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A deadline per example measures the load of the machine, and coverage slows everything down: what must be fast has tests that say so.
settings.register_profile("fewrec", deadline=None)
settings.load_profile("fewrec")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of research data beside the checkout (or FEWREC_SHARED_DATA); skips where a machine has none."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("FEWREC_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip("the research data folder (../shared/data) is not on this machine")
    return folder
