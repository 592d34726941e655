"""From the vectors of tokens to the vector of a text. Padding may stand on either side. Needs torch."""

from __future__ import annotations

import torch
from torch import Tensor


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """(b, t, d), (b, t) -> (b, d): the mean over tokens where ``mask`` is 1."""
    weights = mask.to(hidden.dtype).unsqueeze(-1)  # (b, t, 1)
    return (hidden * weights).sum(dim=1) / weights.sum(dim=1)


def cls_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """(b, t, d), (b, t) -> (b, d): the first token where ``mask`` is 1, [CLS] in a BERT."""
    first = mask.to(torch.int8).argmax(dim=1)  # argmax takes the first of equals
    return hidden[torch.arange(len(hidden), device=hidden.device), first]


def last_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """(b, t, d), (b, t) -> (b, d): the last token where ``mask`` is 1, which in a causal LM has seen all others."""
    last = mask.shape[1] - 1 - mask.flip(dims=[1]).to(torch.int8).argmax(dim=1)
    return hidden[torch.arange(len(hidden), device=hidden.device), last]


POOLERS = {"mean": mean_pool, "cls": cls_pool, "last": last_pool}
