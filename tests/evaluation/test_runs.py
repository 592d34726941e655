"""Carrying out a run: interrupted runs go on, processes agree, nothing but stderr is written to."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from evaluation_worlds import Constant, Parity, Popularity, block_world

from fewrec.errors import SettingError
from fewrec.evaluation import KShotSettings, Run, evaluate
from fewrec.types import Catalogue, Examples, Interactions

SETTINGS = KShotSettings(k=(0, 2), train_users=(5, "all"), seeds=2, small_draws=2, replicates=100)


class Counting(Popularity):
    name = "counting"
    fits = 0
    fail_at = -1

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Counting:
        if Counting.fits == Counting.fail_at:
            raise KeyboardInterrupt
        Counting.fits += 1
        return super().fit(catalogue, interactions, rng=rng)  # type: ignore[return-value]


def timeless(document: dict) -> dict:
    rows = {
        part: [{k: v for k, v in row.items() if k not in {"fit_s", "users_per_s"}} for row in document[part]]
        for part in ("results", "curves", "comparisons")
    }
    return rows | {"notes": document["notes"]}


def go(run: Run, settings: KShotSettings = SETTINGS) -> dict:
    catalogue, interactions = block_world()
    models = {"counting": Counting, "auto": Parity, "constant": Constant}
    return evaluate("kshot", models, catalogue=catalogue, interactions=interactions, settings=settings, run=run)


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    Counting.fits, Counting.fail_at = 0, 2
    with pytest.raises(KeyboardInterrupt):
        go(Run(cache=tmp_path, progress=False))
    Counting.fail_at = -1
    resumed = go(Run(cache=tmp_path, progress=False))
    assert Counting.fits == 4
    assert timeless(resumed) == timeless(go(Run(progress=False)))
    assert Counting.fits == 8  # without the cache, all over again
    go(Run(cache=tmp_path, progress=False))
    assert Counting.fits == 8
    go(Run(cache=tmp_path, progress=False, versions={"counting": "2"}))
    assert Counting.fits == 12
    go(Run(cache=tmp_path, progress=False), dataclasses.replace(SETTINGS, seed=1))
    assert Counting.fits == 16
    go(Run(cache=tmp_path, progress=False), dataclasses.replace(SETTINGS, train_users=(5, 7, "all")))
    assert Counting.fits == 18  # only the new size


def test_a_damaged_cell_is_computed_again(tmp_path: Path) -> None:
    Counting.fits, Counting.fail_at = 0, -1
    before = go(Run(cache=tmp_path, progress=False))
    files = sorted((tmp_path / "counting").glob("*.npz"))
    assert len(files) == 4
    files[0].write_bytes(files[0].read_bytes()[:100])
    files[1].write_bytes(b"")
    assert timeless(go(Run(cache=tmp_path, progress=False))) == timeless(before)
    assert Counting.fits == 6


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_processes_give_the_same_document() -> None:
    Counting.fail_at = -1
    assert timeless(go(Run(progress=False, jobs=2))) == timeless(go(Run(progress=False)))


def test_progress_goes_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    Counting.fail_at = -1
    go(Run())
    assert capfd.readouterr().out == ""


class Rng(Constant):
    """Its scores are its randomness."""

    def fit(self, catalogue: Catalogue, interactions: Interactions, *, rng: np.random.Generator) -> Rng:
        self.own = rng.random(len(catalogue), dtype=np.float32)
        return super().fit(catalogue, interactions, rng=rng)  # type: ignore[return-value]

    def score(self, examples: Sequence[Examples]) -> np.ndarray:
        return np.tile(self.own, (len(examples), 1))


def test_a_models_randomness_does_not_depend_on_its_company() -> None:
    catalogue, interactions = block_world()
    found = []
    for models in ({"rng": Rng}, {"auto": Parity, "rng": Rng, "constant": Constant}):
        document = evaluate(
            "kshot", models, catalogue=catalogue, interactions=interactions, settings=SETTINGS, run=Run(progress=False)
        )
        found.append([row["mean"] for row in document["results"] if row["model"] == "rng"])
    assert found[0] == found[1]


def test_jobs_must_be_positive() -> None:
    with pytest.raises(SettingError, match="jobs is 0"):
        Run(jobs=0)
