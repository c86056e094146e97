"""Reading orders: with their attempts, with the calls they led to, and page by page."""

from __future__ import annotations

import base64
import binascii
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.domain.entities.outbound_call import OutboundCall
from backend.domain.errors import CallerError
from backend.domain.ports.outbound_port import OutboundSummary
from backend.domain.value_objects.call_id import CallId
from backend.infrastructure.database.models import CallModel
from backend.infrastructure.database.outbound_models import OutboundAttemptModel, OutboundCallModel
from backend.infrastructure.database.repositories.outbound_rows import order_from

_PLAIN: Final = re.compile(rb"([0-9]{1,16}):([0-9]{1,9}):([0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class OutboundCursor:
    """Where a page has ended."""

    created_at: int
    position: int
    order_id: str

    @classmethod
    def at(cls, row: OutboundCallModel) -> Self:
        """Return the cursor of a page that ends with ``row``."""
        return cls(row.created_at, row.position, row.id)

    @classmethod
    def parse(cls, opaque: str) -> Self:
        """Return the cursor that ``str`` wrote. Raises ``CallerError`` (``bad-cursor``) on anything else."""
        try:
            plain = base64.b64decode(opaque + "=" * (-len(opaque) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            plain = b""
        match = _PLAIN.fullmatch(plain)
        if match is None:
            raise CallerError("The cursor is not one of ours; start from the first page.", code="bad-cursor")
        return cls(int(match[1]), int(match[2]), match[3].decode())

    def __str__(self) -> str:
        plain = f"{self.created_at}:{self.position}:{self.order_id}".encode()
        return base64.urlsafe_b64encode(plain).decode().rstrip("=")

    def is_after(self) -> ColumnElement[bool]:
        """Return what holds for the rows of the next pages."""
        row = OutboundCallModel
        same_time = row.created_at == self.created_at
        return or_(
            row.created_at < self.created_at,
            and_(same_time, row.position > self.position),
            and_(same_time, row.position == self.position, row.id > self.order_id),
        )


async def orders_of(session: AsyncSession, rows: Sequence[OutboundCallModel]) -> list[OutboundCall]:
    """Return the orders of ``rows``, with their attempts."""
    query = (
        select(OutboundAttemptModel)
        .where(OutboundAttemptModel.order_id.in_([row.id for row in rows]))
        .order_by(OutboundAttemptModel.at, OutboundAttemptModel.reference)
    )
    attempts: dict[str, list[OutboundAttemptModel]] = defaultdict(list)
    if rows:
        for attempt in await session.scalars(query):
            attempts[attempt.order_id].append(attempt)
    return [order_from(row, attempts[row.id]) for row in rows]


async def summaries_of(session: AsyncSession, rows: Sequence[OutboundCallModel]) -> list[OutboundSummary]:
    """Return the orders of ``rows``, with the first conversation in the last call that was placed."""
    orders = await orders_of(session, rows)
    last = {
        (order.tenant, order.carrier, order.attempts[-1].carrier_call_id): order.id
        for order in orders
        if order.attempts and order.attempts[-1].carrier_call_id
    }
    calls: dict[str, CallId] = {}
    if last:
        query = (
            select(CallModel.id, CallModel.tenant, CallModel.carrier, CallModel.carrier_call_id)
            .where(
                CallModel.carrier_call_id.in_([carrier_call_id for _, _, carrier_call_id in last]),
                CallModel.carrier_call_id != "",  # as the index says of itself
            )
            .order_by(CallModel.started_at.desc())
        )
        for call_id, tenant, carrier, carrier_call_id in await session.execute(query):
            if order_id := last.get((tenant, carrier, carrier_call_id)):
                calls[order_id] = CallId(call_id)
    return [OutboundSummary(order, calls.get(order.id)) for order in orders]
