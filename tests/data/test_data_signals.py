"""What events say and how several of them become one observation."""

from __future__ import annotations

import json
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fewrec.data import (
    DEFAULT_SIGNALS,
    EVENT_SCHEMA,
    Signal,
    SignalConfig,
    detect_rating_scale,
    empty_events,
    observations_of_user,
    to_interactions,
)
from fewrec.errors import SettingError

DAY = 86_400.0
START = 1.6e9


def events(*rows: tuple[str, str, str, float | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame([(*row, None) for row in rows], schema=EVENT_SCHEMA, orient="row")


def one(*told: tuple[str, float | None, float | None], config: SignalConfig | None = None) -> tuple[float, float, str, float]:
    """What one user's events on one item come to: utility, weight, kind, time."""
    table = events(*(("u", "i", *each) for each in told))
    observed = observations_of_user(table, (config or SignalConfig()).resolved(table))
    assert observed.item_ids == ("i",)
    return (float(observed.utility[0]), float(observed.weight[0]), observed.kinds[0], float(observed.time[0]))


def test_five_stars_by_hand() -> None:
    utilities = SignalConfig(rating_scale=5).utility_of(np.array([0, 1, 2, 3, 3.999, 4, 4.5, 5, 9]))
    np.testing.assert_allclose(utilities, [-1, -1, -2 / 3, -1 / 3, 0, 0.5, 0.75, 1, 1], atol=1e-3)
    assert utilities[4] <= 0 < utilities[5]


@pytest.mark.parametrize("scale", [1.0, 5.0, 10.0, 100.0])
def test_a_like_begins_at_four_of_five_on_every_scale(scale: float) -> None:
    config = SignalConfig(rating_scale=scale)
    liked, just_under = config.utility_of(np.array([0.8 * scale, 0.8 * scale * (1 - 1e-9)]))
    assert liked == pytest.approx(0.5)
    assert just_under <= 0


@pytest.mark.parametrize(
    ("ratings", "scale"),
    [([1, 0], 1), ([1, 2], 5), ([5] * 200 + [50], 5), ([5.5], 10), ([11], 100), ([250, 3], 250), ([], None)],
)
def test_the_scale_is_detected(ratings: list[float], scale: float | None) -> None:
    assert detect_rating_scale(np.array(ratings, dtype=float)) == scale


def test_the_latest_explicit_word_stands() -> None:
    assert one(("like", None, START), ("dislike", None, START + 1)) == (-1, 1, "dislike", START + 1)
    assert one(("dislike", None, START + 1), ("like", None, START)) == (-1, 1, "dislike", START + 1)
    # rows of the same time: the later row; an unknown time is older than any known one
    assert one(("dislike", None, START), ("like", None, START))[2] == "like"
    assert one(("dislike", None, START), ("like", None, None))[2] == "dislike"
    # it outweighs whatever was done, before or after
    assert one(("rating", 5, START), ("skip", 20, START + 9)) == (1, 1, "rating", START)


def test_acts_add_up_on_a_log_scale() -> None:
    view, skip = DEFAULT_SIGNALS["view"].weight, DEFAULT_SIGNALS["skip"].weight
    assert one(("view", None, None))[:2] == pytest.approx((1, view))
    assert one(("view", 3, None))[1] == pytest.approx(2 * view)  # log2(1 + 3)
    assert one(("view", None, None), ("view", 2, None))[1] == pytest.approx(2 * view)  # the same three views
    utility, weight, kind, time = one(("view", None, START), ("skip", None, START + 5))
    assert (utility, weight) == (pytest.approx((view - skip) / (view + skip)), pytest.approx(view + skip))
    assert (kind, time) == ("event", START + 5)
    assert one(("play", 1e300, None))[1] == SignalConfig().max_weight
    assert math.isnan(one(("view", None, None))[3])


def test_unknown_kinds_count_weakly_and_are_named() -> None:
    interactions, notes = to_interactions(events(("u", "i", "teleport", None, None)), ["i"])
    assert interactions.utility.tolist() == [1]
    assert interactions.weight.tolist() == pytest.approx([SignalConfig().unknown.weight])
    assert any("teleport (1)" in note for note in notes)


def test_ageing_halves_the_weight() -> None:
    config = SignalConfig(half_life_days=10)
    table = events(
        ("u", "a", "like", None, START), ("u", "b", "like", None, START + 10 * DAY), ("u", "c", "view", 3, START - 10 * DAY)
    )
    observed = observations_of_user(table, config.resolved(table))
    assert observed.item_ids == ("c", "a", "b")
    aged_views = DEFAULT_SIGNALS["view"].weight * math.log2(1 + 3 / 4)
    np.testing.assert_allclose(observed.weight, [aged_views, 0.5, 1], rtol=1e-6)
    milliseconds = table.with_columns(pl.col("timestamp") * 1000)
    np.testing.assert_allclose(
        observations_of_user(milliseconds, config.resolved(milliseconds)).weight, observed.weight, rtol=1e-6
    )
    _, notes = to_interactions(events(("u", "a", "like", None, 3)), ["a"], config)
    assert any("not times" in note for note in notes)


def test_interactions_speak_of_catalogue_rows_and_count_what_they_drop() -> None:
    table = events(
        ("v", "b", "rating", 5, 2),
        ("u", "gone", "like", None, 1),
        ("w", "gone", "like", None, 1),
        ("u", "a", "rating", 2, 3),
        ("v", "a", "view", 0, 9),
        ("v", "a", "rating", 4, 1),
    )
    interactions, notes = to_interactions(table, ["a", "b"])
    assert interactions.user_ids == ("v", "u")
    assert interactions.n_items == 2
    assert list(zip(interactions.user, interactions.item, strict=True)) == [(0, 0), (0, 1), (1, 0)]
    np.testing.assert_allclose(interactions.utility, [0.5, 1, -2 / 3], rtol=1e-6)
    assert interactions.time.tolist() == [1, 2, 3]
    assert any("2 of 6 events are on items outside" in note for note in notes)
    assert any("count of 0" in note for note in notes)
    assert any("scale up to 5" in note for note in notes)


def test_no_events_are_no_interactions() -> None:
    interactions, notes = to_interactions(empty_events(), ["a", "b"])
    assert (len(interactions), interactions.n_users, interactions.n_items, notes) == (0, 0, 2, ())
    assert len(observations_of_user(empty_events(), SignalConfig())) == 0
    interactions, _ = to_interactions(events(("u", "i", "like", None, None)), [])
    assert len(interactions) == 0


KINDS = st.sampled_from(["rating", "like", "dislike", "view", "skip", "purchase", "unheard-of"])
EVENT = st.tuples(
    st.sampled_from("uvw"),
    st.sampled_from("abcd"),
    KINDS,
    st.one_of(st.none(), st.floats(0, 1e308)),
    st.one_of(st.none(), st.floats(1.5e9, 1.6e9), st.floats(-1e6, 2e9)),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(EVENT, max_size=15), st.sampled_from([None, 0.001, 100.0]), st.randoms(use_true_random=False))
def test_one_user_and_the_population_agree_and_order_matters_only_for_ties(rows, half_life, random) -> None:  # type: ignore[no-untyped-def]
    rows = [row for row in rows if row[2] != "rating" or row[3] is not None]
    table = events(*rows)
    config = SignalConfig(half_life_days=half_life).resolved(table)
    interactions, _ = to_interactions(table, list("abcd"), config)
    assert np.all(np.abs(interactions.utility) <= 1)
    assert np.all(interactions.weight > 0)
    assert len(set(zip(interactions.user.tolist(), interactions.item.tolist(), strict=True))) == len(interactions)
    for row, user_id in enumerate(interactions.user_ids):
        mine = interactions.user == row
        alone = observations_of_user(table.filter(pl.col("user_id") == user_id), config)
        assert ["abcd"[item] for item in interactions.item[mine]] == list(alone.item_ids)
        np.testing.assert_array_equal(interactions.utility[mine], alone.utility)
        np.testing.assert_array_equal(interactions.weight[mine], alone.weight)
    explicit_times = [(row[0], row[1], row[4]) for row in rows if row[2] in {"rating", "like", "dislike"}]
    if len(set(explicit_times)) == len(explicit_times):
        random.shuffle(rows)
        shuffled, _ = to_interactions(events(*rows), list("abcd"), config)
        told = {
            (i.user_ids[u], v): (y, w)
            for i in [interactions]
            for u, v, y, w in zip(i.user, i.item, i.utility, i.weight, strict=True)
        }
        again = {
            (shuffled.user_ids[u], v): (y, w)
            for u, v, y, w in zip(shuffled.user, shuffled.item, shuffled.utility, shuffled.weight, strict=True)
        }
        assert told.keys() == again.keys()
        for key, value in told.items():
            np.testing.assert_allclose(value, again[key], rtol=1e-6, atol=1e-7)


def test_config_survives_json_and_refuses_nonsense() -> None:
    config = SignalConfig(signals={**DEFAULT_SIGNALS, "teleport": Signal(-1, 0.5)}, half_life_days=3.0, rating_scale=10.0)
    assert SignalConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert SignalConfig.from_dict({}) == SignalConfig()
    for wrong in (
        {"halflife": 3},
        {"half_life_days": -1},
        {"unknown": {"sign": 2, "weight": 1}},
        {"signals": {"x": {"weigth": 1}}},
    ):
        with pytest.raises(SettingError):
            SignalConfig.from_dict(wrong)
