"""The LM decoder on tiny random models of the real GPT-2 and Llama classes: what is asked here is code, not meaning."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from fewrec.errors import EncoderMismatchError, ModelLoadError, SettingError
from fewrec.llm.decoder import LMDecoder, LMDecoderConfig
from fewrec.llm.decoder.clauses import Clause, read, write
from fewrec.llm.decoder.files import Head, save
from fewrec.llm.decoder.loading import DecoderMemoryError, load_causal_lm
from fewrec.llm.decoder.values import unstuttered
from fewrec.llm.decoder_training import Pairs
from fewrec.llm.decoder_training.training import TrainingConfig, train
from fewrec.llm.decoder_training.warmup import WarmupConfig, warm_up
from fewrec.testing import tiny_model

from .lm_worlds import TEXTS, HashEncoder, conditioned, decoder, lm_folder, toy_pairs, vectors

ARCHITECTURES = ("gpt2", "llama")


@pytest.fixture(scope="module", params=ARCHITECTURES)
def lm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lm_folder(tmp_path_factory.mktemp(request.param) / "lm", request.param)


def quick(**settings: object) -> TrainingConfig:
    return TrainingConfig(
        **{"n_steps": 300, "batch_size": 6, "eval_every": 100, "learning_rate": 1e-2, "n_warm": 5, "clip": 5.0, **settings}
    )


def run(made, folder: Path, config: TrainingConfig, *, warm: bool = False, judge: bool = True) -> dict:
    pairs = toy_pairs()
    validation = pairs if judge else Pairs(pairs.vectors[:0], (), ())

    def before() -> None:
        if warm:
            warm_up(made, pairs, pairs, seed=0, progress=lambda _: None, config=WarmupConfig(n_epochs=40))

    return train(
        made, pairs, validation, folder=folder, key="key", seed=0, progress=lambda _: None, before=before, config=config
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_clauses_are_read_as_they_were_written(lang: str) -> None:
    clauses = (Clause("genres", ("War", "Love")), Clause("导演", ("Ann Lee",)), Clause("", ("free",)))
    assert read(write(clauses, lang), lang) == clauses
    assert read(write((Clause("a", ("x, y; z",)),), "en"), "en") == (Clause("a", ("x y z",)),)
    assert write((Clause("a", ()),), lang) == ""


def test_a_toy_world_is_learned_by_heart(lm: Path, tmp_path: Path) -> None:
    made = conditioned(lm, lora=16)
    went = run(made, tmp_path / "t", quick(), warm=True)
    assert went["validation_loss"] < 0.5
    ours = decoder(made)
    for kind, rows in (("item", range(5)), ("user", [5])):
        for row, found in zip(rows, ours.decode_all(vectors()[list(rows)], lang="en", kind=kind), strict=True):
            wanted = {value for clause in read(TEXTS[row], "en") for value in clause.values}
            assert {phrase.text for phrase in found.phrases} == wanted
            assert all(value in found.text for value in wanted)
            assert sum(phrase.weight for phrase in found.phrases) == pytest.approx(1)


def test_the_prompt_alone_learns_with_the_model_frozen(lm: Path, tmp_path: Path) -> None:
    made = conditioned(lm, lora=0)
    before = {name: weights.clone() for name, weights in made.model.state_dict().items()}
    start = run(made, tmp_path / "a", quick(n_steps=1, eval_every=1))["validation_loss"]
    went = run(made, tmp_path / "b", quick(n_steps=100, eval_every=50))
    assert went["validation_loss"] < start - 0.2
    for name, weights in made.model.state_dict().items():
        assert torch.equal(weights, before[name])


def test_a_killed_training_ends_as_one_that_was_not(lm: Path, tmp_path: Path) -> None:
    whole, stopped = conditioned(lm), conditioned(lm)
    config = quick(n_steps=30, eval_every=10)
    run(whole, tmp_path / "whole", config)
    with pytest.raises(KeyboardInterrupt):
        train(
            stopped,
            toy_pairs(),
            toy_pairs(),
            folder=tmp_path / "cut",
            key="key",
            seed=0,
            progress=_kill_at("step 20 of"),
            before=lambda: None,
            config=config,
        )
    again = conditioned(lm, seed=5)  # whatever it begins with, the checkpoint is what counts
    went = run(again, tmp_path / "cut", config)
    assert went["steps"] == 30
    for name, weights in whole.state().items():
        torch.testing.assert_close(again.state()[name], weights)


def _kill_at(begin: str):
    def progress(text: str) -> None:
        if text.startswith(begin):
            raise KeyboardInterrupt

    return progress


def test_training_of_other_settings_is_not_gone_on_with(lm: Path, tmp_path: Path) -> None:
    run(conditioned(lm), tmp_path, quick(n_steps=2, eval_every=1))
    with pytest.raises(SettingError, match="other settings"):
        train(
            conditioned(lm),
            toy_pairs(),
            toy_pairs(),
            folder=tmp_path,
            key="other",
            seed=0,
            progress=lambda _: None,
            before=lambda: None,
        )


@pytest.mark.parametrize("n_candidates", [1, 4])
def test_a_batch_says_what_one_by_one_says(lm: Path, n_candidates: int) -> None:
    ours = decoder(conditioned(lm, n_candidates=n_candidates, batch_size=5))
    rows = vectors(7, seed=3)
    together = ours.decode_all(rows, lang="en", kind="item")
    alone = [ours.decode(row, lang="en", kind="item") for row in rows]
    assert [found.text for found in together] == [found.text for found in alone]


def test_no_output_is_empty_or_loops(lm: Path) -> None:
    """An untrained adapter makes a random model babble: the constraints have to hold all the same."""
    for found in decoder(conditioned(lm)).decode_all(vectors(100, seed=4), lang="en", kind="user"):
        assert found.phrases
        assert len({phrase.text.casefold() for phrase in found.phrases}) == len(found.phrases)
        assert all(any(char.isalnum() for char in phrase.text) for phrase in found.phrases)


def test_nothing_is_said_of_the_zero_vector(lm: Path) -> None:
    rows = np.vstack([vectors(1), np.zeros((1, 16), dtype=np.float32)])
    told, nothing = decoder(conditioned(lm)).decode_all(rows, lang="en")
    assert told.phrases
    assert nothing.phrases == ()
    assert nothing.text == "No taste to tell yet."


def test_saved_and_loaded_it_says_the_same(lm: Path, tmp_path: Path) -> None:
    made = conditioned(lm)
    run(made, tmp_path / "t", quick(n_steps=40, eval_every=20))
    head = Head(made.config, "hash", "hash-1", 16, "en", made.loaded.identity, {"steps": 40})
    save(tmp_path / "d", head, made.state())
    assert {file.name for file in (tmp_path / "d").iterdir()} == {"decoder.json", "adapter.safetensors"}
    loaded = LMDecoder.load(tmp_path / "d", HashEncoder())
    assert loaded.head == head
    rows = vectors(5, seed=6)
    assert loaded.decode_all(rows, lang="en") == decoder(made).decode_all(rows, lang="en")
    assert LMDecoderConfig.from_json(json.loads(json.dumps(head.config.to_json()))) == head.config


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    lm = lm_folder(tmp_path / "lm", "llama")
    made = conditioned(lm, lora=2)
    save(tmp_path / "d", Head(made.config, "hash", "hash-1", 16, "en", made.loaded.identity, {}), made.state())
    return tmp_path / "d"


def test_vectors_of_another_encoder_are_refused(saved: Path) -> None:
    with pytest.raises(EncoderMismatchError, match="not of hash \\(hash-2\\)"):
        LMDecoder.load(saved, HashEncoder("hash-2"))
    loaded = LMDecoder.load(saved, HashEncoder())
    with pytest.raises(EncoderMismatchError, match="expected \\(b, 16\\)"):
        loaded.decode(np.ones(8, dtype=np.float32), lang="en")
    with pytest.raises(SettingError, match="speaks en"):
        loaded.decode(np.ones(16, dtype=np.float32), lang="zh")
    with pytest.raises(SettingError, match="NaN"):
        loaded.decode(np.full(16, np.nan, dtype=np.float32), lang="en")


def test_damaged_decoders_say_so(saved: Path) -> None:
    weights = saved / "adapter.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelLoadError, match=r"adapter\.safetensors cannot be read"):
        LMDecoder.load(saved, HashEncoder())
    weights.write_bytes(whole)
    document = json.loads((saved / "decoder.json").read_text())
    for changed, told in (
        ({**document, "format": 99}, "format 99"),
        ({**document, "config": {**document["config"], "magic": 1}}, "unknown settings .*magic"),
        ({**document, "config": {**document["config"], "lora": 4}}, "does not fit"),
        ({**document, "identity": {"files": {}}}, "its files have changed"),
        ({**document, "config": {**document["config"], "lm": str(saved / "gone")}}, "there is no folder"),
    ):
        (saved / "decoder.json").write_text(json.dumps(changed))
        with pytest.raises(ModelLoadError, match=told):
            LMDecoder.load(saved, HashEncoder())
    (saved / "decoder.json").write_text("{")
    with pytest.raises(ModelLoadError, match="cannot be read as an LM decoder"):
        LMDecoder.load(saved, HashEncoder())
    with pytest.raises(ModelLoadError, match=r"it has no decoder\.json"):
        LMDecoder.load(saved / "elsewhere", HashEncoder())


class Narrow(torch.nn.Module):
    """The model on a device that holds ``room`` texts."""

    def __init__(self, model: torch.nn.Module, room: int) -> None:
        super().__init__()
        self.model, self.config, self.room = model, model.config, room

    def get_input_embeddings(self) -> torch.nn.Module:
        return self.model.get_input_embeddings()

    def forward(self, **inputs: object) -> object:
        first = next(inputs[name] for name in ("inputs_embeds", "input_ids") if name in inputs)
        if len(first) > self.room:
            raise torch.cuda.OutOfMemoryError("out of memory")
        return self.model(**inputs)


def test_where_memory_runs_out_the_batch_is_halved(lm: Path, tmp_path: Path) -> None:
    made = conditioned(lm)
    rows = vectors(7, seed=8)
    before = decoder(made).decode_all(rows, lang="en")
    made.model = Narrow(made.model, 2)
    assert [each.text for each in decoder(made).decode_all(rows, lang="en")] == [each.text for each in before]
    made.model = Narrow(made.model.model, 0)
    with pytest.raises(DecoderMemoryError, match="with one text"):
        decoder(made).decode_all(rows, lang="en")
    with pytest.raises(DecoderMemoryError, match="a batch of 6 texts") as caught:
        run(made, tmp_path, quick(n_steps=1, eval_every=1), judge=False)
    assert "--batch-size 3" in (caught.value.hint or "")


@pytest.mark.parametrize("family", ["Qwen2", "Gemma3"])
def test_other_families_by_their_own_classes(family: str, tmp_path: Path) -> None:
    """Tiny random Qwen2 and Gemma 3 (whose embeddings are scaled): trained a little, saved, loaded, spoken."""
    tiny_model(tmp_path / "lm", "llama")  # for its tokenizer of bytes
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 300}
    kind = {"Qwen2": "Qwen2Config", "Gemma3": "Gemma3TextConfig"}[family]
    config = getattr(transformers, kind)(**sizes, intermediate_size=64, max_position_embeddings=128)
    if family == "Gemma3":
        config.head_dim = 16
    torch.manual_seed(0)
    getattr(transformers, f"{family}ForCausalLM")(config).save_pretrained(tmp_path / "lm")
    made = conditioned(tmp_path / "lm")
    went = run(made, tmp_path / "t", quick(n_steps=20, eval_every=10))
    assert went["best_step"] > 0
    head = Head(made.config, "hash", "hash-1", 16, "en", made.loaded.identity, went)
    save(tmp_path / "d", head, made.state())
    found = LMDecoder.load(tmp_path / "d", HashEncoder()).decode_all(vectors(4), lang="en")
    assert all(each.phrases for each in found)


def test_too_few_positions_say_so(lm: Path) -> None:
    made = conditioned(lm)
    made.config = replace(made.config, n_prompts=126)
    with pytest.raises(SettingError, match="has 128 positions"):
        made.target_ids("a")


def test_a_model_that_only_reads_is_refused(tmp_path: Path) -> None:
    tiny_model(tmp_path / "bert", "bert")
    with pytest.raises(ModelLoadError, match="bert model, which does not continue a text") as caught:
        load_causal_lm(LMDecoderConfig(lm=str(tmp_path / "bert")))
    assert "causal language model" in (caught.value.hint or "")


def test_weights_without_their_shape_are_refused(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "lm", "gpt2")
    (folder / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelLoadError, match="cannot load the model"):
        load_causal_lm(LMDecoderConfig(lm=str(folder)))


@pytest.mark.parametrize(
    "wrong", [{"lm": " "}, {"n_prompts": 0}, {"dtype": "int8"}, {"least_confidence": 1.0}, {"n_candidates": 0}]
)
def test_settings_outside_what_is_allowed(wrong: dict) -> None:
    with pytest.raises(SettingError):
        replace(LMDecoderConfig(lm="x"), **wrong)


@pytest.mark.parametrize(
    ("said", "once"),
    [
        ("Sam C. C. C. C. Hammond", "Sam C. Hammond"),
        ("the man the man the man", "the man"),
        ("out of time Out of Time", "out of time"),
        ("Duran Duran", "Duran Duran"),
        ("New York New York", "New York New York"),
        ("哈哈哈哈", "哈"),
        ("星际星际星际穿越", "星际穿越"),
        ("妈妈", "妈妈"),
    ],
)
def test_what_a_value_says_over_and_over_is_said_once(said: str, once: str) -> None:
    assert unstuttered(said) == once
