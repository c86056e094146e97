"""Campaigns in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import func, insert, select, update

from backend.domain.entities.campaign import Campaign, CampaignStatus
from backend.domain.entities.outbound_call import OutboundCall, OutboundStatus
from backend.domain.errors import NotFoundError, StorageError
from backend.domain.ports.outbound_port import Counts
from backend.domain.value_objects.calling_hours import CallingHours
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.infrastructure.database.outbound_models import CampaignModel, OutboundCallModel
from backend.infrastructure.database.repositories.outbound_pages import orders_of
from backend.infrastructure.database.repositories.outbound_rows import order_row
from backend.infrastructure.database.session import Database

_UNDER_WAY: Final = (
    OutboundStatus.DIALLING.value,
    OutboundStatus.RINGING.value,
    OutboundStatus.LIVE.value,
)
_ROWS: Final = 500  # in one statement; databases bound its parameters


class SqlCampaigns:
    """Implements ``Campaigns``."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def add(self, campaign: Campaign, orders: Sequence[OutboundCall]) -> None:
        """Store a campaign with its contacts, wholly or not at all."""
        rows = [order_row(order, position=position) for position, order in enumerate(orders, start=1)]
        async with self._database.writing() as session:
            await session.execute(insert(CampaignModel).values(**_row(campaign)))
            for start in range(0, len(rows), _ROWS):
                await session.execute(insert(OutboundCallModel), rows[start : start + _ROWS])

    async def get(self, tenant: str, campaign_id: str) -> Campaign:
        """Return a campaign. Raises ``NotFoundError``."""
        query = select(CampaignModel).where(CampaignModel.tenant == tenant, CampaignModel.id == campaign_id)
        async with self._database.reading() as session:
            row = await session.scalar(query)
        if row is None:
            raise _not_found()
        return _campaign(row)

    async def all(self, tenant: str) -> list[Campaign]:
        """Return the tenant's campaigns, newest first."""
        query = (
            select(CampaignModel)
            .where(CampaignModel.tenant == tenant)
            .order_by(CampaignModel.created_at.desc(), CampaignModel.id)
        )
        async with self._database.reading() as session:
            return [_campaign(row) for row in await session.scalars(query)]

    async def running(self) -> list[Campaign]:
        """Return the running ones of all tenants."""
        query = select(CampaignModel).where(CampaignModel.status == CampaignStatus.RUNNING.value)
        async with self._database.reading() as session:
            return [_campaign(row) for row in await session.scalars(query.order_by(CampaignModel.id))]

    async def become(self, tenant: str, campaign_id: str, status: CampaignStatus, at: int) -> Campaign:
        """Pause, resume or stop a campaign, or let it finish; see the port."""
        query = select(CampaignModel).where(CampaignModel.tenant == tenant, CampaignModel.id == campaign_id)
        async with self._database.writing() as session:
            row = await session.scalar(query.with_for_update())
            if row is None:
                raise _not_found()
            campaign = _campaign(row).became(status, at)
            row.status, row.updated_at = campaign.status.value, campaign.updated_at
            if status is CampaignStatus.STOPPED:
                own = update(OutboundCallModel).where(OutboundCallModel.campaign_id == campaign_id)
                # First what is under way is not to be tried again: what ends meanwhile, and waits then, is
                # among those that are cancelled next.
                under_way = OutboundCallModel.status.in_(_UNDER_WAY)
                await session.execute(own.where(under_way).values(max_attempts=1))
                waits = OutboundCallModel.status == OutboundStatus.SCHEDULED.value
                cancelled = {"status": OutboundStatus.CANCELLED.value, "cause": "stopped", "due_at": None}
                await session.execute(own.where(waits).values(**cancelled))
        return campaign

    async def counts(self, tenant: str, campaign_ids: Sequence[str]) -> Mapping[str, Counts]:
        """Return how many calls of each campaign have come how far."""
        query = (
            select(OutboundCallModel.campaign_id, OutboundCallModel.status, func.count())
            .where(OutboundCallModel.tenant == tenant, OutboundCallModel.campaign_id.in_(campaign_ids))
            .group_by(OutboundCallModel.campaign_id, OutboundCallModel.status)
        )
        counts: dict[str, dict[OutboundStatus, int]] = defaultdict(dict)
        async with self._database.reading() as session:
            for campaign_id, status, number in await session.execute(query):
                counts[campaign_id or ""][OutboundStatus(status)] = number
        return counts

    async def next_due(self, campaign_id: str, now: int) -> OutboundCall | None:
        """Return the contact to be dialled next, None if none is due."""
        query = (
            select(OutboundCallModel)
            .where(
                OutboundCallModel.campaign_id == campaign_id,
                OutboundCallModel.status == OutboundStatus.SCHEDULED.value,
                OutboundCallModel.due_at <= now,
            )
            .order_by(OutboundCallModel.due_at, OutboundCallModel.position)
            .limit(1)
        )
        async with self._database.reading() as session:
            orders = await orders_of(session, (await session.scalars(query)).all())
        return orders[0] if orders else None


def _row(campaign: Campaign) -> dict[str, object]:
    return {
        "id": campaign.id,
        "tenant": campaign.tenant,
        "key_id": campaign.key_id,
        "name": campaign.name,
        "agent_id": campaign.agent_id,
        "caller_id": campaign.caller_id.value,
        "carrier": campaign.carrier,
        "status": campaign.status.value,
        "calls_per_minute": campaign.calls_per_minute,
        "at_once": campaign.at_once,
        "zone": campaign.hours.zone,
        "weekdays": list(campaign.hours.weekdays),
        "from_minute": campaign.hours.from_minute,
        "to_minute": campaign.hours.to_minute,
        "max_attempts": campaign.max_attempts,
        "retry_after_s": campaign.retry_after_s,
        "created_at": campaign.created_at,
        "updated_at": campaign.updated_at,
    }


def _campaign(row: CampaignModel) -> Campaign:
    try:
        return Campaign(
            id=row.id,
            tenant=row.tenant,
            key_id=row.key_id,
            name=row.name,
            agent_id=row.agent_id,
            caller_id=PhoneNumber(row.caller_id),
            carrier=row.carrier,
            hours=CallingHours(row.zone, tuple(row.weekdays), row.from_minute, row.to_minute),
            created_at=row.created_at,
            updated_at=row.updated_at,
            status=CampaignStatus(row.status),
            calls_per_minute=row.calls_per_minute,
            at_once=row.at_once,
            max_attempts=row.max_attempts,
            retry_after_s=row.retry_after_s,
        )
    except ValueError as error:
        raise StorageError("A stored campaign cannot be read.", code="unreadable", retryable=False) from error


def _not_found() -> NotFoundError:
    return NotFoundError("There is no such campaign.")
