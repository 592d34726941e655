"""A causal language model by name or folder, with errors that say what to do. Needs torch and transformers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from fewrec.errors import FewrecError, ModelLoadError
from fewrec.llm.decoder.config import LMDecoderConfig
from fewrec.llm.encoder import loading as hf_loading  # the one place that knows how the hub fails
from fewrec.llm.encoder.config import HFConfig

_BIDIRECTIONAL = ("bert", "electra", "xlm-roberta", "xlm", "ernie", "nezha", "mpnet", "camembert")


class DecoderMemoryError(FewrecError):
    """Even one text alone does not fit into memory."""


@dataclass(frozen=True)
class LoadedLM:
    """The model with its head, frozen and in evaluation mode on its device, and its tokenizer."""

    model: Any
    tokenizer: Any
    n_embedding: int
    """Numbers of a token embedding."""
    length: float
    """Mean length of the token embeddings."""
    identity: dict[str, Any]
    """What the weights are: digests of a folder's files, or name and commit on the hub."""

    @property
    def device(self) -> torch.device:
        """Where the model stands."""
        found: torch.device = next(self.model.parameters()).device
        return found


def load_causal_lm(config: LMDecoderConfig) -> LoadedLM:
    """Load ``config.lm``, weights frozen.

    Raises:
        ModelLoadError: it is absent, gated or damaged, or reads text without writing any (BERT and its like).
        SettingError: this machine has no such device.
        DecoderMemoryError: it does not fit into memory.
    """
    source = HFConfig(model=config.lm, revision=config.revision, trust_remote_code=config.trust_remote_code)
    model_config = hf_loading.load_config(source)
    kind = getattr(model_config, "model_type", "")
    if model_config.is_encoder_decoder or _reads_only(kind, model_config):
        raise ModelLoadError(
            f"{config.lm} is a {kind} model, which does not continue a text",
            hint="name a causal language model (GPT-2, Llama, Qwen, Gemma, ...); encoders go with --encoder hf:MODEL",
        )
    device = hf_loading.choose_device(config.device)
    dtype = hf_loading.choose_dtype(config.dtype, device, model_config)
    options = {"revision": source.revision or "main", "trust_remote_code": source.trust_remote_code}
    location = hf_loading._location(source)
    try:
        with hf_loading._explained(source), hf_loading._quiet():
            tokenizer = AutoTokenizer.from_pretrained(location, **options)
            loaded: Any = AutoModelForCausalLM.from_pretrained(location, dtype=dtype, output_loading_info=True, **options)
            model, report = loaded[0].to(device).eval(), loaded[1]
    except (MemoryError, torch.cuda.OutOfMemoryError) as error:
        raise DecoderMemoryError(
            f"{config.lm} does not fit into the memory of {device}", hint="use dtype=bfloat16, device=cpu, or a smaller model"
        ) from error
    missing = sorted(report["missing_keys"])
    if missing:
        raise ModelLoadError(
            f"the weights of {config.lm} do not fit its architecture ({type(model).__name__}): "
            f"{len(missing)} tensors are missing, such as {missing[0]}",
            hint="config.json and the weights must come from the same causal language model, its head included",
        )
    if tokenizer.eos_token_id is None:
        raise ModelLoadError(f"the tokenizer of {config.lm} has no token that ends a text", hint="set its eos_token")
    model.requires_grad_(False)
    rows = model.get_input_embeddings()(torch.arange(min(len(tokenizer), 20_000), device=device))  # as the model scales them
    return LoadedLM(
        model,
        tokenizer,
        n_embedding=int(rows.shape[1]),
        length=float(rows.float().norm(dim=1).mean()),
        identity=hf_loading.weights_identity(source, model_config),
    )


def _reads_only(kind: str, model_config: Any) -> bool:
    """BERT has a class for causal use too, meant for decoders that were trained so; its published weights were not."""
    if kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        return not getattr(model_config, "auto_map", None)
    return any(part in kind for part in _BIDIRECTIONAL) and not getattr(model_config, "is_decoder", False)
