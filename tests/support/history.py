"""Calls of a history, and the finding of them."""

from __future__ import annotations

from backend.domain.entities.call import Call, EndCause
from backend.domain.ports.persistence_port import CallFilter, CallOrder, CallRepository
from backend.domain.value_objects.call_id import CallId
from backend.infrastructure.database.call_log import SqlCallLog
from tests.support.storage_builders import TENANT, a_call, a_turn, an_entry

START = 1_700_000_000_000
ANY = CallFilter()


async def held(
    log: SqlCallLog,
    *said: str,
    answered_ms: tuple[float, ...] = (),
    duration_ms: int = 60_000,
    cause: EndCause = EndCause.CALLER_HUNG_UP,
    call: Call | None = None,
) -> Call:
    """Return a call that has ended: what the caller said, and how long each answer took."""
    call = call or a_call(started_at=START)
    turns = [a_turn(number, content=text) for number, text in enumerate(said, 1)]
    turns += [a_turn(100 + number, answered_ms=time) for number, time in enumerate(answered_ms)]
    await log.open(call)
    await log.append(call.id, [an_entry(1, *turns)])
    over = call.end(cause, at=call.started_at + duration_ms, duration_ms=duration_ms)
    await log.close(over)
    return over


async def found(
    calls: CallRepository, where: CallFilter = ANY, order: CallOrder | None = None
) -> list[CallId]:
    page = await calls.page(TENANT, where=where, limit=50, order=order or CallOrder())
    return [item.call.id for item in page.items]
