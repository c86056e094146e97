"""A watchdog for speech that is promised and does not come.

Transport timeouts do not see a server that sends a byte a second. What counts is audio: the first piece, then
the gap to the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from backend.domain.errors import ProviderTimeoutError

T = TypeVar("T")


class SpeechWatch:
    """Watches one request, from now on. Durations are milliseconds on the running loop's clock.

    The gap counts from ``progressed``, to be called when the listener asks for more: a slow listener is not a
    slow provider.
    """

    def __init__(self, provider: str, *, first_ms: int, gap_ms: int) -> None:
        self._provider = provider
        self._gap_s = gap_ms / 1_000
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + first_ms / 1_000
        self._has_begun = False

    def progressed(self) -> None:
        """Audio has come, and more is expected from now on."""
        self._has_begun = True
        self._deadline = self._loop.time() + self._gap_s

    async def step(self, awaited: Awaitable[T]) -> T:
        """Wait for the next step. Raises ``ProviderTimeoutError`` when the deadline passes."""
        try:
            async with asyncio.timeout_at(self._deadline):
                return await awaited
        except TimeoutError as error:
            what = "the speech stopped coming" if self._has_begun else "no speech came in time"
            raise ProviderTimeoutError(self._provider, what) from error
