"""A bounded queue to one consumer, which can end or fail."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Filled by plain calls, emptied by one task.

    ``limit`` bounds what lies unread. After ``fail`` the consumer still gets what lay there before, then
    the error; after ``close`` it gets nothing more.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._items: deque[T] = deque()
        self._error: Exception | None = None
        self._is_closed = False
        self._changed = asyncio.Event()

    def put(self, item: T) -> bool:
        """Add an item; False if there is no room, or nobody who will take it."""
        if self._is_closed or self._error is not None or len(self._items) >= self._limit:
            return False
        self._items.append(item)
        self._changed.set()
        return True

    def fail(self, error: Exception) -> None:
        """Let the consumer get ``error`` after what lies there now. Only the first error counts."""
        if self._error is None:
            self._error = error
            self._changed.set()

    def close(self) -> None:
        """Let the consumer's wait end now. Idempotent."""
        self._is_closed = True
        self._items.clear()
        self._changed.set()

    async def get(self) -> T | None:
        """Wait for the next item; None once closed. Raises the error given to ``fail``."""
        while not self._is_closed:
            if self._items:
                return self._items.popleft()
            if self._error is not None:
                raise self._error
            self._changed.clear()
            await self._changed.wait()
        return None
