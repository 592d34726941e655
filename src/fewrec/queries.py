"""Questions to a fit other than a list: similar items, the audience of an item, what to ask a new user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fewrec.data import to_interactions
from fewrec.examples import Taste, of_interactions
from fewrec.fitted import Fitted
from fewrec.history import History
from fewrec.ranking import best_questions, reasons_of, top_k
from fewrec.types import Interactions, Recommendation, Rows, Vector

N_CANDIDATES = 200
"""Items that questions choose among."""


@dataclass(frozen=True)
class Question:
    """An item worth asking about. ``gain``: expected rise of the list's summed utility once it is answered, >= 0."""

    item_id: str
    title: str
    gain: float


@dataclass(frozen=True)
class Similar:
    """An item like another. ``score``: correlation under the prior, at most about 1."""

    item_id: str
    title: str
    score: float


def similar(fitted: Fitted, item: str, k: int) -> tuple[Similar, ...]:
    """The k items most like ``item``, best first; the item itself is left out.

    Raises:
        UnknownItemError: the item is not in the catalogue.
    """
    row = fitted.row(item)
    alike = fitted.taste.correlation(row)
    admitted = np.ones(len(alike), dtype=bool)
    admitted[row] = False
    catalogue = fitted.catalogue
    return tuple(Similar(catalogue.ids[r], catalogue.titles[r], float(alike[r])) for r in top_k(alike, admitted, k))


def audience(
    fitted: Fitted, history: History, item: str, k: int, taste_of: Callable[[str], Taste]
) -> tuple[tuple[str, Recommendation], ...]:
    """The k known users whom an item suits best and who have not met it, with the item's line in each one's list.

    Scores are the taste model's utilities, which compare between users. A linear score over all users picks ten times k of them, their
    posteriors given their events pick k, and these are scored with their statements too (``taste_of`` makes a user's taste).
    """
    row = fitted.row(item)
    interactions, _ = to_interactions(history.dataset().events, fitted.catalogue.ids, fitted.signals)
    users = _candidates(row, interactions, fitted.taste.kernel_row(row), 10 * k)
    did = [of_interactions(interactions, user, fitted.catalogue) for user in users]
    likely = np.array([fitted.taste.explain(each, np.array([row])).score[0] for each in did], dtype=np.float32)
    found = []
    for user in users[np.argsort(-likely, kind="stable")[:k]]:
        examples = taste_of(interactions.user_ids[user]).examples
        told = fitted.taste.explain(examples, np.array([row]))
        uncertainty = float(fitted.taste.uncertainty(examples, np.array([row]))[0])
        reasons = reasons_of(told, 0, examples, fitted.catalogue)
        line = Recommendation(item, fitted.catalogue.titles[row], float(told.score[0]), uncertainty, reasons)
        found.append((interactions.user_ids[user], line))
    found.sort(key=lambda pair: -pair[1].score)
    return tuple(found)


def questions(fitted: Fitted, taste: Taste, k: int) -> tuple[Question, ...]:
    """The k items whose answers would most improve this user's list, best first."""
    mean = fitted.taste.score([taste.examples])[0]
    prior = fitted.taste.prior_mean
    open_ = np.ones(len(mean), dtype=bool)
    open_[taste.seen] = False
    # The list is drawn from what now looks best and from what many users know: both are asked about.
    rows = np.union1d(top_k(mean, open_, N_CANDIDATES // 2), top_k(prior, open_, N_CANDIDATES // 2))
    if len(rows) == 0:
        return ()
    familiarity = prior[rows] / max(float(prior[rows].max()), 1e-9)
    chosen, gains = best_questions(
        mean[rows],
        fitted.taste.covariance(taste.examples, rows),
        fitted.taste.noise_of(),
        np.sqrt(familiarity),
        n_questions=k,
    )
    ids, titles = fitted.catalogue.ids, fitted.catalogue.titles
    return tuple(Question(ids[r], titles[r], float(gain)) for r, gain in zip(rows[chosen].tolist(), gains, strict=True))


def _candidates(row: int, interactions: Interactions, kernel: Vector, n: int) -> Rows:
    """Users who have not met item ``row``, best first by the sum of its kernel with their likes and dislikes."""
    score = np.asarray(interactions.utilities @ kernel).ravel()
    have = np.zeros(interactions.n_users, dtype=bool)
    have[interactions.user[interactions.item == row]] = True
    return top_k(score.astype(np.float32), ~have, n)
