"""Where on the call's line the caller's audio belongs.

Frames arrive with the network's jitter, in bursts after a stall, and sometimes never. Audio that comes over
an ordered transport is contiguous, so each frame is placed right behind the one before, and a burst fills
the hole that its stall left. Only a lag that stays shows that audio was really missing: the line then
jumps forward by that much, and the hole stays silent.
"""

from __future__ import annotations

from typing import Final

JITTER_MS: Final = 300  # a lag below this is jitter
WINDOW_MS: Final = 1_000  # a lag that never was less than JITTER_MS for this long is a hole


class CallerLine:
    """Places one caller's frames; all numbers are samples at ``rate`` Hz."""

    def __init__(self, rate: int) -> None:
        self._jitter = rate * JITTER_MS // 1_000
        self._window = rate * WINDOW_MS // 1_000
        self._next: int | None = None
        self._least_lag: int | None = None
        self._watched_since = 0

    def place(self, samples: int, arrived: int) -> int:
        """Return where a frame of ``samples`` begins whose last sample came at ``arrived`` by the clock."""
        by_clock = max(0, arrived - samples)
        if self._next is None:
            self._next = by_clock
        lag = by_clock - self._next
        if self._least_lag is None:
            self._least_lag, self._watched_since = lag, arrived
        self._least_lag = min(self._least_lag, lag)
        if arrived - self._watched_since >= self._window:  # by the clock: a burst takes no time
            if abs(self._least_lag) > self._jitter:
                self._next = max(0, self._next + self._least_lag)
            self._least_lag = None
        begins = self._next
        self._next += samples
        return begins
