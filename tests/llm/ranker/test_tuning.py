"""Fine-tuning on tiny random weights of GPT-2, Llama and BERT: it learns, survives a kill, is saved, and refuses what it cannot use."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from fewrec.errors import DataError, ModelLoadError, SettingError
from fewrec.llm.ranker import Labelled, Question, TransferConfig
from fewrec.llm.ranker import training as loop
from fewrec.llm.ranker.networks import CausalNetwork, load_network, make_trainable
from fewrec.llm.ranker.result import DOCUMENT, WEIGHTS, read_result
from fewrec.llm.ranker.training import TransferMemoryError, answer
from fewrec.llm.ranker.tuning import fine_tune, load_result

from .toy import FAST, rows


@pytest.mark.parametrize("architecture", ["gpt2", "llama", "bert"])
def test_a_separable_world_is_learned(bases: dict[str, str], architecture: str, tmp_path: Path) -> None:
    result = fine_tune(bases[architecture], rows(48), rows(40, seed=1), FAST, out=tmp_path)
    assert result.trained
    assert result.report["valid_auc"] > 0.95
    _, network = load_result(tmp_path)
    yes, no = (Question((kind * 3,), (), "T1") for kind in ("zz", "aa"))
    told = answer(network, [network.tokens(yes), network.tokens(no)])
    assert told[0] > told[1]


@pytest.mark.parametrize("architecture", ["gpt2", "llama", "bert"])
def test_adapters_go_to_disk_and_come_back(bases: dict[str, str], architecture: str, tmp_path: Path) -> None:
    config = replace(FAST, method="lora", learning_rate=2e-2, steps=8)
    questions = [row.question for row in rows(6, seed=2)]
    fine_tune(bases[architecture], rows(16), [], config, out=tmp_path)
    assert read_result(tmp_path).trained
    network = make_trainable(load_network(bases[architecture], config, "en"), config)
    before = answer(network, [network.tokens(question) for question in questions])
    loop.set_weights(network, loop.load_file(tmp_path / WEIGHTS))
    apart = answer(network, [network.tokens(question) for question in questions])
    _, merged = load_result(tmp_path)
    together = answer(merged, [merged.tokens(question) for question in questions])
    assert together == pytest.approx(apart, abs=1e-4)
    assert np.abs(apart - before).max() > 1e-3
    size = (tmp_path / WEIGHTS).stat().st_size
    assert size < sum(p.numel() * 4 for p in network.parameters()) / 2  # adapters alone, not the model


def test_a_killed_run_ends_as_one_that_was_not(bases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = replace(FAST, method="lora", learning_rate=1e-2, steps=12, evaluations=3, patience=9, dropout=0.2)
    whole = fine_tune(bases["llama"], rows(24), rows(20, seed=1), config, out=tmp_path / "whole")

    class Killed(BaseException):
        pass

    def stop(text: str) -> None:
        if text.startswith("step 8"):
            raise Killed

    with pytest.raises(Killed):
        fine_tune(bases["llama"], rows(24), rows(20, seed=1), config, out=tmp_path / "killed", progress=stop)
    assert not (tmp_path / "killed" / DOCUMENT).exists()
    steps: list[int] = []
    real = loop._step

    def counted(*told: object) -> float:
        steps.append(1)
        return real(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "_step", counted)
    again = fine_tune(bases["llama"], rows(24), rows(20, seed=1), config, out=tmp_path / "killed")
    assert len(steps) == 4
    assert again.report["validation"] == whole.report["validation"]
    assert again.calibration == whole.calibration
    if whole.trained:
        first, second = (loop.load_file(tmp_path / name / WEIGHTS) for name in ("whole", "killed"))
        assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_run_of_other_data_is_not_gone_on_from(bases: dict[str, str], tmp_path: Path) -> None:
    def stop(text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fine_tune(bases["gpt2"], rows(16), [], FAST, out=tmp_path, progress=stop)
    with pytest.raises(ModelLoadError, match="other data"):
        fine_tune(bases["gpt2"], rows(16, seed=5), [], FAST, out=tmp_path)
    course = tmp_path / "unfinished" / "course.json"
    course.write_text(course.read_text()[:20])
    with pytest.raises(ModelLoadError, match="damaged"):
        fine_tune(bases["gpt2"], rows(16), [], FAST, out=tmp_path)


def test_the_untrained_model_is_kept_where_training_does_not_help(bases: dict[str, str], tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = [Labelled(row.question, bool(rng.random() < 0.5)) for row in rows(60)]
    wrong = [Labelled(row.question, not row.label) for row in rows(40, seed=1)]
    config = replace(FAST, steps=20, learning_rate=1e-4)
    result = fine_tune(bases["llama"], noise[:16], wrong, config, out=tmp_path)
    losses = [each["valid"] for each in result.report["validation"]]
    assert result.report["best_step"] == result.report["validation"][int(np.argmin(losses))]["step"]
    _, network = load_result(tmp_path)
    if not result.trained:
        assert not (tmp_path / WEIGHTS).exists()
    assert np.isfinite(answer(network, [network.tokens(noise[0].question)])).all()


def test_no_steps_means_the_model_as_it_came(bases: dict[str, str], tmp_path: Path) -> None:
    result = fine_tune(bases["gpt2"], rows(16), rows(20, seed=1), replace(FAST, steps=0), out=tmp_path)
    assert not result.trained
    network = load_network(bases["gpt2"], FAST, "en")
    question = rows(1)[0].question
    assert answer(load_result(tmp_path)[1], [network.tokens(question)]) == pytest.approx(
        answer(network, [network.tokens(question)]), abs=1e-6
    )


@pytest.mark.parametrize("architecture", ["gpt2", "llama", "bert"])
def test_padding_and_order_change_nothing(bases: dict[str, str], architecture: str) -> None:
    network = make_trainable(load_network(bases[architecture], FAST, "en"), FAST)
    if network.kind == "cross":
        torch.nn.init.normal_(network.head.weight)  # type: ignore[union-attr,arg-type]
    questions = [Question(("a" * n,), ("b",), "T") for n in (1, 9, 30, 4)]
    tokens = [network.tokens(question) for question in questions]
    together = answer(network, tokens)
    alone = np.array([answer(network, [one])[0] for one in tokens])
    assert together == pytest.approx(alone, abs=1e-4)
    assert np.ptp(together) > 1e-4


def test_a_long_history_loses_its_oldest_titles(bases: dict[str, str]) -> None:
    network = load_network(bases["llama"], replace(FAST, max_length=100), "en")
    long = Question(tuple(f"title {n:02d}" for n in range(30)), ("bad",), "The Target")
    tokens = network.tokens(long)
    text = network.tokenizer.decode(tokens)
    assert len(tokens) <= 100
    assert "The Target" in text
    assert "title 00" not in text


def test_chinese_answers_differ_by_their_first_different_token(bases: dict[str, str]) -> None:
    network = load_network(bases["gpt2"], FAST, "zh")
    assert isinstance(network, CausalNetwork)
    lead = network.tokenizer.decode(network.tokens(rows(1)[0].question))
    assert "会喜欢" in lead
    assert network.yes != network.no


def test_checkpointing_and_bfloat16_run_on_a_cpu(bases: dict[str, str], tmp_path: Path) -> None:
    for method in ("lora", "full"):
        config = TransferConfig(method=method, precision="bfloat16", checkpointing=True, steps=2, batch_size=4)  # type: ignore[arg-type]
        for name, base in bases.items():
            result = fine_tune(base, rows(8), [], config, out=tmp_path / f"{method}-{name}")
            assert result.trained
            assert np.isfinite(answer(load_result(tmp_path / f"{method}-{name}")[1], [[5, 6, 7]])).all()


def test_seeds_differ(bases: dict[str, str], tmp_path: Path) -> None:
    config = replace(FAST, method="lora", steps=4)
    for seed in (0, 1):
        fine_tune(bases["gpt2"], rows(16), [], replace(config, seed=seed), out=tmp_path / str(seed))
    first, second = (loop.load_file(tmp_path / name / WEIGHTS) for name in ("0", "1"))
    assert any(not torch.equal(first[name], second[name]) for name in first)


# -- refusals -----------------------------------------------------------------------------------------------------------


def test_too_few_rows_and_one_class(bases: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected at least 8") as told:
        fine_tune(bases["gpt2"], rows(4), [], FAST, out=tmp_path)
    assert told.value.hint
    with pytest.raises(DataError, match="of both kinds"):
        fine_tune(bases["gpt2"], [row for row in rows(40) if row.label], [], FAST, out=tmp_path)


def test_an_architecture_that_cannot_answer(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    config = transformers.T5Config(vocab_size=20, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2)
    transformers.T5ForConditionalGeneration(config).save_pretrained(tmp_path)
    with pytest.raises(ModelLoadError, match="can neither answer") as told:
        load_network(str(tmp_path), FAST, "en")
    assert "causal LM" in str(told.value.hint)


def test_an_absent_model_and_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ModelLoadError, match="there is no folder"):
        load_network(str(tmp_path / "absent"), FAST, "en")
    with pytest.raises(ModelLoadError, match=r"no config\.json"):
        load_network(str(tmp_path), FAST, "en")
    with pytest.raises(ModelLoadError, match=r"holds no transfer\.json"):
        load_result(tmp_path)


def test_corrupt_adapters_and_other_base_weights(bases: dict[str, str], tmp_path: Path) -> None:
    base = tmp_path / "base"
    shutil.copytree(bases["gpt2"], base)
    out = tmp_path / "out"
    fine_tune(str(base), rows(16), [], replace(FAST, method="lora", steps=2), out=out)
    good = (out / WEIGHTS).read_bytes()
    (out / WEIGHTS).write_bytes(good[:200])
    with pytest.raises(ModelLoadError, match="cannot be read"):
        load_result(out)
    (out / WEIGHTS).write_bytes(good)
    document = json.loads((out / DOCUMENT).read_text())
    (out / DOCUMENT).write_text(json.dumps(document | {"config": document["config"] | {"rank": 2}}))
    with pytest.raises(ModelLoadError, match="do not fit"):
        load_result(out)
    (out / DOCUMENT).write_text(json.dumps(document | {"format": 99}))
    with pytest.raises(ModelLoadError, match="format 99"):
        load_result(out)
    (out / DOCUMENT).write_text("{")
    with pytest.raises(ModelLoadError, match="damaged"):
        load_result(out)
    (out / DOCUMENT).write_text(json.dumps(document))
    weights = base / "model.safetensors"
    broken = bytearray(weights.read_bytes())
    broken[-1] ^= 255
    weights.write_bytes(bytes(broken))
    with pytest.raises(ModelLoadError, match="other weights"):
        load_result(out)


def test_out_of_memory_says_what_to_do(bases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: not enough memory")

    monkeypatch.setattr(CausalNetwork, "_log_odds", full)
    with pytest.raises(TransferMemoryError, match="does not fit") as told:
        fine_tune(bases["gpt2"], rows(16), [], FAST, out=tmp_path)
    assert "--batch-size" in str(told.value.hint)


@pytest.mark.parametrize(
    "wrong", [{"rank": 0}, {"dropout": 1.0}, {"precision": "int8"}, {"learning_rate": 0.0}, {"max_length": 2}, {"steps": -1}]
)
def test_settings_outside_their_range(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        TransferConfig(**wrong)  # type: ignore[arg-type]


def test_settings_survive_json() -> None:
    config = TransferConfig(rank=3, lang="zh", steps=7)
    assert TransferConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    with pytest.raises(SettingError, match="no settings"):
        TransferConfig.from_dict({"rang": 3})
