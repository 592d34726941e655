"""What lists are like beyond accuracy. Neither high nor low is good in itself, so these are described and never compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fewrec.evaluation.metrics.ranked import Values
from fewrec.types import Interactions, Matrix, Rows


def coverage(top: Rows, n_items: int) -> Values:
    """(b,) whose mean is the share of ``n_items`` that stand in at least one of the lists ``top`` (b, N), -1 for no item.

    Coverage is a fact about all lists together. To give it an interval like any mean, it is spread over the users by the jackknife:
    a user's value is coverage, plus (b - 1) times how much more than the average user's list theirs adds to it. The mean is exactly
    coverage and the variance of the mean is the jackknife variance. Sources: Herlocker et al., 2004; Efron & Stein, 1981.
    """
    b = len(top)
    user = np.repeat(np.arange(b), top.shape[1])[(top >= 0).ravel()]
    item = top[top >= 0]
    times = np.bincount(item, minlength=1)
    covered = np.count_nonzero(times) / n_items
    only_theirs: Values = np.bincount(user[times[item] == 1], minlength=b) / n_items  # coverage lost without this user
    values: Values = covered + (b - 1) * (only_theirs - only_theirs.mean())
    return values


def diversity(top: Rows, vectors: Matrix) -> Values:
    """(b,) 1 - mean cosine between two items of a list, in [0, 2]; NaN where fewer than two items of it have a vector.

    ``top`` (b, N) rows, -1 for no item; ``vectors`` (m, d) unit or all-zero rows. Source: Smyth & McClave, 2001.
    """
    listed = vectors[top] * (top >= 0)[:, :, None]  # (b, N, d)
    n = listed.any(axis=2).sum(axis=1)
    total = listed.sum(axis=1, dtype=np.float64)
    same = np.einsum("bnd,bnd->b", listed, listed, dtype=np.float64)
    pairs = np.where(n > 1, n * (n - 1.0), np.nan)
    cosine: Values = (np.einsum("bd,bd->b", total, total) - same) / pairs
    return 1.0 - cosine


def self_information(known: Interactions) -> Values:
    """(m,) -log2 of the (add-one) share of the users of ``known`` who liked an item: bits of surprise in seeing it."""
    liked_by = np.asarray(known.likes.sum(axis=0), dtype=np.float64).ravel()
    return -np.log2((liked_by + 1.0) / (known.n_users + 1.0))


def novelty(top: Rows, information: NDArray[np.float64]) -> Values:
    """(b,) mean self-information of a list's items in bits, >= 0; NaN for an empty list. Source: Zhou et al., PNAS 2010."""
    present = top >= 0
    n = present.sum(axis=1)
    bits: Values = np.where(present, information[top], 0.0).sum(axis=1)
    return bits / np.where(n > 0, n, np.nan)
