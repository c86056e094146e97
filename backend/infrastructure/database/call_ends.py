"""How a call ends in the database: its own row, the row of its facts, and the index of what was said.

Each is done once: a call that has ended is passed over, so an end may be written again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.domain.entities.call import CallStatus
from backend.infrastructure.database.facts_rows import MISSING
from backend.infrastructure.database.inserts import insert_or_ignore
from backend.infrastructure.database.models import CallFactsModel, CallModel, EngineTroubleModel
from backend.infrastructure.database.rows import Row
from backend.infrastructure.database.search_index import index_calls

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
    """End those of the calls that are still live.

    However many they are, in the same few statements: each costs two changes of threads, or a round trip, and
    a machine that has many calls to end at once has no time for a hundred of these.
    """
    if not ends:
        return
    query = (
        update(CallModel)
        .where(CallModel.id == bindparam("ended"), CallModel.status == CallStatus.LIVE.value)
        .values({name: bindparam(f"new_{name}") for name in _END})
    )
    await connection.execute(
        query,
        [{"ended": end.call_id} | {f"new_{name}": getattr(end, name) for name in _END} for end in ends],
    )
    await _end_facts(connection, {end.call_id: end for end in reversed(ends)})


async def _end_facts(connection: AsyncConnection, ends: Mapping[str, Closed]) -> None:
    live = (
        select(CallFactsModel.number, CallFactsModel.call_id)
        .where(CallFactsModel.call_id.in_(ends), CallFactsModel.status == CallStatus.LIVE.value)
        .order_by(CallFactsModel.number)  # so that two who do this at once take turns
        .with_for_update()
    )
    numbers = {row.number: row.call_id for row in await connection.execute(live)}
    updates: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)  # by the columns that are known
    engines: list[Row] = []
    for number, call_id in numbers.items():
        end = ends[call_id]
        changes: Row = {
            "status": end.status,
            "end_cause": end.end_cause,
            "duration_ms": MISSING if end.duration_ms is None else end.duration_ms,
            **(end.facts or {}),
        }
        updates[tuple(changes)].append(
            {"ended": number} | {f"new_{name}": value for name, value in changes.items()}
        )
        engines += [{"number": number, **engine} for engine in end.engines or ()]
    for names, rows in updates.items():
        query = update(CallFactsModel).where(CallFactsModel.number == bindparam("ended"))
        await connection.execute(query.values({name: bindparam(f"new_{name}") for name in names}), rows)
    await add_engines(connection, engines)
    await index_calls(connection, numbers)


async def add_engines(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Write which engines failed in the calls with these numbers, unless that is there."""
    if rows:
        await connection.execute(insert_or_ignore(connection.dialect, EngineTroubleModel), rows)
