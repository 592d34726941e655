"""Do the intervals of ``comparisons`` hold? Made-up documents with known answers: ``python benchmarks/interval_coverage.py [WORLDS] [USERS]``.

Every world is a document of 12 peers x 20 cells (four numbers of training users, five k) in which all true differences are 0: users differ a
little, answers are noisy, long-tailed and alike from k to k, and each draw favours some models. ``effect`` is the variance of what a draw
does to a model, in units of the variance of a draw's mean by noise alone. On ml-100k, between peers, it was about 2 where 10 or 30 users
teach, 0.6 at 100, 0 to 1 at 300 and more, and 5 and more for single peers. Printed: the share of documents in which all 240 intervals hold 0 (95 %
wanted; the standard error is 1.5 % with 200 worlds) and the mean width, as a share of the pigeonhole bootstrap's (Owen, 2007; used before).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fewrec.evaluation import comparing
from fewrec.evaluation.bootstrap import LEVEL, Replicates, Resampler, WeightsOf
from fewrec.evaluation.comparing import Difference, simultaneous
from fewrec.evaluation.outcomes import PerUser

Array = NDArray[np.float64]
PEERS, KS, REPLICATES = 12, 5, 1000
HELD_OUT, OF_USERS, ANSWERED = 0.2, 0.15, 0.4
"""Share of the users that a draw tests; share of the variance that users keep from draw to draw; share of answers that are not 0."""


@dataclass(frozen=True)
class Scenario:
    """``draws`` and ``effects`` of each number of training users; ``odd`` is the effect on the last peer, where it is another."""

    name: str
    draws: tuple[int, ...]
    effects: tuple[float, ...]
    odd: float | None = None
    same_users: bool = False
    """Whether every draw tests the same users, as ``temporal``, ``labels`` and ``tallrec`` do."""


SCENARIOS = [
    *(Scenario(f"{d} draws, no effect", (d,) * 4, (0.0,) * 4) for d in (1, 3, 5, 10)),
    *(Scenario(f"{d} draws, effect 0.3", (d,) * 4, (0.3,) * 4) for d in (3, 5, 10)),
    *(Scenario(f"{d} draws, effect 1", (d,) * 4, (1.0,) * 4) for d in (3, 5, 10)),
    *(Scenario(f"{d} draws, effect 0.2, one peer 5", (d,) * 4, (0.2,) * 4, odd=5.0) for d in (3, 10)),
    Scenario("10 draws, effect 4", (10,) * 4, (4.0,) * 4),
    Scenario("3 draws, same users, effect 0.5", (3,) * 4, (0.5,) * 4, same_users=True),
    Scenario("grid: 10 draws, effects 2.5 and 0.7; 3 draws, effects 0.3 and 0.2", (10, 10, 3, 3), (2.5, 0.7, 0.3, 0.2)),
]


def documents(scenario: Scenario, n_users: int, rng: np.random.Generator) -> tuple[list[Difference], list[Array], Resampler]:
    """One world: the comparisons, and the pigeonhole replicates (B + 1,) of each."""
    n_draws, n_tested, models = max(scenario.draws), round(HELD_OUT * n_users), PEERS + 1
    shape = (models, len(scenario.draws), KS)
    kept = np.sqrt(OF_USERS / 2) * (rng.normal(size=(n_users, *shape[:2], 1)) + rng.normal(size=(n_users, models, 1, 1)))
    effects = np.tile(np.asarray(scenario.effects), (models, 1))
    if scenario.odd is not None:
        effects[-1] = scenario.odd
    first = rng.permutation(n_users)[:n_tested]
    blocks: list[dict[int, PerUser]] = [{} for _ in range(models)]
    names = tuple(f"{n}/{k}" for n in range(shape[1]) for k in range(KS))
    for draw in range(n_draws):
        users = np.sort(first if scenario.same_users else rng.permutation(n_users)[:n_tested])
        noise = np.sqrt(0.5) * (rng.normal(size=(n_tested, models, 1, 1)) + rng.normal(size=(n_tested, *shape)))
        noise *= np.sqrt((1 - OF_USERS) / ANSWERED) * (rng.random((n_tested, *shape)) < ANSWERED)
        tilt = np.sqrt(0.7) * rng.normal(size=(*shape[:2], 1)) + np.sqrt(0.3) * rng.normal(size=shape)
        values = kept[users] + noise + tilt * np.sqrt(effects / n_tested)[:, :, None]
        for model in range(models):
            blocks[model][draw] = PerUser(users, names, values[:, model].reshape(n_tested, -1))
    resampler = Resampler(np.arange(n_users), REPLICATES, rng)
    weights_of = WeightsOf(resampler)
    measured = [Replicates(own, resampler, weights_of) for own in blocks]
    draw_weights = {d: _draw_weights(d, rng) for d in set(scenario.draws)}
    differences, pigeonhole = [], []
    for n, d in enumerate(scenario.draws):
        for k in range(KS):
            for peer in range(1, models):
                metric, draws = f"{n}/{k}", range(d)
                differences.append(Difference.between(measured[0], measured[peer], metric, draws, group=n, peer=peer))
                mine, theirs = (_weighted(measured[model], metric, draw_weights[d]) for model in (0, peer))
                pigeonhole.append(mine - theirs)
    return differences, pigeonhole, resampler


def _draw_weights(n_draws: int, rng: np.random.Generator) -> Array:
    """(B + 1, draws) D - 1 of D draws with replacement (Rao & Wu, 1988)."""
    weights = np.ones((REPLICATES + 1, n_draws))
    if n_draws > 1:
        weights[1:] = rng.multinomial(n_draws - 1, np.full(n_draws, 1 / n_draws), size=REPLICATES) * (n_draws / (n_draws - 1))
    return weights


def _weighted(measured: Replicates, metric: str, weights: Array) -> Array:
    top, bottom = measured._columns(metric, range(weights.shape[1]))
    found: Array = (top * weights).sum(axis=1) / (bottom * weights).sum(axis=1)
    return found


def _pigeonhole(pigeonhole: Sequence[Array]) -> tuple[Array, Array]:
    table = np.stack(pigeonhole)
    spread = table[:, 1:].std(axis=1)
    critical = np.quantile((np.abs(table[:, 1:] - table[:, :1]) / spread[:, None]).max(axis=0), LEVEL)
    return table[:, 0], critical * spread


def _plain(differences: Sequence[Difference]) -> Array:
    """V_draw - V_noise, never below 0, without the two remedies."""
    return np.asarray([max(0.0, each.draw_variance - each.noise) for each in differences])


def _none(differences: Sequence[Difference]) -> Array:
    return np.zeros(len(differences))


COMPONENTS: dict[str, Callable[[Sequence[Difference]], Array]] = {
    "as it is": comparing.draw_components,
    "two-way, no remedy": _plain,
    "users only": _none,
}


def study(scenario: Scenario, worlds: int, n_users: int) -> dict[str, tuple[float, float]]:
    """Kind of interval -> (share of worlds in which all hold, mean half-width)."""
    rng = np.random.default_rng(20)
    held: dict[str, list[Any]] = {name: [] for name in ("pigeonhole", *COMPONENTS)}
    for _ in range(worlds):
        differences, pigeonhole, resampler = documents(scenario, n_users, rng)
        estimate, reach = _pigeonhole(pigeonhole)
        held["pigeonhole"].append((np.all(np.abs(estimate) <= reach), reach.mean()))
        for name, component in COMPONENTS.items():
            intervals, _ = simultaneous(differences, resampler, components=component)
            hold = all(each.low <= 0 <= each.high for each in intervals)
            held[name].append((hold, np.mean([each.high - each.low for each in intervals]) / 2))
    return {name: (float(np.mean([h for h, _ in rows])), float(np.mean([w for _, w in rows]))) for name, rows in held.items()}


def main() -> None:
    """Print a Markdown table."""
    worlds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    n_users = int(sys.argv[2]) if len(sys.argv) > 2 else 900
    sys.stdout.write(f"{worlds} worlds, {n_users} users: all intervals hold (mean width, pigeonhole = 1)\n\n")
    sys.stdout.write(
        "| Document | pigeonhole | " + " | ".join(COMPONENTS) + " |\n|---|" + "---|" * (1 + len(COMPONENTS)) + "\n"
    )
    for scenario in SCENARIOS:
        found = study(scenario, worlds, n_users)
        base = found["pigeonhole"][1]
        cells = [f"{100 * share:.1f} % ({width / base:.2f})" for share, width in found.values()]
        sys.stdout.write(f"| {scenario.name} | " + " | ".join(cells) + " |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
