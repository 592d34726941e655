"""Accuracy of ranked lists with binary relevance, one number a user, from the places of the relevant items alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewrec.ops.ranking import discount_of, ideal_dcg
from fewrec.types import Rows

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Ranked:
    """How b lists came out. Every user has at least one relevant item."""

    ranks: Rows
    """(r,) 1-based places of all relevant items of all users, one user after the other; equal scores were put in random order."""
    owner: Rows
    """(r,) 0 ... b-1: whose item it is."""
    n_candidates: Rows
    """(b,) length of each list."""
    top: Rows
    """(b, N) catalogue rows of the head of each list, in no particular order; -1 where the list is shorter."""

    def __len__(self) -> int:
        return len(self.n_candidates)

    @property
    def n_relevant(self) -> Rows:
        """(b,) relevant items a user."""
        return np.bincount(self.owner, minlength=len(self))

    def sum_by_user(self, values: NDArray[np.generic]) -> Values:
        """(b,) sums of a value a relevant item (r,)."""
        return np.bincount(self.owner, weights=np.asarray(values, dtype=np.float64), minlength=len(self)).astype(np.float64)


def ndcg(ranked: Ranked, at: int) -> Values:
    """(b,) normalised discounted cumulative gain, in [0, 1]: sum over hits in the first ``at`` of 1/log2(1 + place), over the best possible sum.

    The best possible list has min(at, number of relevant items) hits. Source: Jarvelin & Kekalainen, 2002.
    """
    gains = np.where(ranked.ranks <= at, discount_of(ranked.ranks), 0.0)
    return ranked.sum_by_user(gains) / ideal_dcg(ranked.n_relevant, at)


def recall(ranked: Ranked, at: int) -> Values:
    """(b,) share of the relevant items that stand in the first ``at``, in [0, 1]; below 1 by necessity where there are more than ``at``."""
    return ranked.sum_by_user(ranked.ranks <= at) / ranked.n_relevant


def mrr(ranked: Ranked, at: int = 0) -> Values:  # noqa: ARG001 - metrics have one signature
    """(b,) 1 / place of the first relevant item, in (0, 1], over the whole list. Source: Voorhees, TREC-8, 1999."""
    best = np.full(len(ranked), np.iinfo(np.int64).max)
    np.minimum.at(best, ranked.owner, ranked.ranks)
    return 1.0 / best


def uauc(ranked: Ranked, at: int = 0) -> Values:  # noqa: ARG001 - metrics have one signature
    """(b,) chance that a relevant item stands above another one of the list, in [0, 1]; NaN where every item of the list is relevant.

    The Mann-Whitney statistic; equal scores count through their random order, one half on average.
    """
    n = ranked.n_relevant.astype(np.float64)
    others = ranked.n_candidates - n
    others_above = ranked.sum_by_user(ranked.ranks) - n * (n + 1) / 2  # summed over the relevant items
    pairs = np.where(others > 0, n * others, np.nan)
    return 1.0 - others_above / pairs
