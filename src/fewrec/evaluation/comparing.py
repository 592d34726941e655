"""Differences between two models, with intervals that cover other test users and other training users.

A difference is paired: both models were asked about the same users in the same draws. What it varies by has two parts.

- **Users**: all users are resampled with everything that belongs to them, the draws staying as they are. Its variance V_user holds what
  users differ by, and the noise of every single answer.
- **Draws** (of training users, held-out users and what is revealed). V_draw, the variance between draws, holds the noise of the answers
  once more; V_noise is what it would be by noise alone, from the same resampled users. V = V_user + V_draw - V_noise is the two-way
  cluster-robust variance of Cameron, Gelbach & Miller (JBES 2011), and is never taken below V_user. Where draws hold out different
  users, as in ``kshot``, V_noise is their variance of the intersection; where all draws ask the same users it leaves out what those users have
  in common, which no draw can vary by.

A few draws say little about V_draw (it is chi-square with draws - 1 degrees of freedom), and taking it too small is what makes intervals
miss. Two remedies, checked by simulation (``benchmarks/interval_coverage.py``, docs/decisions/0008):

- the ratio V_draw / V_noise of a comparison is the largest of its own, its peer's mean over all k, and the mean over all peers, with
  the same training users: what draws do in one cell they are likely to do in the next;
- half a standard error is added to V_draw, which makes it 1 + sqrt(2 / (draws - 1)) / 2 times itself: 1.5 with three draws, 1.24 with ten.

**Many cells**: one critical value c for all comparisons of a document, the 95 % point of the largest |t| among them in a replicate
(Romano & Wolf, Econometrica 2005). A replicate is a resample of users plus the draws' deviations times random numbers that all cells
share, so however the cells depend on each other, all intervals difference -+ c * sqrt(V) hold together with 95 % confidence. With a
single draw there is no V_draw: the intervals are then about users alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from fewrec.evaluation.bootstrap import LEVEL, Replicates, Resampler
from fewrec.evaluation.metrics.ranked import Values

_NOTHING = 1e-24
"""A variance below this is rounding."""


@dataclass(frozen=True)
class Difference:
    """One model minus another, in one cell."""

    replicates: Values
    """(B + 1,) the difference, in the data and with users resampled."""
    draws: tuple[int, ...]
    effects: Values
    """(D,) how much each draw pulls the difference; they sum to 0."""
    noise: float
    """V_noise >= 0."""
    group: Hashable = None
    """Comparisons whose draws may be expected to matter alike."""
    peer: Hashable = None
    """Within a group: comparisons of the same two models."""

    @classmethod
    def between(
        cls, model: Replicates, other: Replicates, metric: str, draws: Sequence[int], *, group: Hashable, peer: Hashable
    ) -> Difference:
        """``model`` minus ``other`` over the ``draws`` that both have."""
        deviations = model.deviations(metric, draws) - other.deviations(metric, draws)
        noise = np.nanvar(deviations[1:], axis=0).sum() * _unbiased(len(draws))
        difference = model.statistic(metric, draws) - other.statistic(metric, draws)
        return cls(difference, tuple(draws), deviations[0], float(noise), group, peer)

    @property
    def user_variance(self) -> float:
        """V_user: the variance between bootstrap replicates of users."""
        return float(np.nanvar(self.replicates[1:]))

    @property
    def draw_variance(self) -> float:
        """V_draw, as it was found; 0 with a single draw."""
        return float((self.effects**2).sum()) * _unbiased(len(self.draws))


@dataclass(frozen=True)
class Interval:
    """A difference with its simultaneous 95 % interval."""

    estimate: float
    low: float
    high: float


def draw_components(differences: Sequence[Difference]) -> Values:
    """(J,) what the draws add to V_user, >= 0: max(0, V_draw - V_noise) after the two remedies above."""
    ratios: dict[tuple[str, Hashable], list[float]] = defaultdict(list)
    for each in differences:
        if each.noise > _NOTHING:
            for place in _places(each):
                ratios[place].append(each.draw_variance / each.noise)
    added = np.zeros(len(differences))
    for j, each in enumerate(differences):
        if len(each.draws) > 1:
            alike = max((float(np.mean(ratios[place])) for place in _places(each) if ratios[place]), default=0.0)
            caution = 1.0 + 0.5 * np.sqrt(2.0 / (len(each.draws) - 1))
            added[j] = max(0.0, caution * max(each.draw_variance, alike * each.noise) - each.noise)
    return added


def simultaneous(
    differences: Sequence[Difference],
    resampler: Resampler,
    components: Callable[[Sequence[Difference]], Values] = draw_components,
) -> tuple[list[Interval], float]:
    """Intervals that hold together, and the critical value c of |t|. ``components``: what the draws add to each V_user.

    A difference that is the same in every replicate and draw has no spread to estimate from: where it is 0 its interval is [0, 0]; where it
    is not, every user differs by the same amount, and the interval is that amount. Such cells take no part in the critical value.
    """
    if not differences:
        return [], float("nan")
    extra = components(differences)
    spread = np.sqrt([difference.user_variance for difference in differences] + extra)
    largest = np.zeros(len(differences[0].replicates) - 1)  # (B,) of |t|
    for difference, s, component in zip(differences, spread, extra, strict=True):
        if s**2 > _NOTHING:
            moved = difference.replicates[1:] - difference.replicates[0]
            if component > _NOTHING:
                direction = difference.effects / max(float(np.linalg.norm(difference.effects)), _NOTHING)
                moved = moved + np.sqrt(component) * (resampler.draw_multipliers(difference.draws) @ direction)
            largest = np.maximum(largest, np.nan_to_num(np.abs(moved) / s))
    critical = float(np.quantile(largest, LEVEL))
    reach = np.where(spread**2 > _NOTHING, critical * spread, 0.0)
    estimates = [float(difference.replicates[0]) for difference in differences]
    return [Interval(d, d - r, d + r) for d, r in zip(estimates, reach.tolist(), strict=True)], critical


def _places(difference: Difference) -> list[tuple[str, Hashable]]:
    """Where a comparison's ratio counts: the group's mean and the peer's."""
    group = (difference.group, difference.draws)
    return [("group", group), ("peer", (group, difference.peer))]


def _unbiased(n_draws: int) -> float:
    """D / (D - 1), by which a sum of squares around a mean of D is short; a single draw has no such sum."""
    return n_draws / (n_draws - 1) if n_draws > 1 else 0.0
