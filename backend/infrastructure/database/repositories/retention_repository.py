"""How long tenants keep their calls, and which calls are older than that, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, CursorResult, delete, exists, literal, select, tuple_

from backend.domain.entities.call import CallStatus
from backend.domain.entities.campaign import CampaignStatus
from backend.domain.entities.outbound_call import OutboundStatus
from backend.domain.ports.retention_port import OldCall
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.retention import Retention
from backend.infrastructure.database.models import CallModel, RetentionModel
from backend.infrastructure.database.outbound_models import CampaignModel, OutboundCallModel
from backend.infrastructure.database.session import Database

_ENDED_ORDERS: Final = [status.value for status in OutboundStatus if status.is_end]
_ENDED_CAMPAIGNS: Final = [status.value for status in CampaignStatus if status.is_end]


class SqlRetentionRepository:
    """Implements ``RetentionRepository``."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def all(self) -> dict[str, Retention]:
        """Return the wishes of all tenants that have one, by tenant."""
        async with self._database.reading() as session:
            rows = await session.scalars(select(RetentionModel).order_by(RetentionModel.tenant))
            return {row.tenant: _retention(row) for row in rows}

    async def get(self, tenant: str) -> Retention:
        """Return the tenant's wish; without one, everything is kept."""
        async with self._database.reading() as session:
            row = await session.get(RetentionModel, tenant)
        return Retention() if row is None else _retention(row)

    async def put(self, tenant: str, retention: Retention) -> None:
        """Replace the tenant's wish."""
        wish = RetentionModel(tenant=tenant, days=retention.days, recordings_days=retention.recordings_days)
        async with self._database.writing() as session:
            await session.merge(wish)


class SqlOldCalls:
    """Implements ``OldCalls``."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def tenants(self) -> list[str]:
        """Return the tenants that have calls."""
        async with self._database.reading() as session:
            return list(await session.scalars(select(CallModel.tenant).distinct().order_by(CallModel.tenant)))

    async def before(
        self, tenant: str, instant: int, *, after: OldCall | None = None, limit: int
    ) -> list[OldCall]:
        """Return calls that began before ``instant`` (Unix milliseconds), oldest first, those after ``after``
        only."""
        query = (
            select(CallModel.started_at, CallModel.id)
            .where(*_over(tenant, instant))
            .order_by(CallModel.started_at, CallModel.id)
            .limit(limit)
        )
        if after is not None:
            position = tuple_(literal(after.started_at), literal(after.id.value))
            query = query.where(tuple_(CallModel.started_at, CallModel.id) > position)
        async with self._database.reading() as session:
            return [OldCall(started_at, CallId(id_)) for started_at, id_ in await session.execute(query)]

    async def among(self, tenant: str, call_ids: Sequence[CallId], *, instant: int) -> list[CallId]:
        """Return those of ``call_ids`` that are calls of the tenant and began before ``instant``."""
        query = select(CallModel.id).where(
            CallModel.id.in_([call_id.value for call_id in call_ids]), *_over(tenant, instant)
        )
        async with self._database.reading() as session:
            return [CallId(id_) for id_ in await session.scalars(query)]

    async def drop_orders(self, tenant: str, instant: int) -> int:
        """Delete ended orders from before ``instant``, and campaigns that are over; see the port."""
        orders = delete(OutboundCallModel).where(
            OutboundCallModel.tenant == tenant,
            OutboundCallModel.created_at < instant,
            OutboundCallModel.status.in_(_ENDED_ORDERS),
        )
        campaigns = delete(CampaignModel).where(
            CampaignModel.tenant == tenant,
            CampaignModel.created_at < instant,
            CampaignModel.status.in_(_ENDED_CAMPAIGNS),
            ~exists().where(OutboundCallModel.campaign_id == CampaignModel.id),
        )
        async with self._database.writing() as session:
            gone = cast("CursorResult[Any]", await session.execute(orders))
            await session.execute(campaigns)
        return gone.rowcount


def _over(tenant: str, instant: int) -> tuple[ColumnElement[bool], ...]:
    return (
        CallModel.tenant == tenant,
        CallModel.started_at < instant,
        CallModel.status != CallStatus.LIVE.value,
    )


def _retention(row: RetentionModel) -> Retention:
    return Retention(row.days, row.recordings_days)
