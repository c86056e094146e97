"""How a call ends in the database: its own row, the row of its facts, and the index of what was said.

Each is done once: a call that has ended is passed over, so an end may be written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.domain.entities.call import CallStatus
from backend.infrastructure.database.facts_rows import MISSING
from backend.infrastructure.database.inserts import insert_or_ignore
from backend.infrastructure.database.models import CallFactsModel, CallModel, EngineTroubleModel
from backend.infrastructure.database.rows import Row
from backend.infrastructure.database.search_index import index_call

_END: Final = ("status", "ended_at", "duration_ms", "end_cause")


@dataclass(frozen=True, slots=True)
class Closed:
    """A call is over.

    ``facts`` and ``engines`` are what it came to, or None if whoever ended it does not know: then they are
    derived from its timeline later.
    """

    type: ClassVar = "closed"
    call_id: str
    status: str
    ended_at: int | None
    duration_ms: int | None
    end_cause: str | None
    facts: Row | None = None
    engines: list[Row] | None = None


async def end_calls(connection: AsyncConnection, ends: Sequence[Closed]) -> None:
    """End those of the calls that are still live."""
    if not ends:
        return
    query = (
        update(CallModel)
        .where(CallModel.id == bindparam("call_id"), CallModel.status == CallStatus.LIVE.value)
        .values({name: bindparam(f"new_{name}") for name in _END})
    )
    await connection.execute(
        query,
        [{"call_id": end.call_id} | {f"new_{name}": getattr(end, name) for name in _END} for end in ends],
    )
    for end in ends:
        await _end_facts(connection, end)


async def _end_facts(connection: AsyncConnection, end: Closed) -> None:
    query = (
        update(CallFactsModel)
        .where(CallFactsModel.call_id == end.call_id, CallFactsModel.status == CallStatus.LIVE.value)
        .values(
            status=end.status,
            end_cause=end.end_cause,
            duration_ms=MISSING if end.duration_ms is None else end.duration_ms,
            **(end.facts or {}),
        )
        .returning(CallFactsModel.number)
    )
    number = await connection.scalar(query)
    if number is not None:
        await add_engines(connection, number, end.engines or [])
        await index_call(connection, number, end.call_id)


async def add_engines(connection: AsyncConnection, number: int, engines: Sequence[dict[str, Any]]) -> None:
    """Write which engines failed in the call with this number, unless that is there."""
    if engines:
        insert = insert_or_ignore(connection.dialect, EngineTroubleModel)
        await connection.execute(insert, [{"number": number, **engine} for engine in engines])
