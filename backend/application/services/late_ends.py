"""Ends of calls that take longer to store than the calls can wait.

A line must close in time, however busy the machine is and whatever storage does; but nothing of a call may be
lost for that. So what is left to store at the end of a call is done here: the call waits for it a little, and
what is not done by then is done after the call. Nothing is ever broken off and begun anew because it is slow,
which would make a busy machine busier; what storage refuses for now is tried again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from backend.application.services.ending import CLOSE_TIMEOUT_S
from backend.domain.errors import StorageError

RETRY_S: Final = (1.0, 30.0)  # the first and the longest wait between two attempts
MAX_OWED: Final = 1_000  # pieces of work; beyond, what storage refuses is given up after one attempt

Work = Callable[[], Awaitable[object]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Piece:
    """``tried`` is set when the first attempt is over, whatever came of it."""

    work: Work
    tried: asyncio.Event = field(default_factory=asyncio.Event)


class LateEnds:
    """Sees work through that may outlive the call that asked for it; ``aclose`` ends what is left."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def owed(self) -> int:
        """How many pieces of work are not done."""
        self._reap()
        return len(self._tasks)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """``aclose`` at the end of the block."""
        try:
            yield
        finally:
            await self.aclose()

    async def store(self, *works: Work) -> None:
        """Do ``works``, which may be repeated, side by side; return when each was tried, after
        ``CLOSE_TIMEOUT_S`` at the latest. Cancelling does not break them off.

        Raises what a work raises in that time, unless it is a ``StorageError``.
        """
        self._reap()
        pieces = {asyncio.create_task(self._see_through(piece)): piece for piece in map(_Piece, works)}
        self._tasks.update(pieces)
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                for piece in pieces.values():
                    await piece.tried.wait()
        except TimeoutError:
            _log.warning("the end of a call takes long to store", extra={"owed": len(self._tasks)})
        for task in pieces:
            if task.done():
                self._tasks.discard(task)
                task.result()

    async def aclose(self) -> None:
        """Give what is left another ``CLOSE_TIMEOUT_S``, and then up."""
        if self.owed:
            await asyncio.wait(self._tasks, timeout=CLOSE_TIMEOUT_S)
        if owed := self.owed:
            _log.error("ends of calls were not stored", extra={"owed": owed})
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_TIMEOUT_S)

    async def _see_through(self, piece: _Piece) -> None:
        wait_s, longest_s = RETRY_S
        try:
            while not await self._try(piece.work, is_first=not piece.tried.is_set()):
                piece.tried.set()
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)
        finally:
            piece.tried.set()

    async def _try(self, work: Work, *, is_first: bool) -> bool:
        """Return whether there is nothing left to try."""
        try:
            await work()
        except StorageError as error:
            is_over = not error.retryable or len(self._tasks) > MAX_OWED
            if is_first or is_over:
                facts = {"code": error.code, "is_given_up": is_over}
                _log.warning("the end of a call was not stored", extra=facts, exc_info=True)
            return is_over
        return True

    def _reap(self) -> None:
        """Forget what is done. What a bug ended after its call is told here."""
        for task in [task for task in self._tasks if task.done()]:
            self._tasks.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                _log.error("storing a call's end was ended by a bug", exc_info=error)
