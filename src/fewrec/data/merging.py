"""From events to one observation per user and item. The same code serves the population and the single user.

- Ratings, likes and dislikes are explicit: the latest of them stands, and whatever else the user did with the item is set aside.
  Latest means the highest timestamp; an unknown time counts as oldest; between equal times the later row stands.
- Other events of an item add up. Counts of a kind are summed (a missing value is 1), then taken on a log scale:
  ``w = weight * log2(1 + count)``, so that one event weighs its kind's weight. Over kinds, utility is the weighted mean of the signs
  and weight the sum: a view (0.2) and a skip (0.3) give utility -0.2 with weight 0.5. The order of events plays no part in this.
- A count of 0 says that nothing happened, and is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fewrec.data.signals import SignalConfig
from fewrec.types import Interactions, Vector


@dataclass(frozen=True)
class Observations:
    """What one user's events come to, an entry per item, oldest first (unknown times before known ones)."""

    item_ids: tuple[str, ...]
    utility: Vector
    """(k,) in [-1, 1]; above 0 liked."""
    weight: Vector
    """(k,) > 0; 1 = a plain like. Kind, count and age are in it."""
    kinds: tuple[str, ...]
    """(k,) ``rating``, ``like``, ``dislike`` or ``event``."""
    time: NDArray[np.float64]
    """(k,) of the event that stands, or the latest; NaN where unknown."""

    def __len__(self) -> int:
        return len(self.item_ids)


def observations_of_user(events: pl.DataFrame, config: SignalConfig) -> Observations:
    """Merge the events of one user (columns as in ``Dataset.events``); no events give no observations.

    ``config`` should be the one :meth:`SignalConfig.resolved` gave for the whole data. A ``user_id`` column is not looked at.
    """
    merged = merge_events(events.with_columns(pl.lit("").alias("user_id")), config)
    merged = merged.sort("time", "order", nulls_last=False)
    return Observations(
        tuple(merged["item_id"]),
        merged["utility"].to_numpy().astype(np.float32),
        merged["weight"].to_numpy().astype(np.float32),
        tuple(merged["kind"]),
        merged["time"].cast(pl.Float64).fill_null(float("nan")).to_numpy().copy(),
    )


def to_interactions(
    events: pl.DataFrame, item_ids: Sequence[str], config: SignalConfig | None = None
) -> tuple[Interactions, tuple[str, ...]]:
    """Merged entries in catalogue rows, and notes on what was left out or assumed.

    ``events`` as in ``Dataset.events``; ``item_ids`` (m,) in row order. Users are those with at least one entry, in the order in
    which the events name them; entries are ordered by user, then by time. Events on items outside the catalogue are dropped and counted.
    """
    config = (config or SignalConfig()).resolved(events)
    catalogue = pl.DataFrame({"item_id": pl.Series(item_ids, dtype=pl.String), "item": np.arange(len(item_ids))})
    known = events.join(catalogue, on="item_id", how="left", maintain_order="left")
    n_outside = known["item"].null_count()
    notes = [f"{n_outside} of {events.height} events are on items outside the catalogue and were dropped"] if n_outside else []
    notes += _remarks(events, config)
    known = known.filter(pl.col("item").is_not_null())
    users = known.select("user_id").unique(maintain_order=True).with_row_index("user")
    # Grouping by row numbers is several times faster than by the ids themselves.
    numbered = known.join(users, on="user_id", how="left", maintain_order="left").drop("user_id", "item_id")
    merged = merge_events(numbered.rename({"user": "user_id", "item": "item_id"}), config)
    merged = merged.sort("user_id", "time", "order", nulls_last=False)
    present, user = np.unique(merged["user_id"].to_numpy(), return_inverse=True)
    interactions = Interactions(
        user_ids=tuple(users["user_id"].gather(present)),
        n_items=len(item_ids),
        user=user.astype(np.int64),
        item=merged["item_id"].cast(pl.Int64).to_numpy().copy(),
        utility=merged["utility"].to_numpy().astype(np.float32),
        weight=merged["weight"].to_numpy().astype(np.float32),
        time=merged["time"].cast(pl.Float64).fill_null(float("nan")).to_numpy().copy(),
    )
    return interactions, tuple(notes)


def merge_events(events: pl.DataFrame, config: SignalConfig) -> pl.DataFrame:
    """One row per (user_id, item_id): ``user_id, item_id, utility, weight, kind, time, order``; ``order`` is the row that stands."""
    told = _with_signals(events, config)
    by = ["user_id", "item_id"]
    spoken = (
        told.filter("explicit")
        .sort("time", "order", nulls_last=False)
        .group_by(by)
        .agg(pl.col("utility", "weight", "kind", "time", "order").last())
        .with_columns(pl.col("weight").clip(1e-6, config.max_weight))
    )
    acts = told.filter(~pl.col("explicit")).join(spoken.select(by), on=by, how="anti")
    per_kind = acts.group_by([*by, "event"]).agg(
        pl.col("count").sum(), pl.col("base", "sign").first(), pl.col("time").max(), pl.col("order").max()
    )
    strength = pl.col("base") * (1.0 + pl.col("count")).log(2.0)
    acted = (
        per_kind.with_columns(strength.alias("strength"))
        # in one fixed order, so that sums do not depend on how the rows came
        .sort(*by, "event")
        .group_by(by)
        .agg(
            (pl.col("strength") * pl.col("sign")).sum().alias("net"),
            pl.col("strength").sum().alias("total"),
            pl.col("time", "order").max(),
        )
        .with_columns(
            (pl.col("net") / pl.col("total")).clip(-1.0, 1.0).alias("utility"),
            pl.col("total").clip(1e-6, config.max_weight).alias("weight"),
            pl.lit("event").alias("kind"),
        )
    )
    columns = [*by, "utility", "weight", "kind", "time", "order"]
    return pl.concat([spoken.select(columns), acted.select(columns)])


def _with_signals(events: pl.DataFrame, config: SignalConfig) -> pl.DataFrame:
    """Every event that says something with its sign, base weight, aged count, and for explicit ones utility and weight."""
    kinds = events["event"].unique()
    signals = [config.signal_of(kind) for kind in kinds]
    table = pl.DataFrame(
        {
            "event": kinds,
            "sign": pl.Series([float(signal.sign) for signal in signals], dtype=pl.Float64),
            "base": pl.Series([signal.weight for signal in signals], dtype=pl.Float64),
            "explicit": pl.Series([signal.explicit for signal in signals], dtype=pl.Boolean),
        }
    )
    time = pl.col("timestamp").cast(pl.Float64)
    told = events.select("user_id", "item_id", "event", pl.col("value").cast(pl.Float64), time.alias("time"))
    told = told.with_row_index("order").join(table, on="event", how="left")
    rating = pl.col("event") == "rating"
    values = told["value"].fill_null(float("nan")).to_numpy()
    decay = config.decay(told["time"].fill_null(float("nan")).to_numpy())
    told = told.with_columns(pl.Series("decay", decay), pl.Series("rated", config.utility_of(values)))
    count = pl.when(rating).then(1.0).otherwise(pl.col("value").fill_null(1.0).clip(upper_bound=1e15)) * pl.col("decay")
    told = told.with_columns(count.alias("count")).filter(
        pl.when(rating).then(pl.col("value").is_finite()).otherwise((pl.col("count") > 0) & pl.col("count").is_finite())
    )
    aged_log = pl.col("decay") * (1.0 + pl.col("count") / pl.col("decay")).log(2.0)
    # log2(1 + count) of a count below the precision of floats would be 0, and weights are above 0
    told = told.with_columns(pl.col("count").clip(lower_bound=1e-9))
    return told.with_columns(
        pl.when(rating).then("rated").otherwise("sign").alias("utility"),
        (pl.col("base") * aged_log).alias("weight"),
        pl.when(rating)
        .then(pl.lit("rating"))
        .otherwise(pl.when(pl.col("sign") > 0).then(pl.lit("like")).otherwise(pl.lit("dislike")))
        .alias("kind"),
    )


def _remarks(events: pl.DataFrame, config: SignalConfig) -> list[str]:
    notes = []
    counts = events.group_by("event").len().sort("event")
    unknown = [f"{kind} ({n})" for kind, n in counts.iter_rows() if kind not in config.signals]
    if unknown:
        sign = "likes" if config.unknown.sign > 0 else "dislikes" if config.unknown.sign < 0 else "signals"
        notes.append(
            f"kinds of event without a setting count as weak {sign} of weight {config.unknown.weight:g}: {', '.join(unknown)}"
        )
    n_zero = events.filter((pl.col("event") != "rating") & (pl.col("value") <= 0)).height
    if n_zero:
        notes.append(f"{n_zero} events have a count of 0 and say nothing")
    ratings = events.filter(pl.col("event") == "rating")["value"].drop_nulls()
    if config.rating_scale is not None and len(ratings):
        scale = config.rating_scale
        notes.append(f"ratings are read on a scale up to {scale:g}; {0.8 * scale:g} or more is a like")
        if n_above := (ratings > scale).sum():
            notes.append(f"{n_above} ratings above {scale:g} count as {scale:g}")
        if n_below := (ratings < 0).sum():
            notes.append(f"{n_below} ratings below 0 count as the lowest")
    if config.half_life_days is not None and config.now is None and events.height:
        notes.append("timestamps are not times, so events do not age although a half-life is set")
    return notes
