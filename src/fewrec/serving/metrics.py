"""What Prometheus scrapes."""

from __future__ import annotations

import os
from time import time
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

LATENCY_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MULTIPROCESS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


class Metrics:
    """All series of one process; with several, each writes to a folder that any of them can sum up."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._many = MULTIPROCESS_VARIABLE in os.environ
        registry = self._registry = CollectorRegistry()
        mode: dict[str, Any] = {"registry": registry}
        newest: dict[str, Any] = {**mode, "multiprocess_mode": "livemostrecent"}
        self._requests = Counter("fewrec_requests", "Requests answered", ["route", "method", "status"], **mode)
        self._latency = Histogram("fewrec_request_seconds", "Time to answer", ["route"], buckets=LATENCY_BUCKETS, **mode)
        self.events = Counter("fewrec_events_stored", "Events on disk", **mode)
        self.statements = Counter("fewrec_statements_stored", "Statements on disk", **mode)
        self.items = Counter("fewrec_items_stored", "Items put", **mode)
        cache = Counter("fewrec_cache", "Lists answered from memory or computed", ["outcome"], **mode)
        self.hits, self.misses = cache.labels("hit"), cache.labels("miss")
        self.commits = Histogram("fewrec_commit_seconds", "Time of a write transaction", buckets=LATENCY_BUCKETS, **mode)
        self.together = Counter("fewrec_commit_jobs", "Writes that shared a transaction", **mode)
        self.fits = Counter("fewrec_fits", "Fits started by this service", ["outcome"], **mode)
        self._fitted_at = Gauge("fewrec_model_created_seconds", "Unix time at which the current fit was made", **newest)
        self._age = Gauge("fewrec_model_age_seconds", "Age of the current fit", **newest)
        self.newcomers = Gauge("fewrec_newcomers", "Items recommended by their text until the next fit", **newest)
        self._created = 0.0
        self._known: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request. Looking labels up costs more than counting, so their series are kept."""
        key = (route, method, status)
        series = self._known.get(key)
        if series is None:
            series = self._known[key] = (self._requests.labels(route, method, str(status)), self._latency.labels(route))
        series[0].inc()
        series[1].observe(seconds)

    def committed(self, n_jobs: int, seconds: float) -> None:
        """One transaction."""
        self.commits.observe(seconds)
        self.together.inc(n_jobs)

    def model_made(self, created: float) -> None:
        """The current fit's time."""
        self._created = created
        self._fitted_at.set(created)

    def scraped(self) -> bytes:
        """The text that Prometheus reads."""
        if self._created:
            self._age.set(max(0.0, time() - self._created))
        if not self._many:
            return generate_latest(self._registry)
        everybody = CollectorRegistry()
        MultiProcessCollector(everybody)  # type: ignore[no-untyped-call]
        return generate_latest(everybody)
