"""What becomes of one of a carrier's messages to us: dropped, doubled, or swapped with the one after it.

Messages have kinds: ``voice``, ``status:completed``, ``start``, ``media:first``, ``stop`` … A kind happens
once in a call, but for ``mark`` and ``media``, whose first, middle and last have kinds of their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class How(StrEnum):
    """What becomes of it."""

    DROPPED = "dropped"
    DOUBLED = "doubled"
    SWAPPED = "swapped"


@dataclass(frozen=True)
class Mishap:
    """What becomes of the message of a kind."""

    kind: str
    how: How


@dataclass
class Courier:
    """Carries the messages of one call, and notes which it was given."""

    mishap: Mishap | None = None
    kinds: list[str] = field(default_factory=list)
    has_struck: bool = False

    def __post_init__(self) -> None:
        self._held: list[Callable[[], Awaitable[object]]] = []

    def strikes(self, kind: str) -> How | None:
        """Return what is to become of the message of ``kind`` that comes now."""
        if self.mishap is None or self.mishap.kind != kind or self.has_struck:
            return None
        self.has_struck = True
        return self.mishap.how

    async def carry(self, kind: str, send: Callable[[], Awaitable[T]]) -> T | None:
        """Send a message, and return its answer; None if it was not sent (yet)."""
        self.kinds.append(kind)
        how = self.strikes(kind)
        if how is How.DROPPED:
            return None
        if how is How.SWAPPED:
            self._held.append(send)
            return None
        answer = await send()
        if how is How.DOUBLED:
            answer = await send()
        await self.deliver_held()
        return answer

    async def deliver_held(self) -> None:
        """Send what has waited for another message to go first."""
        held, self._held = self._held, []
        for send in held:
            await send()
