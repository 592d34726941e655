"""What the taste model's defaults rest on: settings compared on *training users* of MovieLens-small, at three numbers of them.

``python benchmarks/choose_taste_defaults.py`` (extra: data; three minutes). A fifth of the users is held out and never looked at. Each
line: mean NDCG@10 of the episodes (every k counting alike), and the paired difference to the default with its standard error.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from fewrec import sample
from fewrec.data import to_interactions
from fewrec.encoders import load_encoder
from fewrec.models.episodes import TuningConfig, fold_ndcg, make_folds
from fewrec.models.taste.gaussian import GaussianConfig, GaussianTaste
from fewrec.preparation import prepare_catalogue

DEFAULT = GaussianConfig()
SETTINGS = {
    "default": DEFAULT,
    **{f"activity={x}": replace(DEFAULT, activity=x) for x in (0.0, 0.25, 0.75)},
    **{f"noise={x}": replace(DEFAULT, noise=x) for x in (0.005, 0.01, 0.05)},
    **{f"shrinkage={x}": replace(DEFAULT, shrinkage=x) for x in (3.0, 30.0)},
    **{f"borrowing={x}": replace(DEFAULT, borrowing=x) for x in (0.3, 3.0)},
}
EPISODES = TuningConfig(max_users=150, n_folds=3, n_repeats=1, max_cells=3_000_000)


def main() -> None:
    data = sample.movielens()
    catalogue, _ = prepare_catalogue(data.items, load_encoder("default"))
    interactions, _ = to_interactions(data.events, catalogue.ids)
    users = np.random.default_rng(2026).permutation(interactions.n_users)
    training = users[len(users) // 5 :]
    for n_users in (30, 100, len(training)):
        population = interactions.of_users(training[:n_users])
        folds = make_folds(catalogue, population, rng=np.random.default_rng(1), config=EPISODES)
        shots = np.concatenate([fold.shots for fold in folds])
        gains = {}
        for name, config in SETTINGS.items():
            fit = partial(GaussianTaste(config).fit, catalogue, rng=np.random.default_rng(0))
            scores = (fit(fold.interactions).score(fold.examples) for fold in folds)
            gains[name] = np.concatenate([fold_ndcg(each, fold) for each, fold in zip(scores, folds, strict=True)])
        print(f"\n{n_users} users, {len(shots)} episodes")
        for name, gain in gains.items():
            mean = np.mean([gain[shots == k].mean() for k in np.unique(shots)])
            difference = gain - gains["default"]
            error = difference.std() / np.sqrt(len(difference))
            print(f"  {name:16s} {mean:.4f}  {difference.mean():+.4f} ± {error:.4f}", flush=True)


if __name__ == "__main__":
    main()
