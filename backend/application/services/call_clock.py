"""A call's own line of time."""

from __future__ import annotations

import asyncio

from backend.domain.ports.clock_port import ClockPort
from backend.domain.value_objects.instant import NS_PER_S, Instant


class CallClock:
    """Instants of one call, which begins when this is made."""

    def __init__(self, clock: ClockPort) -> None:
        self._clock = clock
        self._origin_ns = clock.monotonic_ns()

    def now(self) -> Instant:
        """Return the present instant."""
        return Instant(self._clock.monotonic_ns() - self._origin_ns)

    def seconds_until(self, instant: Instant) -> float:
        """Return how long it is until ``instant``; 0 if it has passed."""
        return max(0.0, (instant - self.now()) / NS_PER_S)

    async def sleep_until(self, instant: Instant) -> None:
        """Wait for an absolute instant; returns at once if it has passed."""
        await asyncio.sleep(self.seconds_until(instant))
