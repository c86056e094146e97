"""Ending things for certain: in bounded time, and to the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Final

from backend.domain.errors import StorageError

CLOSE_TIMEOUT_S: Final = 2.0

_log = logging.getLogger(__name__)


async def stop(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel ``tasks`` and wait for them, at most twice ``CLOSE_TIMEOUT_S``.

    A task whose clean-up hangs is cancelled in that, too. What tasks raise is left to their group.
    """
    for _ in range(2):
        left = [task for task in tasks if not task.done()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=CLOSE_TIMEOUT_S)


async def within(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    """Do ``work``; if storage refuses or it takes longer than ``seconds``, say so and go on without."""
    try:
        async with asyncio.timeout(seconds):
            await work()
    except (StorageError, TimeoutError):
        _log.exception("a call could not be ended properly")


async def despite_cancellation(work: Coroutine[Any, Any, None]) -> None:
    """Do ``work``, which must be bounded, to its end, and only then be cancelled.

    A task that is cancelled for the second time cancels ``work``. Raises an ``ExceptionGroup`` if it fails.
    """
    async with asyncio.TaskGroup() as group:
        working = group.create_task(work)
        try:
            await asyncio.wait({working})
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling() == 1:
                await asyncio.wait({working})
            raise
