"""Train/test splits and revealed examples. Every draw is a pure function of the seed, the draw and ids: file order plays no part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fewrec.errors import DataError
from fewrec.evaluation.seeds import derived_rng
from fewrec.evaluation.settings import Count, Size
from fewrec.types import Interactions, Rows


def shuffled_users(interactions: Interactions, rows: Rows, *seed: int | str) -> Rows:
    """User rows in an order that depends on their ids and the seed alone."""
    by_id = sorted(rows.tolist(), key=lambda row: interactions.user_ids[row])
    return derived_rng(*seed).permutation(np.asarray(by_id, dtype=np.int64))


def active_users(interactions: Interactions) -> Rows:
    """Users with at least one entry."""
    return np.unique(interactions.user)


def hold_out(interactions: Interactions, share: float, seed: int, draw: int) -> tuple[Rows, Rows]:
    """(held out, others), both shuffled: the first n of the others are nested training subsets."""
    active = active_users(interactions)
    n_held = round(share * len(active))
    if n_held < 1 or n_held >= len(active):
        raise DataError(
            f"{len(active)} users with events cannot be split into {share:.0%} for testing and the rest for training",
            hint="an evaluation needs at least ten users; hundreds give intervals worth reading",
        )
    order = shuffled_users(interactions, active, "split", seed, draw)
    return order[:n_held], order[n_held:]


def entries(interactions: Interactions, kept: NDArray[np.bool_]) -> Interactions:
    """Some of the entries (e,), of the same users."""
    arrays = {name: getattr(interactions, name)[kept] for name in ("user", "item", "utility", "weight", "time")}
    return replace(interactions, **arrays)


def sizes_to_run(wanted: Sequence[Size], n_users: int, n_all: int | None = None) -> tuple[list[int], list[str]]:
    """The numbers of training users that exist, ascending, each once; and notes on those that do not.

    ``n_users`` there are to choose from; ``all`` stands for ``n_all`` (equal to ``n_users``, unless tested users are trained on too).
    """
    n_all = n_users if n_all is None else n_all
    notes = [
        f"train_users = {n} skipped: there are {n_users} training users" for n in wanted if isinstance(n, int) and n > n_users
    ]
    numbers = {n_all if n == "all" else n for n in wanted if n == "all" or n <= n_users}
    if not numbers:
        raise DataError(f"none of the numbers of training users {list(wanted)} exists: there are {n_users}", hint="add 'all'")
    return sorted(numbers), notes


def ascending(counts: Sequence[Count]) -> list[Count]:
    """Numbers of examples, each once, ``all`` last."""
    numbers: list[Count] = sorted({count for count in counts if count != "all"})
    return numbers + (["all"] if "all" in counts else [])
