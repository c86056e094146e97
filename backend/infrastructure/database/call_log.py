"""The writing half of calls: one writer for all calls of the process.

Requests wait in one bounded queue. The writer takes all that wait and commits them together, so a commit
that takes long makes the next one larger, not later. When the database is away the same records go to the
journal, and once there is something in the journal everything goes there, which keeps the order; a second
task replays it with growing patience and hands writing back to the database when the journal is empty.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from backend.domain.entities.call import Call
from backend.domain.entities.timeline import TimelineEntry, committed_turns
from backend.domain.errors import ConflictError, StorageError
from backend.domain.value_objects.call_id import CallId
from backend.infrastructure.database.call_records import Appended, Closed, Opened, Record, encode_record
from backend.infrastructure.database.interrupted import end_interrupted_calls
from backend.infrastructure.database.process_life import ProcessLife
from backend.infrastructure.database.record_writer import Outcome, RecordWriter
from backend.infrastructure.database.replay import replay
from backend.infrastructure.database.rows import call_row, timeline_row, turn_row
from backend.infrastructure.database.session import Database

_log = logging.getLogger(__name__)

_MAX_WAITING: Final = 1_024  # requests; beyond, ``append`` waits for room
_MAX_BATCH: Final = 256  # requests in one transaction
_CLOSE_S: Final = 2.0


@dataclass(slots=True)
class _LiveCall:
    """What the log knows of a call. ``opening`` is there until it is known to be recorded."""

    tenant: str
    opening: Opened | None


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


class SqlCallLog:
    """Implements ``CallLog``. Use it as an asynchronous context manager, after the schema is upgraded.

    ``database_limit_s`` is how long a transaction may take before the database counts as away;
    ``retry_s`` the first and the longest wait between attempts to reach it again.
    Cancelling a method does not undo what it was asked to record.
    """

    def __init__(
        self,
        database: Database,
        data_folder: Path,
        *,
        database_limit_s: float = 2.0,
        retry_s: tuple[float, float] = (0.25, 5.0),
    ) -> None:
        self._database: Final = database
        self._data_folder: Final = data_folder
        self._retry_s: Final = retry_s
        self._writer: Final = RecordWriter(database, limit_s=database_limit_s)
        self._queue: Final[asyncio.Queue[_Request]] = asyncio.Queue(_MAX_WAITING)
        self._live: Final[dict[CallId, _LiveCall]] = {}
        self._away: Final = asyncio.Event()
        self._home: Final = asyncio.Event()
        self._home.set()
        self._journal_use: Final = asyncio.Lock()
        self._life: ProcessLife | None = None
        self._worker: asyncio.Task[None] | None = None

    @property
    def is_away(self) -> bool:
        """Whether the journal stands in for the database now."""
        return self._away.is_set()

    async def database_back(self) -> None:
        """Wait until the database has everything and is written to directly; at once if it is not away."""
        await self._home.wait()

    async def start(self) -> None:
        """Lock what is ours, replay what former lives of the process left, and begin to write.

        Raises ``ConfigurationError`` when another process has the database, ``StorageError`` when the
        database is away.
        """
        life = await asyncio.to_thread(ProcessLife.begin, self._database, self._data_folder)
        try:
            for orphan in life.orphans:
                if not await replay(orphan, self._writer):
                    raise StorageError("The database is away, and a journal waits to be written to it.")
        except BaseException as error:
            life.end(owes=False)
            if isinstance(error, OSError):
                raise StorageError("A journal that a former process left cannot be read.") from error
            raise
        self._life = life
        self._worker = asyncio.create_task(self._work(life), name="call-log")

    async def aclose(self) -> None:
        """Write what waits, within 2 s, and release everything. What the database did not take by then is in
        the journal, for the next start. Idempotent."""
        life, worker = self._life, self._worker
        if life is None or worker is None:
            return
        self._life = self._worker = None
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._queue.join()
        except TimeoutError:
            _log.error("the call log closes with requests unwritten", extra={"waiting": self._queue.qsize()})
        worker.cancel()
        await asyncio.wait({worker})
        await self._writer.aclose()
        life.end(owes=bool(self._live))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def open(self, call: Call) -> None:
        """Record that the call is live."""
        opening = Opened(call_row(call, self._running().id))
        self._live[call.id] = _LiveCall(call.tenant, opening)
        await self._record(call.id)

    async def append(self, call_id: CallId, entries: Sequence[TimelineEntry]) -> None:
        """Record entries, and the turns that they commit, in one transaction.

        Raises ``StorageError`` only if neither the database nor the journal can be written, and
        ``ConflictError`` (``call-not-open``) if the call is not open here.
        """
        live = self._live.get(call_id)
        if live is None:
            raise ConflictError(f"call {call_id} is not open in this process", code="call-not-open")
        timeline = [timeline_row(call_id, live.tenant, entry) for entry in entries]
        turns = [turn_row(call_id, live.tenant, turn) for turn in committed_turns(entries)]
        await self._record(call_id, Appended(timeline, turns))

    async def close(self, call: Call) -> None:
        """Record how the call ended."""
        cause = call.end_cause.value if call.end_cause else None
        ending = Closed(call.id.value, call.status.value, call.ended_at, call.duration_ms, cause)
        await self._record(call.id, ending)
        self._live.pop(call.id, None)

    async def mark_interrupted(self) -> int:
        """Mark calls that another life of this process left live as ``interrupted``; return how many.

        Raises ``StorageError``.
        """
        life = self._running()
        dead = [orphan.life for orphan in life.orphans]
        count = await end_interrupted_calls(self._database, dead=dead, own=life.id)
        await asyncio.to_thread(life.forget_orphans)
        return count

    def _running(self) -> ProcessLife:
        if self._life is None:
            raise StorageError("The call log is not running.", retryable=False)
        return self._life

    async def _record(self, call_id: CallId, *records: Record) -> None:
        """Wait until ``records`` are durable; before them the call's opening, should that have failed."""
        self._running()
        live = self._live.get(call_id)
        opening = () if live is None or live.opening is None else (live.opening,)
        request = _Request((*opening, *records))
        await self._queue.put(request)
        if self._worker is None or self._worker.done():
            request.fail(_closed())  # while we waited for room
        await request.recorded
        if live is not None:
            live.opening = None

    async def _work(self, life: ProcessLife) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._write(life))
                tasks.create_task(self._return(life))
        finally:
            while not self._queue.empty():
                self._queue.get_nowait().fail(_closed())
                self._queue.task_done()

    async def _write(self, life: ProcessLife) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < _MAX_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                left = await self._to_database(batch) if life.journal.is_empty else batch
                if left:
                    await self._to_journal(life, left)
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

    async def _to_journal(self, life: ProcessLife, batch: list[_Request]) -> None:
        lines = [encode_record(record) for request in batch for record in request.records]
        try:
            async with self._journal_use:
                await asyncio.to_thread(life.journal.append, lines)
        except OSError as error:
            _log.error("neither database nor journal can be written", extra={"error": error.strerror})
            for request in batch:
                request.fail(StorageError("Neither the database nor the journal can be written."))
            return
        for request in batch:
            request.succeed()
        self._home.clear()
        self._away.set()

    async def _return(self, life: ProcessLife) -> None:
        """Whenever the database was away: bring it what the journal holds, until nothing is left."""
        first_s, longest_s = self._retry_s
        while True:
            await self._away.wait()
            wait_s = first_s
            while not await self._empty_journal(life):
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, longest_s)
            _log.info("the database is back and has all that the journal held")

    async def _empty_journal(self, life: ProcessLife) -> bool:
        try:
            if not await replay(life.journal, self._writer):
                return False
            async with self._journal_use:
                if life.journal.is_drained:  # else something came in meanwhile
                    await asyncio.to_thread(life.journal.clear)
                    self._away.clear()
                    self._home.set()
        except OSError as error:
            _log.error("the journal cannot be read", extra={"error": error.strerror})
            return False
        return not self._away.is_set()


def _closed() -> StorageError:
    return StorageError("The call log is closed.", retryable=False)
