"""The prior over ensemble weights that ships with the package. Set by hand (docs/decisions/0003), not learned on other catalogues yet."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

import numpy as np

from fewrec.learning.blending import Weights
from fewrec.types import Interactions


@cache
def _table() -> list[tuple[float, Weights]]:
    document = json.loads(resources.files("fewrec.learning").joinpath("prior.json").read_text(encoding="utf-8"))
    return [(float(row["others"]), Weights.from_mapping(row["weights"])) for row in document["prior"]]


def crowd(interactions: Interactions) -> float:
    """How many other training users like an item that one of them likes, on average: how much behaviour has to tell.

    Sum over items of c (c - 1) over the number of likes, c an item's likes. Users alone say little: a hundred of them are a crowd among
    a thousand films and nobody among a million products.
    """
    counts = np.asarray(interactions.likes.sum(axis=0), dtype=np.float64).ravel()
    return float((counts * (counts - 1)).sum() / counts.sum()) if counts.any() else 0.0


def prior_weights(others: float) -> Weights:
    """Weights where an item liked by one training user is liked by so many ``others`` (:func:`crowd`), interpolated in its logarithm."""
    table = _table()
    places = np.log1p([each for each, _ in table])
    place = float(np.interp(np.log1p(others), places, np.arange(len(table))))
    low, high = int(np.floor(place)), int(np.ceil(place))
    members = tuple(dict.fromkeys([*table[low][1].members, *table[high][1].members]))
    share = place - low
    at_knots = (1 - share) * table[low][1].of(members).at_knots + share * table[high][1].of(members).at_knots
    return Weights(members, at_knots.astype(np.float32))
