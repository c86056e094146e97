"""What the repository of campaigns promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.entities.campaign import Campaign, CampaignStatus
from backend.domain.entities.outbound_call import OutboundCall, OutboundStatus
from backend.domain.errors import ConflictError, NotFoundError
from backend.domain.ports.outbound_port import Campaigns, OutboundCalls, OutboundFilter
from backend.domain.value_objects.calling_hours import CallingHours
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlCampaigns,
    SqlOutboundCalls,
)
from backend.infrastructure.database.session import Database
from tests.support.outbound_orders import AMPLE, NOW, a_campaign, an_attempt, an_order
from tests.support.storage_builders import TENANT

pytest_plugins = ["tests.support.storage_fixtures"]


@pytest.fixture
def campaigns(storage: Database) -> Campaigns:
    return SqlCampaigns(storage)


@pytest.fixture
def orders(storage: Database) -> OutboundCalls:
    return SqlOutboundCalls(storage)


def contacts_of(campaign: Campaign, number: int) -> list[OutboundCall]:
    return [an_order(campaign_id=campaign.id, max_attempts=3) for _ in range(number)]


async def test_a_campaign_comes_back_as_it_was_stored(campaigns: Campaigns) -> None:
    campaign = a_campaign(
        name="Año nuevo 🙂", hours=CallingHours("Europe/Madrid", (1, 7), 30, 1_440), retry_after_s=60
    )
    await campaigns.add(campaign, [])
    assert await campaigns.get(TENANT, campaign.id) == campaign


async def test_contacts_are_kept_in_order_however_many_they_are(
    campaigns: Campaigns, orders: OutboundCalls
) -> None:
    campaign = a_campaign()
    contacts = contacts_of(campaign, 1_203)  # several statements
    await campaigns.add(campaign, contacts)
    assert await campaigns.counts(TENANT, [campaign.id]) == {campaign.id: {OutboundStatus.SCHEDULED: 1_203}}
    where = OutboundFilter(campaign_id=campaign.id)
    seen: list[str] = []
    cursor = None
    while True:
        page = await orders.page(TENANT, where=where, limit=200, cursor=cursor)
        seen += [item.order.id for item in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == [contact.id for contact in contacts]
    assert await campaigns.next_due(campaign.id, NOW) == contacts[0]
    assert await campaigns.next_due(campaign.id, NOW - 1) is None
    assert await orders.due(NOW, limit=10) == []  # a campaign's calls have a pace of their own


async def test_campaigns_are_listed_newest_first_to_their_tenant(campaigns: Campaigns) -> None:
    older, newer = a_campaign(), a_campaign(created_at=NOW + 1, updated_at=NOW + 1)
    theirs = a_campaign(tenant="others")
    for campaign in (older, newer, theirs):
        await campaigns.add(campaign, [])
    assert await campaigns.all(TENANT) == [newer, older]
    assert {each.id for each in await campaigns.running()} == {older.id, newer.id, theirs.id}
    with pytest.raises(NotFoundError):
        await campaigns.get(TENANT, theirs.id)
    with pytest.raises(NotFoundError):
        await campaigns.become(TENANT, theirs.id, CampaignStatus.STOPPED, NOW)
    assert await campaigns.counts(TENANT, [theirs.id]) == {}


async def test_what_waits_in_a_stopped_campaign_is_cancelled_and_the_rest_ends_with_its_attempt(
    campaigns: Campaigns, orders: OutboundCalls
) -> None:
    campaign, other = a_campaign(), a_campaign()
    waiting, dialling, done = contacts_of(campaign, 3)
    await campaigns.add(campaign, [waiting, dialling, done])
    await campaigns.add(other, contacts_of(other, 1))
    attempt, last = an_attempt(), an_attempt(at=NOW + 60_000)
    await orders.begin(dialling.id, attempt, AMPLE)
    await orders.begin(done.id, last, AMPLE)
    await orders.change(done.id, lambda each: each.told(last.reference, OutboundStatus.COMPLETED, NOW))

    stopped = await campaigns.become(TENANT, campaign.id, CampaignStatus.STOPPED, NOW + 5)

    assert stopped == replace(campaign, status=CampaignStatus.STOPPED, updated_at=NOW + 5)
    cancelled = (await orders.get(TENANT, waiting.id)).order
    assert (cancelled.status, cancelled.cause) == (OutboundStatus.CANCELLED, "stopped")
    assert cancelled.due_at is None
    busy = await orders.change(
        dialling.id, lambda each: each.told(attempt.reference, OutboundStatus.BUSY, NOW)
    )
    assert busy.status is OutboundStatus.BUSY  # for good
    assert (await orders.get(TENANT, done.id)).order.max_attempts == 3
    assert await campaigns.counts(TENANT, [campaign.id, other.id]) == {
        campaign.id: {OutboundStatus.CANCELLED: 1, OutboundStatus.BUSY: 1, OutboundStatus.COMPLETED: 1},
        other.id: {OutboundStatus.SCHEDULED: 1},
    }
    with pytest.raises(ConflictError):
        await campaigns.become(TENANT, campaign.id, CampaignStatus.RUNNING, NOW)
    assert await campaigns.running() == [other]
