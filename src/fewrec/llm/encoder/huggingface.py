"""Any encoder or causal LM of the Hugging Face kind as encoder E. Needs the extra ``llm``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fewrec.encoders._progress import progress_bar
from fewrec.encoders.fingerprint import make_fingerprint
from fewrec.errors import FewrecError, MissingExtraError, ModelLoadError, SettingError
from fewrec.llm.encoder.config import HFConfig
from fewrec.types import Matrix

if TYPE_CHECKING:
    from fewrec.llm.encoder.loading import LoadedModel

_CHARACTERS_PER_TOKEN = 32
"""Characters read per token allowed: far above what tokens hold, so only the far end of an overlong text is not looked at."""
_WINDOW = 4096
"""Texts tokenised and sorted at a time; bounds memory on a catalogue of millions."""


class EncoderMemoryError(FewrecError):
    """Even one text alone does not fit into memory."""


class HFEncoder:
    """Text -> one unit row from the token vectors of a BERT, Llama, Qwen, GPT-2, T5 ... by name or folder.

    Texts are sorted by their number of tokens and batched to a token budget. Padding is on the right whatever the tokenizer says:
    there it changes nothing, neither positions nor what a causal model has seen, so a text's vector does not depend on its batch.
    The model's configuration is read at once, its weights with the first text.
    """

    def __init__(self, config: HFConfig, *, threads: int | None = None, progress: bool | None = None) -> None:
        """``threads`` of torch on the CPU; None leaves them as they are.

        Raises:
            MissingExtraError: torch or transformers is not installed.
            ModelLoadError: there is no such model, or it is not one that reads text.
            SettingError: a layer, length or device that the model or machine does not have.
        """
        try:
            from fewrec.llm.encoder import loading as hf_loading
        except ModuleNotFoundError as error:
            raise MissingExtraError(f"the encoder {config.to_name()}", "llm") from error
        self.config = config
        self.threads = threads
        self.progress = progress
        self._model_config = hf_loading.load_config(config)
        self._text_config = self._model_config.get_text_config()
        self._device = hf_loading.choose_device(config.device)
        self._dtype = hf_loading.choose_dtype(config.dtype, self._device, self._model_config)
        self._layer = self._checked_layer()
        self.pooling: str = hf_loading.own_pooling(config) if config.pooling == "auto" else config.pooling

    @property
    def name(self) -> str:
        """``hf:MODEL?...``."""
        return self.config.to_name()

    @cached_property
    def dimensions(self) -> int:
        """Hidden size of the model."""
        size = getattr(self._text_config, "hidden_size", None)
        if not isinstance(size, int):
            raise ModelLoadError(f"{self.config.model} does not say its hidden size", hint="name a text encoder or causal LM")
        return size

    @cached_property
    def fingerprint(self) -> str:
        """Of the weights and every setting that changes vectors. A folder's files are hashed once and remembered."""
        from fewrec.llm.encoder.loading import weights_identity

        return make_fingerprint(
            "hf",
            {
                "weights": weights_identity(self.config, self._model_config),
                "pooling": self.pooling,
                "layer": self._layer,
                "prefix": self.config.prefix,
                "dtype": str(self._dtype),
                "max_length": self.config.max_length,
            },
        )

    def encode(self, texts: Sequence[str]) -> Matrix:
        """(len(texts), d) float32 unit rows; a text that is blank, or of which the tokenizer leaves nothing, gives a zero row.

        Raises:
            EncoderMemoryError: one text alone does not fit into memory.
        """
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        with progress_bar(len(texts), label="encoding", show=self.progress) as advance, _threads(self.threads):
            for first in range(0, len(texts), _WINDOW):
                window = texts[first : first + _WINDOW]
                tokens = self._tokenize(window)
                advance(sum(not ids for ids in tokens))
                for rows in _batches(tokens, self._batch_tokens):
                    vectors[first + np.array(rows)] = self._encode_batch([tokens[row] for row in rows])
                    advance(len(rows))
        return vectors

    def _tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids with special tokens; none at all for a text that says nothing."""
        if not len(texts):
            return []
        longest = self._max_length * _CHARACTERS_PER_TOKEN
        tokenizer = self._loaded.tokenizer
        # A lone surrogate (half an emoji, as JSON may hold) is no character; "?" is what UTF-8 encoders put for it.
        bounded = [self.config.prefix + text.strip()[:longest].encode("utf-8", "replace").decode("utf-8") for text in texts]
        options = {"truncation": True, "max_length": self._max_length, "return_attention_mask": False}
        tokens: list[list[int]] = tokenizer([*bounded, self.config.prefix], **options)["input_ids"]
        nothing = tokens.pop()  # what the prefix and the special tokens alone give
        return [ids if text.strip() and ids != nothing else [] for text, ids in zip(texts, tokens, strict=True)]

    def _encode_batch(self, tokens: list[list[int]]) -> Matrix:
        """(b, d) unit rows; where memory runs out, in halves."""
        import torch

        try:
            pooled = self._forward(tokens)
        except (torch.cuda.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(error):
                raise
            if len(tokens) == 1:
                raise EncoderMemoryError(
                    f"{self.config.model} on {self._device} runs out of memory with one text of {len(tokens[0])} tokens",
                    hint="lower max_length, use dtype=bfloat16 or device=cpu, or a smaller model",
                ) from error
        else:
            return self._unit_rows(pooled)
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        half = len(tokens) // 2
        return np.concatenate([self._encode_batch(tokens[:half]), self._encode_batch(tokens[half:])])

    def _forward(self, tokens: list[list[int]]) -> Matrix:
        """(b, d) float32, not yet scaled."""
        import torch

        from fewrec.llm.encoder.pooling import POOLERS

        body = self._loaded.body
        lengths = torch.tensor([len(ids) for ids in tokens])
        width = int(lengths.max())
        padded = [ids + [self._pad_id] * (width - len(ids)) for ids in tokens]
        input_ids = torch.tensor(padded, device=self._device)  # (b, t)
        mask = (torch.arange(width) < lengths[:, None]).long().to(self._device)  # (b, t)
        # Without padding no mask is needed, and attention without a mask has the faster kernels.
        attention = None if int(lengths.min()) == width else mask
        all_layers = self._layer != self._n_layers
        with torch.inference_mode():
            output = body(input_ids=input_ids, attention_mask=attention, output_hidden_states=all_layers)
            hidden = output.hidden_states[self._layer] if all_layers else output.last_hidden_state  # (b, t, d)
            pooled: Matrix = POOLERS[self.pooling](hidden.float(), mask).cpu().numpy()
        return pooled

    def _unit_rows(self, pooled: Matrix) -> Matrix:
        if not np.isfinite(pooled).all():
            raise ModelLoadError(
                f"{self.config.model} gives numbers that are not finite with {self._dtype}",
                hint="use dtype=float32 (or bfloat16); if it stays so, the weights are damaged",
            )
        if pooled.shape[1] != self.dimensions:
            raise SettingError(
                f"layer {self.config.layer} of {self.config.model} has {pooled.shape[1]} numbers, expected {self.dimensions}",
                hint="choose another layer",
            )
        lengths = np.linalg.norm(pooled, axis=1, keepdims=True)
        rows: Matrix = np.divide(pooled, lengths, out=np.zeros_like(pooled), where=lengths > 0)
        return rows

    @cached_property
    def _loaded(self) -> LoadedModel:
        from fewrec.llm.encoder.loading import load_model

        return load_model(self.config, self._dtype, self._device)

    @cached_property
    def _pad_id(self) -> int:
        """Any token will do, since padding is masked and stands behind; many LMs have no token of their own for it."""
        tokenizer = self._loaded.tokenizer
        return next((i for i in (tokenizer.pad_token_id, tokenizer.eos_token_id) if i is not None), 0)

    @property
    def _batch_tokens(self) -> int:
        return self.config.batch_tokens or (512 if self._device.type == "cpu" else 32768)

    @cached_property
    def _max_length(self) -> int:
        """``max_length``, within what tokenizer and positions allow."""
        limits = [self.config.max_length, self._loaded.tokenizer.model_max_length]
        positions = getattr(self._text_config, "max_position_embeddings", None)
        if isinstance(positions, int) and positions > 0:
            # RoBERTa's family numbers positions from pad_token_id + 1.
            offset = self._text_config.pad_token_id + 1 if "roberta" in self._text_config.model_type else 0
            limits.append(positions - offset)
        return int(min(limits))

    @cached_property
    def _n_layers(self) -> int:
        return int(self._text_config.num_hidden_layers)

    def _checked_layer(self) -> int:
        """The layer counted from the embeddings, 0 ... n."""
        n = self._n_layers
        layer = self.config.layer if self.config.layer >= 0 else n + 1 + self.config.layer
        if not 0 <= layer <= n:
            raise SettingError(
                f"found layer={self.config.layer}, but {self.config.model} has {n} layers", hint=f"expected {-n - 1} to {n}"
            )
        return layer


def _batches(tokens: Sequence[Sequence[int]], budget: int) -> Iterator[list[int]]:
    """Rows with tokens in batches of like length, longest first; a batch's rows times its longest row stay within ``budget``."""
    lengths: NDArray[np.int64] = np.fromiter(map(len, tokens), dtype=np.int64, count=len(tokens))
    order = [int(row) for row in np.argsort(-lengths, kind="stable") if lengths[row]]
    first = 0
    while first < len(order):
        n = max(1, budget // int(lengths[order[first]]))
        yield order[first : first + n]
        first += n


def _is_out_of_memory(error: BaseException) -> bool:
    import torch

    told = str(error).lower()
    return (
        isinstance(error, (torch.cuda.OutOfMemoryError, MemoryError))
        or "not enough memory" in told  # the CPU allocator
        or "out of memory" in told  # mps
    )


def named(name: str, *, threads: int | None = None, progress: bool | None = None) -> HFEncoder:
    """``hf:MODEL?option=value&…``. Errors as in :class:`HFEncoder` and :meth:`~fewrec.llm.encoder.config.HFConfig.from_name`."""
    return HFEncoder(HFConfig.from_name(name), threads=threads, progress=progress)


@contextmanager
def _threads(n: int | None) -> Iterator[None]:
    """Torch on ``n`` CPU threads for a while."""
    if n is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(n)
    try:
        yield
    finally:
        torch.set_num_threads(before)
