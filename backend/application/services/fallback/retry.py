"""Asking an engine once more before anybody else is asked.

Most failures that come at once are gone at once: a connection that was closed while nobody used it, a server
that was just taken out of service, a request too many in this second. Another voice or another model's answer
costs more than the fraction of a second in which the same engine may do. Who has failed slowly has used up
that time.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from backend.domain.errors import ProviderError

QUICK_S: Final = 0.4
SHORTEST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 0.2


def pause_s(*, chance: Callable[[], float] = random.random) -> float:
    """Return how long to wait before an engine is asked again: all of it left to ``chance`` (0 to 1), so that
    calls which failed together do not come back together."""
    return SHORTEST_PAUSE_S + chance() * (LONGEST_PAUSE_S - SHORTEST_PAUSE_S)


def retry_s(
    error: ProviderError, took_s: float, *, chance: Callable[[], float] = random.random
) -> float | None:
    """Return after which pause to ask the engine once more that failed with ``error`` after ``took_s``; None
    if another one had better be asked."""
    if not error.retryable or took_s > QUICK_S:
        return None
    asked_s = (error.retry_after_ms or 0) / 1_000
    return None if asked_s > LONGEST_PAUSE_S else max(asked_s, pause_s(chance=chance))
