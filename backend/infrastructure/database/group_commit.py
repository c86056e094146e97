"""One writer for many, with a journal behind the database.

Requests wait in one bounded queue. The writer lets a few gather, takes all that wait and commits them
together, so a commit that takes long makes the next one larger. Between commits it rests, in proportion to
what the last one took: however many calls there are, storing them takes a small share of the time, and for
one call it stores at once.

When the database is away the same records go to the journal, and once there is something in the journal
everything goes there, which keeps the order; a second task replays it with growing patience and hands
writing back to the database when the journal is empty.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from backend.domain.errors import StorageError
from backend.infrastructure.database.call_records import Record, encode_record
from backend.infrastructure.database.journal import Journal
from backend.infrastructure.database.record_writer import Outcome, RecordWriter
from backend.infrastructure.database.replay import replay

_log = logging.getLogger(__name__)

_MAX_WAITING: Final = 1_024  # requests; beyond, ``record`` waits for room
_MAX_BATCH: Final = 256  # requests in one transaction
_REST: Final = 9  # times as long as a transaction took, the next one waits for more to write …
_MOST_REST_S: Final = 0.1  # … but not longer: calls wait for the last of their entries before they end
_CLOSE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class _Request:
    """Records of one caller, who waits for ``recorded``."""

    records: tuple[Record, ...]
    recorded: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def succeed(self) -> None:
        if not self.recorded.done():  # else whoever waited was cancelled
            self.recorded.set_result(None)

    def fail(self, error: StorageError) -> None:
        if not self.recorded.done():
            self.recorded.set_exception(error)


class GroupCommit:
    """Makes records durable, from ``start`` to ``aclose``; owns one background task in between.

    ``gather_s`` is how long the writer waits for company after the first request: a transaction costs a
    millisecond of CPU however many rows it writes. ``retry_s`` is the first and the longest wait between
    attempts to reach a database that was away.
    """

    def __init__(
        self, writer: RecordWriter, journal: Journal, *, gather_s: float, retry_s: tuple[float, float]
    ) -> None:
        self._writer: Final = writer
        self._journal: Final = journal
        self._gather_s: Final = gather_s
        self._retry_s: Final = retry_s
        self._queue: Final[asyncio.Queue[_Request]] = asyncio.Queue(_MAX_WAITING)
        self._away: Final = asyncio.Event()
        self._home: Final = asyncio.Event()  # the opposite of ``_away``, to be waited for as well
        self._home.set()
        self._journal_use: Final = asyncio.Lock()
        self._worker: asyncio.Task[None] | None = None

    @property
    def is_away(self) -> bool:
        """Whether the journal stands in for the database now."""
        return self._away.is_set()

    async def database_back(self) -> None:
        """Wait until the database has everything and is written to directly; at once if it is not away."""
        await self._home.wait()

    def start(self) -> None:
        """Begin to write."""
        self._worker = asyncio.create_task(self._work(), name="group-commit")

    async def aclose(self) -> None:
        """Write what waits, within 2 s, and stop; what has not been written by then fails."""
        if self._worker is None:
            return
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._queue.join()
        except TimeoutError:
            _log.error("records were not written before the end", extra={"waiting": self._queue.qsize()})
        self._worker.cancel()
        await asyncio.wait({self._worker})

    async def record(self, records: Sequence[Record]) -> None:
        """Wait until ``records`` are durable. Cancelling does not undo what was asked for.

        Raises ``StorageError`` if neither the database nor the journal can be written, if the database
        refuses these very records (``storage-refused``), or after ``aclose``.
        """
        request = _Request(tuple(records))
        await self._queue.put(request)
        if self._worker is None or self._worker.done():
            request.fail(_closed())  # while we waited for room
        await request.recorded

    async def _work(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._write())
                tasks.create_task(self._return())
        finally:
            while not self._queue.empty():
                self._queue.get_nowait().fail(_closed())
                self._queue.task_done()

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        rested_at = loop.time()
        while True:
            batch = [await self._queue.get()]
            try:
                await asyncio.sleep(max(self._gather_s, rested_at - loop.time()))
                while len(batch) < _MAX_BATCH and not self._queue.empty():
                    batch.append(self._queue.get_nowait())
                began = loop.time()
                left = await self._to_database(batch) if self._journal.is_empty else batch
                took = loop.time() - began
                rested_at = loop.time() + min(_REST * took, _MOST_REST_S)
                if left:
                    await self._to_journal(left)
            finally:
                for request in batch:
                    request.fail(_closed())  # without effect on those that were recorded
                    self._queue.task_done()

    async def _to_database(self, batch: list[_Request]) -> list[_Request]:
        """Write ``batch`` in one transaction and return the requests for which the database was away.

        When one request spoils it, each gets a transaction of its own.
        """
        outcome = await self._writer.write([record for request in batch for record in request.records])
        if outcome is Outcome.AWAY:
            return batch
        if outcome is Outcome.REFUSED and len(batch) > 1:
            return [left for request in batch for left in await self._to_database([request])]
        for request in batch:
            if outcome is Outcome.WRITTEN:
                request.succeed()
            else:
                request.fail(
                    StorageError("The database refused it.", code="storage-refused", retryable=False)
                )
        return []

    async def _to_journal(self, batch: list[_Request]) -> None:
        lines = [encode_record(record) for request in batch for record in request.records]
        try:
            async with self._journal_use:
                await asyncio.to_thread(self._journal.append, lines)
        except OSError as error:
            _log.error("neither database nor journal can be written", extra={"error": error.strerror})
            for request in batch:
                request.fail(StorageError("Neither the database nor the journal can be written."))
            return
        for request in batch:
            request.succeed()
        self._home.clear()
        self._away.set()

    async def _return(self) -> None:
        """Whenever the database was away: bring it what the journal holds, until nothing is left."""
        first_s, longest_s = self._retry_s
        while True:
            await self._away.wait()
            wait_s = first_s
            while not await self._empty_journal():
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)
            _log.info("the database is back and has all that the journal held")

    async def _empty_journal(self) -> bool:
        try:
            if not await replay(self._journal, self._writer):
                return False
            async with self._journal_use:
                if self._journal.is_drained:  # else something came in meanwhile
                    await asyncio.to_thread(self._journal.clear)
                    self._away.clear()
                    self._home.set()
        except OSError as error:
            _log.error("the journal cannot be read", extra={"error": error.strerror})
            return False
        return not self._away.is_set()


def _closed() -> StorageError:
    return StorageError("The call log is closed.", retryable=False)
