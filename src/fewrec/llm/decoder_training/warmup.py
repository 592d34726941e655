"""First steps without the language model: prompt embeddings learn to lie near the embeddings of the words to be said.

A step costs a thousandth of one through the model, so the adapter learns to read vectors here and the model, afterwards, to say what
it is shown. Prompts are dealt to the labels of the form ("genres", "director", ...): the i-th prompt of a label stands for the i-th
token of its values, its last one for all the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from torch.nn import functional

from fewrec.llm.decoder.clauses import read
from fewrec.llm.decoder.conditioned import ConditionedLM
from fewrec.llm.decoder_training.pairs import Pairs


@dataclass(frozen=True, kw_only=True)
class WarmupConfig:
    """Settings of :func:`warm_up`."""

    n_epochs: int = 4
    """Passes over the pairs at most, >= 0; 0 leaves the warm-up out. It ends with the first pass that no longer helps validation."""
    batch_size: int = 128
    """Pairs a step, >= 1."""
    learning_rate: float = 1e-3
    """Of AdamW, > 0."""
    max_tokens: int = 3000
    """The commonest tokens of the targets, which prompts are told apart by."""


def warm_up(
    conditioned: ConditionedLM,
    pairs: Pairs,
    validation: Pairs,
    *,
    seed: int,
    progress: Callable[[str], None],
    config: WarmupConfig = WarmupConfig(),
) -> None:
    """Train ``conditioned.prompt`` in place and leave it as it was best on ``validation``."""
    bags = [_bags(conditioned, each) for each in (pairs, validation)]
    counts = Counter(token for rows in bags[0] for bag in rows for token in bag)
    tokens = [token for token, _ in counts.most_common(config.max_tokens)]
    if not tokens or not config.n_epochs:
        return
    place = {token: i for i, token in enumerate(tokens)}
    targets, held_out = ([_matrix(rows, place) for rows in each] for each in bags)  # per prompt (n, v)
    embedding = conditioned.model.get_input_embeddings()
    with torch.no_grad():
        known = embedding(torch.tensor(tokens, device=conditioned.loaded.device)).float()  # (v, h)
    centre = known.mean(dim=0)
    keys = functional.normalize(known - centre, dim=1)
    sharpness = torch.nn.Parameter(torch.tensor(3.0, device=keys.device))
    optimizer = torch.optim.AdamW([*conditioned.prompt.parameters(), sharpness], lr=config.learning_rate, weight_decay=0.05)

    def loss_of(vectors: np.ndarray, wanted: list[sparse.csr_matrix], rows: np.ndarray) -> torch.Tensor:
        prompts = conditioned.prompt(torch.as_tensor(vectors[rows], dtype=torch.float32, device=keys.device))
        total, n = torch.zeros((), device=keys.device), 0.0
        for j, of_prompt in enumerate(wanted):
            dense = of_prompt[rows]
            spoken = np.flatnonzero(np.diff(dense.indptr))
            if not len(spoken):
                continue
            goal = torch.as_tensor(dense[spoken].toarray(), device=keys.device)  # (s, v), rows sum to 1
            scores = functional.normalize(prompts[spoken, j] - centre, dim=-1) @ keys.T * sharpness.exp()
            total = total - (goal * scores.log_softmax(dim=-1)).sum()
            n += len(spoken)
        return total / max(n, 1.0)

    best, best_state = float("inf"), None
    for epoch in range(config.n_epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(pairs))
        for first in range(0, len(order), config.batch_size):
            loss = loss_of(pairs.vectors, targets, order[first : first + config.batch_size])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        with torch.no_grad():
            now = float(loss_of(validation.vectors, held_out, np.arange(len(validation))))
        progress(f"reading vectors, pass {epoch + 1} of {config.n_epochs}: validation {now:.3f} nats")
        if now >= best:
            break
        best, best_state = now, {name: weights.clone() for name, weights in conditioned.prompt.state_dict().items()}
    if best_state is not None:
        conditioned.prompt.load_state_dict(best_state)


def _bags(conditioned: ConditionedLM, pairs: Pairs) -> list[list[list[int]]]:
    """Per prompt and pair the tokens it should stand for."""
    parsed = [read(text, conditioned.lang) for text in pairs.texts]
    labels = [label for label, _ in Counter(clause.label for each in parsed for clause in each).most_common()]
    n_prompts = conditioned.config.n_prompts
    labels = sorted(labels[:n_prompts])
    prompts_of = {label: list(range(i, n_prompts, len(labels))) for i, label in enumerate(labels)}
    bags: list[list[list[int]]] = [[[] for _ in parsed] for _ in range(n_prompts)]
    for row, clauses in enumerate(parsed):
        for clause in clauses:
            mine = prompts_of.get(clause.label, [])
            for value in clause.values if mine else ():
                for i, token in enumerate(conditioned.target_ids(value)[:-1]):
                    bags[mine[min(i, len(mine) - 1)]][row].append(token)
    return bags


def _matrix(bags: list[list[int]], place: dict[int, int]) -> sparse.csr_matrix:
    """(n, v) float32, rows sum to 1 or are empty."""
    indptr, indices, values = [0], [], []
    for bag in bags:
        known = [place[token] for token in bag if token in place]
        indices += known
        values += [1.0 / len(known)] * len(known) if known else []
        indptr.append(len(indices))
    found = sparse.csr_matrix((np.asarray(values, dtype=np.float32), indices, indptr), shape=(len(bags), len(place)))
    found.sum_duplicates()
    return found
