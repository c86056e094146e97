"""Orders for calls in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Select, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.domain.entities.campaign import CampaignStatus
from backend.domain.entities.outbound_call import NO_KEY, Attempt, OutboundCall, OutboundStatus
from backend.domain.errors import NotFoundError
from backend.domain.ports.outbound_port import (
    Change,
    DialLimits,
    OutboundFilter,
    OutboundPage,
    OutboundSummary,
)
from backend.infrastructure.database.outbound_models import (
    CampaignModel,
    OutboundAttemptModel,
    OutboundCallModel,
)
from backend.infrastructure.database.repositories.outbound_limits import (
    check_limits,
    check_pace,
    hold_tenant,
)
from backend.infrastructure.database.repositories.outbound_pages import (
    OutboundCursor,
    orders_of,
    summaries_of,
)
from backend.infrastructure.database.repositories.outbound_rows import (
    attempt_row,
    changed_columns,
    order_row,
)
from backend.infrastructure.database.session import Database

_WAITS: Final = OutboundCallModel.status == OutboundStatus.SCHEDULED.value
_IS_ORDERED: Final = OutboundCallModel.key_id != NO_KEY


class SqlOutboundCalls:
    """Implements ``OutboundCalls``.

    Of one process one attempt begins at a time: those who wait for each other in the database keep its
    connections from live calls.
    """

    def __init__(self, database: Database) -> None:
        self._database: Final = database
        self._beginning: Final = asyncio.Lock()

    async def add(self, order: OutboundCall, limits: DialLimits) -> OutboundCall:
        """Store a new order, and begin its attempt if it has one; see the port."""
        async with self._beginning, self._database.writing() as session:
            await hold_tenant(session, order.tenant)
            if order.idempotency_key is not None:
                same = OutboundCallModel.idempotency_key == order.idempotency_key
                if stored := await _find(session, OutboundCallModel.tenant == order.tenant, same):
                    return stored
            for attempt in order.attempts:
                await check_limits(session, order.tenant, order.key_id, attempt, limits)
            await session.execute(insert(OutboundCallModel).values(**order_row(order)))
            for attempt in order.attempts:
                await session.execute(insert(OutboundAttemptModel).values(**attempt_row(order, attempt)))
        return order

    async def begin(self, order_id: str, attempt: Attempt, limits: DialLimits) -> OutboundCall | None:
        """Begin an attempt of an order that is due, within the limits; see the port."""
        async with self._beginning, self._database.writing() as session:
            whose = await _whose(session, order_id)
            if whose is None:
                return None
            tenant, campaign_id = whose
            await hold_tenant(session, tenant)
            if campaign_id is not None and not await _is_to_go_on(session, campaign_id, attempt.at):
                return None
            due = OutboundCallModel.due_at <= attempt.at
            order = await _find(session, OutboundCallModel.id == order_id, _WAITS, due)
            if order is None:
                return None
            await check_limits(session, tenant, order.key_id, attempt, limits)
            begun = order.begun(attempt)
            await session.execute(insert(OutboundAttemptModel).values(**attempt_row(begun, attempt)))
            await _save(session, order, begun)
        return begun

    async def change(self, order_id: str, change: Change) -> OutboundCall:
        """Change an order; see the port."""
        async with self._database.writing() as session:
            order = await _find(session, OutboundCallModel.id == order_id)
            if order is None:
                raise _not_found()
            return await _save(session, order, change(order))

    async def change_of(self, reference: str, change: Change) -> OutboundCall | None:
        """Change the order that has an attempt; see the port."""
        of_attempt = select(OutboundAttemptModel.order_id).where(OutboundAttemptModel.reference == reference)
        async with self._database.writing() as session:
            order_id = await session.scalar(of_attempt)
            order = None if order_id is None else await _find(session, OutboundCallModel.id == order_id)
            if order is None:
                return None
            return await _save(session, order, change(order))

    async def get(self, tenant: str, order_id: str) -> OutboundSummary:
        """Return an order that a key has given. Raises ``NotFoundError``."""
        query = select(OutboundCallModel).where(
            OutboundCallModel.tenant == tenant, OutboundCallModel.id == order_id, _IS_ORDERED
        )
        async with self._database.reading() as session:
            found = await summaries_of(session, (await session.scalars(query)).all())
        if not found:
            raise _not_found()
        return found[0]

    async def page(
        self, tenant: str, *, where: OutboundFilter, limit: int, cursor: str | None = None
    ) -> OutboundPage:
        """Return some orders; those of a campaign in the order of their contacts. See the port."""
        query = (
            select(OutboundCallModel)
            .where(OutboundCallModel.tenant == tenant, _IS_ORDERED, *_matching(where))
            .order_by(OutboundCallModel.created_at.desc(), OutboundCallModel.position, OutboundCallModel.id)
            .limit(limit + 1)
        )
        if cursor is not None:
            query = query.where(OutboundCursor.parse(cursor).is_after())
        async with self._database.reading() as session:
            rows = (await session.scalars(query)).all()
            items = await summaries_of(session, rows[:limit])
        last = rows[limit - 1] if len(rows) > limit else None
        return OutboundPage(items, None if last is None else str(OutboundCursor.at(last)))

    async def due(self, now: int, *, limit: int) -> list[OutboundCall]:
        """Return orders outside campaigns that wait to be dialled, longest first."""
        query = (
            select(OutboundCallModel)
            .where(_WAITS, OutboundCallModel.campaign_id.is_(None), OutboundCallModel.due_at <= now)
            .order_by(OutboundCallModel.due_at, OutboundCallModel.id)
            .limit(limit)
        )
        async with self._database.reading() as session:
            return await orders_of(session, (await session.scalars(query)).all())

    async def abandoned(self, own: str, before: int) -> list[OutboundCall]:
        """Return orders whose dialling nobody carries on; see the port."""
        is_old = OutboundAttemptModel.at < before
        others = OutboundAttemptModel.process != own
        query = _with_attempt(
            OutboundAttemptModel.ended_at.is_(None),
            OutboundAttemptModel.status == OutboundStatus.DIALLING.value,
            OutboundAttemptModel.carrier_call_id == "",
            or_(is_old, others) if self._database.is_sqlite else is_old,
        )
        async with self._database.reading() as session:
            return await orders_of(session, (await session.scalars(query)).all())

    async def under_way(self) -> list[OutboundSummary]:
        """Return the orders with an attempt that has no end."""
        query = _with_attempt(OutboundAttemptModel.ended_at.is_(None))
        async with self._database.reading() as session:
            return await summaries_of(session, (await session.scalars(query)).all())


async def _whose(session: AsyncSession, order_id: str) -> tuple[str, str | None] | None:
    """Return the tenant and the campaign of an order, None if there is none."""
    query = select(OutboundCallModel.tenant, OutboundCallModel.campaign_id)
    row = (await session.execute(query.where(OutboundCallModel.id == order_id))).first()
    return None if row is None else (row.tenant, row.campaign_id)


async def _is_to_go_on(session: AsyncSession, campaign_id: str, at: int) -> bool:
    """Whether a campaign runs, which it then does until the transaction ends. Raises ``LimitError`` if its
    next call is not due."""
    campaign = await session.get_one(CampaignModel, campaign_id, with_for_update=True)
    if campaign.status != CampaignStatus.RUNNING.value:
        return False
    await check_pace(session, campaign, at)
    return True


async def _find(session: AsyncSession, *where: ColumnElement[bool]) -> OutboundCall | None:
    """Return an order, which nobody else changes until the transaction ends."""
    row = await session.scalar(select(OutboundCallModel).where(*where).with_for_update())
    return None if row is None else (await orders_of(session, [row]))[0]


async def _save(session: AsyncSession, before: OutboundCall, after: OutboundCall) -> OutboundCall:
    """Store what has changed of an order, but for an attempt that is new."""
    if changed_columns(before) != changed_columns(after):
        query = update(OutboundCallModel).where(OutboundCallModel.id == after.id)
        await session.execute(query.values(**changed_columns(after)))
    for old, new in zip(before.attempts, after.attempts, strict=False):
        if old != new:
            attempt = update(OutboundAttemptModel).where(OutboundAttemptModel.reference == new.reference)
            await session.execute(attempt.values(**attempt_row(after, new)))
    return after


def _with_attempt(*where: ColumnElement[bool]) -> Select[OutboundCallModel]:
    attempts = select(OutboundAttemptModel.order_id).where(*where)
    return select(OutboundCallModel).where(OutboundCallModel.id.in_(attempts)).order_by(OutboundCallModel.id)


def _matching(where: OutboundFilter) -> Sequence[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if where.status is not None:
        narrowed.append(OutboundCallModel.status == where.status.value)
    if where.agent_id is not None:
        narrowed.append(OutboundCallModel.agent_id == where.agent_id)
    if where.campaign_id is not None:
        narrowed.append(OutboundCallModel.campaign_id == where.campaign_id)
    if where.in_campaign is not None:
        narrowed.append(OutboundCallModel.campaign_id.is_(None) != where.in_campaign)
    return narrowed


def _not_found() -> NotFoundError:
    return NotFoundError("There is no such call.")
