"""Priors over ensemble weights: the one that ships with the package, and those carried over from another domain (``--prior``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from fewrec.errors import ModelLoadError
from fewrec.models.blend.weights import KNOTS, Weights
from fewrec.models.taste.gaussian import GaussianConfig
from fewrec.types import Interactions

FORMAT_VERSION = 1
_BEYOND = 1e12
"""More others than there are people."""


def density(interactions: Interactions) -> float:
    """Co-like density: how many other training users like an item that one of them likes, on average.

    Sum over items of c (c - 1) over the number of likes, c an item's likes. Users alone say little: a hundred of them overlap in
    a thousand films and hardly ever in a million products.
    """
    counts = np.asarray(interactions.likes.sum(axis=0), dtype=np.float64).ravel()
    return float((counts * (counts - 1)).sum() / counts.sum()) if counts.any() else 0.0


@dataclass(frozen=True)
class PriorTable:
    """Weights by the co-like density of behaviour (:func:`density`)."""

    rows: tuple[tuple[float, Weights], ...]
    """(others, weights) by rising others: where an item liked by one training user is liked by so many others (:func:`density`)."""

    def at(self, others: float) -> Weights:
        """Weights there, interpolated in the logarithm of ``others``; beyond its ends the table goes on as it ends."""
        places = np.log1p([each for each, _ in self.rows])
        place = float(np.interp(np.log1p(others), places, np.arange(len(self.rows))))
        low, high = int(np.floor(place)), int(np.ceil(place))
        below, above = self.rows[low][1], self.rows[high][1]
        members = tuple(dict.fromkeys([*below.members, *above.members]))
        share = place - low
        at_knots = (1 - share) * below.of(members).at_knots + share * above.of(members).at_knots
        return Weights(members, at_knots.astype(np.float32))

    def covers(self, others: float) -> bool:
        """Whether a density of ``others`` lies between two rows."""
        return self.rows[0][0] <= others <= self.rows[-1][0]

    @classmethod
    def everywhere(cls, weights: Weights) -> PriorTable:
        """The same weights at every density."""
        return cls(((0.0, weights), (_BEYOND, weights)))

    def to_list(self) -> list[dict[str, Any]]:
        """JSON values; :meth:`from_list` reads them."""
        return [{"others": others, "weights": weights.to_mapping()} for others, weights in self.rows]

    @classmethod
    def from_list(cls, rows: list[dict[str, Any]]) -> PriorTable:
        """From what :meth:`to_list` gives."""
        return cls(tuple((float(row["others"]), Weights.from_mapping(row["weights"])) for row in rows))


@cache
def shipped_prior() -> PriorTable:
    """What comes with the package: learned on other catalogues by ``benchmarks/learn_prior.py`` (docs/decisions/0003)."""
    document = json.loads(resources.files("fewrec.models.blend").joinpath("prior.json").read_text(encoding="utf-8"))
    return PriorTable.from_list(document["prior"])


def prior_weights(others: float, carried: PriorTable | None = None) -> Weights:
    """Weights for a density of ``others``: of ``carried`` where it covers that, of the shipped prior elsewhere."""
    table = carried if carried is not None and carried.covers(others) else shipped_prior()
    return table.at(others)


@dataclass(frozen=True)
class DomainPrior:
    """What one domain taught that another can start from: how members count, and how far examples are to be trusted.

    Nothing in it says which items are liked: how popular a text makes an item does not carry over (docs/decisions/0016).
    """

    weights: PriorTable
    taste: GaussianConfig = field(default_factory=GaussianConfig)
    learned_from: Mapping[str, int] = field(default_factory=dict)
    """Counts of the items, users and likes of the other domain, for people to read."""

    def save(self, path: str | Path) -> None:
        """Write a JSON file."""
        document = {
            "format": FORMAT_VERSION,
            "learned_from": dict(self.learned_from),
            "taste": asdict(self.taste),
            "prior": self.weights.to_list(),
        }
        Path(path).write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> DomainPrior:
        """What :meth:`save` wrote.

        Raises:
            ModelLoadError: no such file, or it holds something else.
        """
        path = Path(path)
        hint = "fewrec learn prior STORE --out FILE makes one"
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ModelLoadError(f"the prior {path} cannot be read: {error.strerror}", hint=hint) from error
        except ValueError as error:
            raise ModelLoadError(f"{path} is not a prior: it is not JSON", hint=hint) from error
        try:
            if document["format"] != FORMAT_VERSION:
                raise ModelLoadError(
                    f"{path} has format {document['format']}, this fewrec reads format {FORMAT_VERSION}",
                    hint="learn it again, or update fewrec",
                )
            table = PriorTable.from_list(document["prior"])
            prior = cls(table, GaussianConfig(**document["taste"]), dict(document["learned_from"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelLoadError(f"{path} is not a prior: {error!r}", hint=hint) from error
        _check_table(path, table)
        return prior


def _check_table(path: Path, table: PriorTable) -> None:
    others = [each for each, _ in table.rows]
    if not others or others != sorted(others):
        raise ModelLoadError(f"{path} has no rows in rising order of others", hint="learn it again")
    for each, weights in table.rows:
        at_knots = weights.at_knots
        if at_knots.shape != (len(KNOTS), len(weights.members)) or not np.isfinite(at_knots).all() or at_knots.min() < 0:
            raise ModelLoadError(
                f"{path}: the row of {each:g} others needs {len(KNOTS)} weights of 0 or more a member", hint="learn it again"
            )
