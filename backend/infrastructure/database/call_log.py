"""The writing half of calls: what a call says, as records, in the life of one process.

Records are made durable by ``GroupCommit``. What is left here is who may write (the life that holds the
locks), what former lives left behind, and which calls are open.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from backend.domain.entities.call import Call
from backend.domain.entities.call_facts import CallTally
from backend.domain.entities.timeline import TimelineEntry, committed_turns
from backend.domain.errors import ConflictError, StorageError
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.engine_names import EngineNames
from backend.infrastructure.database.call_ends import Closed
from backend.infrastructure.database.call_records import Appended, Opened, Record
from backend.infrastructure.database.facts_rows import derived_facts, engine_rows
from backend.infrastructure.database.group_commit import GroupCommit
from backend.infrastructure.database.interrupted import end_interrupted_calls
from backend.infrastructure.database.process_life import ProcessLife
from backend.infrastructure.database.record_writer import RecordWriter
from backend.infrastructure.database.replay import replay
from backend.infrastructure.database.rows import call_row, timeline_row, turn_row
from backend.infrastructure.database.session import Database

Prepare = Callable[[Database], Awaitable[None]]


@dataclass(slots=True)
class _LiveCall:
    """What the log knows of a call. ``opening`` is there until it is known to be recorded; ``tally`` counts
    what was."""

    tenant: str
    opening: Opened | None
    tally: CallTally


@dataclass(frozen=True, slots=True)
class _Running:
    """What there is between ``start`` and ``aclose``."""

    life: ProcessLife
    writer: RecordWriter
    commits: GroupCommit


class SqlCallLog:
    """Implements ``CallLog``. Use it as an asynchronous context manager.

    ``prepare`` brings the database to the current schema once it is ours, so that none changes under a
    running process; without it the schema must be there. ``database_limit_s`` is how long a transaction may
    take before the database counts as away; for ``gather_s`` and ``retry_s`` see ``GroupCommit``. Cancelling
    a method does not undo what it was asked to record.
    """

    def __init__(
        self,
        database: Database,
        data_folder: Path,
        *,
        prepare: Prepare | None = None,
        gather_s: float = 0.02,
        database_limit_s: float = 2.0,
        retry_s: tuple[float, float] = (0.25, 5.0),
    ) -> None:
        self._database: Final = database
        self._data_folder: Final = data_folder
        self._prepare: Final = prepare
        self._gather_s: Final = gather_s
        self._database_limit_s: Final = database_limit_s
        self._retry_s: Final = retry_s
        self._live: Final[dict[CallId, _LiveCall]] = {}
        self._state: _Running | None = None

    @property
    def is_away(self) -> bool:
        """Whether the journal stands in for the database now."""
        return self._state is not None and self._state.commits.is_away

    async def database_back(self) -> None:
        """Wait until the database has everything and is written to directly; at once if it is not away."""
        await self._running().commits.database_back()

    async def start(self) -> None:
        """Lock what is ours, prepare it, replay what former lives of the process left, and begin to write.

        Raises ``ConfigurationError`` when another process has the database, ``StorageError`` when the
        database is away, and what ``prepare`` raises; then nothing is held.
        """
        life = await asyncio.to_thread(ProcessLife.begin, self._database, self._data_folder)
        writer = RecordWriter(self._database, limit_s=self._database_limit_s)
        try:
            if self._prepare is not None:
                await self._prepare(self._database)
            for orphan in life.orphans:
                if not await replay(orphan, writer):
                    raise StorageError("The database is away, and a journal waits to be written to it.")
        except BaseException as error:
            await writer.aclose()
            life.end(owes=False)
            if isinstance(error, OSError):
                raise StorageError("A journal that a former process left cannot be read.") from error
            raise
        commits = GroupCommit(writer, life.journal, gather_s=self._gather_s, retry_s=self._retry_s)
        commits.start()
        self._state = _Running(life, writer, commits)

    async def aclose(self) -> None:
        """Write what waits, within 2 s, and release everything; a database that says nothing may hold us up
        for another 2.5 s. What it did not take is in the journal, for the next start. Idempotent."""
        if self._state is None:
            return
        state, self._state = self._state, None
        await state.commits.aclose()
        await state.writer.aclose()
        state.life.end(owes=bool(self._live))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    async def open(self, call: Call, engines: EngineNames | None = None) -> None:
        """Record that the call is live, and which engines it begins with, if that is known."""
        names = None if engines is None else asdict(engines)
        opening = Opened(call_row(call, self._running().life.id), names)
        self._live[call.id] = _LiveCall(call.tenant, opening, CallTally())
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
        live.tally.add(entries)

    async def close(self, call: Call) -> None:
        """Record how the call ended, and what it came to."""
        live = self._live.get(call.id)
        facts = None if live is None else live.tally.facts
        ending = Closed(
            call.id.value,
            call.status.value,
            call.ended_at,
            call.duration_ms,
            call.end_cause.value if call.end_cause else None,
            facts=None if facts is None else derived_facts(facts),
            engines=None if facts is None else engine_rows(facts),
        )
        await self._record(call.id, ending)
        self._live.pop(call.id, None)

    async def mark_interrupted(self) -> int:
        """Mark calls that another life of this process left live as ``interrupted``; return how many.

        Raises ``StorageError``.
        """
        life = self._running().life
        dead = [orphan.life for orphan in life.orphans]
        count = await end_interrupted_calls(self._database, dead=dead, own=life.id)
        await asyncio.to_thread(life.forget_orphans)
        return count

    def _running(self) -> _Running:
        if self._state is None:
            raise StorageError("The call log is not running.", retryable=False)
        return self._state

    async def _record(self, call_id: CallId, *records: Record) -> None:
        """Wait until ``records`` are durable; before them the call's opening, should that have failed."""
        live = self._live.get(call_id)
        opening = () if live is None or live.opening is None else (live.opening,)
        await self._running().commits.record((*opening, *records))
        if live is not None:
            live.opening = None
