"""How much a peer may send: a rate, and a burst on top for when the network held something back. Pure."""

from __future__ import annotations


class Allowance:
    """A leaky bucket: ``spend`` fills it, time empties it at ``per_s``, and it holds ``burst``.

    ``now`` is in seconds on any monotonic clock.
    """

    def __init__(self, *, per_s: float, burst: float, now: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._level = 0.0
        self._at = now

    @property
    def level(self) -> float:
        """How much of the burst is used, as of the last ``spend``."""
        return self._level

    def spend(self, amount: float, now: float) -> bool:
        """Take ``amount`` and return whether that was allowed."""
        self._level = max(0.0, self._level - (now - self._at) * self._per_s) + amount
        self._at = now
        return self._level <= self._burst
