"""Settings of an evaluation: one frozen class per protocol; every field is printed in the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar

from fewrec.errors import SettingError
from fewrec.evaluation.metrics import parse_metric

Size = int | Literal["all"]
Count = int | Literal["all"]

RANKED = ("ndcg@10", "recall@20", "mrr", "uauc", "coverage", "diversity", "novelty")
LABELLED = ("auc", "uauc", "log-loss", "calibration-error")
OF_ITEMS = ("cross-recall@1", "cross-recall@10", "support", "phrases-said", "echo")
OF_USERS = (
    *("ndcg-kept", "overlap@10", "plain-ndcg-kept", "plain-overlap@10"),
    *("genre-named", "own-phrases", "phrases-said", "lift"),
)
PRIMARY: Mapping[str, tuple[str, ...]] = {
    "ranked": ("ndcg@10",),
    "labelled": ("auc", "uauc"),
    "requests": ("p@10", "ndcg@10", "likes-ndcg@10"),
    "decoded": ("cross-recall@1", "support", "ndcg-kept", "overlap@10"),
}
"""Family of protocols -> metrics on which models are compared, unless others are named: chosen before any result was seen."""

S = TypeVar("S", bound="EvaluationSettings")


@dataclass(frozen=True, kw_only=True)
class EvaluationSettings:
    """Settings of every protocol."""

    seed: int = 0
    """Root of every random choice."""
    seeds: int = 3
    """Draws (of users, training users, ties and the models' own randomness), each evaluated alone, > 0."""
    metrics: tuple[str, ...] = RANKED
    """Names as in ``metrics.parse_metric``."""
    champion: str = "auto"
    """The model that ``comparisons`` compares with every other."""
    compared: tuple[str, ...] = ()
    """Metrics to compare on, named beforehand; ``("all",)`` for all of which more or less is better; empty for those of :data:`PRIMARY` that
    are measured (all, where none is). Fewer comparisons have narrower intervals."""
    heavy: frozenset[str] = frozenset()
    """Models too slow for the grid: run at the largest number of training users only, in one draw."""
    replicates: int = 2000
    """Bootstrap replicates, >= 100."""
    min_users: int = 5
    """A cell with fewer test users than this is left out with a note, >= 2."""

    family = "ranked"

    def __post_init__(self) -> None:
        _check(self.seeds >= 1, "seeds", self.seeds, "at least 1")
        _check(self.replicates >= 100, "replicates", self.replicates, "at least 100")
        _check(self.min_users >= 2, "min_users", self.min_users, "at least 2: one user has no spread")
        _check(len(self.metrics) > 0, "metrics", self.metrics, "at least one name")
        for name in self.metrics:
            parse_metric(name, self.family)
        for name in self.compared if self.compared != ("all",) else ():
            comparable = [each for each in self.metrics if self._comparable(each)]
            _check(name in comparable, "compared", name, f"metrics that are measured and have a better direction: {comparable}")

    def _comparable(self, metric: str) -> bool:
        return parse_metric(metric, self.family).better is not None

    @property
    def comparing(self) -> tuple[str, ...]:
        """The metrics that models are compared on."""
        comparable = tuple(name for name in self.metrics if self._comparable(name))
        if self.compared == ("all",):
            return comparable
        return self.compared or tuple(name for name in comparable if name in PRIMARY[self.family]) or comparable

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; :meth:`from_dict` is its inverse."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_dict(cls: type[S], values: Mapping[str, Any]) -> S:
        """Settings from JSON; an unknown key is an error, not ignored."""
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise SettingError(
                f"{cls.__name__} has no setting {', '.join(unknown)}", hint=f"settings: {', '.join(sorted(known))}"
            )
        return cls(**{key: _frozen(key, value) for key, value in values.items()})


@dataclass(frozen=True, kw_only=True)
class SampledSettings(EvaluationSettings):
    """Settings of protocols that vary the number of training users."""

    train_users: tuple[Size, ...] = ("all",)
    """Numbers of training users; one above the users there are is skipped with a note."""
    max_test_users: int | None = None
    """Test users a draw and cell, sampled after eligibility; None for all of them."""
    small_draws: int = 10
    """Draws where the training users are at most ``small_n``: who they are matters most there."""
    small_n: int = 100

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(len(self.train_users) > 0, "train_users", self.train_users, "at least one number, or 'all'")
        for n in self.train_users:
            _check(n == "all" or (isinstance(n, int) and n >= 0), "train_users", n, "0 or more, or 'all'")
        cap = self.max_test_users
        _check(cap is None or cap >= self.min_users, "max_test_users", cap, f"at least {self.min_users} (min_users), or none")
        _check(self.small_draws >= 1, "small_draws", self.small_draws, "at least 1")

    def draws(self, n: int) -> int:
        """Draws of ``n`` training users."""
        return max(self.seeds, self.small_draws) if n <= self.small_n else self.seeds


@dataclass(frozen=True, kw_only=True)
class KShotSettings(SampledSettings):
    """Settings of ``kshot``."""

    k: tuple[int, ...] = (0, 1, 3, 5, 10)
    """Positives revealed."""
    train_users: tuple[Size, ...] = (0, 10, 30, 100, 300, 1000, "all")
    held_out: float = 0.2
    """Share of users who are tested and never trained on, in (0, 1)."""
    min_hidden: int = 5
    """A user takes part at k with at least ``k + min_hidden`` positives, >= 1."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(len(self.k) > 0, "k", self.k, "at least one number")
        for k in self.k:
            _check(isinstance(k, int) and k >= 0, "k", k, "0 or more examples")
        _check(0 < self.held_out < 1, "held_out", self.held_out, "a share between 0 and 1")
        _check(self.min_hidden >= 1, "min_hidden", self.min_hidden, "at least 1")


@dataclass(frozen=True, kw_only=True)
class ColdItemsSettings(KShotSettings):
    """Settings of ``cold-items``."""

    cold: float = 0.2
    """Share of items whose interactions are removed from all data, in (0, 1)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(0 < self.cold < 1, "cold", self.cold, "a share between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class TemporalSettings(SampledSettings):
    """Settings of ``temporal``."""

    k: tuple[Count, ...] = ("all",)
    """Most recent events before the split that are revealed; users with fewer are left out of that k. ``all``: whatever there is."""
    quantile: float = 0.8
    """The split is at this quantile of the events' times, in (0, 1)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_counts(self.k)
        _check(0 < self.quantile < 1, "quantile", self.quantile, "a share between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class CandidatesSettings(SampledSettings):
    """Settings of ``candidates``."""

    k: tuple[Count, ...] = ("all",)
    """Most recent events of the user's own history that are revealed; ``all``: the whole of it."""
    metrics: tuple[str, ...] = ("ndcg@10", "recall@5", "mrr")

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_counts(self.k)


@dataclass(frozen=True, kw_only=True)
class LabelsSettings(SampledSettings):
    """Settings of ``labels``."""

    k: tuple[Count, ...] = ("all",)
    """Most recent training events of the user that are revealed; ``all``: the whole of them."""
    metrics: tuple[str, ...] = LABELLED
    calibration_users: int = 500
    """At most this many training users are used to calibrate a model without probabilities."""

    family = "labelled"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_counts(self.k)


@dataclass(frozen=True, kw_only=True)
class TallrecSettings(EvaluationSettings):
    """Settings of ``tallrec``."""

    shots: tuple[int, ...] = (16, 64, 256)
    """Rows of TRAIN that are learned from, nested within a draw."""
    seeds: int = 10
    metrics: tuple[str, ...] = LABELLED

    family = "labelled"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(len(self.shots) > 0, "shots", self.shots, "at least one number")
        for shots in self.shots:
            _check(isinstance(shots, int) and shots >= 1, "shots", shots, "at least 1 row")


@dataclass(frozen=True, kw_only=True)
class RoundTripSettings(EvaluationSettings):
    """Settings of ``round-trip``."""

    metrics: tuple[str, ...] = tuple(dict.fromkeys((*OF_ITEMS, *OF_USERS)))
    champion: str = "phrases"
    lang: str | None = None
    """The reader's language, ``zh`` or ``en``; None for the catalogue's own."""
    item_phrases: int = 5
    """Largest number of phrases in the text of an item, >= 1."""
    user_phrases: int = 8
    """Largest number of phrases in the text of a user, >= 1."""
    k: tuple[int, ...] = (5,)
    """Random likes of a user whose mean vector is decoded, >= 1."""
    min_hidden: int = 5
    """A user takes part with at least ``k + min_hidden`` positives, >= 1."""
    max_test_users: int | None = 500
    """Users a draw, sampled after eligibility; None for all of them."""
    max_items: int | None = 500
    """Items a draw that are decoded, of those in the catalogue and of the held-out ones each; None for all of them."""
    held_out: float = 0.2
    """Share of the items that the decoder has never seen when they are decoded as ``cold``, in (0, 1)."""

    family = "decoded"

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(self.lang in {None, "zh", "en"}, "lang", self.lang, "zh or en")
        for name in ("item_phrases", "user_phrases", "min_hidden"):
            _check(getattr(self, name) >= 1, name, getattr(self, name), "at least 1")
        _check(len(self.k) > 0, "k", self.k, "at least one number")
        for k in self.k:
            _check(isinstance(k, int) and k >= 1, "k", k, "1 or more likes: without any there is no vector to decode")
        for name in ("max_test_users", "max_items"):
            cap = getattr(self, name)
            _check(cap is None or cap >= self.min_users, name, cap, f"at least {self.min_users} (min_users), or none")
        _check(0 < self.held_out < 1, "held_out", self.held_out, "a share between 0 and 1")

    def draws(self) -> int:
        """Number of draws: one per seed."""
        return self.seeds


_REMEDIES: Mapping[str, str] = {
    "seeds": "3 is the default; more draws take longer and give narrower intervals",
    "replicates": "2000 is the default; fewer than 100 cannot show where 95 % lies",
    "min_users": "5 is the default; hundreds give intervals worth reading",
    "metrics": "leave it out for the protocol's own list",
    "compared": "leave it out for the protocol's primary metrics, write all for every one, or add the name to metrics too",
    "train_users": "write numbers and all, such as --train-users 0,30,all",
    "max_test_users": "leave it out to test everybody",
    "small_draws": "10 is the default",
    "k": "write numbers, such as --k 0,1,3",
    "held_out": "0.2 is the default: a fifth of the users, or of the items of round-trip, are tested",
    "min_hidden": "5 is the default: what is to be found beside the k that are shown",
    "cold": "0.2 is the default: a fifth of the items are new",
    "quantile": "0.8 is the default: four fifths of the events are before the split",
    "shots": "write numbers, such as --shots 16,64,256",
    "lang": "leave it out for the catalogue's own language",
    "item_phrases": "5 is the default",
    "user_phrases": "8 is the default",
    "max_items": "leave it out for 500 a draw",
}
"""Setting -> what to do about a bad value of it."""


def _check(good: bool, name: str, found: object, expected: str) -> None:
    if not good:
        raise SettingError(f"{name} is {found!r}, expected {expected}", hint=_REMEDIES[name])


def _check_counts(k: tuple[Count, ...]) -> None:
    _check(len(k) > 0, "k", k, "at least one number, or 'all'")
    for count in k:
        _check(count == "all" or (isinstance(count, int) and count >= 0), "k", count, "0 or more examples, or 'all'")


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def _frozen(key: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return frozenset(value) if key == "heavy" else tuple(value)
