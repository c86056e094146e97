"""Waking one waiting task, now or at an instant."""

from __future__ import annotations

import asyncio

from backend.application.services.call_clock import CallClock
from backend.domain.value_objects.instant import Instant


class Signal:
    """An event with one waiter and a deadline; cheaper than ``asyncio.Event`` in a timeout, and it resets
    itself."""

    def __init__(self, clock: CallClock) -> None:
        self._clock = clock
        self._is_set = False
        self._waiter: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Wake the waiter, or the next one to come."""
        self._is_set = True
        self._wake(self._waiter)

    async def wait(self, until: Instant | None) -> bool:
        """Wait for ``set`` (True) or for the instant ``until`` (False); None waits for ever."""
        seconds = None if until is None else self._clock.seconds_until(until)
        if not self._is_set and seconds != 0:
            loop = asyncio.get_running_loop()
            waiter = self._waiter = loop.create_future()
            timer = None if seconds is None else loop.call_later(seconds, self._wake, waiter)
            try:
                await waiter
            finally:
                self._waiter = None
                if timer is not None:
                    timer.cancel()
        was_set, self._is_set = self._is_set, False
        return was_set

    @staticmethod
    def _wake(waiter: asyncio.Future[None] | None) -> None:
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
