"""What tenants wish to keep, and which calls are older than that, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.domain.entities.call import Call
from backend.domain.entities.campaign import CampaignStatus
from backend.domain.ports.retention_port import OldCall, OldCalls, RetentionRepository
from backend.domain.value_objects.retention import Retention
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.outbound_models import CampaignModel, OutboundCallModel
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlCampaigns,
    SqlOldCalls,
    SqlOutboundCalls,
    SqlRetentionRepository,
)
from backend.infrastructure.database.session import Database
from tests.support.outbound_orders import AMPLE, NOW, a_campaign, an_order
from tests.support.storage_builders import TENANT, a_call, an_agent, ended, new_id

pytest_plugins = ["tests.support.storage_fixtures"]


@pytest.fixture
def wishes(storage: Database) -> RetentionRepository:
    return SqlRetentionRepository(storage)


@pytest.fixture
def old_calls(storage: Database) -> OldCalls:
    return SqlOldCalls(storage)


async def keep(storage: Database, folder: Path, *calls: Call, live: tuple[Call, ...] = ()) -> None:
    async with SqlCallLog(storage, folder) as log:
        for call in (*calls, *live):
            await log.open(call)
        for call in calls:
            await log.close(ended(call))


async def test_a_wish_is_kept_and_replaced_and_without_one_everything_stays(
    wishes: RetentionRepository,
) -> None:
    assert await wishes.get(TENANT) == Retention(None, None)
    assert await wishes.all() == {}
    await wishes.put(TENANT, Retention(30, 7))
    await wishes.put("other", Retention(None, 1))
    await wishes.put(TENANT, Retention(None, 3_650))
    assert await wishes.get(TENANT) == Retention(None, 3_650)
    assert await wishes.all() == {TENANT: Retention(None, 3_650), "other": Retention(None, 1)}


@pytest.mark.parametrize("days", [0, -1, 3_651])
def test_a_wish_that_cannot_be_meant_is_refused(days: int) -> None:
    for wish in ({"days": days}, {"recordings_days": days}):
        with pytest.raises(ValueError, match="between 1 and 3650"):
            Retention(**wish)


async def test_old_calls_come_oldest_first_in_pages_and_live_ones_do_not(
    storage: Database, old_calls: OldCalls, tmp_path: Path
) -> None:
    calls = [a_call(started_at=at) for at in (300, 100, 200, 200, 400)]
    foreign = a_call(an_agent(tenant="other"), started_at=50)
    await keep(storage, tmp_path, *calls, foreign, live=(a_call(started_at=60),))
    expected = sorted((call.started_at, call.id.value) for call in calls if call.started_at < 400)

    found: list[OldCall] = []
    while page := await old_calls.before(TENANT, 400, after=found[-1] if found else None, limit=2):
        assert len(page) <= 2
        found += page
    assert [(call.started_at, call.id.value) for call in found] == expected


async def test_of_some_calls_the_old_ones_of_the_tenant_are_told_apart(
    storage: Database, old_calls: OldCalls, tmp_path: Path
) -> None:
    old, young, live = a_call(started_at=100), a_call(started_at=400), a_call(started_at=50)
    foreign = a_call(an_agent(tenant="other"), started_at=50)
    await keep(storage, tmp_path, old, young, foreign, live=(live,))
    asked = [call.id for call in (young, old, live, foreign, a_call())]
    assert await old_calls.among(TENANT, asked, instant=400) == [old.id]
    assert await old_calls.among(TENANT, [], instant=400) == []


async def test_orders_that_have_ended_go_and_campaigns_when_nothing_is_left_of_them(
    old_calls: OldCalls, storage: Database
) -> None:
    orders, campaigns = SqlOutboundCalls(storage), SqlCampaigns(storage)
    over = a_campaign(status=CampaignStatus.FINISHED)
    going_on = a_campaign(status=CampaignStatus.RUNNING)
    cancelled = an_order().cancelled(NOW)
    await campaigns.add(over, [replace(cancelled, id=new_id(), campaign_id=over.id)])
    await campaigns.add(going_on, [replace(cancelled, id=new_id(), campaign_id=going_on.id)])
    waiting, young = an_order(), replace(cancelled, id=new_id(), created_at=NOW + 10)
    foreign = replace(cancelled, id=new_id(), tenant="other")
    for order in (cancelled, waiting, young, foreign):
        await orders.add(order, AMPLE)

    assert await old_calls.drop_orders(TENANT, NOW + 1) == 3

    async with storage.reading() as session:
        left = set(await session.scalars(select(OutboundCallModel.id)))
        assert left == {waiting.id, young.id, foreign.id}
        assert list(await session.scalars(select(CampaignModel.id))) == [going_on.id]
