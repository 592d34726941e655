"""A language model that continues a vector: what training and decoding share. Needs torch."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import torch
from torch import nn

from fewrec.decoders.sentence import Kind, opening
from fewrec.errors import MissingExtraError, ModelLoadError, SettingError
from fewrec.llm.decoder.config import LMDecoderConfig
from fewrec.llm.decoder.loading import LoadedLM
from fewrec.llm.decoder.prompt import SoftPrompt
from fewrec.types import Matrix

_IGNORED = -100


class ConditionedLM:
    """Vector -> prompt embeddings -> the opening of a sentence ("About:", "Likes:") -> text.

    Of the item or user the model is given the vector alone; the opening tells it which of the two to speak of, in which language.
    """

    def __init__(self, loaded: LoadedLM, config: LMDecoderConfig, n_inputs: int, lang: str) -> None:
        self.loaded = loaded
        self.config = config
        self.lang = lang
        self.model = loaded.model
        if config.lora:
            self.model = _with_lora(loaded.model, config)
        self.prompt = SoftPrompt(n_inputs, config.n_hidden, config.n_prompts, loaded.n_embedding, length=loaded.length).to(
            loaded.device
        )
        kinds: tuple[Kind, ...] = ("item", "user")
        self.openings = {kind: self._ids(opening(lang, kind).strip()) for kind in kinds}

    def parameters(self) -> dict[str, nn.Parameter]:
        """What is trained, by name: the prompt's weights and, with LoRA, the updates."""
        found = {f"prompt.{name}": weights for name, weights in self.prompt.named_parameters()}
        if self.config.lora:
            found |= {f"lora.{name}": weights for name, weights in self.model.named_parameters() if weights.requires_grad}
        return found

    def target_ids(self, text: str) -> list[int]:
        """The tokens of a text to be said, its end included; cut where the model has no more positions."""
        space = "" if self.lang == "zh" else " "
        return [*self._ids(space + text), self.loaded.tokenizer.eos_token_id][: self.room]

    @cached_property
    def room(self) -> int:
        """Tokens that a text can have behind the prompt and the opening.

        Raises:
            SettingError: not even a few.
        """
        positions = getattr(self.model.config.get_text_config(), "max_position_embeddings", None)
        if not isinstance(positions, int):
            return self.config.max_new_tokens * 16  # the model counts as far as it likes
        left = positions - self.config.n_prompts - max(map(len, self.openings.values()))
        if left < self.config.min_new_tokens + 2:
            raise SettingError(
                f"{self.config.lm} has {positions} positions, too few for {self.config.n_prompts} prompts and a text",
                hint="use fewer --prompts, or another language model",
            )
        return left

    def loss(self, vectors: Matrix, kinds: Sequence[Kind], targets: Sequence[Sequence[int]]) -> torch.Tensor:
        """Mean cross-entropy, in nats a token, of saying ``targets`` of ``vectors`` (b, d)."""
        heads = [self.openings[kind] for kind in kinds]
        width = max(len(head) + len(target) for head, target in zip(heads, targets, strict=True))
        pad = self.loaded.tokenizer.eos_token_id  # any will do: it is masked
        device = self.loaded.device
        ids = torch.full((len(targets), width), pad)
        labels = torch.full((len(targets), width), _IGNORED)
        mask = torch.zeros((len(targets), width), dtype=torch.long)
        for row, (head, target) in enumerate(zip(heads, targets, strict=True)):
            n, end = len(head), len(head) + len(target)
            ids[row, :end] = torch.tensor([*head, *target])
            labels[row, n:end] = torch.tensor(target)
            mask[row, :end] = 1
        prompts = self.embedded(vectors)  # (b, m, h)
        words = self.model.get_input_embeddings()(ids.to(device))  # (b, t, h)
        ones = torch.ones((len(targets), prompts.shape[1]), dtype=torch.long)
        first = min(map(len, heads))
        output = self.model(
            inputs_embeds=torch.cat([prompts, words], dim=1),
            attention_mask=torch.cat([ones, mask], dim=1).to(device),
            logits_to_keep=width - first + 1,
            use_cache=False,
        )
        logits = output.logits[:, -(width - first + 1) : -1].float()  # (b, t - first, v), each before its label
        wanted = labels[:, first:].to(device)
        return nn.functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=_IGNORED)

    def embedded(self, vectors: Matrix) -> torch.Tensor:
        """(b, m, h) prompt embeddings in the model's own number type."""
        dtype = self.model.get_input_embeddings().weight.dtype
        found: torch.Tensor = self.prompt(torch.as_tensor(vectors, dtype=torch.float32, device=self.loaded.device)).to(dtype)
        return found

    def state(self) -> dict[str, torch.Tensor]:
        """The trained weights, as they are saved."""
        return {name: weights.detach().to("cpu", torch.float32).contiguous() for name, weights in self.parameters().items()}

    def load_state(self, state: dict[str, torch.Tensor]) -> None:
        """What :meth:`state` gave.

        Raises:
            ModelLoadError: names or shapes are not those of this model.
        """
        own = self.parameters()
        wrong = sorted(set(own) ^ set(state)) or [name for name in own if own[name].shape != state[name].shape]
        if wrong:
            raise ModelLoadError(
                f"the adapter does not fit {self.config.lm}: {len(wrong)} tensors differ, such as {wrong[0]}",
                hint="use the language model that it was trained with, or train again with fewrec learn decoder",
            )
        with torch.no_grad():
            for name, weights in own.items():
                if not bool(torch.isfinite(state[name]).all()):
                    raise ModelLoadError(f"the adapter's weights {name} are not finite", hint="train it again")
                weights.copy_(state[name])

    def merge(self) -> None:
        """Add LoRA's updates to the model's weights, for use: a fifth faster. Training is over then."""
        if self.config.lora:
            self.model.merge_adapter()

    def _ids(self, text: str) -> list[int]:
        found: list[int] = self.loaded.tokenizer(text, add_special_tokens=False)["input_ids"]
        return found


def _with_lora(model: Any, config: LMDecoderConfig) -> Any:
    try:
        from peft import LoraConfig, get_peft_model
    except ImportError as error:
        raise MissingExtraError("an LM decoder with LoRA", "llm") from error
    settings: dict[str, Any] = {"r": config.lora, "lora_alpha": 2 * config.lora, "lora_dropout": 0.0, "task_type": "CAUSAL_LM"}
    settings["fan_in_fan_out"] = any(type(layer).__name__ == "Conv1D" for layer in model.modules())  # GPT-2 stores weights so
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers in ways that it will not answer for ever
        try:
            return get_peft_model(model, LoraConfig(**settings))
        except ValueError:  # an architecture peft has no list of layers for
            return get_peft_model(model, LoraConfig(**settings, target_modules="all-linear"))
