"""What carriers tell about calls: in any order, twice, late, and about calls that nobody knows."""

from __future__ import annotations

import asyncio
from itertools import permutations

import pytest

from backend.application.services.telephony.phone_calls import PhoneCalls
from backend.domain.entities.call import Direction, EndCause
from backend.domain.ports.channel_port import AnsweredBy, LineClosed
from backend.domain.ports.telephony_port import (
    AnswererTold,
    CallAnswered,
    CallProgressed,
    CarrierStatus,
    Connect,
    HangUpCall,
    NoInstruction,
)
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.answerer import Answerer
from tests.support.telephone_desk import AGENT, CALL, CARRIER, MADRID, Desk, ToldLine
from tests.support.virtual_time import run_virtual

ENDS = [status for status in CarrierStatus if status.is_end]


class Orders:
    """``OutboundEvents`` that remember; ``grant`` is for whoever answers."""

    def __init__(self, grant: PhoneGrant | None = None) -> None:
        self.grant = grant
        self.told: list[tuple[str, object]] = []

    async def answered(self, reference: str, carrier_call_id: str) -> PhoneGrant | None:
        self.told.append((reference, carrier_call_id))
        await asyncio.sleep(0.01)
        return self.grant

    async def progressed(self, reference: str, status: CarrierStatus) -> None:
        self.told.append((reference, status))

    async def answerer(self, reference: str, answerer: Answerer) -> None:
        self.told.append((reference, answerer))


@pytest.mark.parametrize("status", list(CarrierStatus))
def test_a_call_that_nobody_knows_is_not_made_by_being_told_of(status: CarrierStatus) -> None:
    async def scene() -> None:
        desk = Desk()
        assert await desk.told(CallProgressed(CALL, status)) == NoInstruction()
        assert await desk.told(AnswererTold(CALL, Answerer.HUMAN, True)) == NoInstruction()
        assert (len(desk.calls), len(desk.registry)) == (0, 0)

    run_virtual(scene())


def test_however_its_statuses_come_a_call_ends_once() -> None:
    async def scene() -> None:
        statuses = (CarrierStatus.RINGING, CarrierStatus.ANSWERED, CarrierStatus.COMPLETED)
        for order in permutations(statuses * 2):
            desk, line = Desk(), ToldLine()
            await desk.connected()
            phone = desk.calls.of(CARRIER, CALL)
            with phone.on(line.live):
                for number, status in enumerate(order):
                    told = await desk.told(CallProgressed(CALL, status, sequence=number))
                    assert told == NoInstruction()
            assert line.told == [LineClosed(EndCause.CALLER_HUNG_UP)]
            assert len(desk.registry) == 0

    run_virtual(scene())


@pytest.mark.parametrize("status", ENDS)
def test_an_end_ends_a_call_whose_socket_hangs(status: CarrierStatus) -> None:
    async def scene() -> None:
        desk, line = Desk(), ToldLine()
        await desk.connected()
        with desk.calls.of(CARRIER, CALL).on(line.live):
            await desk.told(CallProgressed(CALL, status))
        assert line.told == [LineClosed(EndCause.CALLER_HUNG_UP)]

    run_virtual(scene())


OUTBOUND = PhoneGrant(
    tenant="home",
    agent_id=AGENT.id,
    carrier=CARRIER,
    carrier_call_id=CALL,
    direction=Direction.OUTBOUND,
    caller=MADRID.value,
    called="+34600000009",
    order_id="order",
)


def test_whom_we_called_is_connected_once_as_their_order_says() -> None:
    async def scene() -> None:
        orders = Orders(OUTBOUND)
        desk = Desk(outbound=orders)
        answered = CallAnswered(CALL, "order1")
        async with asyncio.TaskGroup() as group:
            both = [group.create_task(desk.told(answered)) for _ in range(2)]
        first, second = (each.result() for each in both)
        assert isinstance(first, Connect)
        assert first == second
        assert await desk.tickets.redeem(first.ticket) == OUTBOUND
        assert orders.told == [("order1", CALL)]
        desk.calls.close()

    run_virtual(scene())


@pytest.mark.parametrize("orders", [None, Orders(None)], ids=["no orders", "cancelled"])
def test_a_call_that_is_wanted_no_more_is_hung_up_when_it_is_answered(orders: Orders | None) -> None:
    async def scene() -> None:
        desk = Desk(outbound=orders)
        for _ in range(2):
            assert await desk.told(CallAnswered(CALL, "order1")) == HangUpCall()
        assert len(desk.registry) == 0

    run_virtual(scene())


def test_orders_are_told_what_becomes_of_their_calls_answered_or_not() -> None:
    async def scene() -> None:
        orders = Orders(OUTBOUND)
        desk = Desk(outbound=orders)
        await desk.told(CallProgressed(CALL, CarrierStatus.RINGING, "order1"))
        await desk.told(CallProgressed(CALL, CarrierStatus.BUSY, "order1"))
        await desk.told(CallProgressed("AC2", CarrierStatus.COMPLETED))  # of a caller: no order
        assert orders.told == [("order1", CarrierStatus.RINGING), ("order1", CarrierStatus.BUSY)]
        assert len(desk.calls) == 0

    run_virtual(scene())


def test_who_answered_is_told_to_the_line_even_if_that_is_not_there_yet() -> None:
    async def scene() -> None:
        orders, line = Orders(OUTBOUND), ToldLine()
        desk = Desk(outbound=orders)
        await desk.connected(CallAnswered(CALL, "order1"))
        await desk.told(AnswererTold(CALL, Answerer.MACHINE, False))
        with desk.calls.of(CARRIER, CALL).on(line.live):
            assert line.told == [AnsweredBy(Answerer.MACHINE, False)]
            await desk.told(AnswererTold(CALL, Answerer.MACHINE, True))
            assert line.told[1:] == [AnsweredBy(Answerer.MACHINE, True)]
        assert orders.told[1:] == [("order1", Answerer.MACHINE)] * 2
        desk.calls.close()

    run_virtual(scene())


def test_what_is_remembered_of_calls_is_bounded_in_number_and_in_time() -> None:
    async def scene() -> None:
        desk, line = Desk(), ToldLine()
        calls = PhoneCalls(desk.clock, most=3)
        with calls.of(CARRIER, "live").on(line.live):
            for number in range(10):
                calls.of(CARRIER, f"AC{number}")
            assert len(calls) <= 4
            assert calls.known(CARRIER, "live") is not None
            assert calls.known(CARRIER, "AC0") is None
            assert calls.known(CARRIER, "AC9") is not None
        await asyncio.sleep(4 * 3_600 + 1)
        calls.of(CARRIER, "new")
        assert len(calls) == 1

    run_virtual(scene())
