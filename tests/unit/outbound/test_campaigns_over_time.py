"""Campaigns: their pace, their hours, pausing and stopping, retries, restarts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.application.services.telephony.outbound.campaigning import CampaignSummary, CampaignWish
from backend.application.services.telephony.outbound.contacts import Contact
from backend.domain.entities.campaign import CampaignStatus
from backend.domain.entities.outbound_call import OutboundStatus
from backend.domain.errors import ConflictError
from backend.domain.ports.telephony_port import CarrierStatus
from backend.domain.value_objects.calling_hours import CallingHours
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.infrastructure.database.session import Database
from tests.support.memory import ManualClock
from tests.support.outbound_orders import ALWAYS, AMPLE, NOW
from tests.support.outbound_rig import OutboundRig, dialling, wired
from tests.support.storage_builders import TENANT

pytest_plugins = ["tests.support.outbound_fixtures"]

PEOPLE = tuple(PhoneNumber(f"+34600000{number:03d}") for number in range(100))
OVER = [CarrierStatus.ANSWERED, CarrierStatus.COMPLETED]


def a_wish(rig: OutboundRig, **changes: Any) -> CampaignWish:
    wish = CampaignWish(
        tenant=TENANT,
        key_id="k" * 32,
        name="Recordatorios",
        agent_id=rig.agent_id,
        caller_id=None,
        hours=ALWAYS,
        calls_per_minute=6,
        at_once=100,
        max_attempts=1,
        retry_after_s=60,
    )
    return replace(wish, **changes)


async def begun(rig: OutboundRig, people: Sequence[PhoneNumber], **changes: Any) -> CampaignSummary:
    for number in people:
        rig.carrier.exchange.register(number, rig.phones)
    contacts = [Contact(number, {"name": f"P{at}"}) for at, number in enumerate(people)]
    return await rig.campaign_office.create(a_wish(rig, **changes), contacts)


async def now(rig: OutboundRig, campaign: CampaignSummary) -> CampaignSummary:
    return await rig.campaign_office.summary(TENANT, campaign.campaign.id)


async def test_calls_are_placed_evenly_and_in_order(rig: OutboundRig) -> None:
    campaign = await begun(rig, PEOPLE[:12])
    assert campaign.counts == {OutboundStatus.SCHEDULED: 12}
    placed = []
    for _ in range(6):
        await rig.pass_time(10)
        placed.append(len(rig.phones.dialled))
    assert placed == [1, 2, 3, 4, 5, 6]  # one every ten seconds
    await rig.pass_time(60)
    assert [request.to for request in rig.phones.dialled] == list(PEOPLE[:12])


async def test_so_many_are_on_the_line_at_once(rig: OutboundRig) -> None:
    await begun(rig, PEOPLE[:6], at_once=2, calls_per_minute=600)
    await rig.pass_time(30)
    assert len(rig.phones.dialled) == 2
    await rig.tracking.progressed(rig.phones.dialled[0].reference, CarrierStatus.NO_ANSWER)
    await rig.pass_time(15)
    assert len(rig.phones.dialled) == 3


async def test_nobody_is_called_at_night(database: Database) -> None:
    """From Friday, 30 seconds before closing time, to Monday's opening; clocks change in that night."""
    zone = CallingHours("Europe/Madrid")
    friday = datetime(2026, 10, 23, 17, 59, 30, tzinfo=UTC)  # 19:59:30 in Madrid
    clock = ManualClock(round(friday.timestamp() * 1_000))
    async with dialling(wired(database, clock=clock)) as rig:
        rig.phones.script = [list(OVER) for _ in range(20)]
        await begun(rig, PEOPLE[:20], hours=zone)
        dialled_at: list[str] = []
        for _ in range(100):
            await rig.pass_time(10)
            if len(rig.phones.dialled) > len(dialled_at):
                dialled_at.append(f"{datetime.fromtimestamp(clock.wall_ms() / 1_000, UTC):%a %H:%M:%S}")
        assert dialled_at == ["Fri 17:59:40", "Fri 17:59:50", "Fri 18:00:00"]
        monday = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)  # 09:00 in Madrid, in winter time
        clock.advance(monday.timestamp() - clock.wall_ms() / 1_000 - 10)
        assert await rig.runner.turn() <= 10_000
        assert len(rig.phones.dialled) == 3
        await rig.pass_time(20)
        assert len(rig.phones.dialled) == 4


async def test_a_pause_lets_nobody_be_called_until_it_is_over(rig: OutboundRig) -> None:
    campaign = await begun(rig, PEOPLE[:4])
    await rig.pass_time(10)
    office, campaign_id = rig.campaign_office, campaign.campaign.id
    await office.become(TENANT, campaign_id, CampaignStatus.PAUSED)
    await rig.pass_time(300)
    assert len(rig.phones.dialled) == 1
    await office.become(TENANT, campaign_id, CampaignStatus.RUNNING)
    await rig.pass_time(40)
    assert len(rig.phones.dialled) == 4


async def test_after_a_stop_nobody_is_dialled_and_live_calls_go_on(rig: OutboundRig) -> None:
    rig.phones.script = [[CarrierStatus.ANSWERED], [CarrierStatus.RINGING], list(OVER)]
    campaign = await begun(rig, PEOPLE[:5], max_attempts=3)
    await rig.pass_time(30)
    stopped = await rig.campaign_office.become(TENANT, campaign.campaign.id, CampaignStatus.STOPPED)
    assert stopped.counts == {
        OutboundStatus.LIVE: 1,
        OutboundStatus.RINGING: 1,
        OutboundStatus.COMPLETED: 1,
        OutboundStatus.CANCELLED: 2,
    }
    assert rig.phones.hung_up == []
    await rig.tracking.progressed(rig.phones.dialled[1].reference, CarrierStatus.BUSY)  # not tried again
    await rig.pass_time(600)
    assert len(rig.phones.dialled) == 3
    assert (await now(rig, campaign)).counts[OutboundStatus.BUSY] == 1
    for status in (CampaignStatus.RUNNING, CampaignStatus.PAUSED):
        with pytest.raises(ConflictError) as caught:
            await rig.campaign_office.become(TENANT, campaign.campaign.id, status)
        assert caught.value.code == "campaign-over"


async def test_who_was_busy_is_called_again_within_the_hours(database: Database) -> None:
    hours = CallingHours("Etc/UTC", (1, 2, 3, 4, 5, 6, 7), 22 * 60, 22 * 60 + 14)  # until 40 s from now
    async with dialling(wired(database)) as rig:
        rig.phones.script = [[CarrierStatus.BUSY], list(OVER)]
        campaign = await begun(rig, PEOPLE[:1], hours=hours, max_attempts=2, retry_after_s=60)
        await rig.pass_time(300)
        assert len(rig.phones.dialled) == 1  # the second time would be after closing
        tomorrow = NOW - NOW % 86_400_000 + 86_400_000 + 22 * 3_600_000
        rig.clock.advance((tomorrow - rig.clock.wall_ms()) / 1_000)
        await rig.pass_time(20)
        assert len(rig.phones.dialled) == 2
        assert (await now(rig, campaign)).campaign.status is CampaignStatus.FINISHED


async def test_a_campaign_is_finished_when_all_its_calls_are(rig: OutboundRig) -> None:
    rig.phones.script = [list(OVER), [CarrierStatus.BUSY], [CarrierStatus.RINGING]]
    campaign = await begun(rig, PEOPLE[:3])
    await rig.pass_time(60)
    assert (await now(rig, campaign)).campaign.status is CampaignStatus.RUNNING
    await rig.tracking.progressed(rig.phones.dialled[2].reference, CarrierStatus.NO_ANSWER)
    await rig.pass_time(10)
    finished = await now(rig, campaign)
    assert finished.campaign.status is CampaignStatus.FINISHED
    assert finished.counts == {
        OutboundStatus.COMPLETED: 1,
        OutboundStatus.BUSY: 1,
        OutboundStatus.NO_ANSWER: 1,
    }


async def test_a_campaign_waits_for_the_limits_and_is_not_refused(database: Database) -> None:
    async with dialling(wired(database, limits=replace(AMPLE, per_minute=2))) as rig:
        rig.phones.script = [list(OVER) for _ in range(6)]
        campaign = await begun(rig, PEOPLE[:6], calls_per_minute=60)
        placed = []
        for _ in range(3):
            await rig.pass_time(60)
            placed.append(len(rig.phones.dialled))
        assert placed == [2, 4, 6]
        assert (await now(rig, campaign)).counts == {OutboundStatus.COMPLETED: 6}


async def test_a_campaign_goes_on_after_a_restart_at_its_pace(database: Database) -> None:
    clock = ManualClock()
    async with dialling(wired(database, clock=clock)) as rig:
        rig.phones.script = [list(OVER) for _ in range(10)]
        campaign = await begun(rig, PEOPLE[:4], calls_per_minute=1)
        await rig.pass_time(5)
        assert len(rig.phones.dialled) == 1
    after = wired(database, clock=clock, process="after the restart")
    for number in PEOPLE[:4]:
        after.carrier.exchange.register(number, after.phones)
    after.phones.script = [list(OVER) for _ in range(10)]
    async with after.dialler.running():
        await after.pass_time(50)
        assert after.phones.dialled == []
        await after.pass_time(200)
        assert [request.to for request in after.phones.dialled] == list(PEOPLE[1:4])
        assert (await now(after, campaign)).counts == {OutboundStatus.COMPLETED: 4}


async def test_two_processes_share_a_campaign_and_call_everybody_once(database: Database) -> None:
    clock = ManualClock()
    async with dialling(wired(database, clock=clock), *PEOPLE[:10]) as first:
        second = wired(database, clock=clock, process="second")
        for number in PEOPLE[:10]:
            second.carrier.exchange.register(number, second.phones)
        async with second.dialler.running():
            await begun(first, PEOPLE[:10], calls_per_minute=60)
            for _ in range(15):
                for process in (first, second):
                    await process.runner.turn()
                    await process.settled()
                clock.advance(1)
        dialled = [request.to for each in (first, second) for request in each.phones.dialled]
        assert sorted(dialled, key=str) == list(PEOPLE[:10])


async def test_what_is_known_of_a_contact_reaches_the_call(rig: OutboundRig) -> None:
    await begun(rig, PEOPLE[:2])
    await rig.pass_time(20)
    for at, request in enumerate(rig.phones.dialled):
        grant = await rig.tracking.answered(request.reference, rig.phones.calls[request.reference])
        assert grant is not None
        assert grant.variables == {"name": f"P{at}"}
