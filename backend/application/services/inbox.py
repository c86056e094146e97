"""The one inbox of a call: what happened, in the order in which it is true."""

from __future__ import annotations

from collections import deque
from typing import Final

from backend.application.services.call_clock import CallClock
from backend.application.services.signal import Signal
from backend.domain.conversation.events import DeadlineReached, Event
from backend.domain.errors import VictoriaError
from backend.domain.value_objects.instant import Instant

# A conversation is some tens of events a second. A thousand waiting means that nobody reads them.
CAPACITY: Final = 1_000


class Inbox:
    """Many writers on the event loop's thread, one reader."""

    def __init__(self, clock: CallClock) -> None:
        self._clock = clock
        self._events: deque[Event] = deque()
        self._signal = Signal(clock)

    def put(self, event: Event) -> None:
        """Add an event. Never blocks. Raises ``VictoriaError`` (``inbox-overflow``) when it is full."""
        if len(self._events) >= CAPACITY:
            raise VictoriaError("the call's inbox is full", code="inbox-overflow")
        self._events.append(event)
        self._signal.set()

    async def next(self, until: Instant | None) -> Event:
        """Return the next event, or ``DeadlineReached`` if ``until`` comes before there is one."""
        while not self._events:
            if not await self._signal.wait(until) and not self._events:
                now = self._clock.now()
                return DeadlineReached(at=now if until is None else max(now, until))
        return self._events.popleft()

    def next_now(self) -> Event | None:
        """Return the next event if there is one."""
        return self._events.popleft() if self._events else None
