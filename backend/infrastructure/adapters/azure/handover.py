"""What the SDK's threads hand to the event loop, with a bound.

The service makes speech many times faster than it plays. When much lies unread, the thread that brings more
has to wait, and with it the service: so memory stays bounded and nothing is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Handover(Generic[T]):
    """A queue from any thread to one task of the loop it was made on; at most ``limit`` items wait."""

    def __init__(self, limit: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._limit = limit
        self._items: deque[T] = deque()
        self._room = threading.Condition()
        self._is_closed = False
        self._changed = asyncio.Event()

    def put(self, item: T) -> None:
        """Add an item from a foreign thread; wait while there is no room. Nothing happens once closed."""
        with self._room:
            self._room.wait_for(lambda: self._is_closed or len(self._items) < self._limit)
            if self._is_closed:
                return
            self._items.append(item)
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._changed.set)

    async def get(self) -> T:
        """Wait for the next item. Cancelling loses none."""
        while True:
            self._changed.clear()
            with self._room:
                if self._items:
                    self._room.notify()
                    return self._items.popleft()
            await self._changed.wait()

    def close(self) -> None:
        """Drop what lies here and let every waiting thread go. Idempotent."""
        with self._room:
            self._is_closed = True
            self._items.clear()
            self._room.notify_all()
