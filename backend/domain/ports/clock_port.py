"""The one source of time."""

from __future__ import annotations

from typing import Protocol


class ClockPort(Protocol):
    """Two clocks: one that only moves forward, for measuring, and one for people."""

    def monotonic_ns(self) -> int:
        """Nanoseconds from an arbitrary origin; never goes back. The event loop's own clock."""
        ...

    def wall_ms(self) -> int:
        """Unix time in milliseconds; may jump."""
        ...
