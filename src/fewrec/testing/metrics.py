"""What every metric of ranked lists promises, as a suite to inherit."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from fewrec.evaluation.metrics.ranked import Ranked, Values
from fewrec.testing.suite import Contract


class MetricContract(Contract):
    """Inherit, and compute in :meth:`value` the metric of b ranked lists."""

    better: ClassVar[str | None] = "higher"
    """``higher``, ``lower``, or None where neither is good in itself."""
    low: ClassVar[float] = 0.0
    """The least value there is."""
    high: ClassVar[float] = 1.0
    """The greatest."""

    def value(self, ranked: Ranked) -> Values:
        """(b,) one number for each list; NaN where it is undefined."""
        raise NotImplementedError

    def test_a_number_for_each_list(self) -> None:
        """(b,) within its range."""
        values = self.value(_lists(_CASES))
        assert values.shape == (len(_CASES),)
        known = values[~np.isnan(values)]
        assert len(known)
        assert (known >= self.low).all()
        assert (known <= self.high).all()

    def test_batch_equals_one_by_one(self) -> None:
        """Other users' lists change nothing."""
        alone = np.concatenate([self.value(_lists([case])) for case in _CASES])
        np.testing.assert_allclose(self.value(_lists(_CASES)), alone)

    def test_order_of_the_relevant_items_does_not_matter(self) -> None:
        """They are a set."""
        turned = [(ranks[::-1], length) for ranks, length in _CASES]
        np.testing.assert_allclose(self.value(_lists(turned)), self.value(_lists(_CASES)))

    def test_the_best_list_is_best(self) -> None:
        """Relevant items first is as good as anything, relevant items last as bad."""
        if self.better is None:
            return
        best = [(list(range(1, len(ranks) + 1)), length) for ranks, length in _CASES]
        worst = [(list(range(length - len(ranks) + 1, length + 1)), length) for ranks, length in _CASES]
        sign = 1 if self.better == "higher" else -1
        at_best, given, at_worst = (sign * self.value(_lists(cases)) for cases in (best, _CASES, worst))
        known = ~np.isnan(given)
        assert (at_best[known] >= given[known] - 1e-12).all()
        assert (given[known] >= at_worst[known] - 1e-12).all()
        assert (at_best[known] > at_worst[known]).any()


_CASES: list[tuple[list[int], int]] = [([1], 20), ([2, 9, 15], 20), ([20], 20), ([4, 5], 12), ([3, 1, 7, 11, 30], 40)]
"""1-based places of the relevant items, and the length of the list."""


def _lists(cases: list[tuple[list[int], int]]) -> Ranked:
    ranks = np.array([rank for ranks, _ in cases for rank in ranks], dtype=np.int64)
    owner = np.repeat(np.arange(len(cases)), [len(ranks) for ranks, _ in cases])
    lengths = np.array([length for _, length in cases], dtype=np.int64)
    top = np.tile(np.arange(10), (len(cases), 1))
    return Ranked(ranks, owner, lengths, top)
