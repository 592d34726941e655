"""Fits under way, so that every process and every restart knows of them."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

_KEPT = 50


@dataclass(frozen=True)
class FitJob:
    """A fit that was asked for. ``state``: ``running``, ``done`` or ``failed``."""

    job_id: str
    state: str
    stage: str
    reason: str
    requested: float
    ended: float | None
    fit_id: str | None
    error: str | None
    owner: str
    """Which process works on it: pid and start time."""


_COLUMNS = "job_id, state, stage, reason, requested, ended, fit_id, error, owner"


def start_job(reason: str) -> Callable[[sqlite3.Connection], tuple[FitJob, bool]]:
    """A new job, or the one that is running already (then False)."""

    def job(connection: sqlite3.Connection) -> tuple[FitJob, bool]:
        running = connection.execute(f"SELECT {_COLUMNS} FROM fit_jobs WHERE state = 'running'").fetchone()
        if running is not None:
            return FitJob(*running), False
        new = FitJob(uuid.uuid4().hex, "running", "waiting", reason, time.time(), None, None, None, "")
        connection.execute(
            "DELETE FROM fit_jobs WHERE job_id NOT IN (SELECT job_id FROM fit_jobs ORDER BY requested DESC LIMIT ?)", (_KEPT,)
        )
        marks = ", ".join("?" * 9)
        connection.execute(
            f"INSERT INTO fit_jobs ({_COLUMNS}) VALUES ({marks})",
            (new.job_id, new.state, new.stage, new.reason, new.requested, None, None, None, ""),
        )
        return new, True

    return job


def job_owner(job_id: str, owner: str) -> Callable[[sqlite3.Connection], None]:
    """Say which process works on it."""
    return _update("UPDATE fit_jobs SET owner = ? WHERE job_id = ?", owner, job_id)


def job_stage(job_id: str, stage: str) -> Callable[[sqlite3.Connection], None]:
    """How far it is."""
    return _update("UPDATE fit_jobs SET stage = ? WHERE job_id = ? AND state = 'running'", stage, job_id)


def end_job(job_id: str, *, fit_id: str | None = None, error: str | None = None) -> Callable[[sqlite3.Connection], None]:
    """Done with ``fit_id``, or failed with ``error``. A job that has ended stays as it ended."""
    return _update(
        "UPDATE fit_jobs SET state = ?, ended = ?, fit_id = ?, error = ? WHERE job_id = ? AND state = 'running'",
        "done" if error is None else "failed",
        time.time(),
        fit_id,
        error,
        job_id,
    )


def _update(statement: str, *values: object) -> Callable[[sqlite3.Connection], None]:
    def job(connection: sqlite3.Connection) -> None:
        connection.execute(statement, values)

    return job


def list_jobs(limit: int) -> Callable[[sqlite3.Connection], list[FitJob]]:
    """The latest first."""

    def query(connection: sqlite3.Connection) -> list[FitJob]:
        rows = connection.execute(f"SELECT {_COLUMNS} FROM fit_jobs ORDER BY requested DESC LIMIT ?", (limit,))
        return [FitJob(*row) for row in rows]

    return query
