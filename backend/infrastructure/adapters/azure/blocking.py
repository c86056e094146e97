"""Calls into the SDK that may block.

Most return within milliseconds; stopping at a service that has fallen silent takes a second. So each runs in
a thread of its own, and a slow one holds up nobody but the end of the process: that waits for all of them,
because a thread that is caught within the SDK when Python ends would abort it.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from backend.infrastructure.adapters.azure.errors import SDK_ERRORS, sdk_error

T = TypeVar("T")


class BlockingCalls:
    """Runs calls for one event loop, and knows those under way. To be used on that loop only."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Future[Any]] = set()

    async def run(self, call: Callable[[], T]) -> T:
        """Wait for ``call`` and return its result. Cancelling stops the wait, not the call.

        Raises ``ProviderError`` for what the SDK raises.
        """
        try:
            return await self._begin(call)
        except SDK_ERRORS as error:
            raise sdk_error(error) from error

    def dismiss(self, call: Callable[[], object]) -> None:
        """Let ``call`` run without waiting for it; what it raises is of no interest."""

        def quietly() -> None:
            with contextlib.suppress(Exception):
                call()

        self._begin(quietly)

    async def aclose(self, timeout_s: float) -> None:
        """Wait for the calls under way, but no longer than ``timeout_s``."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=timeout_s)

    def _begin(self, call: Callable[[], T]) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._under_way.add(future)

        def finish(result: T | None, error: Exception | None) -> None:
            self._under_way.discard(future)
            if future.cancelled():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)  # type: ignore[arg-type]  # it is T when there is no error

        def work() -> None:
            result, error = None, None
            try:
                result = call()
            except Exception as raised:  # whoever waits gets it
                error = raised
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(finish, result, error)

        threading.Thread(target=work, name="azure").start()
        return future
