"""What an event says: its sign and how much it tells, by the name of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fewrec.data.timestamps import units_per_second
from fewrec.errors import SettingError

RATING_SCALES = (1.0, 5.0, 10.0, 100.0)
LIKED_SHARE = 0.8
"""A rating is a like from this share of the scale on: 4 of 5."""


@dataclass(frozen=True)
class Signal:
    """``sign`` 1, 0 or -1; ``weight`` > 0 in units of a plain like; ``explicit`` where the user judged rather than acted."""

    sign: int
    weight: float
    explicit: bool = False

    def __post_init__(self) -> None:
        if self.sign not in {-1, 0, 1} or not (0 < self.weight < float("inf")):
            raise SettingError(
                f"a signal with sign {self.sign} and weight {self.weight}", hint="sign is 1, 0 or -1, weight a number above 0"
            )


DEFAULT_SIGNALS: Mapping[str, Signal] = MappingProxyType(
    {
        "rating": Signal(1, 1.0, explicit=True),  # its sign comes from its value
        "like": Signal(1, 1.0, explicit=True),
        "dislike": Signal(-1, 1.0, explicit=True),
        "favorite": Signal(1, 1.0),
        "favourite": Signal(1, 1.0),
        "purchase": Signal(1, 0.8),
        "buy": Signal(1, 0.8),
        "order": Signal(1, 0.8),
        "save": Signal(1, 0.7),
        "bookmark": Signal(1, 0.7),
        "collect": Signal(1, 0.7),
        "share": Signal(1, 0.7),
        "subscribe": Signal(1, 0.7),
        "follow": Signal(1, 0.7),
        "cart": Signal(1, 0.5),
        "add_to_cart": Signal(1, 0.5),
        "comment": Signal(1, 0.4),
        "review": Signal(1, 0.4),
        "listen": Signal(1, 0.3),
        "play": Signal(1, 0.3),
        "watch": Signal(1, 0.3),
        "download": Signal(1, 0.4),
        "read": Signal(1, 0.3),
        "click": Signal(1, 0.2),
        "view": Signal(1, 0.2),
        "skip": Signal(-1, 0.3),
        "return": Signal(-1, 0.6),
        "refund": Signal(-1, 0.6),
        "hide": Signal(-1, 0.8),
        "block": Signal(-1, 1.0),
    }
)


@dataclass(frozen=True, kw_only=True)
class SignalConfig:
    """How events become observations. :meth:`resolved` fills in what the data decide.

    To change one kind alone: ``SignalConfig(signals={**DEFAULT_SIGNALS, "view": Signal(1, 0.1)})``.
    """

    signals: Mapping[str, Signal] = field(default_factory=lambda: DEFAULT_SIGNALS)
    unknown: Signal = Signal(1, 0.2)
    """For kinds of event that ``signals`` does not name: a weak sign of interest, like a view. A note names such kinds."""
    rating_scale: float | None = None
    """Highest possible rating; None until it is detected from all the ratings there are."""
    max_weight: float = 3.0
    """Bound of an entry's weight, in plain likes: a thousand plays are not a thousand likes."""
    half_life_days: float | None = None
    """Age at which an event tells half as much; None: events do not age. Needs timestamps that are times."""
    now: float | None = None
    """Ages count back from here, in the unit of the timestamps. None until it is set to the latest of the data, if those are times."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "signals", dict(self.signals))
        for name in ("rating_scale", "max_weight", "half_life_days"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise SettingError(f"{name} is {value}", hint=f"{name} must be a number above 0")

    def resolved(self, events: pl.DataFrame) -> SignalConfig:
        """The same with ``rating_scale`` and ``now`` taken from the data, where they are not set.

        Do this once on all events, and read single users with the result: one user's ratings do not show the scale.
        """
        scale, now = self.rating_scale, self.now
        if scale is None:
            scale = detect_rating_scale(events.filter(pl.col("event") == "rating")["value"].drop_nulls().to_numpy())
        times = events["timestamp"].drop_nulls().to_numpy()
        if now is None and self.half_life_days is not None and units_per_second(times) is not None:
            now = float(times.max())
        return replace(self, rating_scale=scale, now=now)

    def signal_of(self, kind: str) -> Signal:
        """The signal of a kind of event. A rating's sign is its value's, and it is explicit whatever ``signals`` says."""
        if kind == "rating":
            return Signal(1, self.signals.get(kind, DEFAULT_SIGNALS[kind]).weight, explicit=True)
        return self.signals.get(kind, self.unknown)

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it; :meth:`from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> SignalConfig:
        """Of what :meth:`to_dict` gave; absent keys take their default.

        Raises:
            SettingError: an unknown key or a value outside what is allowed.
        """
        known = [each.name for each in fields(cls)]
        if unknown := sorted(set(settings) - set(known)):
            raise SettingError(f"unknown setting {', '.join(unknown)}", hint=f"the settings are {', '.join(known)}")
        values = dict(settings)
        try:
            if "signals" in values:
                values["signals"] = {kind: Signal(**signal) for kind, signal in values["signals"].items()}
            if "unknown" in values:
                values["unknown"] = Signal(**values["unknown"])
        except TypeError as error:
            raise SettingError(
                f"a signal is not readable: {error}", hint='write {"sign": 1, "weight": 0.2, "explicit": false}'
            ) from error
        return cls(**values)

    def utility_of(self, ratings: NDArray[np.float64]) -> NDArray[np.float64]:
        """(r,) utilities in [-1, 1] of ratings on ``rating_scale`` (5 if unknown).

        Piecewise linear in the share of the scale, with a step at 4 of 5, where a like begins: on five stars 1 -> -1, 2 -> -2/3,
        3 -> -1/3, just under 4 -> 0, 4 -> 1/2, 5 -> 1. Beyond the scale's ends the end's utility holds.
        """
        share = np.clip(ratings / (self.rating_scale or 5.0), 0.0, 1.0)
        liked = 0.5 + 0.5 * (share - LIKED_SHARE) / (1.0 - LIKED_SHARE)
        other = np.minimum((share - LIKED_SHARE) / (LIKED_SHARE - 0.2), 0.0)
        return np.clip(np.where(share >= LIKED_SHARE, liked, other), -1.0, 1.0)

    def decay(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """(e,) what is left of each event's weight at ``now``, in (0, 1]; 1 where the time is unknown or ``now`` is."""
        if self.half_life_days is None or self.now is None:
            return np.ones(len(times))
        units = units_per_second([self.now]) or 1.0
        age_days = np.maximum(self.now - times, 0.0) / units / 86_400.0
        return np.nan_to_num(np.maximum(0.5 ** (age_days / self.half_life_days), 1e-6), nan=1.0)


def detect_rating_scale(ratings: NDArray[np.float64]) -> float | None:
    """The smallest of 1, 5, 10 and 100 that covers 99 % of the ratings, else the highest rating; None without ratings.

    Not all of them, so that one mistyped 50 does not turn every five-star rating into a dislike.
    """
    if not len(ratings):
        return None
    for scale in RATING_SCALES:
        if np.mean(ratings <= scale) >= 0.99:
            return scale
    return float(ratings.max())
