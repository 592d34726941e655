"""What the taste model costs beside implicit's ALS, LightFM and RecTools, in one run on one machine.

``python benchmarks/cost.py FOLDER [--items 100000] [--cache VECTORS]``: FOLDER holds ``items.csv`` and ``events.csv``. Encoding is left
out on both sides. Libraries that are not installed are left out with a line that says so. Seconds are wall time of one process; set
OMP_NUM_THREADS=1 to compare threads with threads. A latency is the median over 60 users whose k examples are drawn by popularity.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
from peers._worlds import load
from scipy import sparse

from fewrec.models.base import Model
from fewrec.models.blend.ensemble import EnsembleConfig, gather_episodes
from fewrec.models.blend.prior import density, prior_weights
from fewrec.models.blend.weights import KNOTS, Weights, learn_weights
from fewrec.models.episodes import make_folds
from fewrec.models.registry import AUTO_MEMBERS, make_model
from fewrec.models.taste import GaussianConfig, GaussianTaste, PopulationSums, RatingTaste
from fewrec.models.taste.learning import learn_config
from fewrec.models.taste.popularity import expected_likes
from fewrec.models.taste.similarity import TextSpace, unit_rows
from fewrec.types import Catalogue, Examples, Interactions, Rows

N_USERS = 60


def timed(run: Callable[[], object]) -> float:
    started = perf_counter()
    run()
    return perf_counter() - started


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def fits(catalogue: Catalogue, interactions: Interactions) -> None:
    """Part by part, then whole, then in units of ALS."""
    text = TextSpace.of(catalogue)
    config = GaussianConfig()
    likes = interactions.likes
    parts = {
        "neighbours in the text": lambda: catalogue.derived(
            ("neighbours", config.neighbours), lambda: text.neighbours(config.neighbours, 0.5)
        ),
        "population sums": lambda: PopulationSums.of(likes, config.activity),
        "likes expected by text": lambda: expected_likes(catalogue, PopulationSums.of(likes, config.activity).likes),
        "episodes and tuning": lambda: learn_config(catalogue, interactions, rng=rng()),
    }
    seconds = {name: timed(run) for name, run in parts.items()}
    given = timed(lambda: GaussianTaste(config).fit(catalogue, interactions, rng=rng()))
    shared = seconds["neighbours in the text"]
    whole = {
        "taste, settings given": given + shared,
        "taste, settings learned": given + shared + seconds["episodes and tuning"],
    }
    parts_of_auto = fit_of_auto(catalogue, interactions)
    whole["auto"] = sum(parts_of_auto.values())
    for name, value in (seconds | parts_of_auto | whole).items():
        print(f"  {name:28s} {value:8.2f} s")
    try:
        from implicit.als import AlternatingLeastSquares
    except ImportError as error:
        print(f"  implicit's ALS was left out: {error}")
        return
    als = timed(lambda: AlternatingLeastSquares(random_state=0).fit(likes, show_progress=False))
    print(f"  {'implicit ALS, its defaults':28s} {als:8.2f} s")
    for name, value in whole.items():
        print(f"  {name} / ALS: {value / als:.1f}")


def fit_of_auto(catalogue: Catalogue, interactions: Interactions) -> dict[str, float]:
    """Its steps as ``Ensemble.fit`` takes them, and what judges single items."""
    config = EnsembleConfig()
    suited = {name: each for name, each in AUTO_MEMBERS.items() if not each.suits or each.suits(catalogue, interactions)}
    names, draw = tuple(suited), rng()
    started = perf_counter()
    folds = make_folds(catalogue, interactions, rng=draw, config=config.episodes)
    episodes = gather_episodes(catalogue, folds, suited, config.n_candidates, draw)
    gathered = perf_counter()
    starts = [Weights(names, np.tile(row, (len(KNOTS), 1)).astype(np.float32)) for row in np.eye(len(names))]
    weights = learn_weights(episodes, prior_weights(density(interactions)).of(names), starts, config.blend)
    weighed = perf_counter()
    for name in weights.to_mapping():
        suited[name].make().fit(catalogue, interactions, rng=draw)
    made = perf_counter()
    RatingTaste().fit(catalogue, interactions, rng=draw)
    return {
        f"auto: members on {len(folds)} fold(s)": gathered - started,
        "auto: weights": weighed - gathered,
        f"auto: {len(weights.to_mapping())} members on all": made - weighed,
        "auto: ratings": perf_counter() - made,
    }


def users(catalogue: Catalogue, interactions: Interactions, k: int) -> list[Examples]:
    """Examples drawn as events are: an item as often as it is liked."""
    shown: Rows = interactions.item[interactions.utility > 0]
    draw = rng()
    return [Examples.of_likes(catalogue, draw.permutation(np.unique(draw.choice(shown, 4 * k)))[:k]) for _ in range(N_USERS)]


def ten_best(scores: np.ndarray) -> np.ndarray:
    best = np.argpartition(-scores, 10)[:10]
    return best[np.argsort(-scores[best])]


def report(name: str, calls: list[Callable[[], object]]) -> None:
    calls[0]()
    print(f"  {name:44s} {np.median([timed(call) for call in calls]) * 1e3:8.3f} ms")


def latencies(catalogue: Catalogue, interactions: Interactions, models: dict[str, Model]) -> None:
    for name, model in models.items():
        model.fit(catalogue, interactions, rng=rng())
        asked = {k: users(catalogue, interactions, k) for k in (1, 10)}
        model.score(asked[1])  # a service that has been asked before
        for k, each in asked.items():
            report(f"{name}, k = {k}", [partial(lambda m, e: ten_best(m.score([e])[0]), model, one) for one in each])
    profiles = [profile(one, len(catalogue)) for one in users(catalogue, interactions, 10)]
    for library in (of_implicit, of_lightfm, of_rectools):
        try:
            library(catalogue, interactions.likes, profiles)
        except ImportError as error:
            print(f"  {library.__name__.removeprefix('of_')} was left out: {error}")


def profile(examples: Examples, n_items: int) -> sparse.csr_matrix:
    ones = np.ones(len(examples), dtype=np.float32)
    return sparse.csr_matrix((ones, (np.zeros(len(examples), dtype=np.int64), examples.rows)), shape=(1, n_items))


def of_implicit(_: Catalogue, likes: sparse.csr_matrix, profiles: list[sparse.csr_matrix]) -> None:
    from implicit.cpu.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(iterations=2, random_state=0)
    model.fit(likes, show_progress=False)
    report("implicit ALS recommend, k = 10", [partial(model.recommend, 0, one, recalculate_user=True) for one in profiles])


def of_lightfm(catalogue: Catalogue, likes: sparse.csr_matrix, profiles: list[sparse.csr_matrix]) -> None:
    from lightfm import LightFM

    m = len(catalogue)
    every = np.arange(m, dtype=np.int32)
    identity = sparse.identity(m, format="csr", dtype=np.float32)
    for name, features in {"ids": identity, "ids + words": sparse.hstack([identity, catalogue.lexical]).tocsr()}.items():
        model = LightFM(no_components=32, loss="warp", random_state=0)
        model.fit(likes[:2000].tocoo(), user_features=likes[:2000], item_features=features, epochs=1)
        ask = [
            partial(model.predict, np.zeros(m, np.int32), every, item_features=features, user_features=one) for one in profiles
        ]
        report(f"LightFM predict, {name}, k = 10", [lambda one=one: ten_best(one()) for one in ask])


def of_rectools(_: Catalogue, likes: sparse.csr_matrix, profiles: list[sparse.csr_matrix]) -> None:
    """Its ``recommend`` takes no user unseen in training, so one of the training users is asked for."""
    import pandas as pd
    from rectools.dataset import Dataset
    from rectools.models import ImplicitItemKNNWrapperModel

    try:
        from implicit.nearest_neighbours import CosineRecommender
    except ImportError as error:
        raise ImportError(f"its item-kNN needs implicit: {error}") from error
    entries = likes.tocoo()
    table = {"user_id": entries.row, "item_id": entries.col, "weight": 1.0, "datetime": pd.Timestamp("2000-01-01")}
    dataset = Dataset.construct(pd.DataFrame(table))
    model = ImplicitItemKNNWrapperModel(CosineRecommender(K=20)).fit(dataset)
    known = np.unique(entries.row)[: len(profiles)]
    ask = [partial(model.recommend, [user], dataset, 10, filter_viewed=True) for user in known]
    report("RecTools recommend, item-kNN, a known user", ask)


def synthetic(n_items: int) -> tuple[Catalogue, Interactions]:
    """Random vectors and words: for time alone, there is nothing to learn."""
    draw = rng()
    vectors = unit_rows(draw.normal(size=(n_items, 512)).astype(np.float32))
    terms = np.minimum(draw.zipf(1.4, size=8 * n_items), 20_000) - 1
    words = sparse.csr_matrix(
        (np.full(len(terms), 8**-0.5, np.float32), (np.repeat(np.arange(n_items), 8), terms)), (n_items, 20_000)
    )
    words.sum_duplicates()
    ids = tuple(map(str, range(n_items)))
    catalogue = Catalogue(ids, ids, ids, vectors, words, tuple({} for _ in ids), "synthetic")
    user = np.repeat(np.arange(50_000), 8)
    item = (n_items * draw.random(len(user)) ** 3).astype(np.int64)
    ones = np.ones(len(user), dtype=np.float32)
    return catalogue, Interactions(tuple(map(str, range(50_000))), n_items, user, item, ones, ones, np.full(len(user), np.nan))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--cache", type=Path, help="file of vectors that were made before")
    parser.add_argument("--items", type=int, help="a synthetic catalogue of so many items instead of FOLDER, latency alone")
    given = parser.parse_args()
    taste = {"taste": GaussianTaste(GaussianConfig())}
    if given.items:
        print(f"{given.items:,} synthetic items: one user, the whole catalogue ranked")
        latencies(*synthetic(given.items), taste)
        return
    if given.folder is None:
        parser.error("name a FOLDER, or --items N")
    catalogue, interactions = load(given.folder / "items.csv", given.folder / "events.csv", given.cache)
    print(f"{given.folder.name}: {len(catalogue):,} items, {interactions.n_users:,} users\nfit, encoding apart")
    fits(catalogue, interactions)
    print("one user, the whole catalogue ranked")
    latencies(catalogue, interactions, {**taste, "auto": make_model("auto")})


if __name__ == "__main__":
    main()
