"""Watching that audio keeps coming.

A peer that vanishes without a word is noticed by TCP after a minute and by WebSocket pings after 40 s;
a caller who is not heard for that long has hung up twice. Audio comes every 20 ms, so its absence tells soon.
"""

from __future__ import annotations

from typing import Final

from backend.application.services.call_clock import CallClock
from backend.application.services.inbox import Inbox
from backend.domain.conversation.events import CallerLeft, MediaResumed, MediaStalled
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.instant import Instant, later

STALLED_MS: Final = 240  # below the shortest pause that ends a turn, above ordinary jitter
LOST_MS: Final = 15_000


class LineWatch:
    """Tells the call when its line stalls, resumes and is lost."""

    def __init__(self, clock: CallClock, inbox: Inbox) -> None:
        self._clock = clock
        self._inbox = inbox
        self._heard_at: Instant = clock.now()
        self._is_stalled = False

    def audio_came(self, now: Instant) -> None:
        """Audio has arrived. Called for every frame, so it does next to nothing."""
        self._heard_at = now
        if self._is_stalled:
            self._is_stalled = False
            self._inbox.put(MediaResumed(now))

    async def run(self) -> None:
        """Watch until the line is lost, or cancelled."""
        while True:
            limit_ms = LOST_MS if self._is_stalled else STALLED_MS
            due = later(self._heard_at, limit_ms)
            await self._clock.sleep_until(due)
            if later(self._heard_at, limit_ms) > due:
                continue
            if self._is_stalled:
                self._inbox.put(CallerLeft(self._clock.now(), EndCause.CONNECTION_LOST))
                return
            self._is_stalled = True
            self._inbox.put(MediaStalled(self._clock.now()))
