"""The media socket is gone and the caller is not: whether the call goes on, and how often."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from backend.domain.entities.call import Direction, EndCause
from backend.domain.ports.channel_port import Incoming, LineClosed
from backend.domain.ports.telephony_port import (
    Apologise,
    CallProgressed,
    CallUnattended,
    CarrierStatus,
    Connect,
    HangUpCall,
    NoInstruction,
)
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.language import SPANISH
from tests.support.telephone_desk import (
    AGENT,
    CALL,
    CALLER,
    CARRIER,
    MADRID,
    OFFER,
    Desk,
    ToldLine,
    a_phone_call,
)
from tests.support.virtual_time import run_virtual

UNATTENDED = CallUnattended(CALL)
GOES_ON = PhoneGrant(
    tenant="home",
    agent_id=AGENT.id,
    carrier=CARRIER,
    carrier_call_id=CALL,
    direction=Direction.INBOUND,
    caller=CALLER,
    called=MADRID.value,
    continues=CallId("c" * 32),
)
BROKEN_OFF = [EndCause.CONNECTION_LOST, EndCause.PROCESS_DIED]
ENDED = [cause for cause in EndCause if cause not in (*BROKEN_OFF, EndCause.TRANSFERRED)]


class EndingLine(ToldLine):
    """A line that ends some time after it was told that it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.is_closed = asyncio.Event()

    def tell(self, incoming: Incoming) -> None:
        super().tell(incoming)
        self.is_closed.set()


@pytest.mark.parametrize("cause", [None, *BROKEN_OFF])
def test_a_call_whose_process_died_or_whose_line_broke_goes_on(cause: EndCause | None) -> None:
    async def scene() -> None:
        desk = Desk()
        desk.history.calls.append(a_phone_call(desk, cause))
        assert await desk.connected(UNATTENDED) == GOES_ON
        desk.calls.close()

    run_virtual(scene())


def test_two_who_were_connected_are_not_parted_by_late_news_of_our_stream() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.history.calls.append(a_phone_call(desk, EndCause.TRANSFERRED))
        assert await desk.told(UNATTENDED) == NoInstruction()

    run_virtual(scene())


@pytest.mark.parametrize("cause", ENDED)
def test_a_call_that_came_to_an_end_is_hung_up_again(cause: EndCause) -> None:
    async def scene() -> None:
        desk = Desk()
        desk.history.calls.append(a_phone_call(desk, cause))
        assert await desk.told(UNATTENDED) == HangUpCall()
        assert len(desk.registry) == 0

    run_virtual(scene())


def test_a_call_that_broke_off_long_ago_does_not_go_on() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.history.calls.append(a_phone_call(desk))
        await asyncio.sleep(61)
        assert await desk.told(UNATTENDED) == HangUpCall()

    run_virtual(scene())


def test_a_call_that_nobody_knows_is_hung_up() -> None:
    async def scene() -> None:
        assert await Desk().told(UNATTENDED) == HangUpCall()

    run_virtual(scene())


def test_a_call_that_is_over_at_its_carrier_does_not_go_on() -> None:
    async def scene() -> None:
        desk = Desk()
        await desk.connected()
        desk.calls.of(CARRIER, CALL).last = a_phone_call(desk)
        await desk.told(CallProgressed(CALL, CarrierStatus.COMPLETED))
        assert await desk.told(UNATTENDED) == HangUpCall()

    run_virtual(scene())


def test_a_carrier_that_asks_twice_gets_one_ticket() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.history.calls.append(a_phone_call(desk))
        first = await desk.told(UNATTENDED)
        assert isinstance(first, Connect)
        for _ in range(9):
            assert await desk.told(UNATTENDED) == first
        assert len(desk.registry) == 1
        desk.calls.close()

    run_virtual(scene())


def test_a_carrier_may_ask_before_we_notice_that_the_socket_broke() -> None:
    async def scene() -> None:
        desk, line = Desk(), ToldLine()
        await desk.connected()
        phone = desk.calls.of(CARRIER, CALL)

        async def lives() -> None:
            with phone.on(line.live):
                await asyncio.sleep(2)
            phone.last = a_phone_call(desk)

        async with asyncio.TaskGroup() as group:
            group.create_task(lives())
            await asyncio.sleep(0.1)
            assert await desk.connected(UNATTENDED) == GOES_ON
        assert line.told == []
        desk.calls.close()

    run_virtual(scene())


def test_a_line_that_hangs_is_given_up_when_the_carrier_asks() -> None:
    async def scene() -> None:
        desk, line = Desk(), EndingLine()
        await desk.connected()
        phone = desk.calls.of(CARRIER, CALL)

        async def lives() -> None:
            with phone.on(line.live):
                await line.is_closed.wait()
                await asyncio.sleep(1)
                phone.last = a_phone_call(desk)

        async with asyncio.TaskGroup() as group:
            group.create_task(lives())
            await asyncio.sleep(0.1)
            assert await desk.connected(UNATTENDED) == GOES_ON
        assert line.told == [LineClosed(EndCause.CONNECTION_LOST)]
        desk.calls.close()

    run_virtual(scene())


def test_nobody_can_end_a_call_by_repeating_what_its_carrier_once_asked() -> None:
    async def scene() -> None:
        desk, line = Desk(), ToldLine()
        await desk.connected()
        with desk.calls.of(CARRIER, CALL).on(line.live):
            line.heard_at = 2_900_000_000  # while we wait to see whether the socket breaks
            assert await desk.told(UNATTENDED) == NoInstruction()
        assert line.told == []
        assert len(desk.registry) == 1  # the place that was kept; no second one
        desk.calls.close()

    run_virtual(scene())


def test_a_line_that_breaks_again_and_again_is_given_up_with_an_apology() -> None:
    async def scene() -> None:
        desk = Desk()
        earlier = a_phone_call(desk, agent=replace(AGENT, language=SPANISH))
        phone = desk.calls.of(CARRIER, CALL)
        for _ in range(5):
            phone.last = earlier
            assert await desk.connected(UNATTENDED) == GOES_ON
            phone.free_place()
        apology = await desk.told(UNATTENDED)
        assert isinstance(apology, Apologise)
        assert "algo ha fallado" in apology.text

    run_virtual(scene())


def test_a_caller_to_whom_nobody_ever_spoke_hears_an_apology() -> None:
    async def scene() -> None:
        desk = Desk()
        await desk.told(OFFER)
        apology = await desk.told(UNATTENDED)
        assert isinstance(apology, Apologise)
        assert len(desk.registry) == 0

    run_virtual(scene())


def test_a_server_that_is_about_to_stop_goes_on_with_nothing() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.history.calls.append(a_phone_call(desk))
        desk.registry.is_draining = True
        assert isinstance(await desk.told(UNATTENDED), Apologise)

    run_virtual(scene())
