"""Transactions that end in time.

A database can refuse at once, or say nothing at all: a stopped server, a disk that hangs, a pool with no
free connection. Who writes here learns within the limit which it is. An attempt that is out of time may
still go through later; records bear being written twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from enum import Enum
from typing import Final

from backend.infrastructure.database.call_records import Record, apply
from backend.infrastructure.database.errors import is_refusal
from backend.infrastructure.database.session import Database

_CLOSE_S: Final = 2.5  # SQLAlchemy gives a driver 2 s to close a connection in good order

_log = logging.getLogger(__name__)


class Outcome(Enum):
    """What became of some records."""

    WRITTEN = "written"  # committed
    REFUSED = "refused"  # the database is well and will never take them
    AWAY = "away"  # the database did not answer, or said that it cannot


class RecordWriter:
    """Writes records, one transaction at a time. Not for concurrent use."""

    def __init__(self, database: Database, *, limit_s: float) -> None:
        self._database: Final = database
        self._limit_s: Final = limit_s
        self._attempt: asyncio.Task[Outcome] | None = None

    async def write(self, records: Sequence[Record]) -> Outcome:
        """Write ``records`` in one transaction within the time limit.

        Cancelling leaves open whether they were written.
        """
        if self._attempt is not None and not await self._ends_in_time(self._attempt):
            return Outcome.AWAY  # one stuck attempt is enough
        self._attempt = asyncio.create_task(self._transact(records), name="database-write")
        if not await self._ends_in_time(self._attempt):
            _log.warning("the database does not answer", extra={"limit_s": self._limit_s})
            self._give_up(self._attempt)
            return Outcome.AWAY
        return self._attempt.result()

    async def aclose(self) -> None:
        """Cancel what is under way, and wait at most 2.5 s for the driver to let go of it."""
        if self._attempt is not None:
            self._give_up(self._attempt)
            await asyncio.wait({self._attempt}, timeout=_CLOSE_S)

    @staticmethod
    def _give_up(attempt: asyncio.Task[Outcome]) -> None:
        # Once only: a second cancellation would interrupt the driver while it closes the connection, and
        # aiosqlite (0.22) then waits for ever for a thread that has stopped.
        if not attempt.cancelling():
            attempt.cancel()

    async def _ends_in_time(self, attempt: asyncio.Task[Outcome]) -> bool:
        await asyncio.wait({attempt}, timeout=self._limit_s)
        return attempt.done()

    async def _transact(self, records: Sequence[Record]) -> Outcome:
        try:
            async with self._database.transaction() as connection:
                await apply(connection, records)
        except (
            Exception
        ) as error:  # drivers let errors of their own through, and the records must not be lost
            refused = is_refusal(error)
            _log.warning(
                "the database refused records" if refused else "the database is away",
                extra={"error": type(error).__name__, "records": len(records)},
            )
            return Outcome.REFUSED if refused else Outcome.AWAY
        return Outcome.WRITTEN
