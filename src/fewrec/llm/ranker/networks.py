"""The networks that answer: a causal LM by Yes against No, or a BERT-style cross-encoder by one number. Needs torch.

Both turn a :class:`Question` into tokens and a batch of tokens into (b,) log odds of a Yes. What is trained (adapters, a fresh head, or
everything) is what has ``requires_grad``.
"""

from __future__ import annotations

import inspect
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSequenceClassification
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
)

from fewrec.errors import ModelLoadError, SettingError
from fewrec.llm.encoder.config import HFConfig
from fewrec.llm.encoder.loading import choose_device, load_config, load_pretrained, load_tokenizer
from fewrec.llm.encoder.pooling import mean_pool
from fewrec.llm.ranker.config import TransferConfig
from fewrec.llm.ranker.prompts import WORDINGS, Question, Wording

Tokens = list[int]


class Trainable(nn.Module):
    """A pre-trained ``body`` with what is learned of it and beside it."""

    body: Any
    is_blank = False
    """Whether it answers everything alike before training: a checkpoint that orders nothing is not worth keeping."""

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    def trained(self) -> dict[str, nn.Parameter]:
        """What is learned, by name."""
        return {name: p for name, p in self.named_parameters() if p.requires_grad}


class LikeNetwork(Trainable, ABC):
    """Common parts. Subclasses say how a question becomes tokens and how padded tokens become log odds."""

    kind: str

    def __init__(self, body: nn.Module, tokenizer: Any, wording: Wording, max_length: int) -> None:
        super().__init__()
        self.body = body
        self.tokenizer = tokenizer
        self.wording = wording
        self.max_length = max_length
        self.pad_id = next((i for i in (tokenizer.pad_token_id, tokenizer.eos_token_id) if i is not None), 0)

    def tokens(self, question: Question) -> Tokens:
        """Ids of the whole question; the oldest titles are left out until it fits."""
        ids = self._ids(question)
        while len(ids) > self.max_length and question.n_shown:
            question = question.shorter()
            ids = self._ids(question)
        return ids[-self.max_length :]

    def logits(self, batch: Sequence[Tokens]) -> Tensor:
        """(b,) float32 log odds of a Yes."""
        width = max(map(len, batch))
        rows, mask = [], []
        for ids in batch:
            padding = [self.pad_id] * (width - len(ids))
            rows.append(self._padded(ids, padding))
            mask.append(self._padded([1] * len(ids), [0] * len(padding)))
        input_ids = torch.tensor(rows, device=self.device)  # (b, t)
        return self._log_odds(input_ids, torch.tensor(mask, device=self.device)).float()

    @abstractmethod
    def _ids(self, question: Question) -> Tokens: ...

    @abstractmethod
    def _padded(self, ids: list[int], padding: list[int]) -> list[int]: ...

    @abstractmethod
    def _log_odds(self, input_ids: Tensor, mask: Tensor) -> Tensor: ...


class CausalNetwork(LikeNetwork):
    """Logit of the Yes token less that of the No token after the prompt. Padding is on the left, so that all answers stand last."""

    kind = "causal"

    def __init__(self, body: nn.Module, tokenizer: Any, wording: Wording, max_length: int) -> None:
        super().__init__(body, tokenizer, wording, max_length)
        self._lead, self.yes, self.no = _answers(tokenizer, wording)
        accepted = inspect.signature(type(body).forward).parameters
        self._options = {"logits_to_keep": 1} if "logits_to_keep" in accepted else {}
        self._takes_positions = "position_ids" in accepted

    def _ids(self, question: Question) -> Tokens:
        ids: Tokens = self.tokenizer(self.wording.prompt(question), return_attention_mask=False, verbose=False)["input_ids"]
        if ids and ids[-1] == self.tokenizer.eos_token_id and len(ids) > 1:  # some tokenizers close what they read
            ids = ids[:-1]
        return [*ids, *self._lead]

    def _padded(self, ids: list[int], padding: list[int]) -> list[int]:
        return [*padding, *ids]

    def _log_odds(self, input_ids: Tensor, mask: Tensor) -> Tensor:
        options: dict[str, Any] = dict(self._options)
        whole = bool(mask.all())
        if not whole and self._takes_positions:
            options["position_ids"] = (mask.cumsum(dim=1) - 1).clamp(min=0)
        output = self.body(input_ids=input_ids, attention_mask=None if whole else mask, use_cache=False, **options)
        last: Tensor = output.logits[:, -1]  # (b, vocabulary)
        return last[:, self.yes] - last[:, self.no]


class CrossNetwork(LikeNetwork):
    """A BERT reads history and item as a pair; a head makes one number of it: the model's own, or a fresh one on the mean token.

    The fresh head begins at zero, so before training every question has the same answer.
    """

    kind = "cross"

    def __init__(self, body: nn.Module, tokenizer: Any, wording: Wording, max_length: int, *, own_head: bool) -> None:
        super().__init__(body, tokenizer, wording, max_length)
        self.own_head = own_head
        self.is_blank = not own_head
        self.head = None if own_head else _zero_head(int(body.config.hidden_size))  # type: ignore[union-attr,arg-type]

    def _ids(self, question: Question) -> Tokens:
        pair = (self.wording.history(question), self.wording.asked(question))
        ids: Tokens = self.tokenizer(*pair, return_attention_mask=False, return_token_type_ids=False, verbose=False)[
            "input_ids"
        ]
        return ids

    def _padded(self, ids: list[int], padding: list[int]) -> list[int]:
        return [*ids, *padding]

    def _log_odds(self, input_ids: Tensor, mask: Tensor) -> Tensor:
        output = self.body(input_ids=input_ids, attention_mask=mask)
        if self.head is None:
            logits: Tensor = output.logits
            return logits[:, -1] - logits[:, 0] if logits.shape[1] == 2 else logits[:, 0]
        pooled = mean_pool(output.last_hidden_state.float(), mask)  # (b, d)
        scale = torch.nn.functional.layer_norm(pooled, pooled.shape[1:])
        return self.head(scale)[:, 0]  # type: ignore[no-any-return]


def load_network(model: str, config: TransferConfig, lang: str) -> LikeNetwork:
    """The base model, frozen, with whatever head it needs; :func:`make_trainable` says what is learned.

    Raises:
        ModelLoadError: there is no such model, it is damaged, gated, or of an architecture that cannot answer.
    """
    source = HFConfig(model=model, device=config.device)
    model_config = load_config(source)
    kind = kind_of(model, model_config)
    device = choose_device(config.device)
    dtype = dtype_of(config, device)
    tokenizer = load_tokenizer(source)
    wording, length = WORDINGS[lang], _max_length(config, model_config, tokenizer)
    network: LikeNetwork
    torch.manual_seed(config.seed)
    if kind == "causal":
        network = CausalNetwork(load_pretrained(source, AutoModelForCausalLM, dtype, device), tokenizer, wording, length)
    else:
        own_head = _has_classifier(model_config)
        auto = AutoModelForSequenceClassification if own_head else AutoModel
        body = load_pretrained(source, auto, dtype, device, may_miss=() if own_head else ("pooler.",))
        network = CrossNetwork(body, tokenizer, wording, length, own_head=own_head)
    return network.requires_grad_(False).to(device).eval()


def kind_of(model: str, model_config: Any) -> str:
    """``causal`` or ``cross``, from the architecture.

    Raises:
        ModelLoadError: neither.
    """
    named = (getattr(model_config, "architectures", None) or [""])[0]
    model_type = model_config.model_type
    if not getattr(model_config, "is_encoder_decoder", False):
        if named.endswith(("ForCausalLM", "LMHeadModel")) and not getattr(model_config, "is_decoder", False):
            return "causal"
        if model_type in MODEL_FOR_MASKED_LM_MAPPING_NAMES or named.endswith("ForSequenceClassification"):
            return "cross"
        if model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
            return "causal"
    raise ModelLoadError(
        f"{model} ({named or model_type}) can neither answer Yes or No nor judge a pair of texts",
        hint="name a causal LM (GPT-2, Llama, Qwen, Gemma, ...) or a BERT-style encoder; encoder-decoders are not supported",
    )


def dtype_of(config: TransferConfig, device: torch.device) -> torch.dtype:
    """Of the base weights. Full fine-tuning keeps them in float32 and computes in bfloat16 (:func:`autocast_of`)."""
    if config.method == "full":
        return torch.float32
    return torch.bfloat16 if wants_bfloat16(config, device) else torch.float32


def wants_bfloat16(config: TransferConfig, device: torch.device) -> bool:
    """Whether matrix products are made in bfloat16."""
    if config.precision == "auto":
        return device.type == "cuda" and torch.cuda.is_bf16_supported()
    return config.precision == "bfloat16"


Network = TypeVar("Network", bound=Trainable)


def make_trainable(network: Network, config: TransferConfig) -> Network:
    """Adapters on the attention (or all weights) and the fresh head, from ``config.seed``."""
    torch.manual_seed(config.seed)
    if config.method == "full":
        network.requires_grad_(True)
    else:
        from peft import LoraConfig, get_peft_model

        targets, is_conv = _targets(network.body)
        lora = LoraConfig(
            r=config.rank,
            lora_alpha=2 * config.rank,
            lora_dropout=config.dropout,
            target_modules=targets,
            fan_in_fan_out=is_conv,
        )
        with warnings.catch_warnings():  # peft asks for an attribute that transformers is about to rename
            warnings.simplefilter("ignore", FutureWarning)
            network.body = get_peft_model(network.body, lora)
        network.to(network.device)
    head = getattr(network, "head", None)
    if isinstance(head, nn.Module):
        head.requires_grad_(True)
    return network


def use_checkpointing(body: Any, config: TransferConfig) -> None:
    """Activations are computed again on the way back, where asked or on a GPU."""
    on_gpu = next(body.parameters()).device.type == "cuda"
    if on_gpu if config.checkpointing is None else config.checkpointing:
        with warnings.catch_warnings():  # the old name works in every release that we support
            warnings.simplefilter("ignore", FutureWarning)
            body.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        if hasattr(body, "enable_input_require_grads"):
            body.enable_input_require_grads()


_ATTENTION = ("q_proj", "v_proj", "query", "value", "c_attn", "query_key_value", "qkv_proj", "Wqkv", "q_lin", "v_lin")


def _targets(body: nn.Module) -> tuple[Any, bool]:
    """Names of the attention's linear layers, and whether they are GPT-2's transposed kind."""
    found = {name.rpartition(".")[2]: module for name, module in body.named_modules()}
    names = [name for name in _ATTENTION if name in found]
    is_conv = any(type(found[name]).__name__ == "Conv1D" for name in names)
    return (names or "all-linear"), is_conv


def _zero_head(size: int) -> nn.Linear:
    head = nn.Linear(size, 1)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    return head


def _has_classifier(model_config: Any) -> bool:
    named = (getattr(model_config, "architectures", None) or [""])[0]
    return named.endswith("ForSequenceClassification") and model_config.num_labels in {1, 2}


def _max_length(config: TransferConfig, model_config: Any, tokenizer: Any) -> int:
    text = model_config.get_text_config()
    limits = [config.max_length, int(min(tokenizer.model_max_length, 1 << 30))]
    positions = getattr(text, "max_position_embeddings", None)
    if isinstance(positions, int) and positions > 0:
        limits.append(positions - (text.pad_token_id + 1 if "roberta" in text.model_type else 0))
    return min(limits)


def _answers(tokenizer: Any, wording: Wording) -> tuple[Tokens, int, int]:
    """Tokens that both answers begin with (they end the prompt), then the first that differs, of Yes and of No.

    Raises:
        SettingError: the tokenizer reads both answers alike.
    """
    yes, no = (tokenizer(answer, add_special_tokens=False)["input_ids"] for answer in (wording.yes, wording.no))
    same = next((place for place, (one, other) in enumerate(zip(yes, no, strict=False)) if one != other), None)
    if same is None:
        raise SettingError(
            f"the tokenizer reads {wording.yes!r} and {wording.no!r} alike",
            hint="use a model that knows the language, or lang=en",
        )
    return yes[:same], yes[same], no[same]


def batches_by_length(tokens: Sequence[Tokens], budget: int) -> Iterator[list[int]]:
    """Places in batches of like length, longest first; a batch's rows times its longest row stay within ``budget``."""
    order = sorted(range(len(tokens)), key=lambda place: -len(tokens[place]))
    first = 0
    while first < len(order):
        n = max(1, budget // max(1, len(tokens[order[first]])))
        yield order[first : first + n]
        first += n
