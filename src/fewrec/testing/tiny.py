"""Tiny models with random weights, of the classes that people use: what a test needs when it asks about code, not about meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from fewrec.errors import MissingExtraError

Architecture = Literal["bert", "gpt2", "llama"]

_HIDDEN = 32
_POSITIONS = 128


def tiny_model(folder: Path, architecture: Architecture, *, seed: int = 0) -> Path:
    """Save a two-layer model with 32 hidden numbers and a tokenizer of bytes (so any language works) into ``folder``.

    ``bert``: ``BertModel``, [CLS] text [SEP], padded on the right. ``gpt2``, ``llama``: causal LMs with head, without a pad token,
    as those families come; ``llama`` begins a text with ``<s>``. 128 positions.
    """
    try:
        import torch
        import transformers
    except ImportError as error:
        raise MissingExtraError("a tiny test model", "llm") from error
    tokenizer = _byte_tokenizer(architecture)
    n_vocabulary = len(tokenizer)
    ids = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model: Any
        if architecture == "bert":
            bert = transformers.BertConfig(
                vocab_size=n_vocabulary,
                hidden_size=_HIDDEN,
                num_hidden_layers=2,
                num_attention_heads=2,
                intermediate_size=2 * _HIDDEN,
                max_position_embeddings=_POSITIONS,
                pad_token_id=tokenizer.pad_token_id,
            )
            model = transformers.BertModel(bert, add_pooling_layer=False)
        elif architecture == "gpt2":
            gpt2 = transformers.GPT2Config(
                vocab_size=n_vocabulary, n_embd=_HIDDEN, n_layer=2, n_head=2, n_positions=_POSITIONS, **ids
            )
            model = transformers.GPT2LMHeadModel(gpt2)
        else:
            llama = transformers.LlamaConfig(
                vocab_size=n_vocabulary,
                hidden_size=_HIDDEN,
                num_hidden_layers=2,
                num_attention_heads=2,
                num_key_value_heads=1,
                intermediate_size=2 * _HIDDEN,
                max_position_embeddings=_POSITIONS,
                **ids,
            )
            model = transformers.LlamaForCausalLM(llama)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _byte_tokenizer(architecture: Architecture) -> Any:
    """Byte-level BPE without merges: 256 symbols and the architecture's special tokens."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    special = {
        "bert": {
            "pad_token": "[PAD]",
            "unk_token": "[UNK]",
            "cls_token": "[CLS]",
            "sep_token": "[SEP]",
            "mask_token": "[MASK]",
        },
        "gpt2": {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>"},
        "llama": {"bos_token": "<s>", "eos_token": "</s>"},
    }[architecture]
    names = list(dict.fromkeys(special.values()))
    symbols = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: row for row, token in enumerate([*names, *symbols])}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges=[]))
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in names])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    if architecture != "gpt2":
        begin, end = ("[CLS]", " [SEP]") if architecture == "bert" else ("<s>", "")
        marks = [(name, vocabulary[name]) for name in names if name in (begin, end.strip())]
        tokenizer.post_processor = processors.TemplateProcessing(single=f"{begin} $A{end}", special_tokens=marks)
    fast: Any = PreTrainedTokenizerFast  # its constructor has no annotations
    return fast(tokenizer_object=tokenizer, model_max_length=_POSITIONS, **special)
