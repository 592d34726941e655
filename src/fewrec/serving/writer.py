"""The one thread that writes: whatever waits is written in one transaction, so that many writers share one wait for the disk.

A disk that syncs 200 times a second would otherwise take 200 events a second, however many clients there are.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Generic, TypeVar

from fewrec.errors import FewrecError
from fewrec.store import Store, StoreBusyError

T = TypeVar("T")
MAX_WAITING = 10_000
MAX_TOGETHER = 500
"""Jobs of one transaction: what waits longer than that many others waits for the next one."""


@dataclass
class _Job(Generic[T]):
    work: Callable[[sqlite3.Connection], T]
    done: Future[T]


class Writer:
    """Jobs in, futures out. A future is fulfilled after the job's transaction is on disk, and only then."""

    def __init__(self, store: Store, *, observe: Callable[[int, float], None] = lambda _n, _s: None) -> None:
        """``observe`` hears of every transaction: jobs in it, seconds it took."""
        self._store = store
        self._observe = observe
        self._waiting: queue.Queue[_Job[Any] | None] = queue.Queue(maxsize=MAX_WAITING)
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="fewrec-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Have ``work`` done within the next transaction.

        Raises:
            StoreBusyError: too much is waiting already, or the service is closing.
        """
        job = _Job(work, Future())
        if self._closed:
            raise StoreBusyError("the service is shutting down", hint="try again in a moment")
        try:
            self._waiting.put_nowait(job)
        except queue.Full:
            raise StoreBusyError(
                f"{MAX_WAITING} writes are waiting for the disk", hint="slow down and try again in a moment"
            ) from None
        return job.done

    def close(self) -> None:
        """Write what waits, then stop."""
        if not self._closed:
            self._closed = True
            self._waiting.put(None)
            self._thread.join()

    def _run(self) -> None:
        while True:
            first = self._waiting.get()
            if first is None:
                return
            jobs, last = [first], False
            while len(jobs) < MAX_TOGETHER and not last:
                try:
                    job = self._waiting.get_nowait()
                except queue.Empty:
                    break
                last = job is None
                jobs += [job] if job is not None else []
            self._write([job for job in jobs if job.done.set_running_or_notify_cancel()])
            if last:
                return

    def _write(self, jobs: list[_Job[Any]]) -> None:
        started = perf_counter()
        try:
            outcomes = self._store.write_together([job.work for job in jobs])
        except Exception as error:  # whatever it was: nobody must wait for ever, or be told that it is stored
            for job in jobs:
                job.done.set_exception(error)
            return
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, FewrecError):
                job.done.set_exception(outcome)
            else:
                job.done.set_result(outcome)
        self._observe(len(jobs), perf_counter() - started)
