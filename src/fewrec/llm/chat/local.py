"""A local causal language model in the place of an endpoint. Needs the extra ``llm``."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fewrec.errors import MissingExtraError
from fewrec.llm.chat.decoder import PhrasingError
from fewrec.llm.decoder.config import LMDecoderConfig

if TYPE_CHECKING:
    from fewrec.llm.decoder.loading import LoadedLM

_MAX_NEW_TOKENS = 80


class LocalModel:
    """Greedy answers of a model by name or folder, with its own chat template where it has one.

    Implements :class:`~fewrec.llm.chat.decoder.Phraser`.
    """

    def __init__(self, lm: str, *, device: str = "cpu") -> None:
        """The weights are read with the first text."""
        self.config = LMDecoderConfig(lm=lm, device=device)

    @property
    def name(self) -> str:
        """The model."""
        return self.config.lm

    def phrase(self, instruction: str, evidence: str) -> str:
        """The model's continuation, stripped.

        Raises:
            PhrasingError: it ended without a text, or memory ran out.
            ModelLoadError: it cannot be loaded.
        """
        tokenizer, model = self._loaded.tokenizer, self._loaded.model
        import torch

        if tokenizer.chat_template:
            messages = [{"role": "system", "content": instruction}, {"role": "user", "content": evidence}]
            text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
            inputs = tokenizer(text, return_tensors="pt", add_special_tokens=False)
        else:
            inputs = tokenizer(f"{instruction}\n{evidence}\n", return_tensors="pt")
        n = int(inputs["input_ids"].shape[1])
        positions = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        if isinstance(positions, int) and n + _MAX_NEW_TOKENS > positions:
            raise PhrasingError(f"{self.name} has {positions} positions, {n + _MAX_NEW_TOKENS} are needed")
        try:
            with torch.inference_mode():
                ids = model.generate(
                    input_ids=inputs["input_ids"].to(self._loaded.device),
                    attention_mask=inputs["attention_mask"].to(self._loaded.device),
                    max_new_tokens=_MAX_NEW_TOKENS,
                    do_sample=False,
                    no_repeat_ngram_size=8,
                    pad_token_id=tokenizer.eos_token_id,
                )
        except (MemoryError, torch.cuda.OutOfMemoryError) as error:
            raise PhrasingError(f"{self.name} ran out of memory on {self._loaded.device}") from error
        text = str(tokenizer.decode(ids[0, n:], skip_special_tokens=True)).strip()
        if not text:
            raise PhrasingError(f"{self.name} ended without a text")
        return text

    @cached_property
    def _loaded(self) -> LoadedLM:
        try:
            from fewrec.llm.decoder.loading import load_causal_lm
        except ModuleNotFoundError as error:
            raise MissingExtraError(f"the decoder chat:{self.name}", "llm") from error
        return load_causal_lm(self.config)
