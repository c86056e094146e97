"""The machine's clocks."""

from __future__ import annotations

import time


class SystemClock:
    """Implements ``ClockPort``. The monotonic clock is that of asyncio's timers."""

    def monotonic_ns(self) -> int:
        """Nanoseconds of ``time.monotonic``."""
        return time.monotonic_ns()

    def wall_ms(self) -> int:
        """Unix time in milliseconds."""
        return time.time_ns() // 1_000_000
