"""The live calls of this process: how many there may be, and how they end when it must."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

from backend.domain.entities.call import EndCause
from backend.domain.errors import VictoriaError

# Before the deadline of a drain, the calls that are left are told goodbye, which takes some seconds.
GOODBYE_S: Final = 8.0


class LiveCall(Protocol):
    """A call as the registry sees it."""

    def hang_up(self, cause: EndCause) -> None:
        """Ask for a polite end; returns at once."""
        ...


class CallRegistry:
    """Counts calls and lets none in beyond ``max_calls``, or while draining: a call that would be served
    badly is better refused."""

    def __init__(self, max_calls: int) -> None:
        self._max_calls = max_calls
        self._places = 0
        self._calls: set[LiveCall] = set()
        self._changed = asyncio.Event()
        self.is_draining = False

    def __len__(self) -> int:
        return self._places

    @property
    def is_full(self) -> bool:
        """Whether one more call would be refused."""
        return self.is_draining or self._places >= self._max_calls

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place for a call; it is free again afterwards, however the call ended.

        Raises ``VictoriaError`` (``busy``) if there is none.
        """
        if self.is_full:
            raise VictoriaError("All lines are busy. Please try again.", code="busy", retryable=True)
        self._places += 1
        try:
            yield
        finally:
            self._places -= 1
            self._changed.set()

    @contextmanager
    def live(self, call: LiveCall) -> Iterator[None]:
        """Make ``call`` known, for as long as it is live."""
        self._calls.add(call)
        try:
            yield
        finally:
            self._calls.discard(call)

    async def drain(self, seconds: float) -> bool:
        """Let no call in and wait for the live ones to end; return whether all did within ``seconds``.

        Some seconds before the end of that time, those that are left are told goodbye.
        """
        self.is_draining = True
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        if not await self._emptied(deadline - min(GOODBYE_S, seconds)):
            for call in tuple(self._calls):
                call.hang_up(EndCause.DRAINED)
        return await self._emptied(deadline)

    async def _emptied(self, deadline: float) -> bool:
        try:
            async with asyncio.timeout_at(deadline):
                while self._places:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True
