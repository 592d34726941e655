"""How often one client may ask."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

_MAX_CLIENTS = 10_000


class RateLimit:
    """A token bucket per client: ``burst`` requests at once, then ``per_s``. The clock is monotonic: setting it changes nothing."""

    def __init__(self, per_s: float, burst: int, *, clock: Callable[[], float] = monotonic) -> None:
        """``per_s`` 0 is no limit."""
        self.per_s, self.burst = per_s, burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, client: str) -> float:
        """0 and a request counted; or the seconds after which the next one will be let through."""
        if self.per_s <= 0:
            return 0.0
        now = self._clock()
        left, then = self._buckets.pop(client, (float(self.burst), now))
        left = min(float(self.burst), left + (now - then) * self.per_s)
        allowed = left >= 1
        self._buckets[client] = (left - 1 if allowed else left, now)
        if len(self._buckets) > _MAX_CLIENTS:
            self._buckets.popitem(last=False)  # whoever was silent longest has a full bucket again anyway
        return 0.0 if allowed else (1 - left) / self.per_s
