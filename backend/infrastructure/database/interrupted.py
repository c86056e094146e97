"""Calls whose process died under them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from backend.domain.entities.call import CallStatus, EndCause
from backend.domain.value_objects.instant import NS_PER_MS
from backend.infrastructure.database.call_ends import Closed, end_calls
from backend.infrastructure.database.errors import storage_errors
from backend.infrastructure.database.models import CallModel, TimelineModel
from backend.infrastructure.database.session import Database


async def end_interrupted_calls(database: Database, *, dead: Collection[str], own: str) -> int:
    """End the live calls of the ``dead`` processes as interrupted; return how many there were.

    On SQLite, which belongs to one process, those of every process but our ``own``. Such a call ended at its
    last sign of life: the instant of the last entry in its timeline. Raises ``StorageError``.
    """
    last = (
        select(func.max(TimelineModel.at_ns)).where(TimelineModel.call_id == CallModel.id).scalar_subquery()
    )
    left = CallModel.process != own if database.is_sqlite else CallModel.process.in_(dead)
    query = select(CallModel.id, CallModel.started_at, last).where(
        CallModel.status == CallStatus.LIVE.value, left
    )
    with storage_errors():
        async with database.transaction() as connection:
            ends = [
                _end(call_id, started_at, last_ns or 0)
                for call_id, started_at, last_ns in await connection.execute(query)
            ]
            await end_calls(connection, ends)
    return len(ends)


def _end(call_id: str, started_at: int, last_ns: int) -> Closed:
    duration_ms = last_ns // NS_PER_MS
    return Closed(
        call_id=call_id,
        status=CallStatus.INTERRUPTED.value,
        ended_at=started_at + duration_ms,
        duration_ms=duration_ms,
        end_cause=EndCause.PROCESS_DIED.value,
    )
