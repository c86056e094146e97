"""Not asking an engine that is known to be down.

Each engine has one breaker, which all calls share. It is closed while the engine works, opens after some
failures in a row, and then lets one attempt through after each pause (the probe), to see whether the
engine is back. The pause grows with every probe that fails; its length is partly left to chance, so that many
servers do not all come back in the same instant.

A probe that is broken off by whoever wanted its result (a caller interrupts, a draft is discarded) is no sign
of anything. It is given back, and the next attempt is the probe; if it is not, the next pause brings another.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from backend.domain.value_objects.instant import NS_PER_MS


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """An attempt to find out whether an engine is back; its turn had come at ``due_at``."""

    breaker: CircuitBreaker
    due_at: int

    @property
    def is_under_way(self) -> bool:
        """Whether there is no result yet, and nobody has given it back."""
        return self.breaker.is_probed_by(self)

    def give_back(self) -> None:
        """Nobody waits for the result any more."""
        self.breaker.given_back(self)


class CircuitBreaker:
    """Counts one engine's failures. Time is a monotonic clock's nanoseconds.

    Opens after ``failures`` in a row, for ``pause_ms``, doubled with every failed probe up to
    ``longest_pause_ms``; ``chance`` (0 to 1) decides about the second half of each pause.
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        pause_ms: int = 5_000,
        longest_pause_ms: int = 60_000,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._limit = failures
        self._first_pause_ms = pause_ms
        self._longest_pause_ms = longest_pause_ms
        self._chance = chance
        self._failures = 0
        self._pause_ms = pause_ms
        self._opens_door_at: int | None = None  # None while it is closed
        self._probe: Probe | None = None

    def admits(self, now_ns: int) -> bool:
        """Whether the engine may be tried now."""
        return self._opens_door_at is None or now_ns >= self._opens_door_at

    def begun(self, now_ns: int) -> Probe | None:
        """The engine is being tried. If this is a probe, it is returned, and for another pause nobody else is
        admitted."""
        if self._opens_door_at is None or now_ns < self._opens_door_at:
            return None
        self._probe = Probe(self, self._opens_door_at)
        self._pause(now_ns)
        return self._probe

    def is_probed_by(self, probe: Probe) -> bool:
        """Whether ``probe`` is the one whose result is awaited."""
        return probe is self._probe

    def given_back(self, probe: Probe) -> None:
        """Let the next attempt be the probe, unless there is a result or another probe by now."""
        if probe is self._probe:
            self._probe = None
            self._opens_door_at = probe.due_at

    def succeeded(self) -> None:
        """The engine has done its work: it is trusted again."""
        self._failures = 0
        self._pause_ms = self._first_pause_ms
        self._opens_door_at = None
        self._probe = None

    def failed(self, now_ns: int) -> None:
        """The engine has failed. Attempts that began before it opened do not make the pause longer."""
        self._failures += 1
        if self._opens_door_at is None and self._failures >= self._limit:
            self._pause(now_ns)
        elif self._probe is not None:
            self._probe = None
            self._pause_ms = min(2 * self._pause_ms, self._longest_pause_ms)
            self._pause(now_ns)

    def _pause(self, now_ns: int) -> None:
        part = 0.5 + 0.5 * self._chance()
        self._opens_door_at = now_ns + round(part * self._pause_ms * NS_PER_MS)
