"""A scorer learns what a teacher answers, from made-up users alone, and is a model like any other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from time import sleep

import numpy as np
import pytest
from scipy import sparse

from fewrec.errors import DataError, EncoderMismatchError, ModelLoadError, NotFittedError, SettingError
from fewrec.llm.ranker_distillation import DistillationConfig, ScorerModel, distil, load_student, save_student
from fewrec.llm.ranker_distillation.users import histories_of, synthetic_pairs
from fewrec.models.registry import make_model, version_of
from fewrec.types import Catalogue, Examples, Interactions, Rows, Vector

M, D = 60, 12


def catalogue(fingerprint: str = "world") -> Catalogue:
    vectors = np.random.default_rng(3).normal(size=(M, D)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = tuple(f"i{row}" for row in range(M))
    words = sparse.csr_matrix((M, 0), dtype=np.float32)
    return Catalogue(ids, ids, ids, vectors, words, tuple({"title": i} for i in ids), fingerprint)


class Teacher:
    """Slow; says how positive the user is, how near the item is to her likes, and how good the item is."""

    name = "teacher"
    quality = np.random.default_rng(4).normal(size=M)

    def log_odds(self, one: Examples, row: int) -> float:
        near = float(one.utility @ (one.vectors @ catalogue().vectors[row])) if len(one) else 0.0
        return 0.8 * float(one.utility.sum()) / max(1, len(one)) + near + float(self.quality[row])

    def predict(self, examples: Sequence[Examples], rows: Rows) -> Vector:
        sleep(0.001)
        found = np.array([self.log_odds(one, int(row)) for one, row in zip(examples, rows, strict=True)])
        return np.asarray(1 / (1 + np.exp(-found)), dtype=np.float32)


def histories(n: int = 80) -> list[tuple[Rows, Rows]]:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(n):
        order = rng.permutation(M)
        found.append((order[: rng.integers(1, 9)], order[20 : 20 + rng.integers(0, 9)]))
    return found


def labelled(n: int = 600) -> tuple[list[Examples], Rows, np.ndarray]:
    examples, rows = synthetic_pairs(catalogue(), histories(40), n, 6, np.random.default_rng(9))
    log_odds = np.array([Teacher().log_odds(one, int(row)) for one, row in zip(examples, rows, strict=True)])
    return examples, rows, np.random.default_rng(0).random(n) < 1 / (1 + np.exp(-log_odds))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("scorer")
    student = distil(Teacher(), catalogue(), histories(), DistillationConfig(pairs=800, rank=8), labelled=labelled())  # type: ignore[arg-type]
    save_student(student, path)
    return path


def test_it_keeps_the_teachers_auc_and_is_faster(folder: Path) -> None:
    report = load_student(folder).report
    assert report["teacher_auc"] > 0.65
    assert report["kept"] > 0.95
    assert report["explained"] > 0.7
    assert report["times_faster"] > 2
    assert report["held_out_pairs"] == 160


def test_it_is_a_model(folder: Path) -> None:
    model = make_model(f"scorer:{folder}")
    assert isinstance(model, ScorerModel)
    examples, rows, _ = labelled(50)
    with pytest.raises(NotFittedError):
        model.predict(examples, rows)
    model.fit(catalogue(), Interactions.empty(M), rng=np.random.default_rng(0))
    chances = model.predict(examples, rows)
    scores = model.score(examples[:3])
    assert scores.shape == (3, M)
    assert 1 / (1 + np.exp(-scores[np.arange(3), rows[:3]])) == pytest.approx(chances[:3], abs=1e-5)
    assert np.isfinite(model.score([Examples.none(D)])).all()
    truth = Teacher().predict(examples, rows)
    assert np.corrcoef(chances, truth)[0, 1] > 0.85
    assert version_of(f"scorer:{folder}") != version_of("taste")


def test_items_it_never_met_are_known_by_their_vectors(folder: Path) -> None:
    model = ScorerModel(f"scorer:{folder}")
    known = catalogue()
    renamed = Catalogue(
        tuple(f"new{row}" for row in range(M)), known.titles, known.texts, known.vectors, known.lexical, known.fields, "world"
    )
    model.fit(renamed, Interactions.empty(M), rng=np.random.default_rng(0))
    examples, rows, _ = labelled(200)
    assert np.corrcoef(model.predict(examples, rows), Teacher().predict(examples, rows))[0, 1] > 0.3


def test_users_are_made_of_parts_of_histories() -> None:
    mine = histories()
    examples, rows = synthetic_pairs(catalogue(), mine, 100, 4, np.random.default_rng(0))
    likes = [set(liked.tolist()) for liked, _ in mine]
    for one, row in zip(examples, rows, strict=True):
        own = set(one.rows[one.utility > 0].tolist())
        assert len(own) <= 4
        assert any(own <= each for each in likes)
        assert row not in one.rows
        assert len(set(one.rows.tolist())) == len(one)
    none = np.zeros(0, dtype=np.int64)
    with pytest.raises(DataError, match="no history"):
        distil(Teacher(), catalogue(), [(none, none)], DistillationConfig())  # type: ignore[arg-type]
    assert histories_of(Interactions.empty(M)) == []


def test_refusals(folder: Path, tmp_path: Path) -> None:
    model = ScorerModel(f"scorer:{folder}").fit(catalogue("other"), Interactions.empty(M), rng=np.random.default_rng(0))
    with pytest.raises(EncoderMismatchError):
        model.score([Examples.none(D)])
    with pytest.raises(ModelLoadError, match="no distilled scorer"):
        make_model(f"scorer:{tmp_path}")
    with pytest.raises(SettingError):
        DistillationConfig(pairs=3)
    for name in ("scorer.json", "scorer.npz"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    document = json.loads((tmp_path / "scorer.json").read_text())
    (tmp_path / "scorer.json").write_text(json.dumps(document | {"format": 7}))
    with pytest.raises(ModelLoadError, match="format 7"):
        load_student(tmp_path)
    (tmp_path / "scorer.json").write_text(json.dumps(document | {"ids": ["one"]}))
    with pytest.raises(ModelLoadError, match="damaged"):
        load_student(tmp_path)
