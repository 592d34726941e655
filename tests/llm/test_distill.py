"""Distillation end to end on a few hundred texts: it learns, goes on after a kill, and refuses what it cannot use."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

from fewrec.encoders import MultilingualEncoder, load_encoder
from fewrec.encoders.static_files import read_weights
from fewrec.errors import DataError, ModelLoadError, SettingError
from fewrec.llm.distill import DistillConfig, DistillTexts, distill, read_texts
from fewrec.llm.distill.batches import TokenLists, batches, neighbourhoods
from fewrec.llm.distill.measures import nearest, recall_of_pairs, shared_neighbours

ADJECTIVES = (
    ("red", "红色的"),
    ("old", "古老的"),
    ("quiet", "安静的"),
    ("happy", "快乐的"),
    ("broken", "破碎的"),
    ("tiny", "微小的"),
)
THINGS = (
    ("car", "汽车"),
    ("house", "房子"),
    ("river", "河流"),
    ("soldier", "士兵"),
    ("doctor", "医生"),
    ("song", "歌曲"),
    ("war", "战争"),
)
TINY = DistillConfig(pieces=400, width=16, hidden=16, epochs=3, patience=3, batch=32, held_out=0.2)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    combined = list(product(ADJECTIVES, THINGS))
    pairs = [f"{az}{tz}\tthe {ae} {te}\n" for (ae, az), (te, tz) in combined]
    (folder / "pairs.tsv").write_text("".join(pairs), encoding="utf-8")
    stories = [
        f"a {a} {t} and a {b} {u}\n" for ((a, _), (t, _)), ((b, _), (u, _)) in zip(combined * 5, combined[3:] * 5, strict=False)
    ]
    (folder / "stories.txt").write_text("".join(stories) + "the car\nthe car\n", encoding="utf-8")
    (folder / "notes.md").write_text("not a file of texts", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def texts(files: Path) -> DistillTexts:
    return read_texts([files])


@pytest.fixture(scope="module")
def teacher() -> MultilingualEncoder:
    return MultilingualEncoder(progress=False)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("teacher") / "vectors.sqlite"


def test_reads_texts_and_pairs_with_their_categories(texts: DistillTexts) -> None:
    assert texts.categories == ("pairs", "stories")
    assert len(set(texts.texts)) == len(texts.texts)
    assert len(texts.pairs) == len(ADJECTIVES) * len(THINGS)
    zh, en = texts.pairs[0]
    assert (texts.texts[zh], texts.texts[en]) == ("红色的汽车", "the red car")
    assert texts.counts[texts.texts.index("the car")] == 2
    assert sum(1 for _ in texts.repeated()) == texts.counts.sum()


def test_a_student_learns_its_teacher_and_the_report_says_what_it_kept(
    texts: DistillTexts, teacher: MultilingualEncoder, cache: Path, tmp_path: Path
) -> None:
    lines: list[str] = []
    report = distill(texts, teacher, tmp_path / "student", TINY, cache=cache, log=lines.append)
    first, *_, last = report["history"]
    assert max(each["neighbours"] for each in report["history"]) > first["neighbours"]
    assert last["cosine"] > 0.5
    assert report["kept"]["n"] >= 20
    assert 0 < report["cost"]["mb"] < 1
    assert set(report["fails"]["categories"]) <= {"pairs", "stories"}
    cosines = [each["cosine"] for each in report["fails"]["texts"]]
    assert cosines == sorted(cosines)
    assert (tmp_path / "student" / "report.json").is_file()
    assert any("teacher's vectors" in line for line in lines)
    student = load_encoder(f"static:{tmp_path / 'student'}")
    assert student.dimensions == teacher.dimensions
    both = [np.sum(student.encode([text]) * teacher.encode([text])) for text in ("the red car", "古老的河流")]
    assert min(both) > 0.5


def test_a_killed_run_goes_on_where_it_stopped_and_ends_the_same(
    texts: DistillTexts, teacher: MultilingualEncoder, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fewrec.llm.distill.training._SAVE_EVERY", 2)
    distill(texts, teacher, tmp_path / "whole", TINY, cache=cache)

    def kill(line: str) -> None:
        if line.startswith("pass 2, step 2 "):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        distill(texts, teacher, tmp_path / "killed", TINY, cache=cache, log=kill)
    lines: list[str] = []
    distill(texts, teacher, tmp_path / "killed", TINY, cache=cache, log=lines.append)
    assert any(line.startswith("going on at pass 2, step 2 ") for line in lines)
    assert not any(line.startswith("after pass 1:") for line in lines)
    whole, resumed = read_weights(tmp_path / "whole"), read_weights(tmp_path / "killed")
    np.testing.assert_array_equal(whole.rows, resumed.rows)
    np.testing.assert_allclose(whole.out, resumed.out, atol=1e-6)


def test_a_training_that_ended_goes_on_for_more_passes(
    texts: DistillTexts, teacher: MultilingualEncoder, cache: Path, tmp_path: Path
) -> None:
    first = distill(texts, teacher, tmp_path / "student", replace(TINY, epochs=1), cache=cache)["history"]
    more = distill(texts, teacher, tmp_path / "student", replace(TINY, epochs=2), cache=cache)["history"]
    assert len(first) == 2
    assert more[:2] == first
    assert len(more) == 3


def test_the_work_of_another_distillation_and_a_damaged_checkpoint_are_refused(
    texts: DistillTexts, teacher: MultilingualEncoder, cache: Path, tmp_path: Path
) -> None:
    config = replace(TINY, epochs=1)
    distill(texts, teacher, tmp_path / "student", config, cache=cache)
    with pytest.raises(ModelLoadError, match="other width") as caught:
        distill(texts, teacher, tmp_path / "student", replace(config, width=8), cache=cache)
    assert "student.work" in str(caught.value.hint)
    (tmp_path / "student.work" / "checkpoint.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(ModelLoadError, match="is damaged"):
        distill(texts, teacher, tmp_path / "student", config, cache=cache)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.tsv", b"one column\n", "line 1: found 1 columns"),
        ("a.tsv", "三\tthree\tdrei\n".encode(), "found 3 columns"),
        ("a.txt", b"caf\xe9\n", "not UTF-8"),
        ("a.txt", b"few\n", "at least 200"),
    ],
)
def test_files_that_cannot_be_used_are_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_texts([tmp_path / name])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing\.txt cannot be read"):
        read_texts([tmp_path / "nothing.txt"])


@pytest.mark.parametrize("wrong", [{"pieces": 10}, {"batch": 1}, {"held_out": 0.0}, {"rate": -1.0}, {"epochs": 0}])
def test_settings_outside_what_is_allowed_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError):
        DistillConfig(**wrong)


def test_measures_by_hand() -> None:
    teacher = np.eye(4, dtype=np.float32)[[0, 0, 1, 1]] + 0.1 * np.eye(4, dtype=np.float32)
    teacher /= np.linalg.norm(teacher, axis=1, keepdims=True)
    swapped = teacher[[0, 2, 1, 3]]
    assert nearest(teacher, 1).ravel().tolist() == [1, 0, 3, 2]
    assert shared_neighbours(teacher, teacher, 1).tolist() == [1, 1, 1, 1]
    assert shared_neighbours(swapped, teacher, 1).tolist() == [0, 0, 0, 0]
    assert recall_of_pairs(teacher, teacher, 1) == 1
    assert recall_of_pairs(teacher, teacher[[2, 3, 0, 1]], 1) == 0


def test_batches_hold_neighbours_and_every_text_at_most_once() -> None:
    rng = np.random.default_rng(0)
    centres = np.linalg.qr(rng.normal(size=(16, 16)))[0][:8]
    vectors = np.repeat(centres, 64, axis=0).astype(np.float32)
    cluster = neighbourhoods(vectors, 8, rng)
    made = list(batches(np.arange(len(vectors)), cluster, 64, rng))
    seen = np.concatenate(made)
    assert len(np.unique(seen)) == len(seen) >= len(vectors) - 64
    assert all(len(np.unique(np.asarray(batch[:32]) // 64)) <= 2 for batch in made)


def test_token_lists_select_in_any_order() -> None:
    lists = TokenLists(np.array([1, 2, 3, 4, 5, 6], dtype=np.int32), np.array([0, 2, 2, 6], dtype=np.int64))
    ids, begins = lists.select(np.array([2, 1, 0]))
    assert ids.tolist() == [3, 4, 5, 6, 1, 2]
    assert begins.tolist() == [0, 4, 4, 6]


def test_fewer_pieces_than_characters_are_refused_with_the_number_needed(tmp_path: Path) -> None:
    characters = [chr(0x4E00 + number) for number in range(600)]
    texts = [f"{one}{other} {one}" for one, other in pairwise(characters)]
    (tmp_path / "texts.txt").write_text("\n".join(texts), encoding="utf-8")
    config = replace(TINY, pieces=300)
    with pytest.raises(SettingError, match=r"found 300 pieces, expected at least \d{3}") as caught:
        distill(read_texts([tmp_path / "texts.txt"]), load_encoder("default", progress=False), tmp_path / "student", config)
    assert "--pieces" in str(caught.value.hint)
