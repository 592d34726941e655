"""Labelled questions from what there is: prompts of the published test, or the interactions of a store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fewrec.llm.ranker.prompts import Labelled, question_of
from fewrec.types import Catalogue, Examples, Interactions, Rows

_VALID_SHARE = 0.2


def rows_of_episodes(catalogue: Catalogue, episodes: Sequence[Any]) -> list[Labelled]:
    """Episodes (``examples``, ``row``, ``label``), in their order."""
    return [Labelled(question_of(catalogue, one.examples, int(one.row)), bool(one.label)) for one in episodes]


def rows_of_users(
    catalogue: Catalogue, interactions: Interactions, n_rows: int, n_valid: int, max_history: int, rng: np.random.Generator
) -> tuple[list[Labelled], list[Labelled]]:
    """Rows to learn from and rows of other users to validate on: a user's entry is asked about, her earlier ones are its history.

    Where the data hold no dislikes, half of the questions are about an item that the user never touched, and count as No.
    """
    entries = _by_user(interactions)
    users = rng.permutation(len(entries))
    n_aside = min(round(_VALID_SHARE * len(users)), n_valid)
    aside, rest = users[:n_aside], users[n_aside:]
    return (
        _rows(catalogue, interactions, [entries[u] for u in rest], n_rows, max_history, rng),
        _rows(catalogue, interactions, [entries[u] for u in aside], n_valid, max_history, rng),
    )


def _rows(
    catalogue: Catalogue, known: Interactions, entries: Sequence[Rows], n: int, max_history: int, rng: np.random.Generator
) -> list[Labelled]:
    """Every user in turn, until there are enough; a user is asked about an item once."""
    likes_only = not bool((known.utility <= 0).any())
    targets = [rng.permutation(len(own) - 1) + 1 for own in entries]  # the first entry has no history before it
    found: list[Labelled] = []
    turn = 0
    while len(found) < n and any(turn < len(own) for own in targets):
        for own, order in zip(entries, targets, strict=True):
            if turn < len(order) and len(found) < n:
                place = int(order[turn])
                past = own[max(0, place - 2 * max_history) : place]
                examples = Examples.of_entries(catalogue, known, past)
                row, label = int(known.item[own[place]]), bool(known.utility[own[place]] > 0)
                if likes_only and rng.random() < 0.5 and len(own) < len(catalogue):
                    row, label = _untouched(known.item[own], len(catalogue), rng), False
                found.append(Labelled(question_of(catalogue, examples, row), label))
        turn += 1
    return found


def _untouched(touched: Rows, n_items: int, rng: np.random.Generator) -> int:
    while True:
        row = int(rng.integers(n_items))
        if row not in touched:
            return row


def _by_user(known: Interactions) -> list[Rows]:
    """Entries of each user who has two or more, oldest first."""
    time = np.nan_to_num(known.time, nan=0.0)
    order = np.lexsort((np.arange(len(known)), time, known.user))
    ends = np.cumsum(np.bincount(known.user, minlength=known.n_users))
    return [part for part in np.split(order, ends[:-1]) if len(part) >= 2] if len(ends) else []
