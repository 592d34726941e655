"""Whether phrases say what several items share: ``echo`` of items, ``lift`` and ``coverage`` of users.

A phrase is given by its *holders*, the catalogue rows of the items in whose record it stands
(:meth:`fewrec.decoders.Records.holders`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fewrec.types import Rows

MIN_ITEMS = 3
"""A phrase of fewer items is a name for them."""


def echo(holders: Sequence[Rows], is_title: Sequence[bool], *, min_items: int = MIN_ITEMS) -> float:
    """Share in [0, 1] of one text's phrases that say nothing but what the item is called.

    Args:
        holders: For each phrase the rows of the items that hold it.
        is_title: For each phrase whether it is the title of an item that the text is about.
        min_items: A phrase that holds for fewer items counts as well.

    Returns:
        0 for a text without phrases.

    >>> echo([np.arange(5), np.arange(2), np.arange(9), np.arange(9)], [False, False, True, False])
    0.5
    """
    if not holders:
        return 0.0
    return float(np.mean([own or len(rows) < min_items for rows, own in zip(holders, is_title, strict=True)]))


def frequencies(holders: Sequence[Rows], hidden: Rows, n_items: int) -> tuple[float, float]:
    """What ``lift`` is the ratio of: the phrases' frequencies, summed, among the ``hidden`` rows and among all ``n_items``.

    >>> frequencies([np.array([0, 1]), np.array([1, 2, 3, 4])], np.array([1, 9]), 10)
    (1.0, 0.6)
    """
    among = [float(np.isin(hidden, rows).mean()) if len(hidden) else 0.0 for rows in holders]
    return float(sum(among)), float(sum(len(rows) / max(n_items, 1) for rows in holders))


def lift(holders: Sequence[Rows], hidden: Rows, n_items: int) -> float:
    """How many times as often a user's phrases hold for their held-out likes as for the catalogue; NaN without phrases.

    The mean over many users is taken as a ratio of sums (of :func:`frequencies`), since a single user's ratio of small numbers is noisy.

    >>> round(lift([np.array([0, 1]), np.array([1, 2, 3, 4])], np.array([1, 9]), 10), 3)
    1.667
    """
    among, usual = frequencies(holders, hidden, n_items)
    return among / usual if usual > 0 else float("nan")


def coverage(holders: Sequence[Rows], hidden: Rows) -> float:
    """Share in [0, 1] of the held-out likes for which at least one phrase holds; 0 without phrases, NaN without held-out likes.

    >>> coverage([np.array([0, 1]), np.array([1, 2])], np.array([2, 9]))
    0.5
    """
    if not len(hidden):
        return float("nan")
    covered = np.zeros(len(hidden), dtype=bool)
    for rows in holders:
        covered |= np.isin(hidden, rows)
    return float(covered.mean())
