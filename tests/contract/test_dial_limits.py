"""The limits of dialling hold for everybody at once: parallel requests, and processes beside one another."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from backend.domain.entities.campaign import CampaignStatus
from backend.domain.entities.outbound_call import NO_KEY, OutboundCall, OutboundStatus
from backend.domain.errors import LimitError, NotFoundError
from backend.domain.ports.outbound_port import DialLimits, OutboundFilter
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlCampaigns,
    SqlOutboundCalls,
)
from backend.infrastructure.database.session import Database
from tests.support.outbound_orders import (
    AMPLE,
    NOW,
    a_campaign,
    a_dialling_order,
    an_attempt,
    an_order,
)
from tests.support.storage_builders import TENANT

pytest_plugins = ["tests.support.storage_fixtures"]

ROOT = Path(__file__).parents[2]
TEN_A_MINUTE = replace(AMPLE, per_minute=10)
TEN_AT_ONCE = replace(AMPLE, at_once=10)
TEN_CALLS_A_DAY = replace(AMPLE, minutes_per_day=100)  # of ten minutes each
TEN_OF_A_KEY = replace(AMPLE, per_minute_of_key=10)


@pytest.fixture
def orders(storage: Database) -> SqlOutboundCalls:
    return SqlOutboundCalls(storage)


async def is_placed(orders: SqlOutboundCalls, order: OutboundCall, limits: DialLimits) -> str | None:
    """Return the code of the limit that refuses ``order``, None if it is placed."""
    try:
        await orders.add(order, limits)
    except LimitError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (TEN_A_MINUTE, "calls-per-minute"),
        (TEN_OF_A_KEY, "key-calls-per-minute"),
        (TEN_AT_ONCE, "calls-at-once"),
        (TEN_CALLS_A_DAY, "minutes-per-day"),
    ],
)
async def test_of_a_hundred_requests_at_once_ten_are_placed(
    orders: SqlOutboundCalls, limits: DialLimits, code: str
) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(is_placed(orders, a_dialling_order(), limits)) for _ in range(100)]
    answers = [task.result() for task in tasks]
    assert answers.count(None) == 10
    assert answers.count(code) == 90
    page = await orders.page(TENANT, where=OutboundFilter(), limit=200)
    assert len(page.items) == 10


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (TEN_A_MINUTE, "calls-per-minute"),
        (TEN_AT_ONCE, "calls-at-once"),
        (TEN_CALLS_A_DAY, "minutes-per-day"),
    ],
)
async def test_transfers_and_orders_at_once_share_the_limits(
    orders: SqlOutboundCalls, limits: DialLimits, code: str
) -> None:
    key_ids = [NO_KEY, "k" * 32] * 25
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(is_placed(orders, a_dialling_order(key_id=key_id), limits))
            for key_id in key_ids
        ]
    answers = [task.result() for task in tasks]
    assert answers.count(None) == 10
    assert answers.count(code) == 40
    placed = {key_id for key_id, answer in zip(key_ids, answers, strict=True) if answer is None}
    assert placed == {NO_KEY, "k" * 32}


async def test_transfers_are_of_no_key_and_no_list(orders: SqlOutboundCalls) -> None:
    limits = replace(AMPLE, per_minute_of_key=1, at_once=3)
    legs = [a_dialling_order(key_id=NO_KEY) for _ in range(2)]
    for leg in legs:
        assert await is_placed(orders, leg, limits) is None
    order = a_dialling_order()
    assert await is_placed(orders, order, limits) is None
    assert await is_placed(orders, a_dialling_order(key_id=NO_KEY), limits) == "calls-at-once"
    page = await orders.page(TENANT, where=OutboundFilter(), limit=200)
    assert [item.order.id for item in page.items] == [order.id]
    with pytest.raises(NotFoundError):
        await orders.get(TENANT, legs[0].id)
    assert {summary.order.id for summary in await orders.under_way()} == {order.id, *(leg.id for leg in legs)}


def test_processes_share_the_limits(storage_url: str, tmp_path: Path) -> None:
    """Two processes, fifty requests each, in parallel: the limit is ten."""
    program = ROOT / "tests" / "support" / "dialling_process.py"
    subprocess.run([sys.executable, program, storage_url, "migrate"], cwd=ROOT, check=True, env=environment())
    running = [
        subprocess.Popen(
            [sys.executable, program, storage_url, f"{prefix}"],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for prefix in ("a", "b")
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    placed = [int(process.communicate(timeout=30)[0]) for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert sum(placed) == 10


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}


async def test_a_limit_is_of_one_tenant_and_one_key(orders: SqlOutboundCalls) -> None:
    limits = replace(AMPLE, per_minute=2, per_minute_of_key=1)
    assert await is_placed(orders, a_dialling_order(), limits) is None
    assert await is_placed(orders, a_dialling_order(), limits) == "key-calls-per-minute"
    assert await is_placed(orders, a_dialling_order(key_id="l" * 32), limits) is None
    assert await is_placed(orders, a_dialling_order(key_id="m" * 32), limits) == "calls-per-minute"
    assert await is_placed(orders, a_dialling_order(tenant="others"), limits) is None


async def test_a_minute_is_any_sixty_seconds(orders: SqlOutboundCalls) -> None:
    for at in (NOW, NOW + 30_000):
        await orders.add(an_order().begun(an_attempt(at=at)), AMPLE)
    limits = replace(AMPLE, per_minute=2)
    with pytest.raises(LimitError) as caught:
        await orders.add(an_order().begun(an_attempt(at=NOW + 59_000)), limits)
    assert caught.value.retry_after_ms == 1_000
    await orders.add(an_order().begun(an_attempt(at=NOW + 60_000)), limits)


async def test_what_waits_for_its_time_takes_nothing(orders: SqlOutboundCalls) -> None:
    none = DialLimits(0, 0, 0, 0)
    await orders.add(an_order(due_at=NOW + 1), none)


async def test_a_call_that_is_over_leaves_its_place_and_its_minutes(orders: SqlOutboundCalls) -> None:
    limits = replace(AMPLE, at_once=1, minutes_per_day=12)
    order = a_dialling_order()
    reference = order.attempts[0].reference
    await orders.add(order, limits)
    assert await is_placed(orders, a_dialling_order(), limits) == "calls-at-once"
    await orders.change(
        order.id,
        lambda each: each.told(reference, OutboundStatus.LIVE, NOW + 10_000).told(
            reference, OutboundStatus.COMPLETED, NOW + 71_000
        ),
    )
    # It spoke for 61 s: two begun minutes of twelve, and there are ten for the next.
    assert await is_placed(orders, a_dialling_order(), limits) is None
    second = replace(AMPLE, minutes_per_day=12)
    assert await is_placed(orders, a_dialling_order(), second) == "minutes-per-day"


async def test_a_day_begins_at_midnight(orders: SqlOutboundCalls) -> None:
    limits = replace(AMPLE, minutes_per_day=10)
    midnight = NOW - NOW % 86_400_000 + 86_400_000
    await orders.add(an_order().begun(an_attempt(at=midnight - 1)), limits)
    with pytest.raises(LimitError) as caught:
        await orders.add(an_order().begun(an_attempt(at=midnight - 1)), limits)
    assert caught.value.retry_after_ms == 1
    await orders.add(an_order().begun(an_attempt(at=midnight)), limits)


async def test_a_campaign_keeps_its_pace(orders: SqlOutboundCalls, storage: Database) -> None:
    campaign = a_campaign(calls_per_minute=20, at_once=2)
    contacts = [an_order(campaign_id=campaign.id) for _ in range(4)]
    campaigns = SqlCampaigns(storage)
    await campaigns.add(campaign, contacts)

    async def begin(at: int) -> object:
        contact = await campaigns.next_due(campaign.id, at)
        assert contact is not None
        try:
            await orders.begin(contact.id, an_attempt(at=at), AMPLE)
        except LimitError as error:
            return error.code, error.retry_after_ms
        return contact.id

    assert await begin(NOW) == contacts[0].id
    assert await begin(NOW + 1_000) == ("campaign-pace", 2_000)  # every three seconds
    assert await begin(NOW + 3_000) == contacts[1].id
    assert await begin(NOW + 6_000) == ("campaign-pace", 10_000)  # two at once
    await campaigns.become(TENANT, campaign.id, CampaignStatus.PAUSED, NOW)
    assert await orders.begin(contacts[2].id, an_attempt(at=NOW + 99_000), AMPLE) is None
