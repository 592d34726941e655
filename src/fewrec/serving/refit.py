"""Fits in the background: when, by whom, and what became of them.

A fit runs in a process of its own, at low priority: the service answers meanwhile. The store's table of jobs makes it one at a
time over all workers; a lock file that its process holds shows whether a job that says it is running really is.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass, field
from time import monotonic, time

from fewrec.errors import FewrecError
from fewrec.serving.logs import LOGGER
from fewrec.serving.metrics import Metrics
from fewrec.settings import ServeSettings
from fewrec.store import Store
from fewrec.store.fits import FitsBusyError, fits_lock
from fewrec.store.jobs import FitJob, end_job, list_jobs, start_job

LOCK_NAME = ".fitting"
BY_SIZE = ""
"""Stands where no encoder was named: the number of items decides."""
LOOK_EVERY_S = 1.0
_STARTING_S = 30.0
"""A job may say that it runs for so long before its process holds the lock."""


@dataclass
class Refitter:
    """Starts fits, by request or because the data moved on. Writes the jobs table itself; jobs are few."""

    store: Store
    settings: ServeSettings
    metrics: Metrics
    unreadable: str | None = None
    """A fit that could not be loaded: damaged, or made by another version."""
    _process: tuple[subprocess.Popen[bytes], str] | None = None
    _last_automatic: float = field(default=-1e9)

    def start(self, reason: str) -> tuple[FitJob, bool]:
        """A job, and whether it is new; one that is running already is given again."""
        self.reap()
        job, new = self.store.write(start_job(reason))
        if new:
            encoder, model = self._names()
            command = [
                sys.executable,
                "-m",
                "fewrec.serving.fit_process",
                self.store.location.shown,
                job.job_id,
                encoder,
                model,
            ]
            LOGGER.info("fit started", extra={"about": {"job": job.job_id, "reason": reason, "model": model}})
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=os.environ.copy()), job.job_id
            self.metrics.fits.labels("started").inc()
        return job, new

    def _names(self) -> tuple[str, str]:
        fit = self.store.current_fit()
        meta = fit[1] if fit is not None else {}
        encoder = self.settings.encoder or str(meta.get("encoder", BY_SIZE))
        return encoder, self.settings.model or str(meta.get("model", "auto"))

    def reap(self) -> None:
        """Find out what became of a fit that ended without saying so."""
        if self._process is not None:
            process, job_id = self._process
            status = process.poll()
            if status is None:
                return
            self._process = None
            self.metrics.fits.labels("done" if status == 0 else "failed").inc()
            if status != 0:
                self.store.write(end_job(job_id, error=f"the fit's process ended with status {status}; the log says more"))
        running = [job for job in self.store.read(list_jobs(1)) if job.state == "running"]
        old = [job for job in running if abs(time() - job.requested) > _STARTING_S]
        if old and not self._somebody_fits():
            self.store.write(end_job(old[0].job_id, error="the fit's process is gone, the machine or the service was stopped"))

    def _somebody_fits(self) -> bool:
        try:
            with fits_lock(self.store.location.fits, wait_s=0.0, name=LOCK_NAME):
                return False
        except FitsBusyError:
            return True

    def reason_to_fit(self) -> str | None:
        """Why a fit is due, or None."""
        if self._process is not None:
            return None
        fit = self.store.current_fit()
        if fit is None:
            return "nothing was fitted yet" if self.store.n_items > 0 else None
        meta = fit[1]
        if meta["stale_reason"]:
            return str(meta["stale_reason"])
        if meta["fit_id"] == self.unreadable:
            return "the current fit cannot be read"
        n_writes = self.store.revision - int(meta.get("revision", 0))
        limit = self.settings.refit_changes
        return f"{n_writes} writes since the last fit" if limit and n_writes >= limit else None

    def look(self) -> None:
        """Start a fit if one is due and the last one was long enough ago."""
        self.reap()
        if monotonic() - self._last_automatic < self.settings.refit_interval_s:
            return
        reason = self.reason_to_fit()
        if reason is not None:
            self._last_automatic = monotonic()
            self.start(reason)

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self.look)
            except FewrecError as error:
                LOGGER.warning("no fit could be started: %s", error.message)
            await asyncio.sleep(LOOK_EVERY_S)

    def stop(self) -> None:
        """End a fit of ours; the next start makes it again."""
        if self._process is not None:
            process, job_id = self._process
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self._process = None
            with contextlib.suppress(FewrecError):  # the store may be what failed; the next start finds the job abandoned
                self.store.write(end_job(job_id, error="the service was stopped"))
