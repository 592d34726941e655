"""Language models under the same examination as the phrases: ``lm:FOLDER`` and ``chat``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from round_trip_worlds import HashedWords, everybody, films

from fewrec.errors import SettingError
from fewrec.evaluation import RoundTripSettings, Run, evaluate
from fewrec.evaluation.text_decoders import DecodedCatalogue, candidate_decoders, check_names, text_scoring, version_of
from fewrec.testing import tiny_model

SMALL = RoundTripSettings(seeds=1, min_users=2, min_hidden=1, k=(2,), held_out=0.25, replicates=100)


@pytest.fixture(scope="module")
def decoded_catalogue() -> DecodedCatalogue:
    first = HashedWords(1)
    return DecodedCatalogue(films(first), first)


def run(decoded_catalogue: DecodedCatalogue, *names: str, **settings: object) -> dict:
    inputs = {
        "catalogue": decoded_catalogue.catalogue,
        "interactions": everybody(),
        "scoring": text_scoring(decoded_catalogue, HashedWords(2)),
    }
    return evaluate(
        "round-trip",
        candidate_decoders(names, decoded_catalogue),
        run=Run(progress=False),
        settings=replace(SMALL, **settings),
        **inputs,
    )


def rows(document: dict, model: str) -> dict:
    return {
        (row["items"], row["k"], row["metric"]): row["mean"]
        for row in document["results"]
        if row["model"] == model and row["metric"] in {"support", "cross-recall@1", "overlap@10"}
    }


def test_an_endpoint_that_is_down_is_examined_by_the_phrases_it_falls_back_to(
    decoded_catalogue: DecodedCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openai")
    for name, value in (("BASE_URL", "http://127.0.0.1:9/v1"), ("MODEL", "none"), ("N_ATTEMPTS", "1"), ("TIMEOUT_S", "2")):
        monkeypatch.setenv(f"FEWREC_CHAT_{name}", value)
    document = run(decoded_catalogue, "phrases", "chat", "chat:stranger")
    assert rows(document, "chat") == rows(document, "phrases")
    assert ("cold", 1, "support") in rows(document, "chat")  # phrases can be mined without the held-out items
    assert rows(document, "chat:stranger")["warm", 1, "support"] < rows(document, "chat")["warm", 1, "support"]


def test_a_language_model_has_no_results_on_items_that_it_cannot_forget(
    decoded_catalogue: DecodedCatalogue, tmp_path: Path
) -> None:
    pytest.importorskip("torch")
    from fewrec.llm.decoder import LMDecoderConfig
    from fewrec.llm.decoder.conditioned import ConditionedLM
    from fewrec.llm.decoder.files import Head, save
    from fewrec.llm.decoder.loading import load_causal_lm

    config = LMDecoderConfig(lm=str(tiny_model(tmp_path / "lm", "gpt2")), n_prompts=2, n_hidden=8, max_new_tokens=6)
    loaded, first = load_causal_lm(config), decoded_catalogue.encoder
    made = ConditionedLM(loaded, config, first.dimensions, "en")
    folder = tmp_path / "decoder"
    save(folder, Head(config, first.name, first.fingerprint, first.dimensions, "en", loaded.identity, {}), made.state())
    name = f"lm:{folder}"
    document = run(decoded_catalogue, "phrases", name)
    assert ("warm", 1, "support") in rows(document, name)
    assert ("cold", 1, "support") not in rows(document, name)
    assert rows(document, name)["warm", 1, "support"] < rows(document, "phrases")["warm", 1, "support"]  # nothing was learned
    assert any("cannot forget" in note for note in document["notes"])
    before = version_of(name)
    (folder / "decoder.json").write_text((folder / "decoder.json").read_text() + " ")
    assert version_of(name) != before


def test_names_of_readers_are_checked_before_any_work() -> None:
    check_names(["lm:somewhere", "chat", "chat:somewhere:stranger"])
    with pytest.raises(SettingError, match="needs a folder"):
        check_names(["lm"])
    with pytest.raises(SettingError, match="there is no decoder 'lmm:x'"):
        check_names(["lmm:x"])
