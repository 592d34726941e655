"""``--decoder`` and ``fewrec learn decoder`` through the command's own entry point."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cli_runs import failed, fewrec

sys.path.insert(0, str(Path(__file__).parents[1] / "decoders"))
from chat_server import serving

from fewrec.testing import tiny_model


def test_learn_then_describe_and_profile(fitted: str, tmp_path: Path) -> None:
    lm, out = tiny_model(tmp_path / "lm", "gpt2"), tmp_path / "decoder"
    size = ("--prompts", "4", "--pairs", "80", "--steps", "4", "--batch-size", "4", "--eval-every", "2")
    begun = fewrec("learn", "decoder", "--on", fitted, "--lm", str(lm), "--out", str(out), "--speaks", "en", *size, "--json")
    assert begun.code == 0, begun.err
    assert begun.document["steps"] == 4
    assert begun.document["lang"] == "en"
    assert "step 4 of 4" in begun.err
    shown = fewrec("describe", fitted, "--item", "interstellar", "--lang", "en", "--decoder", f"lm:{out}", "--json").document
    assert list(shown) == ["item_id", "lang", "text", "phrases"]
    assert shown["phrases"]
    person = fewrec("profile", fitted, "--like", "coco", "--lang", "en", "--decoder", f"lm:{out}", "--json").document
    assert person["text"].startswith("Likes: ")
    failed(fewrec("describe", fitted, "--item", "coco", "--lang", "zh", "--decoder", f"lm:{out}"), "speaks en")


def test_a_model_that_cannot_be_used_says_why(fitted: str, tmp_path: Path) -> None:
    bert = tiny_model(tmp_path / "bert", "bert")
    failed(
        fewrec("learn", "decoder", "--on", fitted, "--lm", str(bert), "--out", str(tmp_path / "d")), "does not continue a text"
    )
    failed(fewrec("learn", "decoder", "--on", fitted, "--lm", "./gone", "--out", str(tmp_path / "d")), "no folder ./gone")
    failed(fewrec("describe", fitted, "--item", "coco", "--decoder", f"lm:{tmp_path}"), "it has no decoder.json")
    failed(fewrec("describe", fitted, "--item", "coco", "--decoder", "prose"), "there is no decoder 'prose'")


def test_an_endpoint_that_fails_is_reported_and_phrases_are_shown(fitted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    failed(fewrec("describe", fitted, "--item", "coco", "--decoder", "chat"), "FEWREC_CHAT_BASE_URL")
    plain = fewrec("describe", fitted, "--item", "coco", "--json").document
    monkeypatch.setenv("FEWREC_CHAT_MODEL", "m")
    monkeypatch.setenv("FEWREC_CHAT_BACKOFF_S", "0.01")
    with serving({"status": 500, "body": "{}"}) as server:
        monkeypatch.setenv("FEWREC_CHAT_BASE_URL", server.url)
        outcome = fewrec("describe", fitted, "--item", "coco", "--decoder", "chat", "--json")
    assert outcome.document == plain
    assert "after 3 attempts" in outcome.err
    with serving(f"关于{plain['phrases'][0]['text']}的作品。") as server:
        monkeypatch.setenv("FEWREC_CHAT_BASE_URL", server.url)
        outcome = fewrec("describe", fitted, "--item", "coco", "--decoder", "chat", "--json")
    assert outcome.document["text"] == f"关于{plain['phrases'][0]['text']}的作品。"
    assert outcome.document["phrases"] == plain["phrases"]
