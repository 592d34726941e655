"""The student as it is trained: torch, float32."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from fewrec.encoders.static_files import StaticWeights, quantise
from fewrec.types import Matrix


class StudentNetwork(nn.Module):
    """:func:`fewrec.encoders.static.project` over summed rows, with gradients. Rows are updated sparsely."""

    def __init__(self, n_pieces: int, width: int, hidden: int, dimensions: int) -> None:
        super().__init__()
        self.rows = nn.EmbeddingBag(n_pieces, width, mode="sum", sparse=True, include_last_offset=True)
        self.hidden = nn.Linear(width, hidden)
        self.out = nn.Linear(hidden, dimensions)
        self.skip = nn.Linear(width, dimensions, bias=False)

    def start_from(self, piece_vectors: Matrix, weights: Matrix) -> None:
        """Begin at the teacher's vectors of the pieces (V, D): their first principal axes as rows, weighted (V,); the skip leads back."""
        mean = piece_vectors.mean(axis=0)
        centred = piece_vectors - mean
        _, axes = np.linalg.eigh(centred.T.astype(np.float64) @ centred)
        axes = axes[:, ::-1][:, : self.rows.weight.shape[1]]  # (D, d)
        with torch.no_grad():
            self.rows.weight.normal_(0, 1e-3)
            self.rows.weight[:, : axes.shape[1]] = torch.from_numpy((centred @ axes * weights[:, None]).astype(np.float32))
            self.skip.weight.zero_()
            self.skip.weight[:, : axes.shape[1]] = torch.from_numpy((axes * 0.06).astype(np.float32))
            self.out.weight.mul_(0.1)
            self.out.bias.copy_(torch.from_numpy(mean.astype(np.float32)))

    def forward(self, ids: Tensor, begins: Tensor) -> Tensor:
        """``ids`` (t,), ``begins`` (n + 1,) -> (n, D) unit rows."""
        sums = self.rows(ids, begins)  # (n, d)
        x = sums * torch.rsqrt(sums.square().mean(dim=1, keepdim=True) + 1e-6)
        return nn.functional.normalize(self.out(torch.relu(self.hidden(x))) + self.skip(x), dim=1)

    def to_weights(self) -> StaticWeights:
        """As it is written: int8 rows."""
        arrays = {name: parameter.detach().numpy() for name, parameter in self.named_parameters()}
        rows, scales = quantise(arrays["rows.weight"])
        return StaticWeights(
            rows=rows,
            scales=scales,
            hidden=arrays["hidden.weight"].T.copy(),
            hidden_bias=arrays["hidden.bias"].copy(),
            out=arrays["out.weight"].T.copy(),
            skip=arrays["skip.weight"].T.copy(),
            out_bias=arrays["out.bias"].copy(),
        )


def similarity_loss(student: Tensor, teacher: Tensor, temperature: float = 0.05) -> Tensor:
    """How far the batch's similarities are from the teacher's: squared differences, and whom each text takes for its neighbours.

    Sources: Park et al., Relational Knowledge Distillation, CVPR 2019; Fang et al., SEED, ICLR 2021 (similarities as distributions).
    """
    itself = torch.eye(len(student), dtype=torch.bool)
    ours, theirs = student @ student.T, teacher @ teacher.T
    squared = (ours - theirs).square().mean()
    ours, theirs = (each.masked_fill(itself, -1e4) / temperature for each in (ours, theirs))
    distribution = nn.functional.kl_div(
        ours.log_softmax(dim=1), theirs.log_softmax(dim=1), log_target=True, reduction="batchmean"
    )
    return 10 * squared + 0.5 * distribution


def alignment_loss(one: Tensor, other: Tensor, temperature: float = 0.05) -> Tensor:
    """InfoNCE both ways over pairs (m, D) that mean the same. Source: van den Oord et al., 2018."""
    logits = one @ other.T / temperature
    target = torch.arange(len(one))
    return (nn.functional.cross_entropy(logits, target) + nn.functional.cross_entropy(logits.T, target)) / 2
