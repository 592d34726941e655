"""The prior over ensemble weights that ships with the package. Set by hand (docs/decisions/0003), not learned on other catalogues yet."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

import numpy as np

from fewrec.learning.blending import Weights


@cache
def _table() -> list[tuple[int, Weights]]:
    document = json.loads(resources.files("fewrec.learning").joinpath("prior.json").read_text(encoding="utf-8"))
    return [(int(row["users"]), Weights.from_mapping(row["weights"])) for row in document["prior"]]


def prior_weights(n_users: int) -> Weights:
    """Weights for ``n_users`` training users with a like, interpolated in log n between those of the table."""
    table = _table()
    sizes = np.log1p([users for users, _ in table])
    place = float(np.interp(np.log1p(n_users), sizes, np.arange(len(table))))
    low, high = int(np.floor(place)), int(np.ceil(place))
    members = tuple(dict.fromkeys([*table[low][1].members, *table[high][1].members]))
    share = place - low
    at_knots = (1 - share) * table[low][1].of(members).at_knots + share * table[high][1].of(members).at_knots
    return Weights(members, at_knots.astype(np.float32))
