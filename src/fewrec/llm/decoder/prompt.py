"""The trained part: a vector becomes m prompt embeddings of a language model. Needs torch."""

from __future__ import annotations

import torch
from torch import nn


class SoftPrompt(nn.Module):
    """Vector (b, d) -> prompt embeddings (b, m, h): a small MLP with a linear path beside it.

    Rows come out as long as the model's own token embeddings (times a learned gain): among vectors of another length its attention
    has never been. Source: Li & Liang, ACL 2021 (prefix-tuning); Mokady et al., 2021 (ClipCap: a fixed vector as prefix).
    """

    length: torch.Tensor
    scale: torch.Tensor

    def __init__(self, n_inputs: int, n_hidden: int, n_prompts: int, n_embedding: int, *, length: float) -> None:
        """``length``: mean length of the model's token embeddings, > 0."""
        super().__init__()
        self.n_prompts = n_prompts
        self.hidden = nn.Linear(n_inputs, n_hidden)
        self.out = nn.Linear(n_hidden, n_prompts * n_embedding)
        self.straight = nn.Linear(n_inputs, n_prompts * n_embedding, bias=False)
        self.gain = nn.Parameter(torch.ones(n_prompts, 1))
        self.register_buffer("length", torch.tensor(float(length)))
        self.register_buffer("scale", torch.tensor(float(n_inputs) ** 0.5))

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """(b, d) unit rows -> (b, m, h)."""
        inputs = vectors * self.scale  # entries of about 1
        rows = self.out(nn.functional.gelu(self.hidden(inputs))) + self.straight(inputs)  # (b, m * h)
        directions = nn.functional.normalize(rows.unflatten(1, (self.n_prompts, -1)), dim=-1)  # (b, m, h)
        return directions * self.gain * self.length
