"""What the repository of orders promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from backend.domain.entities.call import Direction
from backend.domain.entities.outbound_call import OutboundCall, OutboundStatus
from backend.domain.errors import CallerError, ConflictError, NotFoundError
from backend.domain.ports.outbound_port import OutboundCalls, OutboundFilter
from backend.domain.value_objects.answerer import Answerer
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlCampaigns,
    SqlOutboundCalls,
)
from backend.infrastructure.database.session import Database
from tests.support.outbound_orders import AMPLE, NOW, a_campaign, a_dialling_order, an_attempt, an_order
from tests.support.storage_builders import TENANT, a_call

pytest_plugins = ["tests.support.storage_fixtures"]

ALL = OutboundFilter()


@pytest.fixture
def orders(storage: Database) -> OutboundCalls:
    return SqlOutboundCalls(storage)


async def the(orders: OutboundCalls, order: OutboundCall) -> OutboundCall:
    return (await orders.get(order.tenant, order.id)).order


async def test_an_order_comes_back_as_it_was_stored(orders: OutboundCalls) -> None:
    waiting = an_order(
        variables={"name": "José 🙂"}, max_attempts=3, retry_after_s=60, idempotency_key="one", due_at=NOW + 5
    )
    dialling = a_dialling_order()
    for order in (waiting, dialling):
        assert await orders.add(order, AMPLE) == order
        assert await the(orders, order) == order


async def test_an_attempt_is_changed_by_its_reference(orders: OutboundCalls) -> None:
    order = a_dialling_order()
    await orders.add(order, AMPLE)
    reference = order.attempts[0].reference

    changed = await orders.change_of(
        reference,
        lambda each: (
            each.placed(reference, "CA1")
            .told(reference, OutboundStatus.LIVE, NOW + 5)
            .answered_by(reference, Answerer.HUMAN)
        ),
    )

    assert changed is not None
    assert changed.status is OutboundStatus.LIVE
    assert changed.attempts[0].carrier_call_id == "CA1"
    assert changed.attempts[0].answerer is Answerer.HUMAN
    assert await the(orders, order) == changed
    assert await orders.change_of("nobody", lambda each: each) is None


async def test_a_change_that_is_refused_changes_nothing(orders: OutboundCalls) -> None:
    order = a_dialling_order()
    await orders.add(order, AMPLE)
    reference = order.attempts[0].reference
    live = await orders.change(order.id, lambda each: each.told(reference, OutboundStatus.LIVE, NOW))

    with pytest.raises(ConflictError):
        await orders.change(order.id, lambda each: each.cancelled(NOW))

    assert await the(orders, order) == live
    with pytest.raises(NotFoundError):
        await orders.change("0" * 32, lambda each: each)


async def test_an_order_is_begun_once_when_it_is_due(orders: OutboundCalls) -> None:
    order = an_order(due_at=NOW + 1_000)
    await orders.add(order, AMPLE)
    assert await orders.begin(order.id, an_attempt(), AMPLE) is None  # too early
    assert await orders.due(NOW, limit=10) == []
    assert await orders.due(NOW + 1_000, limit=10) == [order]

    async with asyncio.TaskGroup() as group:
        attempts = [an_attempt(at=NOW + 1_000) for _ in range(8)]
        tasks = [group.create_task(orders.begin(order.id, each, AMPLE)) for each in attempts]

    begun = [task.result() for task in tasks if task.result() is not None]
    assert len(begun) == 1
    assert begun[0] == await the(orders, order)
    assert await orders.due(NOW + 1_000, limit=10) == []


async def test_the_same_idempotency_key_places_one_call(orders: OutboundCalls) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(orders.add(a_dialling_order(idempotency_key="bill-7"), AMPLE)) for _ in range(8)
        ]
    assert len({task.result().id for task in tasks}) == 1
    assert len((await orders.page(TENANT, where=ALL, limit=50)).items) == 1
    theirs = a_dialling_order(idempotency_key="bill-7", tenant="others")
    assert await orders.add(theirs, AMPLE) == theirs


async def test_pages_are_newest_first_and_hold_everything_once(orders: OutboundCalls) -> None:
    stored = [an_order(created_at=NOW + number // 2) for number in range(7)]
    for order in stored:
        await orders.add(order, AMPLE)
    await orders.add(an_order(tenant="others"), AMPLE)
    seen: list[OutboundCall] = []
    cursor = None
    while True:
        page = await orders.page(TENANT, where=ALL, limit=3, cursor=cursor)
        seen += [item.order for item in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == sorted(stored, key=lambda each: (-each.created_at, each.id))
    with pytest.raises(CallerError) as caught:
        await orders.page(TENANT, where=ALL, limit=3, cursor="mine")
    assert caught.value.code == "bad-cursor"


async def test_pages_can_leave_out_the_calls_of_campaigns(orders: OutboundCalls, storage: Database) -> None:
    campaign, alone = a_campaign(), an_order()
    of_campaign = an_order(campaign_id=campaign.id)
    await SqlCampaigns(storage).add(campaign, [of_campaign])
    await orders.add(alone, AMPLE)
    for in_campaign, expected in ((True, [of_campaign]), (False, [alone])):
        page = await orders.page(TENANT, where=OutboundFilter(in_campaign=in_campaign), limit=10)
        assert [item.order for item in page.items] == expected
    assert len((await orders.page(TENANT, where=ALL, limit=10)).items) == 2


async def test_pages_can_be_of_one_status_or_agent(orders: OutboundCalls) -> None:
    waiting, dialling = an_order(agent_id="b" * 32), a_dialling_order()
    for order in (waiting, dialling):
        await orders.add(order, AMPLE)
    for where, expected in (
        (OutboundFilter(status=OutboundStatus.DIALLING), dialling),
        (OutboundFilter(agent_id="b" * 32), waiting),
    ):
        page = await orders.page(TENANT, where=where, limit=10)
        assert [item.order for item in page.items] == [expected]


async def test_an_order_knows_the_conversation_that_it_led_to(
    orders: OutboundCalls, storage: Database, tmp_path_factory: pytest.TempPathFactory
) -> None:
    order = a_dialling_order()
    await orders.add(order, AMPLE)
    await orders.change(order.id, lambda each: each.placed(each.attempts[0].reference, "CA1"))
    assert (await orders.get(TENANT, order.id)).call_id is None
    call = replace(a_call(), direction=Direction.OUTBOUND, carrier="acme", carrier_call_id="CA1")
    later = replace(a_call(started_at=call.started_at + 1), carrier="acme", carrier_call_id="CA1")
    elsewhere = replace(a_call(started_at=0), carrier="other", carrier_call_id="CA1")
    async with SqlCallLog(storage, tmp_path_factory.mktemp("log")) as log:
        for each in (later, call, elsewhere):
            await log.open(each)
        assert (await orders.get(TENANT, order.id)).call_id == call.id
        assert [item.call_id for item in await orders.under_way()] == [call.id]


async def test_what_a_dead_process_was_dialling_is_found(orders: OutboundCalls, storage: Database) -> None:
    mine, theirs = an_order().begun(an_attempt()), an_order().begun(an_attempt(process="dead"))
    placed = an_order().begun(replace(an_attempt(process="dead"), carrier_call_id="CA1"))
    old = an_order().begun(an_attempt(at=NOW - 90_000))
    for order in (mine, theirs, placed, old):
        await orders.add(order, AMPLE)
    found = {order.id for order in await orders.abandoned("me", NOW - 60_000)}
    assert found == ({old.id, theirs.id} if storage.is_sqlite else {old.id})


async def test_what_others_ordered_cannot_be_read(orders: OutboundCalls) -> None:
    order = an_order(tenant="others")
    await orders.add(order, AMPLE)
    for order_id in (order.id, "0" * 32):
        with pytest.raises(NotFoundError):
            await orders.get(TENANT, order_id)
