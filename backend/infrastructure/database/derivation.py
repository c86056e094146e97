"""Facts for calls that ended without them: those of older versions, and those whose process died.

Runs in the background after the start, a call at a time and in small pieces, so that it is not heard in a
live one. What it does not get done, the next start does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import Row, select, update

from backend.domain.conversation.codec import decode_effect, decode_event
from backend.domain.entities.call import CallStatus
from backend.domain.entities.call_facts import CallFacts, CallTally
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import StorageError
from backend.infrastructure.database.call_ends import add_engines
from backend.infrastructure.database.errors import storage_errors
from backend.infrastructure.database.facts_rows import derived_facts, engine_rows
from backend.infrastructure.database.models import CallFactsModel, TimelineModel
from backend.infrastructure.database.search_index import index_call
from backend.infrastructure.database.session import Database

_PIECE: Final = 200  # entries; reading them holds the loop for 1 ms

_PAUSE_S: Final = 0.005  # live calls write to the same database

_log = logging.getLogger(__name__)


@asynccontextmanager
async def deriving(database: Database) -> AsyncIterator[None]:
    """Derive what is missing now, in a task that ends with the block at the latest."""
    task = asyncio.create_task(_derive_once(database), name="facts")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _derive_once(database: Database) -> None:
    try:
        count = await derive_missing_facts(database)
    except Exception:
        # A bug here must not end the server with its live calls, nor pass unseen.
        _log.exception("deriving facts of calls was ended by a bug")
        return
    if count:
        _log.info("derived facts of calls", extra={"calls": count})


async def derive_missing_facts(database: Database) -> int:
    """Derive the facts of all ended calls that have none; return of how many.

    A call whose timeline cannot be read is left as it is. Stops, without a complaint to the caller, when the
    database goes away. Cancelling leaves no call half derived.
    """
    count, after = 0, 0
    try:
        while (found := await _next(database, after)) is not None:
            after, call_id = found
            try:
                facts = await _derive(database, call_id)
            except ValueError:
                _log.warning("the timeline of a call cannot be read", extra={"call_id": call_id})
                continue
            await _store(database, after, call_id, facts)
            count += 1
            await asyncio.sleep(_PAUSE_S)
    except StorageError as error:
        _log.warning("facts of calls are not derived", extra={"error": error.code, "derived": count})
    return count


async def _next(database: Database, after: int) -> tuple[int, str] | None:
    query = (
        select(CallFactsModel.number, CallFactsModel.call_id)
        .where(
            ~CallFactsModel.is_derived,
            CallFactsModel.number > after,
            CallFactsModel.status != CallStatus.LIVE.value,
        )
        .order_by(CallFactsModel.number)
        .limit(1)
    )
    async with database.reading() as session:
        row = (await session.execute(query)).first()
    return None if row is None else (row.number, row.call_id)


async def _derive(database: Database, call_id: str) -> CallFacts:
    tally, after = CallTally(), 0
    query = select(TimelineModel.seq, TimelineModel.event, TimelineModel.effects).order_by(TimelineModel.seq)
    while True:
        piece = query.where(TimelineModel.call_id == call_id, TimelineModel.seq > after).limit(_PIECE)
        async with database.reading() as session:
            rows = (await session.execute(piece)).all()
        if not rows:
            return tally.facts
        after = rows[-1].seq
        tally.add(await asyncio.to_thread(_entries, rows))


def _entries(rows: Sequence[Row[tuple[int, dict[str, Any], list[Any]]]]) -> list[TimelineEntry]:
    return [
        TimelineEntry(row.seq, decode_event(row.event), tuple(map(decode_effect, row.effects)))
        for row in rows
    ]


async def _store(database: Database, number: int, call_id: str, facts: CallFacts) -> None:
    query = (
        update(CallFactsModel)
        .where(CallFactsModel.number == number, ~CallFactsModel.is_derived)
        .values(derived_facts(facts))
        .returning(CallFactsModel.number)
    )
    with storage_errors():
        async with database.transaction() as connection:
            if await connection.scalar(query) is not None:
                await add_engines(connection, [{"number": number, **row} for row in engine_rows(facts)])
                await index_call(connection, number, call_id)
