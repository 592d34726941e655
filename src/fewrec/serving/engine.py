"""One worker's state: the store, the writer, and the fitted recommender that answers now."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeVar

import anyio

from fewrec.data import SignalConfig, units_per_second
from fewrec.errors import FewrecError, NotFittedError
from fewrec.recommender import Recommender
from fewrec.serving.access import Access
from fewrec.serving.cache import ResponseCache
from fewrec.serving.encoding import RememberingEncoder, shared_encoder
from fewrec.serving.live import Live
from fewrec.serving.logs import LOGGER
from fewrec.serving.metrics import Metrics
from fewrec.serving.overlay import Overlay
from fewrec.serving.refit import Refitter
from fewrec.serving.writer import Writer
from fewrec.settings import ServeSettings
from fewrec.store import Store
from fewrec.store.changes import Versions, item_changes, latest_timestamp, versions_of
from fewrec.store.shown import record_shown

T = TypeVar("T")
_TRY_AGAIN_S = 15.0
_LOOK_AGAIN_S = 5.0


class Engine:
    """Reads and writes go through separate connections: a reader never waits for a writer's disk.

    Nothing about a user is kept in memory without the revision it was true at, and revisions are read from the store at every
    request; so what one process has acknowledged, the next request sees in any other.
    """

    def __init__(self, store: str, settings: ServeSettings, metrics: Metrics) -> None:
        self.settings = settings
        self.metrics = metrics
        self.path = store
        self.live: Live | None = None
        self.cache = ResponseCache(settings.cache_mb * 2**20)
        self.unit = 1.0
        """Units of the store's timestamps in a second."""
        self.encoders: list[RememberingEncoder] = []
        """Of the fit that answers, last, and of those before it that may still be answering."""
        self._tasks: list[asyncio.Task[None]] = []
        self._loading: asyncio.Task[None] | None = None
        self._failed: tuple[str | None, float] = (None, 0.0)

    async def start(self) -> None:
        """Open the store, load its fit, and begin to look after fits."""
        timeout = self.settings.store_timeout_s
        self._written = await asyncio.to_thread(lambda: Store.open(self.path, create=True, timeout_s=timeout))
        self.store = Store.open(self.path, timeout_s=timeout)
        self._quick = Store.open(self.path, timeout_s=timeout)
        self.writer = Writer(self._written, observe=self.metrics.committed)
        self.access = Access(self._quick, always=self.settings.require_keys == "always" or not self.settings.on_loopback)
        self.refitter = Refitter(Store.open(self.path, timeout_s=timeout), self.settings, self.metrics)
        self.limiter = anyio.CapacityLimiter(self.settings.compute_threads)
        self._lock = asyncio.Lock()
        latest = self.store.read(latest_timestamp)
        self.unit = (units_per_second([latest]) if latest is not None else None) or 1.0
        fit = self.store.current_fit()
        if fit is not None:
            with contextlib.suppress(NotFittedError):  # logged; events are taken, and a fit that can be read begins by itself
                await self._load(fit[1]["fit_id"])
        self._tasks += [asyncio.create_task(self.refitter.run()), asyncio.create_task(self._watch())]

    async def stop(self) -> None:
        """Write what was promised, then close everything."""
        for task in self._tasks:
            task.cancel()  # what runs in a thread ends by itself
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self.writer.close)
        await asyncio.to_thread(self.refitter.stop)
        for store in (self._written, self.store, self._quick, self.refitter.store):
            store.close()
        for encoder in self.encoders:
            encoder.close()

    async def _watch(self) -> None:
        """Notice new fits even while nobody asks."""
        while True:
            try:
                await self._refresh(self._quick.read(versions_of(None)))
            except NotFittedError:
                pass  # nothing to notice yet
            except FewrecError as error:
                LOGGER.warning("the store cannot be read: %s", error.message)
            await asyncio.sleep(_LOOK_AGAIN_S)

    def now(self) -> float:
        """The time in the unit of the store's timestamps."""
        return time.time() * self.unit

    @property
    def signals(self) -> SignalConfig:
        """How events count in the current fit, with the rating scale found in its data; the defaults before the first fit."""
        return SignalConfig() if self.live is None else self.live.fitted.signals

    # -- reading -----------------------------------------------------------------------------------------------------------

    async def current(self, user: str | None) -> tuple[Live, Hashable]:
        """The state that answers now, items put a moment ago included, and the version of an answer to ``user``.

        Raises:
            NotFittedError: there is no fit yet.
        """
        versions = self._quick.read(versions_of(user))
        live = self.live
        if live is None or live.fit_id != versions.fit_id or live.overlay.revision != versions.items:
            live = await self._refresh(versions)
        return live, (live.fit_id, live.overlay.revision, versions.user)

    async def compute(self, work: Callable[[], T]) -> T:
        """Do something that takes milliseconds or more without holding up those who wait for less."""
        return await anyio.to_thread.run_sync(work, limiter=self.limiter)

    async def _refresh(self, versions: Versions) -> Live:
        if versions.fit_id is not None and (self.live is None or self.live.fit_id != versions.fit_id):
            if self._loading is None or self._loading.done():
                failed_id, failed_at = self._failed
                if failed_id != versions.fit_id or time.monotonic() - failed_at > _TRY_AGAIN_S:
                    self._loading = asyncio.create_task(self._load(versions.fit_id))
            if self.live is None and self._loading is not None:
                await asyncio.shield(self._loading)
        if self.live is None:
            raise NotFittedError(
                "nothing has been fitted yet, so there are no lists",
                hint="put items; a fit then begins by itself, GET /v1/fits shows it"
                if versions.items == 0
                else "GET /v1/fits shows how far the first fit is",
            )
        if self.live.overlay.revision < versions.items:
            async with self._lock:
                self.live = await asyncio.to_thread(self._caught_up, self.live)
                self._tell(self.live)
        return self.live

    def _caught_up(self, live: Live) -> Live:
        revision, changes = self.store.read(item_changes(live.overlay.revision))
        return replace(live, overlay=live.overlay.after(revision, changes, live.fitted))

    async def _load(self, fit_id: str | None = None) -> None:
        """Load the store's current fit and swap it in; requests are answered by the old one until then."""
        try:
            live = await asyncio.to_thread(self._loaded)
        except FewrecError as error:
            LOGGER.exception("the fit cannot be loaded")
            self._failed = (fit_id, time.monotonic())
            self.refitter.unreadable = fit_id
            if self.live is None:
                raise NotFittedError(f"the fit cannot be loaded: {error.message}", hint=error.hint) from error
            return
        async with self._lock:
            self.live = live
        for old in self.encoders[:-2]:
            old.close()
        del self.encoders[:-2]
        self._tell(live)
        # The encoder's weights and the decoder's tables are made at their first use: better now than during a request.
        self._tasks.append(asyncio.create_task(asyncio.to_thread(_warm, live)))

    def _loaded(self) -> Live:
        fit = self.store.current_fit()
        if fit is None:
            raise NotFittedError("the fit is gone", hint="POST /v1/fits makes a new one")
        folder, meta = fit
        started = time.perf_counter()
        encoder = RememberingEncoder(shared_encoder(str(meta.get("encoder", "default"))), self.store.vector_cache_path)
        recommender = Recommender.load(folder, history=self.store, encoder=lambda _name: encoder)
        self.encoders.append(encoder)
        live = Live(meta["fit_id"], recommender, Overlay(int(meta.get("revision", 0))), self.store)
        live = self._caught_up(live)
        _ = live.recommender  # made now rather than at the first request
        self.metrics.model_made(meta["created"])
        seconds = round(time.perf_counter() - started, 3)
        LOGGER.info(
            "fit loaded", extra={"about": {"fit": meta["fit_id"], "items": len(recommender.catalogue), "seconds": seconds}}
        )
        return live

    def forget(self) -> None:
        """Drop what memory holds about users, when one of them was forgotten."""
        self.cache.clear()
        for encoder in self.encoders:
            encoder.forget()

    def _tell(self, live: Live) -> None:
        self.metrics.newcomers.set(len(live.new_items) if live.new_items is not None else 0)

    # -- feedback ----------------------------------------------------------------------------------------------------------

    def was_shown(self, user: str, item_ids: list[str]) -> None:
        """Remember what a known user was shown. Nobody waits for it, and a kill may lose the last of it."""
        if self.settings.record_shown and item_ids:
            try:
                self.writer.submit(record_shown(user, item_ids, keep_days=self.settings.shown_days))
            except FewrecError as error:
                LOGGER.warning("what was shown is not recorded: %s", error.message)


def _warm(live: Live) -> None:
    live.recommender.describe(live.recommender.taste(say=["hello"]))
