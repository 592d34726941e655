"""Prompts that are one person's: where windows of one history are given one by one, counting each as a new user counts ratings twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from fewrec.types import Interactions, Rows, Vector

MIN_SHARED = 5
"""Equal ratings of equal items in two histories from which on they are one person's: with ten ratings each, two people seldom agree on
five, and windows of one history that overlap by half do."""


def people_of(histories: Sequence[tuple[Rows, Vector]], n_items: int) -> Interactions:
    """Histories (k,) rows with (k,) utilities, each item once -> interactions of as few people as they can be told to be of.

    Two histories belong together when they agree on at least :data:`MIN_SHARED` items and contradict each other on none, or when a third
    links them. Where linked ones disagree on an item, the first speaks. Weights are 1, times unknown.
    """
    user = np.repeat(np.arange(len(histories)), [len(rows) for rows, _ in histories])
    item = _joined([rows for rows, _ in histories], np.int64)
    utility = _joined([values for _, values in histories], np.float32)
    shape = (len(histories), n_items)
    liked, disliked = (
        sparse.csr_matrix((np.ones(int(which.sum()), dtype=np.int32), (user[which], item[which])), shape=shape)
        for which in (utility > 0, utility <= 0)
    )
    enough = (liked @ liked.T + disliked @ disliked.T >= MIN_SHARED).astype(np.int8)
    against = liked @ disliked.T
    together = enough - enough.multiply(against + against.T > 0).astype(np.int8)
    n_people, person = connected_components(together, directed=False) if len(histories) else (0, np.zeros(0, dtype=np.int64))
    owner = person[user].astype(np.int64)
    _, first = np.unique(owner * n_items + item, return_index=True)
    first.sort()
    ids = tuple(f"person-{number}" for number in range(n_people))
    ones = np.ones(len(first), dtype=np.float32)
    return Interactions(ids, n_items, owner[first], item[first], utility[first], ones, np.full(len(first), np.nan))


def _joined(parts: Sequence[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate([np.zeros(0, dtype=dtype), *parts]).astype(dtype)
