"""People who do not exist, to ask a teacher about: parts of real histories put together anew. No label is used."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.types import Catalogue, Examples, Interactions, Rows

History = tuple[Rows, Rows]
"""Rows that one person likes, and rows that she dislikes."""


def histories_of(known: Interactions) -> list[History]:
    """Of every user."""
    order = np.argsort(known.user, kind="stable")
    ends = np.cumsum(np.bincount(known.user, minlength=known.n_users))
    parts = np.split(order, ends[:-1]) if len(ends) else []
    return [(known.item[own[known.utility[own] > 0]], known.item[own[known.utility[own] <= 0]]) for own in parts if len(own)]


def synthetic_pairs(
    catalogue: Catalogue, histories: Sequence[History], n: int, max_history: int, rng: np.random.Generator
) -> tuple[list[Examples], Rows]:
    """Half of the users are real histories, cut at random; half have the likes of one person and the dislikes of another.

    An item asked about is one that some history holds, as often as histories hold it; never one of the user's own.
    """
    pool = np.concatenate([rows for history in histories for rows in history])
    examples: list[Examples] = []
    rows: list[int] = []
    while len(rows) < n:
        liked, disliked = histories[int(rng.integers(len(histories)))]
        if rng.random() < 0.5:
            disliked = histories[int(rng.integers(len(histories)))][1]
        liked = rng.permutation(liked)[: int(rng.integers(max_history + 1))]
        disliked = np.setdiff1d(rng.permutation(disliked)[: int(rng.integers(max_history + 1))], liked)
        own = np.concatenate([liked, disliked]).astype(np.int64)
        row = int(pool[rng.integers(len(pool))])
        if row in own:
            continue
        utility = np.repeat(np.array([1, -1], dtype=np.float32), [len(liked), len(disliked)])
        kinds = ("like",) * len(liked) + ("dislike",) * len(disliked)
        labels = tuple(catalogue.ids[each] for each in own)
        examples.append(Examples(own, catalogue.vectors[own], utility, np.ones_like(utility), kinds, labels))
        rows.append(row)
    return examples, np.array(rows, dtype=np.int64)
