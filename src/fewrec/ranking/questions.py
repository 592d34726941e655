"""What to ask a user: the items whose answers would most improve their list."""

from __future__ import annotations

import numpy as np

from fewrec.types import Matrix, Rows, Vector


def best_questions(
    mean: Vector, covariance: Matrix, noise: float, familiarity: Vector, *, n_questions: int, list_length: int = 10
) -> tuple[Rows, Vector]:
    """Positions of the best questions among c candidates, best first, and the gain of each.

    The gain is the knowledge gradient (Frazier, Powell & Dayanik, 2009): by how much the expected utility of the best ``list_length``
    candidates rises with the answer, averaged over two answers one predictive standard deviation up and down, times the chance that
    the user knows the item at all. After each question the covariance is that of a user who has answered it, so that two items which
    would tell the same are not both asked.

    ``mean`` (c,) and ``covariance`` (c, c): posterior of the candidates' utility; ``noise`` variance of an answer, > 0; ``familiarity``
    (c,) in [0, 1].
    """
    covariance = covariance.astype(np.float64)
    mean = mean.astype(np.float64)
    n_questions = min(n_questions, len(mean))
    chosen: list[int] = []
    gains: list[float] = []
    for _ in range(n_questions):
        gain = _gains(mean, covariance, noise, list_length) * familiarity
        gain[chosen] = -np.inf
        best = int(np.argmax(gain))
        chosen.append(best)
        gains.append(max(float(gain[best]), 0.0))
        column = covariance[:, best]
        covariance = covariance - np.outer(column, column) / (covariance[best, best] + noise)
    return np.array(chosen, dtype=np.int64), np.array(gains, dtype=np.float32)


def _gains(mean: Vector, covariance: Matrix, noise: float, list_length: int) -> Vector:
    depth = min(list_length, len(mean))
    shift = covariance / np.sqrt(
        np.maximum(np.diag(covariance), 0) + noise
    )  # (c, q) what one standard deviation of answer q moves
    now = np.partition(mean, len(mean) - depth)[len(mean) - depth :].sum()
    up, down = mean[:, None] + shift, mean[:, None] - shift
    best = [np.partition(after, len(mean) - depth, axis=0)[len(mean) - depth :].sum(axis=0) for after in (up, down)]
    gain: Vector = (best[0] + best[1]) / 2 - now
    return gain
