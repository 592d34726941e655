"""Saving and loading objects of other packages: plain data, files of one's own, and who is trusted."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fewrec.errors import ModelLoadError, SettingError
from fewrec.models.registry import make_model
from fewrec.persistence import check_can_be_saved, load_object, save_object
from fewrec.testing.worlds import block_world
from fewrec.types import Catalogue

HERE = (__name__,)


class Plain:
    name = "plain"

    def __init__(self) -> None:
        self.weights = np.arange(3.0)

    def fit(self, catalogue: Catalogue, interactions: Any, *, rng: Any) -> Plain:
        return self

    def score(self, examples: Any) -> Any:
        return np.zeros((len(examples), 3), dtype=np.float32)


class WithFiles(Plain):
    """Holds something that is no data, as a network is none."""

    def __init__(self) -> None:
        super().__init__()
        self.network = lambda x: x + 1
        self.catalogue: Catalogue | None = None

    def save(self, folder: Path) -> None:
        (folder / "weights.json").write_text(json.dumps(self.weights.tolist()), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, catalogue: Catalogue | None) -> WithFiles:
        made = cls()
        made.weights = np.array(json.loads((folder / "weights.json").read_text(encoding="utf-8")))
        made.catalogue = catalogue
        return made


class HoldsMore(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.network = sys.stdout


def test_plain_data_needs_no_method(tmp_path: Path) -> None:
    save_object(Plain(), tmp_path, trust=HERE)
    np.testing.assert_array_equal(load_object(tmp_path, trust=HERE).weights, np.arange(3.0))


def test_files_of_its_own(tmp_path: Path) -> None:
    catalogue = block_world()[0]
    model = WithFiles()
    model.weights = np.array([5.0, 7.0])
    save_object({"catalogue": catalogue, "first": model, "again": model}, tmp_path, trust=HERE)
    loaded = load_object(tmp_path, trust=HERE)
    np.testing.assert_array_equal(loaded["first"].weights, [5.0, 7.0])
    assert loaded["again"] is loaded["first"]
    assert loaded["first"].catalogue is loaded["catalogue"]


def test_a_file_cannot_name_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_object(WithFiles(), tmp_path, trust=HERE)
    with pytest.raises(ModelLoadError, match="is not a class of fewrec") as told:
        load_object(tmp_path)
    assert f'trust=("{__name__}",)' in str(told.value.hint)
    monkeypatch.setenv("FEWREC_TRUST", f"another, {__name__}")
    assert load_object(tmp_path).weights.shape == (3,)


def test_a_folder_outside_is_not_read(tmp_path: Path) -> None:
    save_object(WithFiles(), tmp_path / "fit", trust=HERE)
    document = tmp_path / "fit" / "object.json"
    document.write_text(document.read_text(encoding="utf-8").replace("own-0000", "../elsewhere"), encoding="utf-8")
    with pytest.raises(ModelLoadError, match="no object with a folder of its own"):
        load_object(tmp_path / "fit", trust=HERE)


def test_what_cannot_be_saved_says_so_before_the_fit() -> None:
    check_can_be_saved(Plain(), trust=HERE)
    check_can_be_saved(WithFiles(), trust=HERE)
    check_can_be_saved(make_model("auto"))
    with pytest.raises(SettingError, match="the model plain cannot be saved") as told:
        check_can_be_saved(HoldsMore(), trust=HERE)
    assert "extending.md" in str(told.value.hint)
    with pytest.raises(SettingError, match="cannot be saved"):
        check_can_be_saved(Plain())

    class Local(Plain):
        pass

    with pytest.raises(SettingError, match="cannot be found again"):
        check_can_be_saved(Local(), trust=HERE)
