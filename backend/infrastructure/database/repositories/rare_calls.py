"""Which calls can match at all, where they are few.

A page is read in its order, which is quick as long as some of the calls on the way match: of what hardly any
call has, almost the whole index of the order is read, which may not be in memory. So each thing that calls
are narrowed by is first asked for on its own, with a limit that both ways can bear: what few calls have is
found and sorted, what many have is met on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Select, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from backend.domain.entities.call import CallStatus, Direction, EndCause
from backend.domain.ports.persistence_port import CallFilter
from backend.infrastructure.database.models import ON_REQUEST, CallFactsModel, CallTagModel
from backend.infrastructure.database.search_index import numbers_with
from backend.infrastructure.database.search_text import terms_of

# Calls whose rows are read in 100 ms where they are not in memory, and sorted. Of more, if they are not all
# at the wrong end of the order, 100,000 hold fifty in each 5,000.
FEW: Final = 1_000


async def rare_calls(
    session: AsyncSession, tenant: str, where: CallFilter, *, is_sqlite: bool
) -> Sequence[int] | None:
    """Return the numbers of the only calls that can match, None if they are not known to be few."""
    for queries in sources(tenant, where, is_sqlite=is_sqlite):
        for query in queries:
            if await session.scalar(query.offset(FEW).limit(1)) is not None:
                break
        else:
            return (await session.scalars(queries[-1])).all()
    return None


def sources(tenant: str, where: CallFilter, *, is_sqlite: bool) -> list[list[Select[int]]]:
    """Return statements for the numbers of the calls that have one of the things they are narrowed by, a list
    for each of these things.

    Of each list the last statement has all of them. One before it has some, and finds out sooner that they
    are many: FTS5 merges the lists of all words with a beginning before it gives the first.
    """
    numbers: list[list[Select[int]]] = []
    if where.tag is not None:
        numbers.append([tagged(tenant, where.tag)])
    if {where.agent_id, where.status, where.direction, where.end_cause} != {None}:
        numbers.append([_such(tenant, where)])
    if where.since is not None or where.until is not None:
        numbers.append([_begun(tenant, where)])
    if where.search is not None and (terms := terms_of(where.search)):
        numbers.append([numbers_with(terms, is_sqlite=is_sqlite, whole=whole) for whole in (True, False)])
    return numbers


def tagged(tenant: str, tag: str) -> Select[int]:
    """Return the numbers of the calls with this tag."""
    return select(CallTagModel.number).where(CallTagModel.tenant == tenant, CallTagModel.tag == tag)


def _such(tenant: str, where: CallFilter) -> Select[int]:
    """Return the calls of this agent, status, direction and cause, by the index that has nothing else.

    What comes first in the index and is not asked for may be any of its few values: each is looked at.
    """
    facts = CallFactsModel
    conditions: list[ColumnElement[bool]] = [
        facts.tenant == tenant,
        facts.direction.in_([where.direction] if where.direction else list(Direction)),
        facts.status.in_([where.status] if where.status else list(CallStatus)),
    ]
    causes: list[ColumnElement[bool]]
    if where.end_cause is not None:
        causes = [facts.end_cause == where.end_cause.value]
    elif where.agent_id is not None:
        causes = [facts.end_cause.in_(list(EndCause)), facts.end_cause.is_(None)]
    else:
        causes = [true()]
    if where.agent_id is not None:
        conditions.append(facts.agent_id == where.agent_id)
    parts = [select(facts.number).where(ON_REQUEST, *conditions, cause) for cause in causes]
    return parts[0] if len(parts) == 1 else select(union_all(*parts).subquery().c.number)


def _begun(tenant: str, where: CallFilter) -> Select[int]:
    calls = select(CallFactsModel.number).where(CallFactsModel.tenant == tenant)
    if where.since is not None:
        calls = calls.where(CallFactsModel.started_at >= where.since)
    return calls if where.until is None else calls.where(CallFactsModel.started_at < where.until)
