"""The table of names, and what happens without the neural extra."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fewrec.errors import MissingExtraError
from fewrec.models.classics import BASELINES


def test_the_names_of_the_contract() -> None:
    assert list(BASELINES) == [
        "random",
        "popularity",
        "item-mean",
        "liked-fraction",
        "content",
        "cooccurrence",
        "user-knn",
        "item-knn",
        "ease",
        "als",
        "hybrid",
        "two-tower",
        "sequential",
    ]


def test_looking_at_the_table_loads_neither_models_nor_torch() -> None:
    code = "import sys, fewrec.models.classics as b; list(b.BASELINES); print('torch' in sys.modules, 'fewrec.models.classics.ease' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "False"]


@pytest.mark.parametrize("name", ["two-tower", "sequential"])
def test_without_torch_the_error_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=name) as caught:
        BASELINES[name]()
    assert "fewrec[llm]" in str(caught.value)
