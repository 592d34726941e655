"""What was shown to known users and what they then did: the quality of the lists, measured where they are used."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class DayQuality:
    """Of the (user, item) pairs first shown on a day (UTC): how many were met by an event afterwards, and how many liked."""

    day: str
    n_users: int
    n_shown: int
    n_met: int
    n_liked: int


def record_shown(user_id: str, item_ids: Sequence[str], *, keep_days: int) -> Callable[[sqlite3.Connection], None]:
    """Remember a list. A pair counts at its first showing, with its place then; pairs older than ``keep_days`` go."""

    def job(connection: sqlite3.Connection) -> None:
        today = time.strftime("%Y-%m-%d", time.gmtime())
        rows = [(user_id, item_id, place, today) for place, item_id in enumerate(item_ids, 1)]
        connection.executemany("INSERT OR IGNORE INTO shown (user_id, item_id, place, day) VALUES (?, ?, ?, ?)", rows)
        if hash(user_id) % 64 == 0:  # old pairs go now and then, not with every list
            oldest = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400 * keep_days))
            connection.execute("DELETE FROM shown WHERE day < ?", (oldest,))

    return job


def record_answers(connection: sqlite3.Connection, answers: Sequence[tuple[str, str, bool]]) -> None:
    """Events ``(user_id, item_id, whether it is a good sign)`` as answers to what was shown before; a like outweighs having met."""
    if connection.execute("SELECT 1 FROM shown LIMIT 1").fetchone() is None:
        return
    connection.executemany(
        "UPDATE shown SET answer = ? WHERE user_id = ? AND item_id = ? AND answer IS NOT 'liked'",
        [("liked" if good else "met", user_id, item_id) for user_id, item_id, good in answers],
    )


def latest_ratings(connection: sqlite3.Connection, n_events: int = 10_000) -> list[float]:
    """Values of the ratings among the latest ``n_events`` events, so that the cost does not grow with the store."""
    query = "SELECT value FROM (SELECT event, value FROM events ORDER BY position DESC LIMIT ?) WHERE event = 'rating'"
    return [value for (value,) in connection.execute(query, (n_events,)) if value is not None]


def quality_by_day(connection: sqlite3.Connection) -> list[DayQuality]:
    """The latest day first."""
    rows = connection.execute(
        "SELECT day, count(DISTINCT user_id), count(*), count(answer), sum(answer IS 'liked') FROM shown"
        " GROUP BY day ORDER BY day DESC"
    )
    return [DayQuality(*row) for row in rows]
