# ruff: noqa: ARG001 - every check has the same signature
"""Do our peers compute what the public libraries compute? ``python benchmarks/peers/agreement.py ITEMS EVENTS``.

Same likes, same settings, same starting point where there is one: the numbers are compared, not only the lists. Prints a line per check and
fails if one that ran is outside its tolerance.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from _worlds import load
from scipy import sparse

from fewrec.models.classics._factorise import Side, half_step
from fewrec.models.classics.als import AlsConfig, item_factors
from fewrec.models.classics.ease import item_weights
from fewrec.models.classics.item_knn import ItemKnn, ItemKnnConfig
from fewrec.types import Catalogue, Interactions, Matrix

REG, ALPHA, FACTORS = 10.0, 5.0, 16


def implicit_cosine(catalogue: Catalogue, interactions: Interactions) -> tuple[str, float, float]:
    """Largest difference of a similarity, ours at no shrinkage and all neighbours."""
    from implicit.nearest_neighbours import CosineRecommender

    ours = ItemKnn(ItemKnnConfig(neighbours=None, shrinkage=0.0)).fit(catalogue, interactions, rng=np.random.default_rng(0))
    theirs = CosineRecommender(K=len(catalogue), num_threads=1)
    theirs.fit(interactions.likes, show_progress=False)
    similarity = theirs.similarity.toarray()
    np.fill_diagonal(similarity, 0)
    return "largest difference of a cosine", float(np.abs(ours._similarity.toarray() - similarity).max()), 1e-5


def implicit_fold_in(catalogue: Catalogue, interactions: Interactions) -> tuple[str, float, float]:
    """Relative difference of users folded into implicit's own item factors; its alpha is ours plus one."""
    theirs = _implicit_als(interactions.likes)
    likes = interactions.likes[:200]
    expected = theirs.recalculate_user(np.arange(likes.shape[0]), likes)
    ours = half_step(Side.of(theirs.item_factors, REG), likes, alpha=ALPHA)
    return "relative difference of folded-in users", _relative(ours, expected), 1e-3


def implicit_objective(catalogue: Catalogue, interactions: Interactions) -> tuple[str, float, float]:
    """Relative difference of the objective after 30 rounds from different random starts."""
    likes = interactions.likes
    theirs = _implicit_als(likes)
    ours = item_factors(likes, AlsConfig(factors=FACTORS, reg=REG, alpha=ALPHA, n_rounds=30), seed=0)
    costs = [_objective(likes, items) for items in (ours, theirs.item_factors)]
    return f"relative difference of the objective ({costs[0]:.0f} and {costs[1]:.0f})", abs(costs[0] / costs[1] - 1), 0.01


def rectools_ease(catalogue: Catalogue, interactions: Interactions) -> tuple[str, float, float]:
    """Largest difference of a weight; RecTools' columns are in its own item order."""
    from with_rectools import RecToolsEase

    model = RecToolsEase(regularization=500.0)
    model.fit(catalogue, interactions, rng=np.random.default_rng(0))
    ours = item_weights(interactions.likes, 500.0)
    theirs = model.weights()
    known = np.flatnonzero(theirs.any(axis=0))
    return "largest difference of a weight", float(np.abs(ours - theirs)[np.ix_(known, known)].max()), 1e-3


def lenskit_ease(catalogue: Catalogue, interactions: Interactions) -> tuple[str, float, float]:
    """Largest difference of a weight."""
    from with_lenskit import LensKitEase

    model = LensKitEase(regularization=500.0)
    model.fit(catalogue, interactions, rng=np.random.default_rng(0))
    ours = item_weights(interactions.likes, 500.0)
    theirs = model.weights()
    known = np.flatnonzero(theirs.any(axis=0))
    return "largest difference of a weight", float(np.abs(ours - theirs)[np.ix_(known, known)].max()), 1e-3


CHECKS: dict[str, Callable[[Catalogue, Interactions], tuple[str, float, float]]] = {
    "item-knn / implicit CosineRecommender": implicit_cosine,
    "als fold-in / implicit recalculate_user": implicit_fold_in,
    "als / implicit AlternatingLeastSquares": implicit_objective,
    "ease / RecTools EASEModel": rectools_ease,
    "ease / LensKit EASEScorer": lenskit_ease,
}


def _implicit_als(likes: sparse.csr_matrix) -> object:
    from implicit.cpu.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(
        factors=FACTORS, regularization=REG, alpha=ALPHA + 1, iterations=30, use_cg=False, random_state=0, num_threads=1
    )
    model.fit(likes, show_progress=False)
    return model


def _objective(likes: sparse.csr_matrix, items: Matrix) -> float:
    users = half_step(Side.of(items, REG), likes, alpha=ALPHA).astype(np.float64)
    dense = likes.toarray()
    errors = (1 + ALPHA * dense) * (dense - users @ items.T) ** 2
    return float(errors.sum() + REG * ((users**2).sum() + (items.astype(np.float64) ** 2).sum()))


def _relative(ours: Matrix, theirs: Matrix) -> float:
    return float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("items", type=Path)
    parser.add_argument("events", type=Path)
    parser.add_argument("--vectors", type=Path, help="file that keeps vectors between runs")
    args = parser.parse_args()
    catalogue, interactions = load(args.items, args.events, args.vectors)
    failed = 0
    for name, check in CHECKS.items():
        try:
            what, found, tolerance = check(catalogue, interactions)
        except ImportError as error:
            print(f"NOT RUN  {name}: {error}")
            continue
        failed += found > tolerance
        print(f"{'agrees ' if found <= tolerance else 'DIFFERS'}  {name}: {what} {found:.2g} (tolerance {tolerance:g})")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
