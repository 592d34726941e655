"""The few phrases that hold for most of a neighbourhood and for little of the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fewrec.types import Rows, Vector


@dataclass(frozen=True, kw_only=True)
class CoverConfig:
    """Settings of :func:`cover`."""

    parts_share: float = 0.6
    """In [0, 1]: how much the items that a taste is made of weigh, beside those nearest to it."""
    n_near: int = 200
    """Nearest items that are to be covered as well."""
    cost: float = 1.1
    """Cost >= 0 of a phrase, times the share of the catalogue that it holds for."""
    fade: float = 0.8
    """In [0, 1]: what an item still weighs after a phrase that holds for it."""
    most_common: float = 0.25
    """In (0, 1]: a category or decade of a larger share of the catalogue is said only of a taste wholly made of such items ..."""
    most_common_words: float = 0.1
    """... and so are words of titles and texts of a larger share than this."""
    least: int = 3
    """Phrases said even where they cost more than they cover."""


def cover(
    holds: NDArray[np.bool_],
    weights: Vector,
    base: Vector,
    cost: Vector,
    reliability: Vector,
    n_phrases: int,
    config: CoverConfig,
    *,
    block: Callable[[int], NDArray[np.bool_]],
) -> Rows:
    """Choose up to ``n_phrases`` greedily (weighted maximum coverage: Nemhauser, Wolsey & Fisher, 1978).

    A phrase gains what it is expected to hold for among items like these: the share of the neighbourhood that it holds for, shrunk
    towards its share of the catalogue as far as its kind is known to be unreliable; it costs its share of the catalogue.

    Args:
        holds: (r, c) whether each of c phrases holds for each of r items of the neighbourhood.
        weights: (r,) >= 0, of those items.
        base: (c,) share of the catalogue that each phrase holds for.
        cost: (c,) what each costs, in the same unit.
        reliability: (c,) >= 0, how much of the share of the neighbourhood is to be believed.
        n_phrases: The most phrases.
        config: Settings.
        block: Given a chosen phrase, which (c,) may no longer be chosen.

    Returns:
        Numbers in [0, c), in the order of choice.
    """
    left = weights.astype(np.float64)
    held = holds.astype(np.float64)
    open_ = np.ones(holds.shape[1], dtype=bool)
    chosen: list[int] = []
    while len(chosen) < n_phrases and open_.any():
        gain = reliability * (left @ held) + (1 - reliability) * base * left.sum() - config.cost * cost  # (c,)
        best = int(np.where(open_, gain, -np.inf).argmax())
        if gain[best] <= 0 and len(chosen) >= config.least:
            break
        chosen.append(best)
        open_ &= ~block(best)
        open_[best] = False
        left = np.where(holds[:, best], left * config.fade, left)
    return np.asarray(chosen, dtype=np.int64)
