"""The way from the carrier's edge to us, as bad as a test wants it: pure, and the same each time.

A WebSocket loses nothing; what is lost, late, doubled or out of order was so on its way to the carrier, and
shows as packets that are missing, come late, twice, or in another order.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

# From the number of a packet (20 ms each, from 1) to after how many seconds it arrives: never, once, or more.
Network = Callable[[int], tuple[float, ...]]

_PACKETS_PER_S = 50


def perfect(_packet: int) -> tuple[float, ...]:
    """Deliver everything at once."""
    return (0.0,)


@dataclass(frozen=True)
class BadNetwork:
    """``loss``, ``doubled``: shares of the packets; a packet is late by up to ``jitter_ms``."""

    loss: float = 0.0
    jitter_ms: float = 0.0
    doubled: float = 0.0
    seed: int = 1

    def __call__(self, packet: int) -> tuple[float, ...]:
        chance = random.Random(self.seed * 1_000_003 + packet)
        if chance.random() < self.loss:
            return ()
        late_s = chance.random() * self.jitter_ms / 1_000
        return (late_s, late_s) if chance.random() < self.doubled else (late_s,)


@dataclass(frozen=True)
class Stall:
    """From ``at_s`` on nothing comes for ``seconds``, then everything, in order: 20 times as fast as it was
    said."""

    at_s: float
    seconds: float

    def __call__(self, packet: int) -> tuple[float, ...]:
        sent_s = packet / _PACKETS_PER_S
        if sent_s < self.at_s:
            return (0.0,)
        comes_s = self.at_s + self.seconds + (sent_s - self.at_s) / 20
        return (max(0.0, comes_s - sent_s),)


def swapped(packet: int) -> tuple[float, ...]:
    """Deliver each second packet after the one that follows it."""
    return (0.03,) if packet % 2 else (0.0,)
