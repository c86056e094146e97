"""The one background task of a stream."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from backend.domain.ports.stt_port import SttEvent
from backend.infrastructure.adapters.local.mailbox import Mailbox


class StreamTask:
    """Works until it is done, fails or is told to end. What it raises reaches the reader of ``events``."""

    def __init__(self, events: Mailbox[SttEvent]) -> None:
        self._events = events
        self._task: asyncio.Task[None] | None = None

    def start(self, work: Callable[[], Awaitable[None]]) -> None:
        """Begin. Whoever starts it must ``aclose`` it."""
        self._task = asyncio.create_task(self._run(work))

    def cancel(self) -> None:
        """Let it end without waiting for that."""
        if self._task is not None:
            self._task.cancel()

    async def aclose(self, patience_s: float = 0.0) -> None:
        """Wait until it has ended; after ``patience_s`` it is cancelled. Idempotent; cancelling is safe."""
        task = self._task
        if task is None:
            return
        try:
            if patience_s > 0:
                await asyncio.wait({task}, timeout=patience_s)
        finally:
            task.cancel()
        await asyncio.wait({task})

    async def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:  # a bug, too, is for the one who listens: nobody else awaits this task
            self._events.fail(error)
