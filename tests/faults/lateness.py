"""How late a busy machine is: what it takes from us is not the agent's fault."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

_TICK_S: Final = 0.02
TOLERANCE_S: Final = 0.3  # of a machine that has time: threads, sockets, and the frames that audio comes in
_HOPS: Final = 5  # between what a caller says and what they hear, each of which can be that late


@dataclass
class Lateness:
    """When the loop woke us, and how late that was (seconds)."""

    ticks: list[tuple[float, float]] = field(default_factory=list)

    def tolerance_since(self, began_at: float) -> float:
        """Return what to grant to a call that began then (seconds of the loop) and has just ended."""
        worst = max((late for at, late in self.ticks if at >= began_at), default=0.0)
        return TOLERANCE_S + _HOPS * worst

    async def watch(self) -> None:
        """Measure until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _TICK_S
            await asyncio.sleep(_TICK_S)
            self.ticks.append((loop.time(), loop.time() - due))


@asynccontextmanager
async def watched_lateness() -> AsyncIterator[Lateness]:
    """Measure for as long as this lasts."""
    lateness = Lateness()
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(lateness.watch())
        yield lateness
        watching.cancel()
