"""Text from vectors, a batch at a time: constrained, and with the model's confidence in every token. Needs torch.

A loop of our own and not ``generate``: the probability of each token is wanted without keeping every distribution, draws must not
depend on the batch, and all texts of a batch begin at the same place, so nothing is padded.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from transformers.modeling_outputs import CausalLMOutputWithPast

from fewrec.decoders.sentence import Kind
from fewrec.llm.decoder.clauses import Span, spans
from fewrec.llm.decoder.conditioned import ConditionedLM
from fewrec.llm.decoder.loading import DecoderMemoryError
from fewrec.llm.decoder.values import Value, Written, unstuttered
from fewrec.types import Matrix

_CACHE = "cache" if "cache" in CausalLMOutputWithPast.__dataclass_fields__ else "past_key_values"
"""What transformers calls the keys and values of earlier tokens: renamed in 5.24."""
_TOP = 50
"""Tokens that a draw is made among."""


def write_texts(conditioned: ConditionedLM, vectors: Matrix, kind: Kind, *, n_drawn: int = 0) -> list[list[Written]]:
    """For each of ``vectors`` (b, d): the likeliest text (greedy), then ``n_drawn`` draws, the same in any batch.

    Raises:
        DecoderMemoryError: one text alone does not fit into memory.
    """
    # (row, number of the draw), all of a vector's together
    jobs = [(row, draw) for row in range(len(vectors)) for draw in range(1 + n_drawn)]
    found: list[list[Written]] = [[] for _ in range(len(vectors))]
    size = conditioned.config.batch_size
    for first in range(0, len(jobs), size):
        batch = jobs[first : first + size]
        written = _in_halves(conditioned, vectors, kind, batch)
        empty = [place for place, text in enumerate(written) if not text.values]
        if empty:  # nothing but marks: said again, in letters, digits and blanks alone
            again = _in_halves(conditioned, vectors, kind, [batch[place] for place in empty], letters=True)
            for place, text in zip(empty, again, strict=True):
                written[place] = text
        for (row, _), text in zip(batch, written, strict=True):
            found[row].append(text)
    return found


def _in_halves(
    conditioned: ConditionedLM, vectors: Matrix, kind: Kind, jobs: Sequence[tuple[int, int]], *, letters: bool = False
) -> list[Written]:
    """A batch; where memory runs out, in halves."""
    try:
        with torch.inference_mode():
            return _written(conditioned, vectors, kind, jobs, letters)
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, (MemoryError, torch.cuda.OutOfMemoryError)) and "memory" not in str(error).lower():
            raise
        if len(jobs) == 1:
            raise DecoderMemoryError(
                f"{conditioned.config.lm} on {conditioned.loaded.device} runs out of memory with one text",
                hint="use dtype=bfloat16 or device=cpu, or train a decoder with a smaller model",
            ) from error
    if conditioned.loaded.device.type == "cuda":
        torch.cuda.empty_cache()
    half = len(jobs) // 2
    parts = (jobs[:half], jobs[half:])
    return [text for part in parts for text in _in_halves(conditioned, vectors, kind, part, letters=letters)]


def _written(
    conditioned: ConditionedLM, vectors: Matrix, kind: Kind, jobs: Sequence[tuple[int, int]], letters: bool
) -> list[Written]:
    config, model, device = conditioned.config, conditioned.model, conditioned.loaded.device
    eos = int(conditioned.loaded.tokenizer.eos_token_id)
    banned, wordy, begins = _masks(conditioned.loaded.tokenizer, int(model.config.get_text_config().vocab_size))
    banned, begins = (banned | ~wordy if letters else banned).to(device), begins.to(device)
    rows = np.asarray([row for row, _ in jobs])
    draws = [
        np.random.default_rng([draw, zlib.crc32(np.ascontiguousarray(vectors[row], dtype=np.float32).tobytes())])
        if draw
        else None
        for row, draw in jobs
    ]
    head = torch.tensor([conditioned.openings[kind]] * len(jobs), dtype=torch.long, device=device)
    inputs: dict[str, Any] = {
        "inputs_embeds": torch.cat([conditioned.embedded(vectors[rows]), model.get_input_embeddings()(head)], dim=1)
    }
    ids: list[list[int]] = [[] for _ in jobs]
    logs: list[list[float]] = [[] for _ in jobs]
    ended = [False] * len(jobs)
    cache = None
    for step in range(min(config.max_new_tokens, conditioned.room)):
        output = model(**inputs, **{_CACHE: cache}, use_cache=True, logits_to_keep=1)
        cache = getattr(output, _CACHE)
        scores = output.logits[:, -1].float().log_softmax(dim=-1)  # (b, v)
        allowed = scores.masked_fill(banned, -torch.inf)
        if step == 0 and letters:
            allowed = allowed.masked_fill(~begins, -torch.inf)
        if step < config.min_new_tokens:
            allowed[:, eos] = -torch.inf
        for row, said in enumerate(ids):
            for token in _would_repeat(said, config.no_repeat_ngram):
                allowed[row, token] = -torch.inf
        chosen = allowed.argmax(dim=-1)  # (b,)
        top, place = allowed.topk(min(_TOP, allowed.shape[1]), dim=-1)
        for row, rng in enumerate(draws):
            if rng is not None:
                noise = torch.as_tensor(rng.gumbel(size=top.shape[1]), dtype=top.dtype, device=device)
                chosen[row] = place[row, (top[row] + noise).argmax()]  # the Gumbel-max trick: a draw from the softmax
        picked, told = chosen.tolist(), scores.gather(1, chosen[:, None])[:, 0].tolist()
        for row, token in enumerate(picked):
            if ended[row]:
                continue
            ended[row] = token == eos
            if not ended[row]:
                ids[row].append(token)
            logs[row].append(told[row])
        if all(ended):
            break
        inputs = {"input_ids": chosen[:, None]}
    return [
        Written(_values(conditioned, said, log, whole), float(sum(log)))
        for said, log, whole in zip(ids, logs, ended, strict=True)
    ]


def _would_repeat(said: Sequence[int], n: int) -> list[int]:
    """Tokens that would say n tokens in a row for the second time."""
    if n == 0 or len(said) < n:
        return []
    last = list(said[-(n - 1) :]) if n > 1 else []
    return [said[i + n - 1] for i in range(len(said) - n + 1) if list(said[i : i + n - 1]) == last]


def _values(conditioned: ConditionedLM, said: list[int], logs: list[float], whole: bool) -> tuple[Value, ...]:
    """The values of a text with their confidence, each once; without the last one where the text was cut off in it."""
    tokenizer = conditioned.loaded.tokenizer
    text = tokenizer.decode(said, skip_special_tokens=True)
    ends = [len(tokenizer.decode(said[: i + 1], skip_special_tokens=True)) for i in range(len(said))]
    starts = [0, *ends[:-1]]
    found = spans(text, conditioned.lang)
    if not whole and len(found) > 1:
        found = found[:-1]
    values: dict[str, Value] = {}
    for span in found:
        own = [log for start, end, log in zip(starts, ends, logs, strict=False) if _overlap(span, start, end)]
        once = unstuttered(span.text)
        values.setdefault(once.casefold(), Value(span.label, once, float(np.exp(np.mean(own))) if own else 0.0))
    return tuple(values.values())


def _overlap(span: Span, start: int, end: int) -> bool:
    return start < span.end and end > span.start


@lru_cache(maxsize=8)
def _masks(tokenizer: Any, n_vocabulary: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """(v,) each: tokens that are never said (special ones, rows without a token); of letters, digits and blanks; those with a letter."""
    banned = torch.zeros(n_vocabulary, dtype=torch.bool)
    banned[min(len(tokenizer), n_vocabulary) :] = True
    for token in tokenizer.all_special_ids:
        if token != tokenizer.eos_token_id and token < n_vocabulary:
            banned[token] = True
    texts = tokenizer.batch_decode([[token] for token in range(min(len(tokenizer), n_vocabulary))])
    wordy, begins = torch.zeros(n_vocabulary, dtype=torch.bool), torch.zeros(n_vocabulary, dtype=torch.bool)
    wordy[: len(texts)] = torch.tensor([all(char.isalnum() or char == " " for char in text) for text in texts])
    begins[: len(texts)] = torch.tensor([any(char.isalnum() for char in text) for text in texts])
    wordy[tokenizer.eos_token_id] = True
    return banned, wordy & ~banned, begins & wordy & ~banned
