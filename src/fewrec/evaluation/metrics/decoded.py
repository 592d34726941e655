"""Metrics of texts decoded from vectors: does the text identify its item, and does it give the same list as the vector?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewrec.evaluation.metrics.ranked import Values
from fewrec.types import Matrix, Rows


def chance_in_first(similarities: Matrix, own: Rows, at: int) -> Values:
    """(b,) chance that item ``own[i]`` is among the ``at`` most similar of ``similarities[i]`` (m,), equal ones in random order.

    Without ties it is 0 or 1. Items that say the very same have the very same vector and share the place; a text that says nothing
    is similar to none, and finds the item with chance ``at`` / m.
    """
    mine = similarities[np.arange(len(own)), own][:, None]  # (b, 1)
    above = (similarities > mine).sum(axis=1)
    equal = (similarities == mine).sum(axis=1)  # itself among them
    chance: Values = np.clip((at - above) / equal, 0.0, 1.0)
    return chance


def overlap(one: Rows, other: Rows) -> Values:
    """(b,) share of the N items of ``one[i]`` that are in ``other[i]`` too; both (b, N), without order."""
    shared: NDArray[np.bool_] = (one[:, :, None] == other[:, None, :]).any(axis=2)
    share: Values = shared.mean(axis=1)
    return share
