"""A watchdog for streams that promise more and send nothing.

Transport timeouts do not see a server that keeps the connection alive with comments, empty chunks or a
byte a second. What counts is progress: the first piece of the answer, then the gap between pieces.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from backend.domain.errors import ProviderTimeoutError

T = TypeVar("T")


class ProgressWatchdog:
    """Watches one stream, from its request on. Durations are milliseconds on the running loop's clock.

    The gap counts from ``progressed``, to be called when the consumer asks for more: a slow consumer is not
    a slow provider.
    """

    def __init__(self, provider: str, *, first_ms: int) -> None:
        self._provider = provider
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + first_ms / 1_000
        self._has_begun = False

    def progressed(self, *, next_within_ms: int) -> None:
        """The model has done something, and more is expected from now on."""
        self._has_begun = True
        self._deadline = self._loop.time() + next_within_ms / 1_000

    async def watch(self, step: Awaitable[T]) -> T:
        """Wait for ``step`` of the stream. Raises ``ProviderTimeoutError`` when the deadline passes."""
        try:
            async with asyncio.timeout_at(self._deadline):
                return await step
        except TimeoutError as error:
            if self._has_begun:
                raise ProviderTimeoutError(
                    self._provider, "the answer stopped coming", code="answer-stalled"
                ) from error
            raise ProviderTimeoutError(
                self._provider, "the answer did not begin in time", code="first-token-timeout"
            ) from error
