"""Loading a Hugging Face model together with a head (causal LM, classifier), with the errors of :mod:`hf_loading`."""

from __future__ import annotations

from typing import Any

import torch
from transformers import AutoTokenizer

from fewrec.encoders.hf_config import HFConfig
from fewrec.encoders.hf_loading import _explained, _hub_options, _location, _quiet
from fewrec.errors import ModelLoadError


def load_tokenizer(config: HFConfig) -> Any:
    """The model's own tokenizer.

    Raises:
        ModelLoadError: there is none.
    """
    with _explained(config), _quiet():
        tokenizer = AutoTokenizer.from_pretrained(_location(config), **_hub_options(config))
    if len(tokenizer) <= len(set(tokenizer.all_special_tokens)):  # transformers makes an empty one where there is none
        raise ModelLoadError(
            f"{config.model} has no tokenizer of its own",
            hint="add the tokenizer files of the model (tokenizer.json, tokenizer_config.json) to its folder",
        )
    return tokenizer


def load_headed(
    config: HFConfig, auto_class: Any, dtype: torch.dtype, device: torch.device, may_miss: tuple[str, ...] = (), **options: Any
) -> Any:
    """The model as ``auto_class`` (one of Transformers' ``AutoModelFor…``) makes it, on its device, in evaluation mode.

    ``may_miss``: parts of names of tensors that the weights need not hold, such as a head that is about to be learned.

    Raises:
        ModelLoadError: the weights are absent, damaged, or of another architecture.
    """
    with _explained(config), _quiet():
        model, report = auto_class.from_pretrained(
            _location(config), dtype=dtype, output_loading_info=True, **_hub_options(config), **options
        )
    missing = sorted(key for key in report["missing_keys"] if not any(part in key for part in may_miss))
    if missing:
        raise ModelLoadError(
            f"the weights of {config.model} do not fit its architecture ({type(model).__name__}): "
            f"{len(missing)} tensors are missing, such as {missing[0]}",
            hint="config.json and the weights must come from the same model",
        )
    if getattr(model.config, "use_cache", False):
        model.config.use_cache = False  # keys and values are kept for generating, which nobody does here
    return model.to(device).eval()
