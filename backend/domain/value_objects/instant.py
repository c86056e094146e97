"""Time on one call's own line.

An ``Instant`` counts nanoseconds since the call began, on a monotonic clock, as an integer: it can be
compared, subtracted and stored without rounding, and it never meets the wall clock. Durations in
configuration are milliseconds and say so in their names.
"""

from __future__ import annotations

from typing import Final, NewType

Instant = NewType("Instant", int)

NS_PER_MS: Final = 1_000_000
NS_PER_S: Final = 1_000_000_000

CALL_START: Final = Instant(0)


def ms(milliseconds: float) -> Instant:
    """Return the instant ``milliseconds`` after the call began."""
    return Instant(round(milliseconds * NS_PER_MS))


def later(instant: Instant, milliseconds: float) -> Instant:
    """Return the instant ``milliseconds`` after ``instant``."""
    return Instant(instant + round(milliseconds * NS_PER_MS))


def elapsed_ms(since: Instant, until: Instant) -> float:
    """Return the milliseconds from ``since`` to ``until``; negative if they are in the other order."""
    return (until - since) / NS_PER_MS
